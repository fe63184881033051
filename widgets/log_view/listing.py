"""Which lines of a store are shown: all, or those that pass a filter, found out bit by bit."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from widgets.log_view.pattern import Sieve
from widgets.log_view.scan import Scanner
from widgets.log_view.store import LogStore


class Listing:
    """The lines shown, by place; places change when old lines are dropped, numbers do not.

    Args:
        store: Where the lines are.
        sieve: What must be true of a line shown.
    """

    def __init__(self, store: LogStore, sieve: Sieve | None = None) -> None:
        self.store = store
        self.sieve = sieve or Sieve()
        self._scanner = Scanner(self.sieve.passes)
        self._numbers = array("Q")
        self._skipped = 0  # entries at the front whose lines were dropped
        self._next = store.first

    def __len__(self) -> int:
        if not self.sieve:
            return len(self.store)
        self._forget_dropped()
        return len(self._numbers) - self._skipped

    def __getitem__(self, place: int) -> int:
        """Return the number of the line at a place."""
        return self._numbers[self._skipped + place] if self.sieve else self.store.first + place

    def place_of(self, number: int) -> int:
        """Return the place of a line; of one that is not shown, that of the next one which is."""
        if not self.sieve:
            return max(0, min(number - self.store.first, len(self.store)))
        self._forget_dropped()
        return bisect_left(self._numbers, max(0, number), self._skipped) - self._skipped

    def numbers(self, start: int, stop: int) -> Iterator[int]:
        """Yield the numbers of the lines shown between two numbers."""
        for place in range(self.place_of(start), self.place_of(stop)):
            yield self[place]

    @property
    def behind(self) -> int:
        """Lines not looked at yet."""
        return self.store.end - max(self._next, self.store.first) if self.sieve else 0

    @property
    def shortened(self) -> int:
        """Long lines of which only the beginning was looked at."""
        return self._scanner.shortened

    def advance(self) -> bool:
        """Look at some more lines; tell whether any are left. Raises `GaveUp`."""
        if not self.behind:
            return False
        start = max(self._next, self.store.first)
        self._scanner.at = start - 1
        self._numbers.extend(self._scanner.scan(self.store.texts(start)))
        self._next = self._scanner.at + 1
        return self.behind > 0

    def _forget_dropped(self) -> None:
        first, numbers = self.store.first, self._numbers
        if self._skipped < len(numbers) and numbers[self._skipped] < first:
            self._skipped = bisect_left(numbers, first, self._skipped)
            if self._skipped * 2 > len(numbers):
                del numbers[: self._skipped]
                self._skipped = 0
