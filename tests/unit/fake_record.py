"""A record in memory, as the seam describes one."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import isnan, nan

from tui.domain.host import HostView, InstanceView
from tui.domain.identity import StableKey
from tui.domain.past import Bucket, Stretch
from tui.domain.timeline import TimelineEntry
from tui.sampling.history import Metric, _row

Rows = Mapping[StableKey, Sequence[tuple[float, Sequence[float]]]]


class FakeRecord:
    """A `RecordReader` over views.

    Attributes:
        damage: what it says about itself.
        closed: it was given back.
    """

    def __init__(
        self, views: Sequence[HostView], entries: Sequence[TimelineEntry] = (), *, gap_seconds: float = 3.0
    ) -> None:
        self.views = list(views)
        self.written = sorted(entries, key=lambda entry: entry.utc_seconds)
        self.damage: Sequence[str] = ()
        self.closed = False
        self._gap = gap_seconds

    @property
    def _times(self) -> list[float]:
        return [view.taken_utc_seconds for view in self.views]

    def first(self) -> float | None:
        return self.views[0].taken_utc_seconds if self.views else None

    def last(self) -> float | None:
        return self.views[-1].taken_utc_seconds if self.views else None

    def stretches(self, begin: float, end: float) -> Sequence[Stretch]:
        found: list[list[float]] = []
        for time in self._times:
            if found and time - found[-1][1] <= self._gap:
                found[-1][1] = time
            else:
                found.append([time, time])
        return [Stretch(max(b, begin), min(e, end)) for b, e in found if b <= end and e >= begin]

    def moments(self, begin: float, end: float) -> Sequence[float]:
        return [time for time in self._times if begin <= time <= end]

    def view_at(self, utc: float) -> HostView | None:
        place = bisect_right(self._times, utc) - 1
        if place < 0 or utc - self._times[place] > self._gap:
            return None
        return self.views[place]

    def next_moment(self, utc: float) -> float | None:
        place = bisect_right(self._times, utc)
        return self._times[place] if place < len(self.views) else None

    def previous_moment(self, utc: float) -> float | None:
        place = bisect_left(self._times, utc) - 1
        return self._times[place] if place >= 0 else None

    def entries(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        return [entry for entry in self.written if begin <= entry.utc_seconds <= end]

    def buckets(self, key: StableKey | None, metric: Metric, begin: float, end: float, count: int) -> Sequence[Bucket]:
        each = (end - begin) / count
        found = []
        for number in range(count):
            low = begin + number * each
            values = [
                value
                for view in self.views
                if low <= view.taken_utc_seconds < low + each
                for value in [_value(view, key, metric)]
                if not isnan(value)
            ]
            found.append(
                Bucket(low, len(values), min(values), sum(values) / len(values), max(values)) if values else Bucket(low)
            )
        return found

    def recent(self, begin: float, end: float) -> Rows:
        found: dict[StableKey, list[tuple[float, Sequence[float]]]] = {}
        for view in self.views:
            if begin <= view.taken_utc_seconds <= end:
                for item in view.instances:
                    found.setdefault(item.instance.stable_key, []).append((view.taken_utc_seconds, _row(item.usage)))
        return found

    def close(self) -> None:
        self.closed = True


def _value(view: HostView, key: StableKey | None, metric: Metric) -> float:
    if key is None:
        usage = view.usage
        host = {Metric.CPU_CORES: usage.cpu_percent, Metric.MEMORY_BYTES: usage.memory_used_bytes}
        value = host.get(metric)
        return nan if value is None else float(value)
    item: InstanceView | None = next((item for item in view.instances if item.instance.stable_key == key), None)
    return nan if item is None else float(_row(item.usage)[metric])
