"""A program of this host on a terminal of its own, as a `Channel`."""

import asyncio
import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import Callable, Sequence
from typing import Any

from tui.domain.errors import EngineAbsent, EngineError
from tui.domain.session import SessionEnd

READ_BYTES = 64 * 1024
END_SECONDS = 1.0
TERM = "xterm-256color"


class PtyChannel:
    """The program's side is its controlling terminal; ours is a descriptor that never blocks."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        self._process = process
        self._master = master
        self._loop = asyncio.get_running_loop()
        self._end: SessionEnd | None = None
        self._is_open = True

    @property
    def end(self) -> SessionEnd | None:
        """Return how it ended; None while it is open."""
        return self._end

    async def read(self) -> bytes:
        """Return the next bytes; see `Channel.read`."""
        while self._end is None and self._is_open:
            try:
                data = os.read(self._master, READ_BYTES)
            except BlockingIOError:
                await self._ready(self._loop.add_reader, self._loop.remove_reader)
                continue
            except OSError:  # EIO: nobody has the other side open any more
                data = b""
            if data:
                return data
            self._end = SessionEnd(exit_code=_code(await self._process.wait()))
        self._release()
        return b""

    async def write(self, data: bytes) -> None:
        """Send bytes; see `Channel.write`."""
        while data and self._is_open:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                await self._ready(self._loop.add_writer, self._loop.remove_writer)
            except OSError:  # whoever reads finds out why
                return

    async def _ready(self, add: Callable[..., Any], remove: Callable[[int], Any]) -> None:
        """Wait until the descriptor can be read or written."""
        ready = self._loop.create_future()
        add(self._master, lambda: None if ready.done() else ready.set_result(None))
        try:
            await ready
        finally:
            remove(self._master)

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the size."""
        if self._is_open:
            set_size(self._master, columns, rows)

    async def close(self, *, end_process: bool = False) -> SessionEnd:
        """Leave it: the program ends with its terminal (SIGHUP), by force where that is asked for or needed."""
        if self._end is None:
            self._signal(signal.SIGKILL if end_process else signal.SIGHUP)
            try:
                async with asyncio.timeout(END_SECONDS):
                    code = await self._process.wait()
            except TimeoutError:
                self._signal(signal.SIGKILL)
                code = await self._process.wait()
            self._end = SessionEnd(exit_code=_code(code))
        self._release()
        return self._end

    def _signal(self, number: int) -> None:
        """Signal the program and what it started: it leads a session of its own."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _release(self) -> None:
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._master)
            self._loop.remove_writer(self._master)
            os.close(self._master)


def set_size(descriptor: int, columns: int, rows: int) -> None:
    """Set the size of a terminal (TIOCSWINSZ)."""
    with contextlib.suppress(OSError):
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _code(code: int) -> int:
    """Return an exit code as shells tell it: 128 and the signal's number for one that was killed."""
    return 128 - code if code < 0 else code


def _take_terminal() -> None:
    """Make standard input the controlling terminal; runs in the child, between fork and exec."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


async def open_pty(command: Sequence[str], *, columns: int, rows: int) -> PtyChannel:
    """Start a program on a new terminal.

    Raises:
        EngineAbsent: there is no such program.
        EngineError: it cannot be started.
    """
    master, slave = pty.openpty()
    try:
        set_size(slave, columns, rows)
        os.set_blocking(master, False)
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,
            env={**os.environ, "TERM": TERM},
        )
    except OSError as error:
        os.close(master)
        kind = EngineAbsent if isinstance(error, FileNotFoundError) else EngineError
        raise kind("not started", f"{command[0]} could not be started: {error.strerror}.") from error
    except BaseException:
        os.close(master)
        raise
    finally:
        os.close(slave)
    return PtyChannel(process, master)
