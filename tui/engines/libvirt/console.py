"""A guest's console as a channel; lives on the event loop's thread."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from tui.domain.errors import EngineError, EngineTimeout
from tui.domain.session import SessionEnd
from tui.engines.lane import Lane
from tui.engines.libvirt.console_stream import ConsoleStream
from tui.engines.libvirt.link import Link
from tui.engines.libvirt.words import closed_words

READ_BYTES = 64 * 1024
SEND_BYTES = 1024  # five of these may wait in the daemon: little enough that a slow serial line takes them in time
SEND_DEADLINE = 3600.0
CLOSE_SECONDS = 1.2
TOLD_SECONDS = 1.0
ENDED_BY_DAEMON = 1  # VIR_CONNECT_CLOSE_REASON_EOF

# libvirt gives no text at a plain end, and the same one for every other
STOPPED = "The guest stopped."
NOT_TAKEN = "The guest did not take what was sent, and the daemon gave the connection up."
BROKEN = "The console ended: another client took it over, or the daemon closed it."


class ConsoleChannel:
    """An open console; a `tui.engines.sessions.Channel`.

    Args:
        lane: where sending may wait; closed at the end.
        over: called once, when it has ended for any reason; gets the channel.
    """

    def __init__(self, lane: Lane, over: Callable[["ConsoleChannel"], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._lane = lane
        self._over = over
        self._stream: ConsoleStream | None = None
        self._arrived: deque[bytes] = deque()
        self._end: SessionEnd | None = None
        self._news, self._room = asyncio.Event(), asyncio.Event()
        self._gone: asyncio.Future[None] | None = None
        self._sending = False

    def hear(self, link: Link, stream: Any) -> ConsoleStream:
        """Make the stream that tells this channel; on the lane's thread."""
        return ConsoleStream(
            link,
            stream,
            got=lambda data: self._tell(self._take_in, data),
            room=lambda: self._tell(self._room.set),
            ended=lambda text: self._tell(self._stream_ended, text),
        )

    def attach(self, stream: ConsoleStream) -> None:
        """Take the stream that was opened; it may have ended already."""
        self._stream = stream
        if self._end is not None:
            self._release()

    def _tell(self, function: Callable[..., object], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: hostdeck ends
            self._loop.call_soon_threadsafe(function, *args)

    def _take_in(self, data: bytes) -> None:
        if self._end is not None and self._end.goes_on:
            return  # it was left
        self._arrived.append(data)
        self._news.set()

    def lost(self, reason: int) -> None:
        """Hear of the connection's end, on libvirt's event thread."""
        self._tell(self._lost, reason)

    def _lost(self, reason: int) -> None:
        message = NOT_TAKEN if self._sending and reason == ENDED_BY_DAEMON else closed_words(reason)
        self.finish(SessionEnd(message=message, may_reopen=True))

    def _stream_ended(self, text: str) -> None:
        self.finish(SessionEnd(message=STOPPED if not text else f"{BROKEN} ({text})", may_reopen=not text))

    def finish(self, end: SessionEnd) -> None:
        """End it, because the other side did; what has arrived can still be read."""
        if self._end is None:
            self._end = end
            self._release()
            self._news.set()
            self._room.set()

    def _release(self) -> None:
        """Free the stream on a thread of its own: a daemon that hangs would not let it go."""
        stream, self._stream = self._stream, None
        if stream is not None:
            self._gone = _dispose(stream)
            self._gone.add_done_callback(lambda _: self._over(self))
            self._lane.close()

    @property
    def end(self) -> SessionEnd | None:
        """Return how it ended; None while it is open."""
        return self._end

    async def read(self) -> bytes:
        """Return the next bytes, as the protocol says."""
        while not self._arrived:
            if self._end is not None:
                return b""
            self._news.clear()
            await self._news.wait()
        data = self._arrived.popleft()
        while self._arrived and len(data) + len(self._arrived[0]) <= READ_BYTES:
            data += self._arrived.popleft()
        if self._stream is not None:
            self._stream.taken(len(data))
        return data

    async def write(self, data: bytes) -> None:
        """Send bytes, as the protocol says; a guest that takes nothing for half a minute ends the session."""
        self._sending = True
        try:
            while data and self._end is None and self._stream is not None:
                self._room.clear()
                data = data[await self._send(self._stream, data) :]
        except EngineTimeout:
            self.finish(SessionEnd(message=NOT_TAKEN, may_reopen=True))
        except EngineError as error:
            await self._until_told(error)
        finally:
            self._sending = False

    async def _send(self, stream: ConsoleStream, data: bytes) -> int:
        sent = await self._lane.call(stream.send, data[:SEND_BYTES], deadline=SEND_DEADLINE)
        if not sent:
            await self._room.wait()
        elif sent < len(data):
            await self._lane.call(stream.settle, deadline=SEND_DEADLINE)
        return sent

    async def _until_told(self, error: EngineError) -> None:
        """Let libvirt tell why the connection ended; it knows better than the call that failed of it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TOLD_SECONDS):
                await self._room.wait()
        self.finish(SessionEnd(message=f"Nothing can be sent any more: {error.message}", may_reopen=True))

    async def resize(self, columns: int, rows: int) -> None:
        """Do nothing: a serial line has no size; inside, `stty` sets it."""

    async def close(self, *, end_process: bool = False) -> SessionEnd:  # noqa: ARG002 - no process is ours to end
        """Leave it; what runs on the console goes on. Waits a moment until the daemon has freed it."""
        if self._end is None:
            self._end = SessionEnd(goes_on=True)
            self._arrived.clear()
            self._release()
            self._news.set()
            self._room.set()
        if self._gone is not None:
            await asyncio.wait({self._gone}, timeout=CLOSE_SECONDS)
        return self._end


def _dispose(stream: ConsoleStream) -> "asyncio.Future[None]":
    loop = asyncio.get_running_loop()
    gone: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not gone.done():
            gone.set_result(None)

    def work() -> None:
        stream.dispose()
        with contextlib.suppress(RuntimeError):  # the loop is closed: hostdeck ends
            loop.call_soon_threadsafe(settle)

    threading.Thread(target=work, name="libvirt console closing", daemon=True).start()
    return gone
