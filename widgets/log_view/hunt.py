"""The way to the next line that matches."""

from __future__ import annotations

from collections.abc import Iterator

from widgets.log_view.listing import Listing
from widgets.log_view.pattern import Pattern
from widgets.log_view.scan import Scanner


class Hunt:
    """Looks through the lines shown, in one direction from a line on, once round.

    Attributes:
        pattern: What is looked for.
        wrapped: Whether it went on at the other end.
        shortened: Long lines of which only the beginning was looked at.
    """

    def __init__(self, listing: Listing, pattern: Pattern, start: int, step: int) -> None:
        self._listing = listing
        self.pattern = pattern
        self._start = start
        self._step = step
        self._at = start
        self._total = max(1, len(listing))
        self._seen = 0
        self._is_at_the_end = False
        self._scanner = Scanner(pattern.matches)
        self.wrapped = False
        self.is_over = False

    @property
    def share(self) -> float:
        """How much was looked at, 0 to 1."""
        return min(1.0, self._seen / self._total)

    @property
    def shortened(self) -> int:
        """Long lines of which only the beginning was looked at."""
        return self._scanner.shortened

    def advance(self) -> int | None:
        """Look at some more lines and return the number of one that matches; `is_over` when there is none.

        The line it starts from is looked at first. Raises `GaveUp`.
        """
        found = self._scanner.scan(self._lines(), most=1)
        if found:
            self.is_over = True
            return found[0]
        if not self._is_at_the_end:
            self._at = self._scanner.at + self._step
        elif self.wrapped:
            self.is_over = True
        else:
            self.wrapped = True
            self._at = self._listing.store.first if self._step > 0 else self._listing.store.end - 1
        return None

    def _place(self) -> int:
        """Return the place of the next line to look at, going back that of the last one not behind it."""
        listing = self._listing
        place = listing.place_of(self._at)
        if self._step < 0 and (place >= len(listing) or listing[place] > self._at):
            place -= 1
        return place

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the lines ahead; after the turn at the other end, those up to where it started."""
        listing, place = self._listing, self._place()
        self._is_at_the_end = False
        while 0 <= place < len(listing):
            number = listing[place]
            if self.wrapped and (number - self._start) * self._step >= 0:
                break
            self._seen += 1
            yield number, listing.store[number].text
            place += self._step
        self._is_at_the_end = True
