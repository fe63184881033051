"""A terminal that lives without a widget: bytes are parsed in slices between other work of the event loop.

Views come and go; what a program writes meanwhile is parsed, and what it asks is answered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from widgets.terminal.core import TerminalCore
from widgets.terminal.inbox import Inbox

FULL_BYTES = 256 * 1024
"""With more than this waiting the producer should pause; with less than half of it, go on."""
MOST_BYTES = 4 * FULL_BYTES
"""With more than this waiting a producer that does not pause has to wait for the parser."""
SLICE_SECONDS = 0.004
REST_SECONDS = 0.001
"""After a slice everything else that is ready runs, keys among it: this long, and longer if it takes longer."""
LEAST_PIECE, MOST_PIECE = 256, 65536
"""Bytes parsed at once. Some sequences cost a million times more than a plain sign, so pieces follow the pace."""
PIECE_SECONDS = 0.001


@dataclass
class Listeners:
    """Who hears what: each function is called on the event loop, from within the parser's slice."""

    replied: list[Callable[[bytes], None]] = field(default_factory=list)
    rang: list[Callable[[], None]] = field(default_factory=list)
    titled: list[Callable[[str], None]] = field(default_factory=list)
    clipboard: list[Callable[[str], None]] = field(default_factory=list)
    changed: list[Callable[[], None]] = field(default_factory=list)
    fed: list[Callable[[bytes], None]] = field(default_factory=list)
    resized: list[Callable[[int, int], None]] = field(default_factory=list)


class Emulator:
    """A terminal core with an inbox.

    All of it belongs to one event loop. At rest nothing is scheduled.

    Args:
        core: the terminal; closed with the emulator.
        sink: takes what goes to the program: replies, and what views type. Without one, a view posts `Typed` instead,
            and a program that asks for something while no view is mounted gets no answer.
    """

    def __init__(self, core: TerminalCore, *, sink: Callable[[bytes], None] | None = None) -> None:
        self.core = core
        self.sink = sink
        self.title = ""
        self.listeners = Listeners()
        self._inbox = Inbox()
        self._piece = 4096
        self._work: asyncio.TimerHandle | asyncio.Handle | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Bytes that are not parsed yet."""
        return len(self._inbox)

    @property
    def wants_more(self) -> bool:
        """Whether a producer may go on."""
        return self._room.is_set()

    def write(self, data: bytes) -> bool:
        """Take what the program wrote; False when the producer should pause until `drained`.

        Nothing is lost whoever ignores that: with too much waiting, the oldest is parsed before this returns.
        """
        if self._closed or not data:
            return self.wants_more
        self._inbox.put(data)
        while len(self._inbox) > MOST_BYTES:
            self._parse_piece()
        if len(self._inbox) > FULL_BYTES:
            self._room.clear()
        self._quiet.clear()
        if self._work is None:
            self._work = asyncio.get_running_loop().call_soon(self._parse_slice)
        return self.wants_more

    async def feed(self, data: bytes) -> None:
        """Take what the program wrote, and return when there is room for more."""
        if not self.write(data):
            await self.drained()

    async def drained(self) -> None:
        """Wait until there is room for more."""
        await self._room.wait()

    async def quiet(self) -> None:
        """Wait until everything is parsed."""
        await self._quiet.wait()

    def send(self, data: bytes) -> bool:
        """Give bytes to the program; False without a sink."""
        if self.sink is None:
            return False
        if data:
            self.sink(data)
        return True

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""
        if self._closed or (columns, rows) == (self.core.columns, self.core.rows):
            return
        self.core.resize(columns, rows)
        for heard in self.listeners.resized:
            heard(self.core.columns, self.core.rows)
        self._tell()

    def close(self) -> None:
        """End it; what was not parsed is forgotten."""
        if self._closed:
            return
        self._closed = True
        if self._work is not None:
            self._work.cancel()
        self._inbox.clear()
        self._room.set()
        self._quiet.set()
        self.core.close()

    @property
    def closed(self) -> bool:
        """Whether it ended."""
        return self._closed

    def _parse_slice(self) -> None:
        """Parse for a bounded time, then let others run."""
        self._work = None
        end = time.monotonic() + SLICE_SECONDS
        while self._inbox and time.monotonic() < end:
            self._parse_piece()
        if len(self._inbox) < FULL_BYTES // 2:
            self._room.set()
        if self._inbox:
            self._work = asyncio.get_running_loop().call_later(REST_SECONDS, self._parse_slice)
        else:
            self._quiet.set()
        self._tell()

    def _parse_piece(self) -> None:
        data = self._inbox.take(self._piece)
        started = time.monotonic()
        self.core.feed(data)
        took = time.monotonic() - started
        if took > PIECE_SECONDS:
            self._piece = max(LEAST_PIECE, self._piece // 2)
        elif took < PIECE_SECONDS / 4 and len(data) == self._piece:
            self._piece = min(MOST_PIECE, self._piece * 2)
        for heard in self.listeners.fed:
            heard(data)

    def _tell(self) -> None:
        """Pass on what the program told."""
        told = self.core.take_told()
        if told.replies and not self.send(told.replies):
            for replied in self.listeners.replied:
                replied(told.replies)
        if told.bells:
            for rang in self.listeners.rang:
                rang()
        if told.title is not None and told.title != self.title:
            self.title = told.title
            for titled in self.listeners.titled:
                titled(told.title)
        if told.clipboard is not None:
            for asked in self.listeners.clipboard:
                asked(told.clipboard)
        for changed in self.listeners.changed:
            changed()
