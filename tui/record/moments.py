"""What a record tells of one moment, and the way from one moment to another; all of it for the reader's thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tui.domain.host import HostUsage, HostView, Ledger
from tui.domain.past import Stretch
from tui.domain.timeline import EntryKind
from tui.record.lately import NOTHING, Lately, usual_tick
from tui.record.reading import RecordError
from tui.sampling.history import CAPACITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.timeline import TimelineEntry
    from tui.record.reading import RecordReader

AHEAD_SECONDS = 300.0
"""So much after a moment is read together with what is before it, so that steps and playing find it there."""

ENTRIES_BEFORE_SECONDS = 86_400.0
MOST_ENTRIES = 20_000
SEARCHED_SECONDS = (900.0, 7200.0, 43_200.0, 259_200.0)
"""The next mark is looked for in stretches that grow."""


@dataclass(frozen=True, slots=True)
class Found:
    """A moment of a record.

    Attributes:
        utc: the moment that was asked for, brought into the record.
        view: what was recorded then; in a gap the host alone, without figures.
        gap: the time without a record around it, None where there is one.
        lately: the minutes before.
        entries: what happened in the day before, oldest first.
        first: oldest sample of the record.
        last: newest sample of the record.
        damage: what could not be read.
    """

    utc: float
    view: HostView
    gap: Stretch | None
    lately: Lately
    entries: Sequence[TimelineEntry]
    first: float
    last: float
    damage: tuple[str, ...]


class Moments:
    """Finds moments; keeps what it read for the next one nearby.

    Args:
        reader: asked by one thread at a time.
    """

    def __init__(self, reader: RecordReader) -> None:
        self._reader = reader
        self._lately = NOTHING
        self._entries: tuple[float, float, Sequence[TimelineEntry]] = (0.0, 0.0, ())

    def find(self, utc: float | None) -> Found:
        """Return a moment; None is the newest.

        Raises:
            RecordError: nothing is recorded.
        """
        first, last = self._ends()
        utc = last if utc is None else min(max(utc, first), last)
        view = self._reader.view_at(utc)
        gap = None
        if view is None:
            gap = self._gap(utc, first, last)
            view = self._blank(utc, gap)
        lately = self._lately_of(utc, last)
        entries = self._entries_until(utc, last)
        return Found(utc, view, gap, lately, entries, first, last, tuple(self._reader.damage))

    def step(self, utc: float, direction: int) -> float:
        """Return the sample before (-1) or after (+1) a moment; a gap between two samples is a step of its own."""
        target = self._reader.next_moment(utc) if direction > 0 else self._reader.previous_moment(utc)
        if target is None:
            return utc
        begin, end = min(utc, target), max(utc, target)
        whole = len(self._reader.stretches(begin, end)) == 1
        if whole or self._reader.view_at((begin + end) / 2) is not None or self._reader.view_at(utc) is None:
            return target
        return (begin + end) / 2

    def mark(self, utc: float, direction: int) -> float | None:
        """Return the first sample that shows the next (or the previous) thing that happened; None without one."""
        first, last = self._ends()
        if direction > 0:
            found = self._search(utc, last, forward=True)
        else:
            before = self._reader.previous_moment(utc)
            found = None if before is None else self._search(before, first, forward=False)
        return None if found is None else self._shown_from(found)

    def marks(self, begin: float, end: float) -> list[TimelineEntry]:
        """Return what happened between two times, oldest first."""
        return [entry for entry in self._reader.entries(begin, end) if is_mark(entry)]

    def _ends(self) -> tuple[float, float]:
        first, last = self._reader.first(), self._reader.last()
        if first is None or last is None:
            damage = " ".join(self._reader.damage)
            raise RecordError("empty", f"Nothing is recorded here. {damage}".rstrip())
        return first, last

    def _gap(self, utc: float, first: float, last: float) -> Stretch:
        before, after = self._reader.previous_moment(utc), self._reader.next_moment(utc)
        return Stretch(first if before is None else before, last if after is None else after)

    def _blank(self, utc: float, gap: Stretch) -> HostView:
        """Return the host without anything that could be taken for a figure of this moment."""
        near = self._reader.view_at(gap.begin_utc_seconds) or self._reader.view_at(gap.end_utc_seconds)
        cores = near.usage.cores if near is not None else 1
        blank = HostView("", "", utc, utc, int(utc), HostUsage(cores=cores), Ledger(cores, 0.0, 0, 0, 0, 0, 0))
        if near is None:
            return blank
        return replace(blank, host_id=near.host_id, host_name=near.host_name, is_demo=near.is_demo)

    def _lately_of(self, utc: float, last: float) -> Lately:
        tick = self._lately.tick_seconds
        begin = utc - CAPACITY * tick
        if self._lately is NOTHING or not self._lately.covers(begin, utc):
            moments = self._reader.moments(utc - AHEAD_SECONDS, min(utc + AHEAD_SECONDS, last))
            tick = usual_tick(moments, tick)
            begin, end = utc - CAPACITY * tick - AHEAD_SECONDS, min(utc + AHEAD_SECONDS, last)
            stretches = self._reader.stretches(begin, end)
            self._lately = Lately(begin, end, tick, stretches, self._reader.recent(begin, end))
        return self._lately

    def _entries_until(self, utc: float, last: float) -> Sequence[TimelineEntry]:
        begin, end, entries = self._entries
        if not begin <= utc - ENTRIES_BEFORE_SECONDS / 2 <= utc <= end:
            begin, end = utc - ENTRIES_BEFORE_SECONDS, min(utc + AHEAD_SECONDS, last)
            entries = self._reader.entries(begin, end)[-MOST_ENTRIES:]
            self._entries = begin, end, entries
        return [entry for entry in entries if entry.utc_seconds <= utc]

    def _search(self, here: float, limit: float, *, forward: bool) -> float | None:
        """Return the time of the nearest mark after a moment, or at or before it; only as far as `limit`."""
        for seconds in (*SEARCHED_SECONDS, abs(limit - here) + 1):
            if forward:
                times = [entry.utc_seconds for entry in self.marks(here, min(here + seconds, limit))]
                later = [time for time in times if time > here]
                if later:
                    return min(later)
            else:
                times = [entry.utc_seconds for entry in self.marks(max(here - seconds, limit), here)]
                if times:
                    return max(times)
        return None

    def _shown_from(self, utc: float) -> float:
        """Return the sample at or after a mark: the one before it does not show it yet."""
        view = self._reader.view_at(utc)
        if view is None or view.taken_utc_seconds >= utc:
            return utc
        after = self._reader.next_moment(utc)
        return utc if after is None or after - utc > 2 * self._lately.tick_seconds else after


def is_mark(entry: TimelineEntry) -> bool:
    """Tell whether an entry is worth a jump: the recorder's own notes are not."""
    return entry.kind is not EntryKind.RECORDER
