"""Textual's driver for a terminal, with frames that the terminal acknowledges.

Three things differ: replies are taken out of the input before Textual's parser sees it; nothing waits for the line; and
what is drawn is written as one piece with a question behind it. The hooks are private to Textual 8.2.8.
"""

from __future__ import annotations

import os
import re
import select
import threading
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui.pacing.pacer import Pacer
from tui.pacing.replies import QUESTION, Replies
from tui.pacing.writer import LineWriter

if TYPE_CHECKING:
    from textual.drivers._writer_thread import WriterThread
    from textual.message import Message

TICK_SECONDS = 0.1
HELD_SECONDS = 1.0
"""An Escape key waits so long for the answer that is on its way: it cannot be seen to do anything before that."""
LAST_ANSWER_SECONDS = 3.0
LAST_ANSWER_WHEN_TOLD_SECONDS = 0.3
"""After SIGTERM or SIGHUP the process is ended within a second."""
BELL = "\x07"
_NOTHING_BUT_A_MOVE = re.compile(r"(?:\x1b\[\?2026[hl]|\x1b\[\d+;\d+H)*\Z")
_DONE_BY_A_PERSON = (events.Key, events.Paste, events.MouseDown, events.MouseUp, events.MouseScrollUp,
                     events.MouseScrollDown)  # fmt: skip


class PacedDriver(LinuxDriver):
    """A terminal that takes one frame at a time.

    Attributes:
        pacer: knows when.
    """

    SAYS_GO_ON: ClassVar[str] = "frame_may_go"

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self.pacer = Pacer(self, self._go_on)
        self._wake = -1
        self._frame: list[str] | None = None
        self._last_move = ""
        self._has_bell = False
        self._asked = self._heard = 0
        self._all_heard = threading.Event()
        self._is_open = False

    # Output

    @property
    def backlog(self) -> int:
        """Return how much did not leave yet."""
        return self._writer.pending

    @property
    def _writer(self) -> LineWriter:
        return cast("LineWriter", self._writer_thread)

    def write(self, data: str) -> None:
        """Write; parts of a frame are kept together, and a bell waits for the next one."""
        if self._frame is not None:
            self._frame.append(data)
        elif data == BELL and self.pacer.governor.is_waiting and self._is_open:
            self._has_bell = True  # one is enough after a minute
        else:
            super().write(data)

    @contextmanager
    def frame(self) -> Iterator[None]:
        """Write what is drawn in this block as one piece, with a question behind it; nothing where nothing changed."""
        self._frame = []
        try:
            yield
        finally:
            text, self._frame = "".join(self._frame), None
            if not _NOTHING_BUT_A_MOVE.match(text) or text != self._last_move:
                self._last_move = text
                self._send_frame(text)

    def _send_frame(self, text: str) -> None:
        if self._has_bell:
            text, self._has_bell = text + BELL, False
        if self._is_open and self.pacer.drawn():
            text += QUESTION
            self._count_question()
        super().write(text)

    def ask(self, question: str) -> None:
        """Send what the terminal answers."""
        if self._is_open:
            super().write(question)

    def _count_question(self) -> None:
        self._asked += 1
        self._all_heard.clear()

    def _go_on(self) -> None:
        getattr(self._app, self.SAYS_GO_ON)()

    # Start and end

    def start_application_mode(self) -> None:
        """Start, with a writer of our own, and ask the terminal for the first time."""
        if self._wake < 0:
            self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._asked = self._heard = 0
        self._last_move = ""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is None or self._file is None:
            return  # in the background: Textual has stopped the process, and starts anew
        self._writer_thread.stop()
        self._writer_thread = cast("WriterThread", LineWriter(self._file))
        self._is_open = True
        self.pacer.begin()
        self._count_question()
        self.ask(QUESTION)

    def disable_input(self) -> None:
        """End the input; the last answer is waited for, so that it is not typed into what comes next."""
        self._is_open = False
        self.pacer.close()
        if self._key_thread is not None and self._key_thread.is_alive():
            self._wait_for_the_last_answer()
            os.eventfd_write(self._wake, 1)
        super().disable_input()
        if self._wake >= 0:
            os.close(self._wake)
            self._wake = -1

    def _wait_for_the_last_answer(self) -> None:
        governor = self.pacer.governor
        if not (governor.is_answered and governor.is_waiting):
            return
        most = LAST_ANSWER_WHEN_TOLD_SECONDS if self._app.return_code else LAST_ANSWER_SECONDS
        self._all_heard.wait(min(most, LAST_ANSWER_WHEN_TOLD_SECONDS + 4 * governor.round_trip_seconds))

    # Input, on a thread of its own

    def run_input_thread(self) -> None:
        """Read until the end of the input or of the application."""
        parser, replies = XTermParser(self._debug), Replies()
        decode = getincrementaldecoder("utf-8")("replace").decode
        poll = select.poll()
        for descriptor in (self.fileno, self._wake):
            poll.register(descriptor, select.POLLIN)
        held_since = monotonic()
        while not self.exit_event.is_set():
            is_at_rest = not replies.held and parser._timeout_time is None
            ready = dict(poll.poll(None if is_at_rest else 1000 * TICK_SECONDS))
            if self.fileno in ready:
                data = _read(self.fileno)
                if not data:
                    break
                held_since = monotonic()
                self._feed(parser, self._without_replies(replies, decode(data)))
            elif replies.held and monotonic() - held_since >= self._patience():
                self._feed(parser, replies.release())
            for event in parser.tick():
                self.process_message(event)
        with suppress(EOFError, ParseError):
            list(parser.feed(""))

    def _without_replies(self, replies: Replies, text: str) -> str:
        statuses, attributes = replies.statuses, replies.attributes
        text = replies.feed(text, expected=self._asked > self._heard)
        statuses, attributes = replies.statuses - statuses, replies.attributes - attributes
        if statuses or attributes:
            self._heard = min(self._asked, self._heard + statuses) if not attributes else self._asked
            if self._heard == self._asked:
                self._all_heard.set()
            self._soon(self.pacer.answered, statuses, attributes, monotonic())
        elif self._asked > self._heard:
            self._soon(self.pacer.sign_of_life)
        return text

    def _patience(self) -> float:
        return HELD_SECONDS if self.pacer.governor.is_answered else TICK_SECONDS

    def _feed(self, parser: XTermParser, text: str) -> None:
        if text:
            for event in parser.feed(text):
                self.process_message(event)

    def process_message(self, message: Message) -> None:
        """Send a message to the application; what a person did makes the next frame urgent."""
        if isinstance(message, _DONE_BY_A_PERSON):
            self.pacer.touched_at = monotonic()
        super().process_message(message)

    def _soon(self, function: Any, *arguments: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(function, *arguments)


def _read(descriptor: int) -> bytes:
    """Return what came; nothing at its end, which the lifeline takes care of."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
