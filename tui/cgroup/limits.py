"""The tightest limits of an instance: its own and those of every cgroup above it."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import NamedTuple

from tui.cgroup import composite, parse
from tui.cgroup.locate import Spot
from tui.cgroup.once import read_value
from tui.cgroup.sources import LIMITS, Sampled, Sources

REFRESH_TICKS = 5


class LimitsSample(NamedTuple):
    """Limits of one moment; None where there is none.

    Attributes:
        quota_cores: processor quota of the instance or of a cgroup above, in cores.
        has_own_quota: the quota of the instance's own cgroup, whose throttling cpu.stat counts.
        cpuset_cpus: processors it may run on.
        memory_max: bytes; not clamped to RAM.
        memory_high: bytes; v2 only.
        pids_max: tasks.
    """

    quota_cores: float | None = None
    has_own_quota: bool = False
    cpuset_cpus: int | None = None
    memory_max: int | None = None
    memory_high: int | None = None
    pids_max: int | None = None


NO_LIMITS = LimitsSample()


Chains = tuple[tuple[str, tuple[str, ...]], ...]
"""Kinds of limits, each with the directories above an instance, nearest first."""


class Ancestors:
    """Limits of cgroups that many instances share, read once for all of them every few ticks and never kept open."""

    def __init__(self) -> None:
        self._known: dict[Chains, tuple[int, tuple[float | None, ...]]] = {}

    def tightest(self, chains: Chains, tick: int) -> tuple[float | None, ...]:
        """Return the lowest limit of each kind, at most `REFRESH_TICKS` old; the same object while nothing changed."""
        known = self._known.get(chains)
        if known is not None and 0 <= tick - known[0] < REFRESH_TICKS:
            return known[1]
        values = tuple(lowest(_SHARED[kind](path) for path in chain) for kind, chain in chains)
        if known is not None and known[1] == values:
            values = known[1]
        self._known[chains] = (tick, values)
        return values

    def forget_before(self, tick: int) -> None:
        """Drop what nobody asked for since `tick`."""
        self._known = {chains: value for chains, value in self._known.items() if value[0] >= tick}


def _file(name: str, parser: Callable[[bytes], float | None], path: str) -> float | None:
    return read_value(f"{path}/{name}", parser)


def _quota_v1(path: str) -> float | None:
    quota = read_value(f"{path}/cpu.cfs_quota_us", parse.number)
    period = read_value(f"{path}/cpu.cfs_period_us", parse.number)
    return quota / period if quota and period else None


_SHARED: dict[str, Callable[[str], float | None]] = {
    "cpu.max": partial(_file, "cpu.max", parse.cpu_max),
    "cpu.cfs_quota_us": _quota_v1,
    "memory.max": partial(_file, "memory.max", parse.limit),
    "memory.limit_in_bytes": partial(_file, "memory.limit_in_bytes", parse.limit),
    "memory.high": partial(_file, "memory.high", parse.limit),
    "pids.max": partial(_file, "pids.max", parse.limit),
}


def lowest(values: Iterable[float | None]) -> float | None:
    """Return the lowest of the values that are limits."""
    return min((value for value in values if value is not None), default=None)


class _Chain:
    """One kind of limit along one hierarchy: own readings, then the path of what is above."""

    def __init__(self, kind: str, spot: Spot | None, open_own: Callable[[str], Sampled[float] | None]) -> None:
        own = spot.chain[: spot.own] if spot is not None else ()
        self._own = [reading for reading in map(open_own, own) if reading is not None]
        self.above = (kind, spot.chain[spot.own :] if spot is not None else ())

    def own(self) -> float | None:
        return lowest(reading.sample() for reading in self._own)


class Limits:
    """The limit files of one instance, opened with its `Sources`, read with their slow group and closed with them."""

    def __init__(self, sources: Sources, ancestors: Ancestors) -> None:
        self._ancestors = ancestors
        cpu, memory, pids = (sources.location.spot(name) for name in ("cpu", "memory", "pids"))
        old = memory is not None and memory.version == 1
        self._cpu = _cpu_chain(sources, cpu)
        self._memory = _chain(sources, memory, "memory.limit_in_bytes" if old else "memory.max", parse.limit)
        self._high = _chain(sources, None if old else memory, "memory.high", parse.limit)
        self._pids = _chain(sources, pids, "pids.max", parse.limit)
        self._cpuset = _cpuset(sources, sources.location.spot("cpuset"))
        self._above = _shared_chains(self._cpu, self._memory, self._high, self._pids)

    def above(self, tick: int) -> tuple[float | None, ...]:
        """Return what cgroups above allow; the same object while nothing changed."""
        return self._ancestors.tightest(self._above, tick)

    def sample(self, above: tuple[float | None, ...]) -> LimitsSample:
        """Put together what the own files said last and what `above` returned."""
        cpu, memory, high, pids = above
        own_quota = self._cpu.own()
        return LimitsSample(
            lowest((own_quota, cpu)),
            own_quota is not None,
            self._cpuset.sample() if self._cpuset is not None else None,
            _whole(lowest((self._memory.own(), memory))),
            _whole(lowest((self._high.own(), high))),
            _whole(lowest((self._pids.own(), pids))),
        )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


@lru_cache(maxsize=1024)
def _interned(chains: Chains) -> Chains:
    """Return one object for equal chains: instances of one parent then share it."""
    return chains


def _shared_chains(*chains: _Chain) -> Chains:
    return _interned(tuple(chain.above for chain in chains))


def _chain(sources: Sources, spot: Spot | None, name: str, parser: Callable[[bytes], int | None]) -> _Chain:
    return _Chain(name, spot, lambda path: sources.open(path, name, parser, LIMITS))


def _cpu_chain(sources: Sources, spot: Spot | None) -> _Chain:
    if spot is None or spot.version == 2:
        return _Chain("cpu.max", spot, lambda path: sources.open(path, "cpu.max", parse.cpu_max, LIMITS))

    def quota(path: str) -> Sampled[float] | None:
        quota_file = sources.open(path, "cpu.cfs_quota_us", parse.number, LIMITS)
        period_file = sources.open(path, "cpu.cfs_period_us", parse.number, LIMITS)
        return composite.Quota(quota_file, period_file) if quota_file and period_file else None

    return _Chain("cpu.cfs_quota_us", spot, quota)


def _cpuset(sources: Sources, spot: Spot | None) -> Sampled[int] | None:
    """Find the nearest cpuset; the kernel has worked the ancestors' into it."""
    if spot is None:
        return None
    names = ("cpuset.cpus.effective",) if spot.version == 2 else ("cpuset.effective_cpus", "cpuset.cpus")
    for path in spot.chain:
        for name in names:
            reading = sources.open(path, name, parse.cpu_list, LIMITS)
            if reading is not None:
                return reading
    return None
