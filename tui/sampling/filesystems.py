"""Which local filesystems there are and how full they are."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tui.domain.host import Filesystem

MOST_FILESYSTEMS = 200
_ESCAPED = re.compile(r"\\([0-7]{3})")
# on no block device of their own, and yet local
_LOCAL_TYPES = frozenset({"btrfs", "zfs", "bcachefs"})
_PLACES_IN_MEMORY = frozenset({"/run", "/tmp"})  # noqa: S108 - mount points to look at, nothing is written there
_NEVER_FULL = frozenset({"squashfs", "iso9660", "udf", "erofs", "cramfs"})  # full by their making
# who walks a path through these asks another host or a program, which may not answer; autofs mounts what is looked at
_ASKING_TYPES = ("autofs", "nfs", "fuse", "ceph", "cifs", "smb", "9p", "gluster", "afs", "ocfs2", "gfs2", "lustre")


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted filesystem; `device` is what tells two of them apart."""

    path: str
    kind: str
    device: str


class _Row(NamedTuple):
    path: str
    kind: str
    device: str
    is_writable: bool
    is_whole: bool


def local_mounts(mountinfo: str) -> list[Mount]:
    """Return one mount of each local filesystem that can be written, none of them behind a remote one.

    Args:
        mountinfo: text of /proc/self/mountinfo.
    """
    top = {row.path: row for row in _rows(mountinfo)}  # the last is on top
    asking = [row.path for row in top.values() if row.kind.startswith(_ASKING_TYPES)]
    found: dict[str, Mount] = {}
    for row in sorted(top.values(), key=lambda row: (not row.is_whole, len(row.path), row.path)):
        if row.is_writable and _is_wanted(row) and not any(_is_below(row.path, other) for other in asking):
            found.setdefault(row.device, Mount(row.path, row.kind, row.device))
    return list(found.values())[:MOST_FILESYSTEMS]


def _rows(mountinfo: str) -> Iterator[_Row]:
    """Yield what proc_pid_mountinfo(5) describes."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, more = before.split(), after.split()
        if len(fields) < 6 or len(more) < 3:
            continue
        number, path, options = fields[2], _plain(fields[4]), fields[5].split(",")
        kind, source, of_all = more[0], more[1], more[2].split(",")
        # btrfs gives each subvolume a number of its own, and all of them share one source
        device = source if kind in _LOCAL_TYPES else number
        is_writable = "ro" not in options and "ro" not in of_all
        yield _Row(path, kind, device, is_writable, is_whole=fields[3] == "/")


def _plain(path: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 8)), path)


def _has_device(device: str) -> bool:
    return ":" in device and not device.startswith("0:")


def _is_wanted(row: _Row) -> bool:
    if row.kind in _NEVER_FULL or row.kind.startswith(_ASKING_TYPES):
        return False
    if row.kind == "tmpfs":
        return row.path in _PLACES_IN_MEMORY
    return row.kind in _LOCAL_TYPES or _has_device(row.device)


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
    step = max(1, told.f_blocks >> 10)  # what nobody can see is no news
    return Filesystem(
        path=mount.path,
        kind=mount.kind,
        total_bytes=told.f_blocks * size,
        free_bytes=told.f_bavail // step * step * size,
        used_percent=round(100 * used / writable, 1) if writable else None,
        inodes_percent=round(100 * (told.f_files - told.f_ffree) / told.f_files, 1) if told.f_files else None,
    )
