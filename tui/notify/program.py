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
    from collections.abc import Mapping

    from tui.notify.settings import NotifySettings

DEADLINE_SECONDS = 30.0
LAST_WORDS_SECONDS = 1.0
"""For what a program that ended has written; a child of it may hold the pipe open for ever."""
MOST_KEPT_BYTES = 2048
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
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,  # so that what it starts can be ended with it
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return Outcome(ok=False, text=f"could not be started: {escape_controls(reason)}")
        return await self._to_its_end(process, body)

    async def _to_its_end(self, process: asyncio.subprocess.Process, body: bytes) -> Outcome:
        output = asyncio.ensure_future(_last_bytes(process.stdout))
        feeding = asyncio.ensure_future(_feed(process.stdin, body))
        try:
            async with asyncio.timeout(self._deadline):
                code = await process.wait()
            await asyncio.wait({output}, timeout=LAST_WORDS_SECONDS)
        except TimeoutError:
            return Outcome(ok=False, text=f"killed after {self._deadline:g} s: it did not end")
        finally:
            _kill_group(process.pid)
            for task in (feeding, output):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await process.wait()
            _close_pipes(process)
        said = output.result() if output.done() and not output.cancelled() else b""
        if code == 0:
            return Outcome(ok=True, text="ended with exit code 0")
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return Outcome(ok=False, text=f"{how}{_words(said)}")

    def close(self) -> None:
        """Keep nothing open."""


def _words(said: bytes) -> str:
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    return f": {escape_controls(lines[-1].strip())[:LONGEST_SHOWN]}" if lines else ""


async def _last_bytes(stream: asyncio.StreamReader | None) -> bytes:
    """Read to the end and keep the last bytes."""
    kept = b""
    while stream is not None and (chunk := await stream.read(65_536)):
        kept = (kept + chunk)[-MOST_KEPT_BYTES:]
    return kept


async def _feed(stream: asyncio.StreamWriter | None, body: bytes) -> None:
    if stream is None:
        return
    with contextlib.suppress(OSError):  # a program need not read what it is given
        stream.write(body)
        await stream.drain()
        stream.close()
        await stream.wait_closed()


def _kill_group(pid: int) -> None:
    """End whatever is left of it: the group lives on with any member, and its number is not given anew meanwhile."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _close_pipes(process: asyncio.subprocess.Process) -> None:
    """Close our ends also where a child that left the group holds the others."""
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
