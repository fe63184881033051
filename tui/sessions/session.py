"""One session: opened, read for as long as it lives, opened again where that makes sense."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tui.domain.errors import EngineError, NoShell, NotFound, SessionBusy
from tui.domain.session import SessionEnd, SessionKind, SessionRequest
from tui.engines.sessions import Channel
from tui.sessions.model import MakeTerminal, Presence, SessionState, Subject, Way
from tui.sessions.outbox import Outbox
from tui.sessions.words import again_line, again_sentence, end_sentence

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
STEADY_SECONDS = 10.0  # what lasted this long starts the delays anew

Open = Callable[["Session", SessionRequest, bool], Awaitable[Channel]]


class Session:
    """A console, shell or attached process. For the event loop's thread.

    Args:
        number: counts from 1 within this run of hostdeck.
        open_channel: opens it; told whether it is opened again by itself.
        changed: called when something shown in a list differs.
        first_delay: between two tries to open it again; doubled each time.
        way: how it is opened.

    Attributes:
        state: how it is.
        message: why it is not open, in a sentence; empty while it is.
        end: how it ended last; None before.
        has_no_shell: the last opening found no shell in the container.
        unread: something was said while nobody looked.
        opened_utc_seconds: when it was opened last.
    """

    def __init__(
        self,
        number: int,
        subject: Subject,
        request: SessionRequest,
        *,
        open_channel: Open,
        make_terminal: MakeTerminal,
        changed: Callable[["Session"], None],
        utc: Callable[[], float],
        first_delay: float = FIRST_DELAY_SECONDS,
        way: Way = Way.PLAIN,
    ) -> None:
        self.number = number
        self.subject = subject
        self.request = request
        self.state = SessionState.OPENING
        self.message = ""
        self.end: SessionEnd | None = None
        self.way = way
        self.has_no_shell = False
        self.unread = False
        self.opened_utc_seconds = utc()
        self.terminal = make_terminal(self.type, request.columns, request.rows)
        self._watched = False
        self._open_channel = open_channel
        self._changed = changed
        self._utc = utc
        self._first_delay = first_delay
        self._outbox = Outbox()
        self._channel: Channel | None = None
        self._task: asyncio.Task[None] | None = None
        self._nudge = asyncio.Event()
        self._resized = asyncio.Event()
        self._lasted = 0.0
        self._left: SessionEnd | None = None  # how the last life ended; `end` may be why opening failed since
        self._was_open = False
        self._presence = Presence(is_active=True, is_gone=False)

    # What a person does

    def start(self, *, force: bool = False) -> None:
        """Open it, also again after its end; does nothing while it lives."""
        if self._task is not None and not self._task.done():
            self._nudge.set()
            return
        self._task = asyncio.create_task(self._live(force=force), name=f"session {self.number}")

    def type(self, data: bytes) -> None:
        """Send what is typed, also ahead of its first opening; what is typed while it is lost goes nowhere."""
        takes = self.state is SessionState.OPEN or (self.state is SessionState.OPENING and not self._was_open)
        if takes and not self._outbox.put(data):
            self._tell("The other end takes nothing: what was typed is not sent.")

    def resize(self, columns: int, rows: int) -> None:
        """Tell the other end the size of the terminal; of many sizes the last one counts."""
        if (columns, rows) != (self.request.columns, self.request.rows):
            self.request = replace(self.request, columns=columns, rows=rows)
            self._resized.set()

    @property
    def watched(self) -> bool:
        """Whether a screen shows it."""
        return self._watched

    @watched.setter
    def watched(self, watched: bool) -> None:
        self._watched = watched
        if watched and self.unread:
            self.unread = False
            self._changed(self)

    async def close(self, *, end_process: bool = False) -> SessionEnd:
        """Leave it for good; the process at the other end goes on unless told to end it."""
        channel, task = self._channel, self._task
        if channel is not None and channel.end is None:
            with contextlib.suppress(EngineError):
                self.end = await channel.close(end_process=end_process)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.state = SessionState.ENDED
        self.terminal.close()
        return self.end or SessionEnd()

    # What becomes of it

    def observe(self, presence: Presence) -> None:
        """Hear from a new view whether the instance is there and runs."""
        before, self._presence = self._presence, presence
        if self.state is SessionState.WAITING and presence != before and (presence.is_active or presence.is_gone):
            self._nudge.set()

    async def _live(self, *, force: bool) -> None:
        """Open, read until the end, and begin again for as long as that may work by itself."""
        delay, by_itself = self._first_delay, False
        while True:
            self._become(SessionState.OPENING)
            end = await self._once(force=force, by_itself=by_itself)
            if end is None:
                return
            if self._lasted > STEADY_SECONDS:
                delay = self._first_delay
            if not end.may_reopen:
                self._become(SessionState.ENDED, end_sentence(end, self.request.kind))
                return
            force, by_itself = False, True
            self._become(SessionState.WAITING, self._waiting_sentence(end))
            await self._wait(delay)
            if self._presence.is_gone:
                self._become(SessionState.ENDED, f"{end_sentence(end, self.request.kind)} It was removed.")
                return
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    async def _once(self, *, force: bool, by_itself: bool) -> SessionEnd | None:
        """Open and read until the end; None when a person has to decide."""
        self._lasted = 0.0
        asked = replace(self.request, force=force)
        try:
            channel = await self._open_channel(self, asked, by_itself)
        except SessionBusy as error:
            self._become(SessionState.BUSY, error.message)
            return None
        except EngineError as error:
            self.has_no_shell = isinstance(error, NoShell)
            may_reopen = by_itself and not isinstance(error, NotFound | NoShell)
            self.end = SessionEnd(message=error.message, may_reopen=may_reopen)
            return self.end
        self.has_no_shell = False
        if self._was_open:
            await self.terminal.feed(again_line(again_sentence(self.request.kind, self._left)))
        self._was_open = True
        began = asyncio.get_running_loop().time()
        self.end = self._left = await self._pump(channel, (asked.columns, asked.rows))
        self._lasted = asyncio.get_running_loop().time() - began
        return self.end

    async def _pump(self, channel: Channel, size: tuple[int, int]) -> SessionEnd:
        self._channel = channel
        self.opened_utc_seconds = self._utc()
        self._presence = Presence(is_active=True, is_gone=False)
        self._become(SessionState.OPEN)
        helpers = [asyncio.create_task(self._send(channel)), asyncio.create_task(self._size(channel, size))]
        try:
            while data := await channel.read():
                await self.terminal.feed(data)
                self._arrived()
        except EngineError as error:
            return SessionEnd(message=error.message, may_reopen=True)
        finally:
            self._channel = None
            self._outbox.clear()
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
        return channel.end or SessionEnd()

    async def _send(self, channel: Channel) -> None:
        while True:
            data = await self._outbox.take()
            with contextlib.suppress(EngineError):  # whoever reads learns why
                await channel.write(data)

    async def _size(self, channel: Channel, told: tuple[int, int]) -> None:
        """Tell sizes that differ from the one it was opened with, and then from the last one told."""
        while True:
            self._resized.clear()
            wanted = (self.request.columns, self.request.rows)
            if wanted != told:
                told = wanted
                with contextlib.suppress(EngineError):
                    await channel.resize(*wanted)
            await self._resized.wait()

    async def _wait(self, delay: float) -> None:
        """Wait until another try may work: at once when told to, after a while when the instance runs."""
        self._nudge.clear()
        while True:
            try:
                async with asyncio.timeout(delay):
                    await self._nudge.wait()
                    return
            except TimeoutError:
                if self._presence.is_active or self._presence.is_gone:
                    return

    def _waiting_sentence(self, end: SessionEnd) -> str:
        when = "it runs" if self.request.kind is SessionKind.CONSOLE or not self._presence.is_active else "it answers"
        return f"{end_sentence(end, self.request.kind)} Opened again when {when}."

    def _arrived(self) -> None:
        if not self._watched and not self.unread:
            self.unread = True
            self._changed(self)

    def _become(self, state: SessionState, message: str = "") -> None:
        if (state, message) != (self.state, self.message):
            self.state, self.message = state, message
            self._changed(self)

    def _tell(self, message: str) -> None:
        if message != self.message:
            self.message = message
            self._changed(self)
