"""A program on a pseudo-terminal of the benchmark's own: what it draws, when, and what it costs."""

import contextlib
import fcntl
import os
import pty
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import psutil


@dataclass
class TerminalProgram:
    """A running program; a thread reads what it draws."""

    process: subprocess.Popen[bytes]
    master: int
    started: float
    drawn: int = 0
    seen: dict[bytes, float] = field(default_factory=dict)
    _kept: bytes = b""
    _waiting: set[bytes] = field(default_factory=set)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def read(self) -> None:
        """Read until the program's end."""
        while True:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            if not data:
                return
            now = time.monotonic()
            with self._changed:
                self.drawn += len(data)
                self._kept = (self._kept + data)[-65536:]
                for text in [text for text in self._waiting if text in self._kept]:
                    self.seen[text] = now
                    self._waiting.discard(text)
                self._changed.notify_all()

    def seconds_until(self, text: bytes, *, deadline: float = 60) -> float:
        """Return the time from the program's start to the moment a text was drawn."""
        with self._changed:
            self._waiting.add(text)
            if text in self._kept and text not in self.seen:
                self.seen[text] = time.monotonic()
            if not self._changed.wait_for(lambda: text in self.seen, deadline):
                raise TimeoutError(f"{text!r} was not drawn within {deadline} s")
        return self.seen[text] - self.started

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)


@contextlib.contextmanager
def running(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, size: tuple[int, int] = (200, 50), watch: bytes = b""
) -> Iterator[TerminalProgram]:
    """Run a program on a terminal; `watch` is looked for from its first byte on."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    with tempfile.TemporaryDirectory(prefix="hostdeck-bench-") as home:
        base = {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        started = time.monotonic()
        process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env={**base, **(env or {})}, start_new_session=True
        )
        os.close(slave)
        program = TerminalProgram(process, master, started)
        if watch:
            program._waiting.add(watch)
        reader = threading.Thread(target=program.read, daemon=True)
        reader.start()
        try:
            yield program
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            if process.poll() is None:
                process.kill()
            process.wait()
            os.close(master)
            reader.join(2)


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and of the children it waited for."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def cpu_over(pids: Mapping[str, int], seconds: float) -> dict[str, float]:
    """Return the CPU of processes over a time, in percent of one core."""
    before, start = {name: cpu_seconds(pid) for name, pid in pids.items()}, time.monotonic()
    time.sleep(seconds)
    elapsed = time.monotonic() - start
    return {name: 100 * (cpu_seconds(pid) - before[name]) / elapsed for name, pid in pids.items()}


def resident_mb(pid: int) -> tuple[float, float]:
    """Return the resident memory of a process, and what of it no other process shares; in 10^6 bytes."""
    memory = psutil.Process(pid).memory_full_info()
    return memory.rss / 1e6, memory.uss / 1e6
