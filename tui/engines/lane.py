"""A worker thread of an engine's own, with deadlines.

A blocked call into a daemon's library cannot be ended from outside. The thread that hangs in it is abandoned, the next
call gets a new one, and the number of abandoned ones is bounded.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from tui.domain.errors import EngineTimeout

T = TypeVar("T")

MOST_ABANDONED = 4


class _Worker:
    """One daemon thread that runs calls in order."""

    def __init__(self, name: str) -> None:
        self.calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        while (call := self.calls.get()) is not None:
            call()


class Lane:
    """Run blocking calls one after the other, away from the event loop.

    Args:
        name: for thread names and messages ("qemu:///system inventory").
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._worker: _Worker | None = None
        self._hung = 0
        self._turn = asyncio.Lock()

    @property
    def abandoned(self) -> int:
        """Return how many threads still hang in a call past its deadline."""
        return self._hung

    async def call(self, function: Callable[..., T], *args: Any, deadline: float) -> T:
        """Run `function(*args)` on the lane's thread.

        Args:
            deadline: seconds from the moment the call is started; waiting for the calls before it does not count.

        Raises:
            EngineTimeout: past the deadline, or when too many threads hang already.
            Exception: whatever `function` raises.
        """
        async with self._turn:
            if self._hung >= MOST_ABANDONED:
                raise EngineTimeout(
                    f"{self._name} hangs",
                    f"{self._name}: {self._hung} calls hang; nothing more is asked until one returns.",
                )
            return await self._run(function, args, deadline)

    async def _run(self, function: Callable[..., T], args: tuple[Any, ...], deadline: float) -> T:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        worker = self._worker = self._worker or _Worker(self._name)
        worker.calls.put(lambda: _deliver(loop, done, function, args))
        try:
            async with asyncio.timeout(deadline):
                return await asyncio.shield(done)
        except (TimeoutError, asyncio.CancelledError) as error:
            if done.done() and not done.cancelled():
                if isinstance(error, asyncio.CancelledError):
                    raise
                return done.result()  # it came while the loop was busy, seen together with the deadline: it counts
            self._abandon(worker, done)
            if isinstance(error, asyncio.CancelledError):
                raise
            raise EngineTimeout(f"{self._name} hangs", f"{self._name} did not answer within {deadline:g} s.") from error

    def _abandon(self, worker: _Worker, done: "asyncio.Future[Any]") -> None:
        """Leave the thread to its call; it ends itself after it, and the count with it."""
        self._hung += 1
        self._worker = None
        worker.calls.put(None)

        def returned(future: "asyncio.Future[Any]") -> None:
            self._hung -= 1
            if not future.cancelled():
                future.exception()

        done.add_done_callback(returned)

    def close(self) -> None:
        """Let the thread end after its current call."""
        if self._worker is not None:
            self._worker.calls.put(None)
            self._worker = None


def _deliver(
    loop: asyncio.AbstractEventLoop, done: "asyncio.Future[T]", function: Callable[..., T], args: tuple[Any, ...]
) -> None:
    """Run on the worker: put the result or the error into `done` on the loop's thread."""
    result: T | None = None
    failure: BaseException | None = None
    try:
        result = function(*args)
    except BaseException as error:  # noqa: BLE001 - it belongs to the caller, whatever it is
        failure = error

    def settle() -> None:
        if done.done():
            return
        if failure is not None:
            done.set_exception(failure)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return  # the loop is closed: nobody waits any more
