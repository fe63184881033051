"""hostdeck as a process of its own on a pseudo-terminal."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def is_readable(descriptor: int, seconds: float) -> bool:
    """Wait until there is something to read, or an end; unlike select(2), for a descriptor of any number."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


class PtyProcess:
    """A program on a terminal of the test's own.

    Args:
        argv: the program.
        home: becomes HOME, so that nothing of the person's is read or written.
    """

    def __init__(
        self, argv: Sequence[str], *, home: Path, size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None
    ) -> None:
        self.screen = b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=PROJECT,
            env={**kept, "HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})},
            start_new_session=True,
        )
        os.close(slave)

    def read_until(self, text: bytes, *, seconds: float = 20) -> None:
        """Read what is drawn until a text was among it."""
        deadline = time.monotonic() + seconds
        while text not in self.screen:
            left = deadline - time.monotonic()
            assert left > 0, f"{text!r} was not drawn; the end of what was: {self.screen[-500:]!r}"
            if is_readable(self.master, left):
                self.screen += self._read()

    def press_until(self, keys: bytes, text: bytes, *, seconds: float = 60) -> None:
        """Press keys again and again until a text is drawn; a terminal that changes hands forgets some."""
        deadline = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < deadline, f"{text!r} was not drawn; the end of what was: {self.screen[-500:]!r}"
            self.type(keys)
            answered = time.monotonic() + 2
            while text not in self.screen and (left := answered - time.monotonic()) > 0:
                if is_readable(self.master, left):
                    self.screen += self._read()

    def drain(self, *, seconds: float = 20) -> int:
        """Read until the program ends, and return its exit status."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            if is_readable(self.master, 0.1):
                self.screen += self._read()
        while is_readable(self.master, 0) and (last := self._read()):
            self.screen += last
        return self.process.wait(max(deadline - time.monotonic(), 0.1))

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        """End the program, whatever it does."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        if self.master >= 0:
            os.close(self.master)

    def _read(self) -> bytes:
        try:
            return os.read(self.master, 65536)
        except OSError:  # EIO: the other end is closed
            return b""


@contextlib.contextmanager
def on_a_terminal(
    *arguments: str, home: Path, size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None
) -> Iterator[PtyProcess]:
    """Run hostdeck with these arguments for the length of a block."""
    program = PtyProcess([sys.executable, "-m", "tui", *arguments], home=home, size=size, env=env)
    try:
        yield program
    finally:
        program.close()
