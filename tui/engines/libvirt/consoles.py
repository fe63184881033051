"""The open consoles of one engine."""

import asyncio
from collections.abc import Callable
from functools import partial

from tui.domain.identity import InstanceId
from tui.domain.session import SessionRequest
from tui.engines.lane import Lane
from tui.engines.libvirt.console import ConsoleChannel
from tui.engines.libvirt.console_stream import ConsoleStream, open_stream
from tui.engines.libvirt.late import LateCall
from tui.engines.libvirt.link import Link

OPEN_DEADLINE = 10.0


class Consoles:
    """Each console has a connection and a lane of its own.

    A guest that takes nothing of a long paste makes the daemon stop listening to the whole connection that carries it;
    so it is one that nothing else needs.

    Args:
        opener: opens a connection; blocks.
    """

    def __init__(self, uri: str, opener: Callable[[], Link]) -> None:
        self._uri = uri
        self._opener = opener
        self._open: set[ConsoleChannel] = set()

    async def open(self, target: InstanceId, request: SessionRequest) -> ConsoleChannel:
        """Open one.

        Raises:
            SessionBusy: another client has it.
            EngineError: with its sentence.
        """
        lane = Lane(f"{self._uri} console")
        channel = ConsoleChannel(lane, self._open.discard)
        call = LateCall(partial(self._dial, channel, target.local, request), dispose=ConsoleStream.dispose)
        try:
            stream = await call.on(lane, deadline=OPEN_DEADLINE)
        except BaseException:
            lane.close()
            raise
        self._open.add(channel)
        channel.attach(stream)
        return channel

    def _dial(self, channel: ConsoleChannel, uuid: str, request: SessionRequest) -> ConsoleStream:
        """Connect and open, on the lane's thread."""
        link = self._opener()
        try:
            link.on_close(channel.lost)
            return open_stream(link, uuid=uuid, alias=request.device, force=request.force, hear=channel.hear)
        except BaseException:
            link.close()
            raise

    async def close(self) -> None:
        """End all within two seconds, even when the daemon hangs."""
        await asyncio.gather(*(channel.close() for channel in list(self._open)))
