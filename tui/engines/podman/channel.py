"""An open stream of a container as a `Channel`."""

import asyncio
import contextlib
from typing import Protocol

from tui.domain.errors import EngineError
from tui.domain.session import SessionEnd
from tui.engines.podman.wire import Wire, ask

# conmon reads sizes from a pipe and takes only the first of those that lie in it: they need a distance, and the last is
# told once more, which a terminal that has it already ignores
SIZE_GAP_SECONDS = 0.1
SIZE_AGAIN_SECONDS = 0.7
QUIET_SECONDS = 5.0  # no byte for so long after one was sent: ask whether the service still answers


class Remote(Protocol):
    """What runs at the other end of a stream; none of these raises."""

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the size of the terminal."""

    async def ended(self) -> SessionEnd:
        """Return why the stream ended."""

    async def left(self, *, end_process: bool) -> SessionEnd:
        """Return what became of the process after the stream was left, and end it if told to."""

    def lost(self, error: EngineError) -> SessionEnd:
        """Return what is known when the service does not answer any more."""

    def decode(self, data: bytes) -> bytes:
        """Return what the terminal is to get of raw bytes of the stream."""

    def encode(self, data: bytes) -> bytes:
        """Return what the process is to get of typed bytes."""


class PodmanChannel:
    """An exec or attach over one upgraded connection.

    A service that hangs is found when a person types and nothing comes back: it is pinged then, and never while a
    session is idle.

    Args:
        quiet_seconds: how long nothing may come back before the service is asked.
    """

    def __init__(self, url: str, wire: Wire, remote: Remote, *, quiet_seconds: float = QUIET_SECONDS) -> None:
        self._url = url
        self._wire = wire
        self._remote = remote
        self._quiet_seconds = quiet_seconds
        self._end: SessionEnd | None = None
        self._ended = asyncio.Event()
        self._ending = False
        self._heard = asyncio.Event()
        self._doubt: asyncio.Task[None] | None = None
        self._size: tuple[int, int] | None = None
        self._sizing: asyncio.Task[None] | None = None
        self._size_again: asyncio.TimerHandle | None = None
        self._next_size_at = asyncio.get_running_loop().time() + SIZE_GAP_SECONDS

    @property
    def end(self) -> SessionEnd | None:
        """Return how it ended; None while it is open."""
        return self._end

    async def read(self) -> bytes:
        """Return the next bytes; see `Channel.read`."""
        while not self._ending:
            try:
                raw = await self._wire.read()
                data = self._remote.decode(raw)
            except (EngineError, ValueError):
                raw = data = b""
            self._heard.set()
            if data:
                return data
            if not raw:
                await self._finish(None)
        await self._ended.wait()
        return b""

    async def _finish(self, error: EngineError | None) -> None:
        """Find out why the stream ended, once."""
        if self._ending:
            return
        self._ending = True
        end = SessionEnd(message="The connection to Podman was lost.", may_reopen=True)
        try:
            end = self._remote.lost(error) if error is not None else await self._remote.ended()
        finally:
            self._settle(end)

    def _settle(self, end: SessionEnd) -> None:
        self._end = end
        self._wire.close()
        for task in (self._doubt, self._sizing):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        if self._size_again is not None:
            self._size_again.cancel()
        self._ended.set()

    async def write(self, data: bytes) -> None:
        """Send bytes; see `Channel.write`."""
        if self._ending:
            return
        self._heard.clear()
        if self._doubt is None or self._doubt.done():
            self._doubt = asyncio.create_task(self._doubt_silence())
        with contextlib.suppress(EngineError):  # whoever reads finds out why
            await self._wire.write(self._remote.encode(data))

    async def _doubt_silence(self) -> None:
        """Wait for any byte; when none comes, ask the service whether it is alive, and end the session if not."""
        while not self._heard.is_set():  # heard, and something sent again before this ran: not heard
            try:
                async with asyncio.timeout(self._quiet_seconds):
                    await self._heard.wait()
            except TimeoutError:
                await self._ask_service()
                return

    async def _ask_service(self) -> None:
        try:
            await ask(self._url, "GET", "_ping", timeout=self._quiet_seconds)
        except EngineError as error:
            if not self._heard.is_set():
                await self._finish(error)

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the new size; of a storm of sizes only the last is sent."""
        self._size = (columns, rows)
        if self._ending:
            return
        if self._sizing is None or self._sizing.done():
            self._sizing = asyncio.create_task(self._send_sizes())
        await asyncio.wait({self._sizing})

    async def _send_sizes(self, *, again: bool = False) -> None:
        loop = asyncio.get_running_loop()
        while self._size is not None and not self._ending:
            await asyncio.sleep(self._next_size_at - loop.time())
            size, self._size = self._size, None
            await self._remote.resize(*size)
            self._next_size_at = loop.time() + SIZE_GAP_SECONDS
            if self._size_again is not None:
                self._size_again.cancel()
            if again and self._size is None:
                return
            self._size_again = loop.call_later(SIZE_AGAIN_SECONDS, self._tell_size_again, size)

    def _tell_size_again(self, size: tuple[int, int]) -> None:
        if not self._ending and (self._sizing is None or self._sizing.done()):
            self._size = size
            self._sizing = asyncio.create_task(self._send_sizes(again=True))

    async def close(self, *, end_process: bool = False) -> SessionEnd:
        """Leave it; see `Channel.close`."""
        if self._ending:
            await self._ended.wait()
        elif self._end is None:
            self._ending = True
            self._wire.close()
            end = SessionEnd(goes_on=True)
            try:
                end = await self._remote.left(end_process=end_process)
            finally:
                self._settle(end)
        return self._end or SessionEnd()

    def abort(self) -> None:
        """Close the connection at once, because hostdeck ends."""
        if self._end is None:
            self._ending = True
            self._settle(SessionEnd(goes_on=True, message="hostdeck ended."))
