"""What the rules see of the host as a whole and of its engines."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tui.domain.host import EngineState, EngineStatus, Filesystem, HostUsage, Ledger, Severity
from tui.rules.model import Seen
from tui.rules.table import HOLD_SECONDS
from tui.rules.trend import MIB, Growth

GIB = 1 << 30
_WENT_SILENT = frozenset({EngineState.STALLED, EngineState.LOST})
_NEVER_CAME = frozenset({EngineState.REFUSED, EngineState.ABSENT})


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to be seen at one moment beside the instances.

    Attributes:
        stale_seconds: age of the figures; 0 when they are of this tick.
        defect: why hostdeck itself could not read them; empty normally.
        orphans: names of failed units of containers that are gone, with what systemd says of them.
        kills: when the kernel last killed for memory, in monotonic seconds by row key; another object after each, and
            None where nobody knows.
    """

    host: HostUsage
    sources: tuple[EngineStatus, ...] = ()
    ledger: Ledger | None = None
    stale_seconds: float = 0.0
    defect: str = ""
    orphans: tuple[tuple[str, str], ...] = ()
    kills: Mapping[str, float] | None = None


class HostPast:
    """What is remembered of the host from one moment to the next."""

    def __init__(self) -> None:
        self.swap = Growth()
        self._counts: dict[tuple[str, str], tuple[int, int, float | None]] = {}  # first, last, when it grew

    def new_errors(self, name: str, what: str, count: int, now: float) -> int:
        """Return how many were counted since the first sight, 0 again a day after the last of them."""
        first, last, grew_at = self._counts.get((name, what), (count, count, None))
        if count < last:
            first, grew_at = count, None  # another disk, or the counter began anew
        elif count > last:
            grew_at = now
        if grew_at is not None and now - grew_at > HOLD_SECONDS:
            first, grew_at = count, None
        self._counts[name, what] = (first, count, grew_at)
        return count - first


HostLook = Callable[[Scene, HostPast, float], Iterable[Seen]]


def _memory(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
    host = scene.host
    if host.memory_used_bytes is not None and host.memory_total_bytes:
        yield Seen(100 * host.memory_used_bytes / host.memory_total_bytes)


def _swap(scene: Scene, past: HostPast, now: float) -> Iterator[Seen]:
    if scene.host.swap_used_bytes is not None:
        yield Seen(past.swap.put(scene.host.swap_used_bytes, now) / MIB)


def _figure(value: Callable[[HostUsage], float | None]) -> HostLook:
    def look(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
        figure = value(scene.host)
        if figure is not None:
            yield Seen(figure)

    return look


def _filesystems(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
    for one in scene.host.filesystems:
        if one.used_percent is not None:
            yield _fill(one)


def _fill(one: Filesystem) -> Seen:
    used, inodes = one.used_percent or 0.0, one.inodes_percent or 0.0
    if inodes > used:
        return Seen(inodes, f"{one.path}: {inodes:.0f} % of its inodes used", one.path)
    return Seen(used, f"{one.path} {used:.0f} % full, {_size(one.free_bytes)} left", one.path)


def _size(count: int) -> str:
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count / MIB:.0f} MiB"


def _hanging(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
    for one in scene.host.filesystems:
        if not one.answers:
            yield Seen(words=one.path, of=one.path)


def _disk_errors(scene: Scene, past: HostPast, now: float) -> Iterator[Seen]:
    for one in scene.host.disk_errors:
        count = one.count if one.persist else past.new_errors(one.name, one.what, one.count, now)
        if count:
            yield Seen(float(count), f"{one.name}: {count} {'' if one.persist else 'new '}{one.what}", one.name)


def _orphans(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
    for name, words in scene.orphans:
        yield Seen(words=words, of=name)


def _promised_memory(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
    ledger = scene.ledger
    if ledger is not None and ledger.memory_bytes:
        yield Seen(100 * ledger.memory_promised_bytes / ledger.memory_bytes)


def _promised_cores(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
    ledger = scene.ledger
    if ledger is not None and ledger.cores:
        yield Seen(100 * ledger.vcpus_promised / ledger.cores)


def _stale(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
    yield Seen(scene.stale_seconds)


def _defect(scene: Scene, _past: HostPast, _now: float) -> Iterator[Seen]:
    if scene.defect:
        yield Seen(words=scene.defect)


HOST_LOOKS: Mapping[str, HostLook] = MappingProxyType(
    {
        "host-memory": _memory,
        "swap": _swap,
        "pressure-memory": _figure(lambda host: host.pressure.memory_full),
        "pressure-io": _figure(lambda host: host.pressure.io_some),
        "pressure-cpu": _figure(lambda host: host.pressure.cpu_some),
        "steal": _figure(lambda host: host.steal_percent),
        "filesystem": _filesystems,
        "filesystem-hangs": _hanging,
        "disk-errors": _disk_errors,
        "unit-failed": _orphans,
        "overcommit-memory": _promised_memory,
        "overcommit-cpu": _promised_cores,
        "stale": _stale,
        "defect": _defect,
    }
)


def no_answer(status: EngineStatus) -> Iterator[Seen]:
    """See an engine that does not answer: critical where a snapshot ends with status 3, too.

    One that answered before is missed whoever named it; one that nobody named and that was never there is no problem.
    """
    if status.state in _WENT_SILENT or (status.required and status.state in _NEVER_CAME):
        yield Seen(words=status.message or status.state.value, severity=Severity.CRITICAL)
    elif status.state is EngineState.REFUSED:
        yield Seen(words=status.message or status.state.value, severity=Severity.WARNING)


def pools(status: EngineStatus) -> Iterator[Seen]:
    """See how full the pools of an engine are."""
    for pool in status.pools:
        if pool.total_bytes > 0:
            yield Seen(100 * pool.used_bytes / pool.total_bytes, pool.name, f"{status.id} {pool.name}")


ENGINE_LOOKS: Mapping[str, Callable[[EngineStatus], Iterable[Seen]]] = MappingProxyType(
    {"no-answer": no_answer, "pool": pools}
)
