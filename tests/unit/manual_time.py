"""A clock that stands still until a test moves it."""

import asyncio
import heapq
from itertools import count


class ManualTime:
    """Wall clock, monotonic clock and a `wait` that returns when a test has let enough time pass."""

    def __init__(self, utc: float = 1_750_000_000.0) -> None:
        self._utc = utc
        self._passed = 0.0
        self._order = count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    def utc(self) -> float:
        return self._utc + self._passed

    def monotonic(self) -> float:
        return 1000.0 + self._passed

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def wait(self, seconds: float) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._passed + seconds, next(self._order), done))
        await done

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking every waiter at its own moment; what they do next has run when this returns."""
        end = self._passed + seconds
        await _settle()
        while self._waiting and self._waiting[0][0] <= end:
            self._passed, _, done = heapq.heappop(self._waiting)
            if not done.done():
                done.set_result(None)
            await _settle()
        self._passed = end


async def _settle() -> None:
    """Give every task that can run its turn."""
    for _ in range(10):
        await asyncio.sleep(0)
