"""A process of a container, as this host's kernel knows it."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

WAIT_SECONDS = 2.0
PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class KnownProcess:
    """A pid with the moment it started, in clock ticks since boot: together they name one process for ever."""

    pid: int
    started_ticks: int

    @classmethod
    def of(cls, pid: int) -> "KnownProcess | None":
        """Look at a pid; None when there is no such process in this host's /proc."""
        started = _started_ticks(pid) if pid > 0 else None
        return None if started is None else cls(pid, started)

    @property
    def lives(self) -> bool:
        """Tell whether it exists; a zombie does not."""
        return _started_ticks(self.pid) == self.started_ticks

    def send(self, number: signal.Signals) -> None:
        """Send a signal, to this process and never to another that got its pid.

        Raises:
            PermissionError: not ours, and we are not root.
            ProcessLookupError: gone.
        """
        handle = os.pidfd_open(self.pid)
        try:
            if not self.lives:  # looked at while the handle holds whoever has the pid now
                raise ProcessLookupError
            signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)

    async def end(self) -> bool:
        """Hang up, as a closed terminal does, and kill what does not go; return whether it is gone.

        Raises:
            PermissionError: not ours, and we are not root.
        """
        for number in (signal.SIGHUP, signal.SIGKILL):
            try:
                self.send(number)
            except ProcessLookupError:
                return True
            if await self._is_gone():
                return True
        return False

    async def _is_gone(self) -> bool:
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while self.lives:
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(PAUSE_SECONDS)
        return True


def _started_ticks(pid: int) -> int | None:
    """Read field 22 of /proc/PID/stat, proc(5); None for nobody and for a zombie."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if after_name[0] in {"Z", "X"} else int(after_name[19])
