"""Blocks of all files, in the order of time and without overlap.

Time runs backwards in a record where a clock was set back. What was recorded later counts: of the runs before it, only
what lies outside of its own time is left. Two blocks belong to one run where the second begins within `REACH` steps of
the first one's end; a view holds as long after its sample.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, nextafter
from typing import Final

from tui.record.dayreader import DayReader, Place

REACH: Final = 2.5  # steps between two samples: one that is late or lost makes no gap


@dataclass(frozen=True, slots=True)
class Segment:
    """A block, or what counts of it: its samples from `begin` to `end`, both included.

    Attributes:
        is_cut: some samples of the block do not count.
    """

    day: DayReader
    place: Place
    begin: float
    end: float
    is_cut: bool = False

    @property
    def reach(self) -> float:
        """Return how many seconds its last sample holds."""
        return REACH * self.place.seconds


def segments_of(days: Iterable[DayReader]) -> list[Segment]:
    """Return the segments of all blocks."""
    found: list[Segment] = []
    before: Segment | None = None
    for day in days:
        for place in day.places():
            segment = Segment(day, place, place.begin, place.end)
            if found and found[-1].end >= place.begin:
                _clear(found, _begin_of_run(before, place), place.end)
                found.insert(bisect_right(found, place.begin, key=lambda one: one.begin), segment)
            else:
                found.append(segment)
            before = segment
    return found


def _begin_of_run(before: Segment | None, place: Place) -> float:
    """Return from when on a block rules out what was recorded before: between two blocks of a run is no room."""
    if before is not None and before.end < place.begin <= before.end + before.reach:
        return nextafter(before.end, inf)
    return place.begin


def _clear(found: list[Segment], begin: float, end: float) -> None:
    """Cut a stretch of time out of all segments."""
    rest = []
    for one in found:
        if one.end < begin or one.begin > end:
            rest.append(one)
            continue
        if one.begin < begin:
            rest.append(Segment(one.day, one.place, one.begin, nextafter(begin, -inf), is_cut=True))
        if one.end > end:
            rest.append(Segment(one.day, one.place, nextafter(end, inf), one.end, is_cut=True))
    found[:] = rest


def touching(segments: Sequence[Segment], begin: float, end: float) -> Sequence[Segment]:
    """Return the segments that have a moment between two times, both included."""
    first = bisect_right(segments, begin, key=lambda one: one.begin) - 1
    if first < 0 or segments[first].end < begin:
        first += 1
    return segments[first : bisect_right(segments, end, key=lambda one: one.begin)]
