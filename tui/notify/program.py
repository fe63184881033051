"""Hand a message to a program: an argument list, a deadline, a process group that is ended whole, output bounded."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING

from tui.notify.webhook import Outcome
from widgets.escape import escape_controls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.notify.settings import NotifySettings

DEADLINE_SECONDS = 30.0
MOST_KEPT_BYTES = 2048
CHUNK_BYTES = 65_536
MOST_LAST_CHUNKS = 64
LONGEST_SHOWN = 200


class Program:
    """Runs a command once for each message: JSON on its standard input, HOSTDECK_* in its environment."""

    name = "command"

    def __init__(self, settings: NotifySettings, *, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._command = settings.command
        self._deadline = deadline_seconds
        self.shown = escape_controls(settings.command[0]) if settings.command else ""

    async def send(self, body: bytes, environment: Mapping[str, str]) -> Outcome:
        """Run it to its end; never raises."""
        output = _Output()
        try:
            with _held(body) as standard_input:
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=standard_input,
                    stdout=output.end,
                    stderr=output.end,
                    env={**os.environ, **environment},
                    start_new_session=True,  # so that what it starts can be ended with it
                )
        except (OSError, ValueError) as error:
            output.close()
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return Outcome(ok=False, text=f"could not be started: {escape_controls(reason)}")
        return await self._to_its_end(process, output)

    async def _to_its_end(self, process: asyncio.subprocess.Process, output: _Output) -> Outcome:
        output.listen()
        try:
            async with asyncio.timeout(self._deadline):
                code = await process.wait()
        except TimeoutError:
            return Outcome(ok=False, text=f"killed after {self._deadline:g} s: it did not end")
        finally:
            _kill_group(process.pid)
            said = output.close()
            await process.wait()
        if code == 0:
            return Outcome(ok=True, text="ended with exit code 0")
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return Outcome(ok=False, text=f"{how}{_words(said)}")

    def close(self) -> None:
        """Keep nothing open."""


def _words(said: bytes) -> str:
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    return f": {escape_controls(lines[-1].strip())[:LONGEST_SHOWN]}" if lines else ""


class _Output:
    """What a program writes, as it comes; its last bytes are kept.

    A pipe of our own: that of asyncio has a program end only when the last child that holds it does.
    """

    def __init__(self) -> None:
        self._reading, self.end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(self.end, True)
        self._kept = b""
        self._listens = False

    def listen(self) -> None:
        """Read from now on; the program has the other end."""
        os.close(self.end)
        self.end = -1
        self._listens = True
        asyncio.get_running_loop().add_reader(self._reading, self._read)

    def _read(self) -> bool:
        try:
            chunk = os.read(self._reading, CHUNK_BYTES)
        except OSError:
            return False
        self._kept = (self._kept + chunk)[-MOST_KEPT_BYTES:]
        if not chunk:
            self._stop()
        return bool(chunk)

    def _stop(self) -> None:
        if self._listens:
            self._listens = False
            asyncio.get_running_loop().remove_reader(self._reading)

    def close(self) -> bytes:
        """Take what is there and give everything back; return the last bytes."""
        if self._listens:
            for _ in range(MOST_LAST_CHUNKS):
                if not self._read():
                    break
        self._stop()
        for descriptor in (self._reading, self.end):
            if descriptor >= 0:
                os.close(descriptor)
        return self._kept


@contextlib.contextmanager
def _held(body: bytes) -> Iterator[int]:
    """Hold bytes in memory for a program to read: it need not read them, and nobody waits for it."""
    descriptor = os.memfd_create("hostdeck", os.MFD_CLOEXEC)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(body)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _kill_group(pid: int) -> None:
    """End whatever is left of it: the group lives on with any member, and its number is not given anew meanwhile."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
