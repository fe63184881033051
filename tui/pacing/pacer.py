"""Between what wants to be drawn and a terminal that takes one frame at a time; all of it on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from tui.pacing.governor import Governor
from tui.pacing.replies import PROBE

URGENT_SECONDS = 1.0
"""For so long after a key, and two round trips, a person looks at what it did."""


class Line(Protocol):
    """Where frames go."""

    @property
    def backlog(self) -> int:
        """Return how much did not leave yet."""
        ...

    def ask(self, question: str) -> None:
        """Send what the terminal answers."""
        ...


class Pacer:
    """Tells whether a frame may go now, and calls back when one may that was held back.

    Args:
        line: where frames go.
        go_on: called when a frame may go after one was refused.
        clock: seconds.

    Attributes:
        touched_at: when a key was pressed last; may be set by another thread.
    """

    def __init__(self, line: Line, go_on: Callable[[], None], clock: Callable[[], float] = monotonic) -> None:
        self._line = line
        self._go_on = go_on
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._is_wanted = False
        self.governor = Governor(clock())
        self.touched_at = float("-inf")

    def begin(self) -> None:
        """Start on a terminal whose answers are not known."""
        self.governor.begin(self._clock())

    def may_draw(self) -> bool:
        """Tell whether a frame may go now; where not, `go_on` is called when one may."""
        if self._wait() == 0:
            return True
        self._is_wanted = True
        self._set_timer()
        return False

    def drawn(self) -> bool:
        """Take note of a frame that is sent; tell whether a question has to be sent behind it."""
        is_asked = self.governor.drawn(self._clock())
        self._set_timer()
        return is_asked

    def answered(self, statuses: int, attributes: int, at: float) -> None:
        """Take answers to so many questions and probes, which came at a time."""
        for _ in range(statuses):
            self.governor.answered(at)
        for _ in range(attributes):
            self.governor.caught_up()
        self._open()

    def sign_of_life(self) -> None:
        """Take note that the terminal sent something: an answer that is long due may have got lost."""
        if self.governor.is_probed_by_life(self._clock()):
            self._probe()

    def close(self) -> None:
        """Call back no more."""
        self._is_wanted = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> float | None:
        now = self._clock()
        urgent = now - self.touched_at < URGENT_SECONDS + 2 * self.governor.round_trip_seconds
        backlog = 0 if self.governor.is_answered else self._line.backlog
        return self.governor.wait(now, urgent=urgent, backlog=backlog)

    def _set_timer(self) -> None:
        """Wait for what is due first: the frame that is wanted, or the question whether an answer got lost."""
        wanted = self._wait() if self._is_wanted else None
        waits = [wait for wait in (wanted, self.governor.probe_wait(self._clock())) if wait is not None]
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if waits:
            self._timer = asyncio.get_running_loop().call_later(min(waits), self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self.governor.probe_wait(self._clock()) == 0:
            self._probe()
        self._open()

    def _probe(self) -> None:
        self.governor.probed(self._clock())
        self._line.ask(PROBE)

    def _open(self) -> None:
        if self._is_wanted and self._wait() == 0:
            self._is_wanted = False
            self._go_on()
        self._set_timer()
