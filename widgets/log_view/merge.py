"""Lines of several sources brought into the order of their times."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from widgets.log_view.line import LogLine

DEFAULT_WINDOW_SECONDS = 0.3
FIRST_SECONDS = 2.0
"""For so long after the first line of all, lines wait for sources that were expected and said nothing yet."""

MAX_HELD_LINES = 50_000


class _Held(NamedTuple):
    """A line that waits.

    Attributes:
        key: Its time, or that of the line before it from the same source.
        arrived: When it came, on the caller's clock.
        line: The line.
    """

    key: float
    arrived: float
    line: LogLine


class Merger:
    """Holds lines back for a moment, so that an older line of another source can still go before them.

    Lines of one source never change their order. A line goes on as soon as every other source has told something newer,
    at the latest when it has waited for the window; with a single source nothing waits. What comes later than that is
    put at the end: its time shows that it is late.

    Args:
        window_seconds: How long a line may wait.
        max_lines: How many may wait.
    """

    def __init__(self, window_seconds: float = DEFAULT_WINDOW_SECONDS, *, max_lines: int = MAX_HELD_LINES) -> None:
        self._window_seconds = window_seconds
        self._max_lines = max_lines
        self._newest: dict[str, float] = {}
        self._first_at: float | None = None
        self._held: list[_Held] = []
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self._held)

    def expect(self, sources: Iterable[str]) -> None:
        """Tell who will write, so that the first lines of one wait for those of the others."""
        for source in sources:
            self._newest.setdefault(source, -math.inf)

    def end(self, source: str) -> None:
        """Tell that a source writes no more: nobody waits for it."""
        self._newest.pop(source, None)

    def clear(self) -> None:
        """Forget the lines that wait."""
        self._held.clear()

    def pass_on(self, lines: Sequence[LogLine], now: float) -> list[LogLine]:
        """Take lines and return what needs to wait no longer, in order; with one source that is all of them."""
        if not self._held and len(self._newest) <= 1:
            names = self._newest.keys() | {line.source for line in lines}
            if len(names) == 1:
                self._remember(lines)
                return list(lines)
        self.offer(lines, now)
        return self.release(now)

    def _remember(self, lines: Sequence[LogLine]) -> None:
        """Keep the newest time of a single source."""
        times = [line.utc_seconds for line in lines if line.utc_seconds is not None]
        source = lines[-1].source
        self._newest[source] = max([self._newest.get(source, -math.inf), *times])

    def offer(self, lines: Iterable[LogLine], now: float) -> None:
        """Take lines that arrive at a moment of a monotonic clock."""
        newest, held = self._newest, self._held
        if self._first_at is None:
            self._first_at = now
        for line in lines:
            source, _, time, _, _ = line
            before = newest.get(source, -math.inf)
            key = before if time is None or not time > before else time
            newest[source] = key
            held.append(_Held(key, now, line))
        self._is_sorted = False

    def release(self, now: float) -> list[LogLine]:
        """Return the lines that need to wait no longer, in order."""
        held = self._held
        if not held:
            return []
        if not self._is_sorted:
            held.sort(key=itemgetter(0))  # stable: equal times keep the order of arrival
            self._is_sorted = True
        count = self._ready(now)
        lines = [one.line for one in held[:count]]
        del held[:count]
        return lines

    def next_release(self) -> float | None:
        """Return when to call `release` again though nothing arrives; None when nothing waits."""
        if not self._held:
            return None
        due = min([one.arrived for one in self._held]) + self._window_seconds
        return max(due, self._silent_until) if self._somebody_is_silent else due

    @property
    def _silent_until(self) -> float:
        return self._first_at + FIRST_SECONDS if self._first_at is not None else -math.inf

    @property
    def _somebody_is_silent(self) -> bool:
        """Tell whether a source that was expected has not told anything: it may tell of what was long before."""
        return -math.inf in self._newest.values()

    def _ready(self, now: float) -> int:
        held = self._held
        if len(self._newest) <= 1:
            return len(held)
        everyone_told = min(self._newest.values())
        waited_since = now - self._window_seconds
        ready = max(0, len(held) - self._max_lines)
        if now < self._silent_until and self._somebody_is_silent:
            return ready
        for place in range(ready, len(held)):
            if held[place].key <= everyone_told or held[place].arrived <= waited_since:
                ready = place + 1
        return ready
