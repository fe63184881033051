"""Many lines tested in small pieces of time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from widgets.log_view.ansi import strip
from widgets.log_view.guard import TooSlow, time_limit
from widgets.log_view.line import to_text
from widgets.log_view.pattern import SHORT_TEXT

SLICE_SECONDS = 0.004
"""What one piece takes, so that a key never waits long."""

_LOOK_AT_CLOCK = 64
"""Lines between two looks at the clock."""

Test = Callable[[str], bool]


class GaveUp(Exception):  # noqa: N818 -- a result, told to a person
    """A line took too long, even its beginning."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def plain_text(raw: bytes) -> str:
    """Return what filters and searches read of a line: its text without escape sequences."""
    return strip(to_text(raw))


class Scanner:
    """Tests lines one after another and keeps those that pass.

    Attributes:
        at: Number of the line being tested, or of the last one that was.
        shortened: Lines of which only the beginning was tested, because all of it took too long.
    """

    def __init__(self, test: Test, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._test = test
        self._clock = clock
        self.at = -1
        self.shortened = 0

    def scan(self, lines: Iterable[tuple[int, bytes]], *, most: int | None = None) -> list[int]:
        """Test lines until the time of a slice is over or `most` passed; return the numbers of those that passed.

        Where it stopped tells `at`. Raises `GaveUp`.
        """
        found: list[int] = []
        raw = b""
        try:
            with time_limit():
                until = self._clock() + SLICE_SECONDS
                for count, (number, raw) in enumerate(lines, 1):
                    self.at = number
                    if self._test(plain_text(raw)):
                        found.append(number)
                        if len(found) == most:
                            break
                    if count % _LOOK_AT_CLOCK == 0 and self._clock() > until:
                        break
        except TooSlow:
            if (not found or found[-1] != self.at) and self._passes_short(raw):
                found.append(self.at)
        return found

    def _passes_short(self, raw: bytes) -> bool:
        text = plain_text(raw)
        self.shortened += len(text) > SHORT_TEXT
        try:
            with time_limit():
                return self._test(text[:SHORT_TEXT])
        except TooSlow:
            raise GaveUp(self.at) from None
