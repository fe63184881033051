"""The minutes before a moment, as the running history would have shown them then."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import pairwise
from math import nan
from typing import TYPE_CHECKING, NamedTuple

from tui.sampling.history import CAPACITY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.domain.identity import StableKey
    from tui.domain.past import Stretch
    from tui.sampling.history import Metric


class Lately(NamedTuple):
    """Changed rows of all instances between two UTC times; a row holds until the next one or the end of its stretch.

    Attributes:
        tick_seconds: time between two values of a series.
    """

    begin: float
    end: float
    tick_seconds: float
    stretches: Sequence[Stretch]
    rows: Mapping[StableKey, Sequence[tuple[float, Sequence[float]]]]

    def covers(self, begin: float, end: float) -> bool:
        """Tell whether all between two times is here."""
        return self.begin <= begin and end <= self.end

    def series(self, key: StableKey, metric: Metric, count: int, utc: float) -> Sequence[float]:
        """Return up to `count` values that end at `utc`, oldest first, one a tick, NaN where nothing was recorded."""
        rows = self.rows.get(key, ())
        times = [row[0] for row in rows]
        last = bisect_right(times, utc) - 1
        if last < 0:
            return array("f")
        span = utc - max(times[0], self.begin)
        wanted = min(count, CAPACITY, round(span / self.tick_seconds) + 1)
        found = array("f", [nan]) * wanted
        for back in range(wanted):
            when = utc - back * self.tick_seconds + self.tick_seconds / 10  # samples do not come on the dot
            while last > 0 and times[last] > when:
                last -= 1
            if times[last] <= when and self._is_recorded(when):
                found[wanted - 1 - back] = rows[last][1][metric]
        return found

    def _is_recorded(self, when: float) -> bool:
        """Tell whether a sample was taken less than a tick before."""
        place = bisect_right(self.stretches, when, key=lambda stretch: stretch.begin_utc_seconds) - 1
        return place >= 0 and when < self.stretches[place].end_utc_seconds + self.tick_seconds


NOTHING = Lately(0.0, 0.0, 1.0, (), {})


def usual_tick(moments: Sequence[float], fallback: float) -> float:
    """Return the middle one of the times between samples, to the tenth of a second."""
    steps = sorted(later - earlier for earlier, later in pairwise(moments) if later > earlier)
    return max(round(steps[len(steps) // 2], 1), 0.1) if steps else fallback
