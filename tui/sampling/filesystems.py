"""Which local filesystems there are and how full they are."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tui.domain.host import Filesystem

MOST_FILESYSTEMS = 200
_ESCAPED = re.compile(r"\\([0-7]{3})")
# on no block device of their own, and yet local
_LOCAL_TYPES = frozenset({"btrfs", "zfs", "bcachefs"})
_PLACES_IN_MEMORY = frozenset({"/run", "/tmp"})  # noqa: S108 - mount points to look at, nothing is written there
_NEVER_FULL = frozenset({"squashfs", "iso9660", "udf", "erofs", "cramfs"})  # full by their making
_UNSEEN_TYPES = frozenset({"autofs"})  # a look would mount it


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted filesystem; `device` is what tells two of them apart."""

    path: str
    kind: str
    device: str


def local_mounts(mountinfo: str) -> list[Mount]:
    """Return one mount of each local filesystem that can be written, none of them behind a remote one.

    Args:
        mountinfo: text of /proc/self/mountinfo.
    """
    top = {path: (kind, device, writable) for path, kind, device, writable in _rows(mountinfo)}  # the last is on top
    remote = [path for path, (kind, device, _) in top.items() if not _is_harmless(kind, device)]
    found: dict[str, Mount] = {}
    for path, (kind, device, writable) in sorted(top.items(), key=lambda item: (len(item[0]), item[0])):
        if not writable or not _is_wanted(path, kind, device) or any(_is_below(path, other) for other in remote):
            continue
        found.setdefault(device, Mount(path, kind, device))
    return list(found.values())[:MOST_FILESYSTEMS]


def _rows(mountinfo: str) -> Iterator[tuple[str, str, str, bool]]:
    """Yield path, type, device and whether it can be written; see proc_pid_mountinfo(5)."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, more = before.split(), after.split()
        if len(fields) < 6 or len(more) < 3:
            continue
        number, path, options = fields[2], _plain(fields[4]), fields[5].split(",")
        kind, source, of_all = more[0], more[1], more[2].split(",")
        # btrfs gives each subvolume a number of its own, and all of them share one source
        device = source if kind in _LOCAL_TYPES else number
        yield path, kind, device, "ro" not in options and "ro" not in of_all


def _plain(path: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 8)), path)


def _has_device(device: str) -> bool:
    return ":" in device and not device.startswith("0:")


def _is_harmless(kind: str, device: str) -> bool:
    """Tell whether a path through this mount is walked without asking another host or a program."""
    is_asking = kind in _UNSEEN_TYPES or kind.startswith(("nfs", "fuse", "ceph", "cifs", "smb", "9p", "gluster", "afs"))
    return not is_asking or (_has_device(device) and kind == "fuseblk")


def _is_wanted(path: str, kind: str, device: str) -> bool:
    if kind in _NEVER_FULL or kind in _UNSEEN_TYPES:
        return False
    if kind == "tmpfs":
        return path in _PLACES_IN_MEMORY
    return kind in _LOCAL_TYPES or _has_device(device)


def _is_below(path: str, other: str) -> bool:
    return path == other or path.startswith(other.rstrip("/") + "/")


def fill_of(mount: Mount) -> Filesystem | None:
    """Ask how full a filesystem is; may block where its disk does. None where it cannot be asked or has no size."""
    try:
        told = os.statvfs(mount.path)
    except OSError:
        return None
    if not told.f_blocks:
        return None
    used = told.f_blocks - told.f_bfree
    size = told.f_frsize or told.f_bsize
    writable = used + told.f_bavail
    return Filesystem(
        path=mount.path,
        kind=mount.kind,
        total_bytes=told.f_blocks * size,
        free_bytes=told.f_bavail * size,
        used_percent=round(100 * used / writable, 1) if writable else None,
        inodes_percent=round(100 * (told.f_files - told.f_ffree) / told.f_files, 1) if told.f_files else None,
    )
