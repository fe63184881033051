"""Which disk of a guest carries traffic that the kernel does not count to its cgroup.

io.stat and blkio count block devices of this host. A disk that QEMU reads over the network by itself, a file on a
network file system, and a file on ZFS (whose threads do the I/O) are not among them.
"""

import time
from functools import lru_cache

from tui.cgroup import parse_proc
from tui.cgroup.once import GoneError, read_path
from tui.engines.libvirt.xml_facts import XmlFacts

FILE_SYSTEMS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "ceph",
        "zfs",
        "9p",
        "afs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "lustre",
        "gpfs",
        "ocfs2",
    }
)
MOUNTS_SECONDS = 60


def uncounted_disk(facts: XmlFacts, mounts: tuple[tuple[str, str], ...] | None = None) -> str:
    """Return the protocol or file system of the first such disk; empty when all are counted.

    Args:
        mounts: mount points with their file systems; None reads them from /proc/self/mountinfo, at most once a minute.
    """
    if facts.disk_protocol:
        return facts.disk_protocol
    known = (
        mounts if mounts is not None else _mounts(int(time.monotonic() / MOUNTS_SECONDS)) if facts.disk_files else ()
    )
    for path in facts.disk_files:
        found = max(
            (mount for mount in known if path.startswith(mount[0].rstrip("/") + "/")),
            key=lambda mount: len(mount[0]),
            default=None,
        )
        if found is not None and found[1] in FILE_SYSTEMS:
            return found[1]
    return ""


@lru_cache(maxsize=1)
def _mounts(_minute: int) -> tuple[tuple[str, str], ...]:
    try:
        return tuple((mount.point, mount.fstype) for mount in parse_proc.mountinfo(read_path("/proc/self/mountinfo")))
    except (OSError, GoneError):
        return ()
