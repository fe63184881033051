"""An open demo session."""

import asyncio
from collections.abc import Callable

from tui.domain.session import SessionEnd, SessionKind
from tui.engines.demo.shell import Shell

STOPPED = "It stopped."


class DemoChannel:
    """A `Channel` whose other end is a `Shell`.

    Args:
        over: called once with the channel when it has ended.
    """

    def __init__(self, shell: Shell, kind: SessionKind, over: Callable[["DemoChannel"], None]) -> None:
        self._shell = shell
        self._kind = kind
        self._over = over
        self._waiting = bytearray(shell.greet().encode())
        self._news = asyncio.Event()
        self._end: SessionEnd | None = None

    @property
    def end(self) -> SessionEnd | None:
        """Return how it ended; None while it is open."""
        return self._end

    async def read(self) -> bytes:
        """Return what the shell said since."""
        while not self._waiting and self._end is None:
            self._news.clear()
            await self._news.wait()
        data = bytes(self._waiting[:65536])
        del self._waiting[:65536]
        return data

    async def write(self, data: bytes) -> None:
        """Give the shell what was typed."""
        if self._end is not None:
            return
        self._waiting += self._shell.feed(data).encode()
        if self._shell.over:
            self.finish(SessionEnd(exit_code=self._shell.status))
        self._news.set()

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the shell the size, which `stty size` prints; a serial console has none."""
        if self._kind is not SessionKind.CONSOLE:
            self._shell.columns, self._shell.rows = columns, rows

    async def close(self, *, end_process: bool = False) -> SessionEnd:
        """Leave it."""
        self.finish(SessionEnd(exit_code=137) if end_process else SessionEnd(goes_on=True))
        return self._end or SessionEnd()

    def finish(self, end: SessionEnd) -> None:
        """End it; what has been said can still be read."""
        if self._end is None:
            self._end = end
            self._news.set()
            self._over(self)
