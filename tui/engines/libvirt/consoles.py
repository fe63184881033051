"""The connection of the open consoles: opened with the first, closed with the last."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from tui.domain.identity import InstanceId
from tui.domain.session import SessionEnd, SessionRequest
from tui.engines.lane import Lane
from tui.engines.libvirt.console import ConsoleChannel
from tui.engines.libvirt.console_stream import ConsoleStream, open_stream
from tui.engines.libvirt.late import LateCall, let_go
from tui.engines.libvirt.link import Link
from tui.engines.libvirt.spare import SpareLink
from tui.engines.libvirt.words import closed_words

OPEN_DEADLINE = 10.0
CLOSE_SECONDS = 1.5


class Consoles:
    """All open consoles of one engine share a connection and a lane, apart from everything else.

    libvirt forgets a descriptor with each console it opens; those are returned when the connection closes.

    Args:
        opener: opens a connection; blocks.
        shared: as for `SpareLink`.
    """

    def __init__(self, uri: str, opener: Callable[[], Link], shared: Callable[[], Link | None]) -> None:
        self.lane = Lane(f"{uri} consoles")
        self._uri = uri
        self._opener = opener
        self._spare = SpareLink(self.lane, self._connect, shared)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open: dict[ConsoleChannel, Link] = {}
        self._opening = 0
        self._closing: set[asyncio.Future[None]] = set()

    def _connect(self) -> Link:
        """Connect, on the lane's thread."""
        link = self._opener()
        link.on_close(partial(self._closed, link))
        return link

    def _closed(self, link: Link, reason: int) -> None:
        """Hear of the connection's end, on libvirt's event thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: hostdeck ends
                self._loop.call_soon_threadsafe(self._lost, link, reason)

    def _lost(self, link: Link, reason: int) -> None:
        for channel in [channel for channel, its in self._open.items() if its is link]:
            channel.finish(SessionEnd(message=f"{closed_words(reason)} ({self._uri})", may_reopen=True))

    async def open(self, target: InstanceId, request: SessionRequest) -> ConsoleChannel:
        """Open one.

        Raises:
            SessionBusy: another client has it.
            EngineError: with its sentence.
        """
        self._loop = asyncio.get_running_loop()
        self._opening += 1
        try:
            link = await self._spare.ready()
            channel = ConsoleChannel(self.lane, self._over)
            self._open[channel] = link
            work = partial(
                open_stream, link, uuid=target.local, alias=request.device, force=request.force, hear=channel.hear
            )
            try:
                call = LateCall(work, dispose=ConsoleStream.dispose)
                channel.attach(await call.on(self.lane, deadline=OPEN_DEADLINE))
            except BaseException:
                self._over(channel)
                raise
        finally:
            self._opening -= 1
            self._let_go_of_unused()
        return channel

    def _over(self, channel: ConsoleChannel) -> None:
        self._open.pop(channel, None)
        self._let_go_of_unused()

    def _let_go_of_unused(self) -> None:
        if not self._open and not self._opening:
            link = self._spare.take()
            if link is not None:
                closing = let_go(link)
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """End all within two seconds, even when the daemon hangs."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await asyncio.gather(*(channel.close() for channel in list(self._open)))
                if self._closing:
                    await asyncio.wait(self._closing)
        self.lane.close()
