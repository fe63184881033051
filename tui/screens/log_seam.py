"""Where a log is read on after a break."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tui.domain.session import LogRequest

SINCE_MARGIN_SECONDS = 1e-6  # "since" leaves out what was written at that very moment
MOST_REMEMBERED = 200_000

Line = tuple[float | None, bool, bytes]


class Seam:
    """Where a log is read on: at the second of its newest line, without what of it was shown.

    Whole seconds, for some clocks tell no more: two lines of one second cannot be told apart by their times. So all of
    the second is read again, and as many lines are left out as were shown with the same text.
    """

    def __init__(self) -> None:
        self._second: float | None = None
        self._shown: Counter[int] = Counter()  # by hash: the texts of a second may be large
        self._repeats: Counter[int] = Counter()

    def begin_again(self, request: LogRequest) -> LogRequest:
        """Return what to ask for, so that nothing is missed."""
        self._repeats = self._shown.copy()
        if self._second is None:
            return request
        return replace(request, since_utc_seconds=self._second - SINCE_MARGIN_SECONDS, tail=None)

    def new_lines(self, lines: Iterable[Line]) -> list[Line]:
        """Return the lines that were not shown yet; they are from now on."""
        return [line for line in lines if self._is_new(line)]

    def _is_new(self, line: Line) -> bool:
        moment, is_error, text = line
        if moment is not None and (second := math.floor(moment)) != self._second:
            self._second = second
            self._shown.clear()
            self._repeats.clear()
        key = hash((is_error, text))
        if self._repeats and self._repeats[key] > 0:
            self._repeats[key] -= 1
            return False
        if len(self._shown) < MOST_REMEMBERED:
            self._shown[key] += 1
        return True
