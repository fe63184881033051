"""The one clock by which widgets that change by themselves are drawn.

A terminal or a log may change a thousand times a second. Such a widget asks for a frame and draws when it is told to:
not sooner than it wants, and not before the terminal has taken what was sent before, where the application knows that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from textual.app import App


class Frames:
    """Who wants to draw, and when.

    Attributes:
        gate: tells whether a frame would be sent now; who made it answer False calls `go_on` later. None is always.
    """

    def __init__(self) -> None:
        self.gate: Callable[[], bool] | None = None
        self._waiting: dict[Hashable, tuple[float, Callable[[], Any]]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    def ask(self, who: Hashable, draw: Callable[[], Any], not_before: float = 0.0) -> None:
        """Have `draw` called once on the event loop; asking again before that changes nothing.

        Args:
            who: tells one asker from others.
            draw: should return at once; a widget posts itself a message.
            not_before: a time of the monotonic clock.
        """
        if who not in self._waiting:
            self._waiting[who] = (not_before, draw)
            self._set_timer(not_before)

    def forget(self, who: Hashable) -> None:
        """Let one not draw any more."""
        self._waiting.pop(who, None)

    def go_on(self) -> bool:
        """Let those draw whose time has come; tell whether there were any."""
        now = monotonic()
        due = {who: draw for who, (at, draw) in self._waiting.items() if at <= now}
        if due and self.gate is not None and not self.gate():
            return False
        for who, draw in due.items():
            del self._waiting[who]
            draw()
        later = [at for at, _ in self._waiting.values()]
        if later:
            self._set_timer(min(later))
        return bool(due)

    def _set_timer(self, at: float) -> None:
        if self._timer is not None:
            if self._timer_at <= at:
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = asyncio.get_running_loop().call_later(max(0.0, at - monotonic()), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.go_on()


def frames_of(app: App[Any]) -> Frames:
    """Return the clock of an application; it is made when it is first asked for."""
    frames = getattr(app, "_frames", None)
    if frames is None:
        frames = Frames()
        app._frames = frames  # type: ignore[attr-defined]
    return cast("Frames", frames)
