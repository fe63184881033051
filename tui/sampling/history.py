"""The last minutes of every instance in bounded memory.

Most instances of a host stand still, so only changes are kept: an instance whose figures are the very object of the
tick before costs neither time nor memory. `series` fills in what lies between two changes.
"""

from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from itertools import chain
from math import nan

from tui.domain.identity import StableKey
from tui.domain.usage import NO_PRESSURE, Pressure, Usage
from tui.sampling.changes import changed_places


class Metric(IntEnum):
    """What is remembered; the value is its place in a row."""

    CPU_CORES = 0
    MEMORY_BYTES = 1
    READ_RATE = 2
    WRITE_RATE = 3
    RECEIVE_RATE = 4
    TRANSMIT_RATE = 5
    PRESSURE = 6  # the worst of the three


CAPACITY = 960  # 16 minutes at one tick a second
MOST_VANISHED = 200  # those kept of instances that are gone, so that a restart keeps its chart


_SLACK = 64  # changes beyond the capacity before the oldest are dropped, all at once
_WIDTH = len(Metric)
_GAP = array("f", [nan]) * _WIDTH


class _Track:
    """The changes of one instance: from `ticks[n]` on row n of `values` was true.

    Attributes:
        ended: first tick at which it was not there any more; None while it is.
    """

    __slots__ = ("ended", "ticks", "values")

    def __init__(self) -> None:
        self.ticks = array("q")
        self.values = array("f")
        self.ended: int | None = None

    def put(self, tick: int, usage: Usage) -> None:
        if self.ended is not None:
            self._add(self.ended, _GAP)
            self.ended = None
        self._add(tick, _row(usage))
        if len(self.ticks) > CAPACITY + _SLACK:
            self._drop_before(tick - CAPACITY + 1)

    def _add(self, tick: int, row: Iterable[float]) -> None:
        self.ticks.append(tick)
        self.values.extend(row)

    def _drop_before(self, oldest: int) -> None:
        """Drop what was over before a tick."""
        count = bisect_right(self.ticks, oldest) - 1
        if count > 0:
            del self.ticks[:count]
            del self.values[: count * _WIDTH]

    def precede(self, rows: Sequence[tuple[int, Sequence[float]]], first: int) -> None:
        """Put rows before the first tick; later ones do not count."""
        before = {tick: row for tick, row in rows if first - CAPACITY <= tick < first}  # of two in a tick, the last
        self.ticks = array("q", before) + self.ticks
        self.values = array("f", chain.from_iterable(before.values())) + self.values

    def between(self, first: int, last: int, metric: Metric) -> "array[float]":
        """Return one value a tick from `first` to `last`; the track must not begin later."""
        ticks, column = self.ticks, self.values[metric::_WIDTH]
        place, end = bisect_right(ticks, first) - 1, bisect_right(ticks, last)
        if end - place == last - first + 1:  # changed on every tick
            return column[place:end]
        found = array("f")
        here = first
        for number in range(place, end):
            until = ticks[number + 1] if number + 1 < end else last + 1
            found.extend(column[number : number + 1] * (until - here))
            here = until
        return found


class History:
    """Changes by stable identity."""

    def __init__(self) -> None:
        self._tracks: dict[StableKey, _Track] = {}
        self._keys: Sequence[StableKey] = ()
        self._present: list[_Track] = []
        self._usages: Sequence[Usage] = ()
        self._tick: int | None = None
        self._missed: deque[int] = deque(maxlen=CAPACITY)
        self._earlier: dict[StableKey, Sequence[tuple[int, Sequence[float]]]] = {}

    def append(self, tick: int, keys: Sequence[StableKey], usages: Sequence[Usage]) -> None:
        """Add one tick, later than all before; an instance that is not among `keys` gets a gap once it is back.

        Args:
            keys: the very object of the last call where the same instances are there.
            usages: one for each key.
        """
        if self._tick is not None:
            self._missed.extend(range(max(self._tick + 1, tick - CAPACITY), tick))
        self._tick = tick
        if keys is not self._keys:
            self._meet(tick, keys)
        for place in changed_places(self._usages, usages):
            self._present[place].put(tick, usages[place])
        self._usages = usages

    @property
    def is_filled(self) -> bool:
        """Tell whether an instance has its first figures."""
        return any(track.ticks for track in self._present)

    def preload(self, rows: Mapping[StableKey, Sequence[tuple[int, Sequence[float]]]]) -> None:
        """Add what was before the first tick of those that are there, and of those that come later.

        Args:
            rows: (tick, a value for each `Metric`) of each instance, ticks ascending; a row holds until the next one.
        """
        self._earlier = dict(rows)
        for key in self._keys:
            track = self._tracks[key]
            if track.ticks and (earlier := self._earlier.pop(key, None)):
                track.precede(earlier, track.ticks[0])

    def series(self, key: StableKey, metric: Metric, count: int) -> Sequence[float]:
        """Return up to `count` newest values, oldest first, NaN for gaps."""
        track = self._tracks.get(key)
        if track is None or not track.ticks or self._tick is None:
            return array("f")
        last = self._tick if track.ended is None else track.ended - 1
        first = max(track.ticks[0], last - min(count, CAPACITY) + 1)
        found = track.between(first, last, metric)
        for missed in self._missed:
            if first <= missed <= last:
                found[missed - first] = nan
        return found

    def _meet(self, tick: int, keys: Sequence[StableKey]) -> None:
        """Take over who is there from this tick on."""
        before = dict(zip(self._keys, self._present, strict=True))
        self._keys = keys
        self._present = [self._tracks.setdefault(key, before.get(key) or _Track()) for key in keys]
        self._usages = ()
        if self._earlier:
            self._recall(tick)
        for key in before.keys() - set(keys):
            before[key].ended = tick
        if len(self._tracks) > len(keys) + MOST_VANISHED:
            self._forget()

    def _recall(self, tick: int) -> None:
        """Put what was before the start before those that are there for the first time."""
        for key, track in zip(self._keys, self._present, strict=True):
            if not track.ticks and (earlier := self._earlier.pop(key, None)):
                track.precede(earlier, tick)

    def _forget(self) -> None:
        """Drop those that are gone for longest."""
        gone = sorted((track.ended, key) for key, track in self._tracks.items() if track.ended is not None)
        for _, key in gone[: len(gone) - MOST_VANISHED]:
            del self._tracks[key]


def _row(usage: Usage) -> list[float]:
    io, network = usage.io, usage.network
    row = (
        usage.cpu.cores_used,
        usage.memory.working_set_bytes,
        io.read_bytes_per_second,
        io.write_bytes_per_second,
        network.receive_bytes_per_second,
        network.transmit_bytes_per_second,
        _worst(usage.pressure),
    )
    return [nan if value is None else value for value in row]


def _worst(pressure: Pressure) -> float | None:
    if pressure is NO_PRESSURE:
        return None
    waits = [value for value in (pressure.cpu_some, pressure.memory_some, pressure.io_some) if value is not None]
    return max(waits) if waits else None
