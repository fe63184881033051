"""A terminal at the other end of a line: it shows what it is sent, and answers when the test lets it."""

import contextlib
import fcntl
import os
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.ui.pty_process import PtyProcess, is_readable
from widgets.terminal import GhosttyCore

QUESTION = b"\x1b[5n"


class FarTerminal(PtyProcess):
    """A program on a terminal that is emulated; bytes are counted.

    Attributes:
        answers: whether questions are answered; those of a time without are answered when it ends.
        received: bytes so far.
        sent: keys and answers so far, in bytes.
        answered: how many frames were answered.
    """

    def __init__(self, argv: list[str], *, home: Path, size: tuple[int, int] = (80, 24)) -> None:
        super().__init__(argv, home=home, size=size)
        self._slave = os.open(f"/proc/{self.process.pid}/fd/0", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        self.core = GhosttyCore(*size)
        self.answers = True
        self.received = self.sent = 0
        self.answered = 0
        self._owed = b""
        self._lines: dict[int, str] = {}

    def close(self) -> None:
        """End the program, whatever it does."""
        super().close()
        os.close(self._slave)
        self.core.close()

    @property
    def frames(self) -> int:
        """Frames that ended with a question, and the question at the start."""
        return self.screen.count(QUESTION)

    @property
    def text(self) -> str:
        """What the screen shows."""
        for y, line in self.core.take_changes().items():
            self._lines[y] = "".join(run.text for run in line.runs)
        return "\n".join(self._lines[y] for y in sorted(self._lines))

    def take(self, seconds: float = 0, *, most: int = 65536) -> int:
        """Read once what is there, show and perhaps answer it; return how much it was."""
        data = os.read(self.master, most) if is_readable(self.master, seconds) else b""
        self.screen += data
        self.received += len(data)
        self.core.feed(data)
        self._owed += self.core.take_told().replies
        if self.answers and self._owed:
            self.type(self.take_answers())
        return len(data)

    def take_answers(self) -> bytes:
        """Return what was asked for and not answered yet; it counts as answered."""
        owed, self._owed = self._owed, b""
        self.answered += owed.count(b"\x1b[0n")
        return owed

    def type(self, keys: bytes) -> None:
        """Press keys, or answer."""
        self.sent += len(keys)
        super().type(keys)

    def take_until(self, condition: Callable[[], object], *, seconds: float = 20) -> None:
        """Read until something is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"it did not come; the screen: {self.text}"
            self.take(0.05)

    @property
    def unread_keys(self) -> int:
        """Bytes of the input that the program has not read yet."""
        (count,) = struct.unpack("i", fcntl.ioctl(self._slave, termios.FIONREAD, b"\0" * 4))
        return int(count)


class Told:
    """What the program says beside the terminal."""

    def __init__(self, path: Path) -> None:
        self.lines: list[str] = []
        self._path = path
        os.mkfifo(path)
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self._begun = b""

    def take(self) -> None:
        """Read what there is."""
        if is_readable(self._descriptor, 0.02):
            *whole, self._begun = (self._begun + os.read(self._descriptor, 65536)).split(b"\n")
            self.lines += [line.decode() for line in whole]

    def wait_for(self, line: str, *, times: int = 1, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Wait until a line has come so many times."""
        deadline = time.monotonic() + 20
        while self.lines.count(line) < times:
            assert time.monotonic() < deadline, f"{line!r} did not come: {self.lines[-5:]}"
            meanwhile()
            self.take()

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)


@contextlib.contextmanager
def paced_app(folder: Path, size: tuple[int, int] = (80, 24)) -> Iterator[tuple[FarTerminal, Told]]:
    """Run the small application for the length of a block; it is ready, and knows that it is answered."""
    told = Told(folder / "told")
    far = FarTerminal([sys.executable, "-m", "tests.ui.paced_app", str(folder / "told")], home=folder, size=size)
    try:
        told.wait_for("ready", meanwhile=far.take)
        far.take_until(lambda: "count 0" in far.text and far.answered)
        while far.answered < 2:  # by now the program knows that it is answered
            far.type(b"0")
            far.take(0.05)
        far.take_until(lambda: far.unread_keys == 0 and far.frames == far.answered)
        yield far, told
    finally:
        far.close()
        told.close()
