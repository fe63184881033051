"""Questions that QEMU itself has to answer: rarely, on a connection of their own, under a deadline."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from tui.domain.errors import EngineError, EngineTimeout
from tui.engines.base import EngineSink
from tui.engines.libvirt.balloon import disk_errors, read_balloons
from tui.engines.libvirt.book import GuestBook
from tui.engines.libvirt.instances import Mapper
from tui.engines.libvirt.spare import SpareLink
from tui.engines.libvirt.status import StatusBoard
from tui.engines.libvirt.target import Target

BALLOON_SECONDS = 10.0
SECONDS_PER_GUEST = 0.25  # an answer costs a guest's QEMU about a millisecond: many guests are asked less often
DEADLINE_SECONDS = 5.0
PAUSE_AFTER_HANG_SECONDS = 60.0


class SlowStatistics:
    """What guests tell of their memory, and which disks are in error.

    Args:
        asking: the connection; nothing else waits on it.
    """

    def __init__(self, target: Target, asking: SpareLink, book: GuestBook, mapper: Mapper, board: StatusBoard) -> None:
        self._target = target
        self._asking = asking
        self._book = book
        self._mapper = mapper
        self._board = board
        self._wake = asyncio.Event()
        self._next_balloons = 0.0
        self._told = False

    def look_changed(self) -> None:
        """Have another look at what there is to ask; on the event loop's thread."""
        self._wake.set()

    async def run(self, sink: EngineSink, show: Callable[[], None]) -> None:
        """Ask for ever; only QEMU has answers.

        Args:
            show: called when a guest's reason became known.
        """
        if self._target.driver != "qemu":
            return
        while True:
            await self._rest()
            if not self._board.is_ready:
                continue
            try:
                await self._explain(show)
                await self._balloons(sink)
            except EngineTimeout:
                self._after_hang(sink)
            except EngineError:
                self._forget(sink)

    async def _rest(self) -> None:
        """Wait for a look, or until balloons are due."""
        due = self._next_balloons - asyncio.get_running_loop().time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(1.0, due)):
                await self._wake.wait()
        self._wake.clear()

    async def _explain(self, show: Callable[[], None]) -> None:
        for uuid in self._book.unexplained():
            disks = await self._asking.call(partial(disk_errors, uuid=uuid), deadline=DEADLINE_SECONDS)
            self._book.explain(uuid, disks)
            show()

    async def _balloons(self, sink: EngineSink) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next_balloons:
            return
        running = self._book.running
        if not running:
            self._forget(sink)
            return
        self._next_balloons = now + max(BALLOON_SECONDS, running * SECONDS_PER_GUEST)
        told = await self._asking.call(read_balloons, deadline=DEADLINE_SECONDS, bell=self._returned)
        self._told = True
        sink.put_guest_memory(self._target.uri, {self._mapper.id_of(uuid): memory for uuid, memory in told.items()})

    def _after_hang(self, sink: EngineSink) -> None:
        """Leave a QEMU that hangs alone until the call returns, or for a while."""
        self._forget(sink)
        self._next_balloons = asyncio.get_running_loop().time() + PAUSE_AFTER_HANG_SECONDS

    def _returned(self) -> None:
        self._next_balloons = 0.0
        self._wake.set()

    def _forget(self, sink: EngineSink) -> None:
        """Old figures would be taken for true ones."""
        if self._told:
            self._told = False
            sink.put_guest_memory(self._target.uri, {})
