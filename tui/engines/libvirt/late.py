"""Calls that may outlive their deadline, and connections that are let go without waiting."""

import asyncio
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from tui.domain.errors import EngineTimeout
from tui.engines.lane import Lane
from tui.engines.libvirt.link import Link

T = TypeVar("T")


def _nothing(*_args: object) -> None:
    """Do nothing."""


class LateCall(Generic[T]):
    """One blocking call that looks after itself when nobody waits for it any more.

    Args:
        dispose: takes a result that came too late; called on a thread, may block.
        bell: called on the event loop's thread when a call that was given up has returned: the daemon answers again.
    """

    def __init__(
        self,
        function: Callable[[], T],
        *,
        dispose: Callable[[T], object] = _nothing,
        bell: Callable[[], None] = _nothing,
    ) -> None:
        self.begun = False
        self._function = function
        self._dispose = dispose
        self._bell = bell
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._given_up = False
        self._results: list[T] = []

    async def on(self, lane: Lane, *, deadline: float) -> T:
        """Run it on a lane.

        Raises:
            EngineTimeout: past the deadline; the call goes on alone.
        """
        try:
            return await lane.call(self._run, deadline=deadline)
        except (EngineTimeout, TimeoutError, asyncio.CancelledError):
            self._give_up()
            raise

    def _run(self) -> T:
        self.begun = True
        try:
            result = self._function()
        except BaseException:
            self._ring_if_late()
            raise
        with self._lock:
            late = self._given_up
            if not late:
                self._results.append(result)
        if late:
            self._dispose(result)
            self._ring_if_late()
        return result

    def _ring_if_late(self) -> None:
        if self._given_up:
            try:
                self._loop.call_soon_threadsafe(self._bell)
            except RuntimeError:
                return  # the loop is closed: hostdeck ends

    def _give_up(self) -> None:
        with self._lock:
            self._given_up = True
            arrived, self._results = self._results, []
        for result in arrived:  # it came in the same moment
            threading.Thread(target=self._dispose, args=(result,), daemon=True).start()


def let_go(link: Link) -> "asyncio.Future[None]":
    """Close a connection on a thread of its own; the future is done when it is closed, which a hung daemon delays."""
    loop = asyncio.get_running_loop()
    closed: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not closed.done():
            closed.set_result(None)

    def work() -> None:
        link.close()
        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            return  # the loop is closed: hostdeck ends

    threading.Thread(target=work, name="libvirt closing", daemon=True).start()
    return closed
