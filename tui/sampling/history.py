"""The last minutes of every instance in bounded memory."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from math import nan

from tui.domain.identity import StableKey
from tui.domain.usage import Usage


class Metric(IntEnum):
    """What is remembered; the value is its place in a ring's row."""

    CPU_CORES = 0
    MEMORY_BYTES = 1
    READ_RATE = 2
    WRITE_RATE = 3
    RECEIVE_RATE = 4
    TRANSMIT_RATE = 5
    PRESSURE = 6  # the worst of the three


CAPACITY = 960  # 16 minutes at one tick a second
MOST_VANISHED = 200  # rings kept of instances that are gone, so that a restart keeps its chart


class _Ring:
    """`CAPACITY` rows of one value a metric; a missed tick is a row of NaN."""

    __slots__ = ("filled", "last_tick", "next", "values")

    def __init__(self) -> None:
        self.values = tuple(array("f", [nan]) * CAPACITY for _ in Metric)
        self.next = 0
        self.filled = 0
        self.last_tick = -1

    def append(self, tick: int, row: Sequence[float | None]) -> None:
        gap = min(tick - self.last_tick - 1, CAPACITY) if self.last_tick >= 0 else 0
        for _ in range(gap):
            self._put(_GAP)
        self._put(row)
        self.last_tick = tick

    def _put(self, row: Sequence[float | None]) -> None:
        place = self.next
        for ring, value in zip(self.values, row, strict=True):
            ring[place] = nan if value is None else value
        self.next = (place + 1) % CAPACITY
        self.filled = min(self.filled + 1, CAPACITY)

    def tail(self, metric: Metric, count: int) -> "array[float]":
        count = min(count, self.filled)
        ring, start = self.values[metric], self.next - count
        return ring[start : self.next] if start >= 0 else ring[start:] + ring[: self.next]


_GAP: tuple[None, ...] = (None,) * len(Metric)


class History:
    """Rings by stable identity."""

    def __init__(self) -> None:
        self._rings: dict[StableKey, _Ring] = {}

    def append(self, tick: int, usages: Mapping[StableKey, Usage]) -> None:
        """Add one tick; an instance that is not among `usages` gets a gap once it is back."""
        for key, usage in usages.items():
            ring = self._rings.get(key)
            if ring is None:
                ring = self._rings[key] = _Ring()
            ring.append(tick, _row(usage))
        if len(self._rings) > len(usages) + MOST_VANISHED:
            self._forget(usages.keys())

    def series(self, key: StableKey, metric: Metric, count: int) -> Sequence[float]:
        """Return up to `count` newest values, oldest first, NaN for gaps."""
        ring = self._rings.get(key)
        return ring.tail(metric, count) if ring else array("f")

    def _forget(self, present: Iterable[StableKey]) -> None:
        """Drop the rings that were not fed for longest."""
        alive = set(present)
        gone = sorted((key for key in self._rings if key not in alive), key=lambda key: self._rings[key].last_tick)
        for key in gone[: len(self._rings) - len(alive) - MOST_VANISHED]:
            del self._rings[key]


def _row(usage: Usage) -> tuple[float | None, ...]:
    pressure = usage.pressure
    waits = [value for value in (pressure.cpu_some, pressure.memory_some, pressure.io_some) if value is not None]
    return (
        usage.cpu.cores_used,
        usage.memory.working_set_bytes,
        usage.io.read_bytes_per_second,
        usage.io.write_bytes_per_second,
        usage.network.receive_bytes_per_second,
        usage.network.transmit_bytes_per_second,
        max(waits) if waits else None,
    )
