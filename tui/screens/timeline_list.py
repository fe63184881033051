"""Which entries the timeline shows, and how far back they are read."""

from __future__ import annotations

from itertools import islice
from time import localtime, strftime
from typing import TYPE_CHECKING

from tui.present.timeline import Line, Subject, Wanted, timeline_rows
from tui.sampling.oneline import one_line
from tui.screens.timeline_pages import Pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.timeline import TimelineEntry
    from tui.sampling.past import Past
    from widgets.live_table import Row

PIECE = 500
"""Rows that are made at once; more are made as a person scrolls down."""

MOST_PIECES_AT_ONCE = 60
"""Pieces of the record that one key press reads where a filter finds nothing in them."""


class TimelineList:
    """What is wanted, and what there is.

    Args:
        past: the record, None where there is none.
        only: what it is narrowed to from the start.

    Attributes:
        wanted: what a person wants to see.
    """

    def __init__(self, past: Past | None, only: Subject | None) -> None:
        self.wanted = Wanted(only=only)
        self._past = past
        self._pages = Pages(past)
        self._most = PIECE
        self._shown = 0

    def rows(self, live: Sequence[TimelineEntry], now: float) -> list[Row[Line]]:
        """Return the rows for what was seen here; beside it stands what was read of the record.

        Args:
            now: UTC seconds of the moment on the screen.
        """
        entries = list(islice(self.wanted.of(one_line(live, self._pages.entries)), self._most))
        self._shown = len(entries)
        end = self._end() if self._shown < self._most and self.has_all else ""
        return timeline_rows(entries, now, end)

    @property
    def has_all(self) -> bool:
        """Tell whether nothing older that is wanted is to be had."""
        begin, since = self._pages.begin, self.wanted.since
        return self._pages.is_all or (begin is not None and since is not None and begin <= since)

    def _end(self) -> str:
        """Return the sentence below the oldest entry."""
        if self.wanted.since is not None:
            return f"nothing more since {strftime('%Y-%m-%d %H:%M', localtime(self.wanted.since))}"
        if self._pages.problem:
            return self._pages.problem
        if self._past is None or not self._past.status.folder:
            return "nothing older: no record is kept here (hostdeck record keeps one)"
        return "the record begins here"

    # More of it

    def start_anew(self) -> None:
        """Make few rows again: something else is wanted."""
        self._most = PIECE

    def make_more(self) -> bool:
        """Make more rows of what was read; tell whether there may be any."""
        if self._shown < self._most:
            return False
        self._most += PIECE
        return True

    def is_stale(self, now: float) -> bool:
        """Tell whether the record has to be read for the moment on the screen."""
        return self._pages.is_stale(now)

    async def read_newer(self, now: float) -> None:
        """Read what was recorded since, or anew for a moment before all that was read."""
        await self._pages.newer(now)

    async def read_older(self, now: float) -> None:
        """Read the next piece back in time."""
        await self._pages.older(now)
