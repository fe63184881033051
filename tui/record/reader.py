"""Reads the files of a record: a folder of them, or a single one."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from tui.domain.host import HostView
from tui.domain.identity import StableKey
from tui.domain.past import Bucket, Stretch
from tui.domain.plain import FormatError
from tui.domain.timeline import TimelineEntry
from tui.record.blocks import Block, sample_at
from tui.record.charting import Filling, recent_rows
from tui.record.dayreader import DayReader
from tui.record.folder import day_files, why_closed
from tui.record.reading import RecordError
from tui.record.run import Makes
from tui.record.segments import Segment, segments_of, touching
from tui.sampling.history import Metric

T = TypeVar("T")


class FileReader:
    """A record in files; see `RecordReader`.

    Raises:
        RecordError: there is none at this place, or it may not be read.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._makes = Makes()
        self._days: dict[Path, DayReader] = {}
        self._segments: list[Segment] = []
        self._told: dict[str, None] = {}
        try:
            self._is_folder = place.is_dir()
            if not self._list():
                raise RecordError("no record", f"There is no record in {place}; `hostdeck record` makes one.")
            self._refresh()
        except FileNotFoundError as error:
            raise RecordError("no record", f"There is no record at {place}; `hostdeck record` makes one.") from error
        except PermissionError as error:
            raise RecordError("not permitted", why_closed(place)) from error
        except OSError as error:
            raise RecordError("no record", f"The record at {place} cannot be read: {error.strerror}.") from error

    @property
    def damage(self) -> Sequence[str]:
        """Return what could not be read so far."""
        return (*self._told, *[sentence for day in self._days.values() for sentence in day.damage])

    def first(self) -> float | None:
        """Return the time of the oldest sample."""
        segments = self._now()
        return self._ends(segments[0])[0] if segments else None

    def last(self) -> float | None:
        """Return the time of the newest sample."""
        segments = self._now()
        return self._ends(segments[-1])[1] if segments else None

    def stretches(self, begin: float, end: float) -> Sequence[Stretch]:
        """Return the times with a record that touch `begin` to `end`, cut to it."""
        found: list[Stretch] = []
        reach = 0.0
        for segment in touching(self._now(), begin, end):
            first, last = self._ends(segment)
            if first > last:
                continue
            if found and first - found[-1].end_utc_seconds <= reach:
                found[-1] = Stretch(found[-1].begin_utc_seconds, min(last, end))
            else:
                found.append(Stretch(max(first, begin), min(last, end)))
            reach = segment.reach
        return found

    def moments(self, begin: float, end: float) -> Sequence[float]:
        """Return the times of all samples from `begin` to `end`, both included."""
        found: list[float] = []
        for segment in touching(self._now(), begin, end):
            found.extend(self._times(segment, begin, end))
        return found

    def view_at(self, utc: float) -> HostView | None:
        """Return the newest view at or before `utc`; None in a gap."""
        segments = self._now()
        place = bisect_right(segments, utc, key=lambda one: one.begin) - 1
        while place >= 0:
            segment = segments[place]
            times = self._times(segment, segment.begin, utc)
            if times:
                if utc - times[-1] > segment.reach:
                    return None
                return self._view(segment, times[-1])
            place -= 1
        return None

    def next_moment(self, utc: float) -> float | None:
        """Return the time of the first sample after `utc`."""
        segments = self._now()
        first = max(bisect_right(segments, utc, key=lambda one: one.begin) - 1, 0)
        for segment in segments[first:]:
            times = self._times(segment, segment.begin, segment.end)
            place = bisect_right(times, utc)
            if place < len(times):
                return times[place]
        return None

    def previous_moment(self, utc: float) -> float | None:
        """Return the time of the last sample before `utc`."""
        segments = self._now()
        for segment in reversed(segments[: bisect_left(segments, utc, key=lambda one: one.begin)]):
            times = self._times(segment, segment.begin, segment.end)
            place = bisect_left(times, utc)
            if place:
                return times[place - 1]
        return None

    def entries(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        """Return what was written down from `begin` to `end`; what two files have is told once."""
        self._now()
        found = {entry: None for day in self._days.values() for entry in day.entries(begin, end)}
        return sorted(found, key=lambda entry: entry.utc_seconds)

    def buckets(self, key: StableKey | None, metric: Metric, begin: float, end: float, count: int) -> Sequence[Bucket]:
        """Return `count` equal stretches of time from `begin` to `end`; None is the whole host."""
        filling = Filling(key, metric, begin, end, count)
        for segment in touching(self._now(), begin, end):
            self._read(segment, partial(filling.add, begin=segment.begin, end=segment.end))
        return filling.buckets

    def recent(self, begin: float, end: float) -> Mapping[StableKey, Sequence[tuple[float, Sequence[float]]]]:
        """Return (time, a value for each `Metric`) of each instance; what did not change is not repeated."""
        pieces = []
        for segment in touching(self._now(), begin, end):
            span = (max(begin, segment.begin), min(end, segment.end))
            found = self._read(segment, lambda block: (block.times, list(block.all_metrics())))
            if found is not None:
                pieces.append((span, segment.reach, *found))
        return recent_rows(pieces, end)

    def rest(self) -> None:
        """Give back every descriptor until the next question, so that the recorder can put a day away."""
        for day in self._days.values():
            day.close()

    def close(self) -> None:
        """Give back every descriptor."""
        for day in self._days.values():
            day.close()
        self._days.clear()
        self._segments = []

    # files

    def _list(self) -> bool:
        """Look which files there are; return whether there is any."""
        paths = day_files(self._place) if self._is_folder else [self._place]
        for path in [path for path in self._days if path not in paths]:
            gone = self._days.pop(path)
            self._told |= dict.fromkeys(gone.damage)
            gone.close()
        self._days = {path: self._days.get(path) or DayReader(path, self._makes) for path in paths}
        return bool(paths)

    def _refresh(self) -> None:
        before = list(self._days)
        if self._is_folder:
            self._list()
        changed = [day.refresh() for day in self._days.values()]
        if any(changed) or before != list(self._days):
            self._segments = segments_of(self._days.values())

    def _now(self) -> Sequence[Segment]:
        """Return the segments as they are now; where the folder cannot be read any more, as they were."""
        try:
            self._refresh()
        except OSError as error:
            self._told[f"{self._place}: {error.strerror or error}."] = None
        return self._segments

    # blocks

    def _view(self, segment: Segment, utc: float) -> HostView | None:
        return self._read(segment, lambda block: block.view(sample_at(block.times, utc)))

    def _read(self, segment: Segment, use: Callable[[Block], T]) -> T | None:
        """Do something with a block; one that is damaged is a gap from then on."""
        try:
            return use(segment.day.block(segment.place.number))
        except FormatError as error:
            segment.day.break_block(segment.place.number, error.message)
            self._segments = segments_of(self._days.values())
            return None

    def _times(self, segment: Segment, begin: float, end: float) -> Sequence[float]:
        """Return the times of a segment's samples from `begin` to `end`, both included."""
        times = self._read(segment, lambda block: block.times)
        if times is None:
            return ()
        first = bisect_left(times, max(begin, segment.begin))
        return times[first : bisect_right(times, min(end, segment.end))]

    def _ends(self, segment: Segment) -> tuple[float, float]:
        """Return the times of a segment's first and last sample; (1, 0) when none is left of it."""
        if not segment.is_cut:
            return segment.begin, segment.end
        times = self._times(segment, segment.begin, segment.end)
        return (times[0], times[-1]) if times else (1.0, 0.0)
