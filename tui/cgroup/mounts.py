"""Where cgroup hierarchies are mounted, as /proc/self/mountinfo tells it."""

from collections.abc import Iterable
from typing import NamedTuple

from tui.cgroup import parse_proc
from tui.cgroup.once import GoneError, read_path
from tui.cgroup.types import CgroupLine, Mount

CONTROLLERS = ("cpu", "cpuacct", "cpuset", "memory", "blkio", "pids")
OUTSIDE = "its cgroup lies outside of the cgroup namespace hostdeck runs in"
NOT_MOUNTED = "the cgroup hierarchy is not mounted"


class Place(NamedTuple):
    """A path of the kernel's, resolved.

    Attributes:
        version: 1 or 2.
        point: mount point, as far up as limits can be read.
        path: below the mount point, "/" for the mount point itself.
    """

    version: int
    point: str
    path: str


class Hierarchies:
    """The mounts of one moment.

    Attributes:
        v1: mounts by controller.
        unified: mounts of the v2 hierarchy.
    """

    def __init__(self, mounts: Iterable[Mount]) -> None:
        self.v1: dict[str, list[Mount]] = {}
        self.unified: list[Mount] = []
        for mount in mounts:
            if mount.fstype == "cgroup2":
                self.unified.append(mount)
            elif mount.fstype == "cgroup":
                for controller in CONTROLLERS:
                    if controller in mount.options:
                        self.v1.setdefault(controller, []).append(mount)

    @classmethod
    def read(cls, proc: str = "/proc") -> "Hierarchies":
        """Read the mounts this process sees; none when they cannot be read."""
        try:
            return cls(parse_proc.mountinfo(read_path(f"{proc}/self/mountinfo")))
        except (OSError, GoneError):
            return cls(())

    def places(self, lines: Iterable[CgroupLine]) -> dict[str, Place | str]:
        """Resolve /proc/PID/cgroup: by v1 controller, and under "unified"; a text says why there is no place."""
        places: dict[str, Place | str] = {}
        for line in lines:
            if not line.controllers:
                places["unified"] = _resolve(2, self.unified, line.path)
            for controller in line.controllers:
                if controller in CONTROLLERS:
                    places[controller] = _resolve(1, self.v1.get(controller, []), line.path)
        return places


def _resolve(version: int, mounts: list[Mount], path: str) -> Place | str:
    """Find the path below one of the mounts; a mount of a subtree, as in containers, shows only what is below it."""
    if "/.." in path:
        return OUTSIDE
    if not mounts:
        return NOT_MOUNTED
    for mount in sorted(mounts, key=lambda mount: len(mount.root)):
        root = mount.root.rstrip("/")
        if path == root or path.startswith(f"{root}/"):
            return Place(version, mount.point, path[len(root) :] or "/")
    return OUTSIDE
