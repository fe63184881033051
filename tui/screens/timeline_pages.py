"""The recorded part of the timeline, read piece by piece as a person scrolls back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.past import RecordStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.timeline import TimelineEntry
    from tui.sampling.past import Past

FIRST_SECONDS = 6 * 3600.0
LONGEST_SECONDS = 8 * 86_400.0
OLDEST_SECONDS = 400 * 86_400.0
"""Nothing is looked for beyond this."""

BEFORE_SECONDS = 86_400.0
"""A recorder also writes down what the kernel told before it began."""

MOST_ENTRIES = 50_000
NEWER_SECONDS = 30.0
OVERLAP_SECONDS = 15.0


class Pages:
    """What was read of a record so far.

    Args:
        past: the record; None where there is none.

    Attributes:
        entries: oldest first; replaced, never changed.
        is_all: nothing older is to be had.
        problem: why not everything can be read, in a sentence.
    """

    def __init__(self, past: Past | None) -> None:
        self._past = past
        self._begin: float | None = None
        self._end = 0.0
        self._oldest = 0.0
        self._step = FIRST_SECONDS
        self.entries: Sequence[TimelineEntry] = ()
        self.is_all = past is None
        self.problem = ""

    @property
    def begin(self) -> float | None:
        """Return from when on everything was read; None before the first piece."""
        return self._begin

    def is_stale(self, now: float) -> bool:
        """Tell whether the moment on the screen is not where was read: it is newer, or before all of it."""
        if self._past is None or self._begin is None:
            return False
        return now - self._end > NEWER_SECONDS or now < self._begin

    async def older(self, now: float) -> None:
        """Read the next piece back in time; pieces without anything make the next one longer."""
        if self._past is None or self.is_all:
            return
        if self._begin is None and not await self._look(now):
            return
        end = self._begin if self._begin is not None else now
        begin = end - self._step
        found = await self._past.timeline(begin, end)
        self._begin = begin
        self.entries = (*(one for one in found if one.utc_seconds < end or one.utc_seconds >= self._end), *self.entries)
        self._step = FIRST_SECONDS if found else min(self._step * 2, LONGEST_SECONDS)
        self.is_all = begin <= self._oldest or len(self.entries) > MOST_ENTRIES

    async def newer(self, now: float) -> None:
        """Read what was recorded since; start anew where the moment on the screen lies before all that was read."""
        if self._past is None or self._begin is None:
            return
        if now < self._begin:
            self._begin, self.entries, self._step, self.is_all = None, (), FIRST_SECONDS, False
            await self.older(now)
            return
        since = self._end - OVERLAP_SECONDS
        found = await self._past.timeline(since, now)
        kept = [one for one in self.entries if one.utc_seconds < since]
        self._end = now
        self.entries = (*kept, *found)

    async def _look(self, now: float) -> bool:
        """Find out whether there is a record at all."""
        self._end = now
        status = await self._past.look() if self._past is not None else RecordStatus()
        self.problem = status.problem
        self.is_all = not status.folder or status.newest_utc_seconds is None
        if self.is_all:
            self._begin = now
        elif self._past is not None:
            known = await self._past.stretches(now - OLDEST_SECONDS, now)
            self._oldest = known[0].begin_utc_seconds - BEFORE_SECONDS if known else now - OLDEST_SECONDS
        return not self.is_all
