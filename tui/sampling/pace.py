"""When a host is read, and how soon news of its engines are shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.sampling.clocks import Clocks

# From the first sight of an instance to its second sample: two of the periods in which the kernel metes out quotas, so
# that a container held to half a core is seen to use half a core wherever the window begins.
EARLY_SECONDS = 0.2
EARLY_PHASE_SECONDS = 10.0  # after the start; later newcomers wait for the tick, so that a restart loop costs nothing
BURST_SECONDS = 0.05  # news that arrive together are drawn together


class Pace:
    """Rests between two looks at a host.

    Args:
        interval_seconds: time between two ticks.
        has_newcomers: tells whether an instance runs that was not read yet.
        has_read_once: tells whether an instance was read for the first time just now: its rates need a second sample.
    """

    def __init__(
        self,
        interval_seconds: float,
        clocks: Clocks,
        *,
        has_newcomers: Callable[[], bool],
        has_read_once: Callable[[], bool],
    ) -> None:
        self._interval = interval_seconds
        self._clocks = clocks
        self._has_newcomers = has_newcomers
        self._has_read_once = has_read_once
        self._wake = asyncio.Event()
        self._started_at = 0.0
        self._due = 0.0

    def begin(self) -> None:
        """Count from now on."""
        self._started_at = self._clocks.monotonic()

    def hurry(self) -> None:
        """End the rest: there are news."""
        self._wake.set()

    def is_due(self, now: float) -> bool:
        """Tell whether it is time to read."""
        return now >= self._due

    def elapsed(self, now: float) -> float:
        """Return the seconds since the begin."""
        return now - self._started_at

    async def rest(self) -> None:
        """Wait for the next tick, or until an engine has news, which are shown at once and together."""
        now = self._clocks.monotonic()
        if self._due <= now:
            self._due = self._next_sample(now)
        try:
            async with asyncio.timeout(max(self._due - now, 0.001)):
                await self._wake.wait()
        except TimeoutError:
            return
        if self._has_newcomers() and self._is_early():
            self._due = 0.0  # at once: until their second sample there is nothing to see
        else:
            await asyncio.sleep(min(BURST_SECONDS, max(self._due - self._clocks.monotonic(), 0)))
        self._wake.clear()

    def _next_sample(self, now: float) -> float:
        """Return when to read again: at whole multiples of the interval, so that no tick is skipped by drift.

        In the first seconds a second sample follows early, because rates need two. Never sooner than that: a rate over
        a few milliseconds says nothing. What is late for that reason still counts for its tick.
        """
        regular = (int(now / self._interval) + 1) * self._interval
        soonest = now + min(EARLY_SECONDS, self._interval / 2)
        if not self._is_early():
            return max(regular, soonest)
        if self._has_newcomers():
            return now  # they came while the others were read
        return soonest if self._has_read_once() else max(regular, soonest)

    def _is_early(self) -> bool:
        return self.elapsed(self._clocks.monotonic()) < EARLY_PHASE_SECONDS
