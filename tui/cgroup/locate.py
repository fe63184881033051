"""From a process to the cgroup directories that carry the figures of its instance."""

from dataclasses import dataclass

from tui.cgroup import parse_proc
from tui.cgroup.levels import Levels, own_levels
from tui.cgroup.mounts import NOT_MOUNTED, Hierarchies, Place
from tui.cgroup.once import GoneError, read_path
from tui.cgroup.types import ProcessStat

ENDED = "its process has ended"
SHARED = "it has no cgroup of its own in this hierarchy"
SESSION = "a guest of a user's own daemon has no cgroup of its own: figures are of its QEMU process"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the files of one controller are.

    Attributes:
        version: 1 or 2: decides which files.
        usage: directories to try for usage, in this order.
        tasks: the same for pids files.
        chain: directories for limits: the instance's own first, then every ancestor up to the mount point.
        own: how many of `chain` are the instance's own.
        shown: `usage[0]` below the mount point.
    """

    version: int
    usage: tuple[str, ...]
    tasks: tuple[str, ...]
    chain: tuple[str, ...]
    own: int
    shown: str


@dataclass(frozen=True, slots=True)
class Location:
    """Where everything of one instance is read.

    Attributes:
        starttime: of the process: with its pid it tells a reused pid.
        spots: by v1 controller name ("cpuacct", "blkio") or "unified".
        missing: why there is no spot, under the same names.
        by_process: take figures of the process where there is no spot.
        raw: /proc/PID/cgroup as it was, to notice a move.
    """

    pid: int
    starttime: int
    spots: dict[str, Spot]
    missing: dict[str, str]
    by_process: bool
    raw: bytes

    def spot(self, controller: str) -> Spot | None:
        """Return where a controller's files are: its own v1 hierarchy, else the unified one."""
        if controller in self.missing:
            return None
        return self.spots.get(controller) or self.spots.get("unified")

    def why_not(self, controller: str) -> str:
        """Return why `spot` is None."""
        return self.missing.get(controller) or self.missing.get("unified") or NOT_MOUNTED

    @property
    def shown(self) -> str | None:
        """Return the path to show: where memory is read, else the processor's."""
        for controller in ("memory", "cpuacct", "cpu", "unified"):
            spot = self.spot(controller)
            if spot is not None:
                return spot.shown
        return None


def read_process(pid: int, proc: str = "/proc") -> ProcessStat:
    """Read /proc/PID/stat.

    Raises:
        GoneError: it has ended, a zombie included.
        OSError: it may not be read.
    """
    try:
        process = parse_proc.stat(read_path(f"{proc}/{pid}/stat"))
    except GoneError as error:
        raise GoneError(ENDED) from error
    if process is None or process.state in {"Z", "X"}:
        raise GoneError(ENDED)
    return process


def locate(
    pid: int, driver: str, local_id: str, *, session: bool, hierarchies: Hierarchies, proc: str = "/proc"
) -> Location:
    """Find the directories of the instance whose main process is `pid`.

    Args:
        driver: `Instance.driver`.
        local_id: the engine's own id; a container's cgroup carries it.
        session: the guest belongs to a user's own daemon.

    Raises:
        GoneError: the process has ended.
        OSError: /proc does not let it be read.
    """
    process = read_process(pid, proc)
    raw = read_path(f"{proc}/{pid}/cgroup")
    spots: dict[str, Spot] = {}
    missing: dict[str, str] = {}
    if session:
        missing = dict.fromkeys(("unified", "cpu", "cpuacct", "cpuset", "memory", "blkio", "pids"), SESSION)
    else:
        for name, place in hierarchies.places(parse_proc.cgroup(raw)).items():
            levels = own_levels(place.path, driver, local_id) if isinstance(place, Place) else None
            if isinstance(place, Place) and levels is not None:
                spots[name] = _spot(place, levels)
            else:
                missing[name] = place if isinstance(place, str) else SHARED
    return Location(pid, process.starttime, spots, missing, session or driver == "qemu", raw)


def _spot(place: Place, levels: Levels) -> Spot:
    point = place.point.rstrip("/")
    chain = [levels.lowest]
    while chain[-1]:
        chain.append(chain[-1].rpartition("/")[0])
    own = sum(1 for path in chain if len(path) >= min(len(level) for level in levels.usage))
    return Spot(
        version=place.version,
        usage=tuple(point + path for path in levels.usage),
        tasks=tuple(point + path for path in levels.tasks),
        chain=tuple(point + path for path in chain),
        own=own,
        shown=levels.usage[0],
    )
