"""Which page is shown when: they take turns, and a new critical problem holds the first one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

HOLD_SECONDS = 60.0
"""How long the problems stay in sight after a new critical one came."""


class PageId(StrEnum):
    """The pages there are, in the order in which they take turns."""

    OVERVIEW = "overview"
    CONSUMERS = "consumers"
    GUESTS = "guests"
    CONTAINERS = "containers"
    TIMELINE = "timeline"


ALL_PAGES = tuple(PageId)


class Rotation:
    """Pages that take turns.

    Args:
        pages: those wanted, in their order.
        every_seconds: how long each is shown; 0 leaves the first one on.
        now: monotonic time of the start.
    """

    def __init__(self, pages: Sequence[PageId], every_seconds: float, now: float) -> None:
        self._pages = tuple(pages)
        self._every = every_seconds
        self._turned_at = now
        self._place = 0
        self._held_until = now
        self._known: frozenset[str] | None = None

    @property
    def page(self) -> PageId:
        """Return what is shown."""
        return self._pages[self._place]

    @property
    def number(self) -> int:
        """Return its number, from 1."""
        return self._place + 1

    @property
    def count(self) -> int:
        """Return how many take turns."""
        return len(self._pages)

    def is_held(self, now: float) -> bool:
        """Tell whether a new critical problem keeps the page from being turned."""
        return now < self._held_until

    def begin(self, now: float) -> None:
        """Give the first page its whole time: there is something to see from now on."""
        self._turned_at = now

    def observe(self, critical: Collection[str], now: float) -> None:
        """Take the names of the critical problems of a moment; a new one brings the page that tells of problems.

        What stands at the first moment is no news: the first page is there to be read anyway.
        """
        new = self._known is not None and not self._known.issuperset(critical)
        self._known = frozenset(critical)
        if new and self.count > 1:
            self._place = self._pages.index(PageId.OVERVIEW) if PageId.OVERVIEW in self._pages else self._place
            self._held_until = now + HOLD_SECONDS

    def turn(self, now: float) -> None:
        """Turn the page where it is time; after a long sleep, once."""
        if self.is_held(now):
            self._turned_at = now
        elif self._every > 0 and now - self._turned_at >= self._every:
            self._place = (self._place + 1) % self.count
            self._turned_at = now
