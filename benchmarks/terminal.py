"""What the terminal widget costs: bytes a second beside tmux, time from key to echo, processor time at rest.

    python -m benchmarks.terminal [--json FILE] [--megabytes N] [--repeat N]

Each measurement of the widget runs in a process of its own on a pseudo terminal of 132x40, with `cat` or `yes` on a
second pseudo terminal inside. tmux shows the same files in a pane of the same size, attached to a terminal that is read
as fast as it writes. A key's time runs from its arrival at the widget to the frame that shows its echo.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from textual.app import App, ComposeResult

from widgets.terminal import Emulator, GhosttyCore, TerminalView

COLUMNS, ROWS = 132, 40
DEADLINE_SECONDS = 300
IDLE_SECONDS = 5
FED_BYTES = 50_000_000
KEYS = 50
Figures = dict[str, float]


# What is shown


def plain_text(size: int) -> bytes:
    line = b"2026-01-01T00:00:00Z host service[123]: a line of a log as there are many, number %09d\n"
    return b"".join(line % number for number in range(size // len(line % 0)))


def coloured_text(size: int) -> bytes:
    line = "\x1b[3%dm%08d\x1b[0m \x1b[1;38;5;%dmbold\x1b[0m plain \u6f22\u5b57 \x1b[48;2;%d;0;80mtrue\x1b[0m\n"
    piece = "".join(line % (n % 8, n, n % 256, n % 256) for n in range(1000)).encode()
    return piece * max(1, size // len(piece))


KINDS: dict[str, Callable[[int], bytes]] = {"plain": plain_text, "coloured": coloured_text}


# The widget, in a child process


class Inside:
    """A program on a pseudo terminal, read by the event loop; reading pauses while the emulator has enough."""

    def __init__(self, argv: list[str]) -> None:
        self.emulator = Emulator(GhosttyCore(COLUMNS, ROWS), sink=self.send)
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.ended = asyncio.Event()
        self.read = 0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.master, self._readable)

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def _readable(self) -> None:
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self.master)
            self.ended.set()
            return
        self.read += len(data)
        if not self.emulator.write(data):
            self._loop.remove_reader(self.master)
            self._resume = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        await self.emulator.drained()
        self._loop.add_reader(self.master, self._readable)


class TerminalApp(App[None]):
    """The widget over the whole screen."""

    def __init__(self, inside: Inside, measure: Callable[[TerminalApp], Coroutine[Any, Any, Figures]]) -> None:
        super().__init__()
        self.inside = inside
        self.view = TerminalView(inside.emulator)
        self.figures: Figures = {}
        self._measure = measure

    def compose(self) -> ComposeResult:
        yield self.view

    async def on_mount(self) -> None:
        self.view.focus()
        self.run_worker(self._run(), exit_on_error=True)

    async def _run(self) -> None:
        self.figures = await self._measure(self)
        self.exit()


async def measure_throughput(app: TerminalApp) -> Figures:
    started, cpu = time.monotonic(), time.process_time()
    await app.inside.ended.wait()
    await app.inside.emulator.quiet()
    await shown(app)
    seconds = time.monotonic() - started
    return {
        "seconds": seconds,
        "cpu_percent": (time.process_time() - cpu) / seconds * 100,
        "megabytes_a_second": app.inside.read / seconds / 1e6,
        "resident_megabytes": _resident_megabytes(),
    }


async def measure_fed(app: TerminalApp) -> Figures:
    """Give the widget its bytes in the pieces a socket brings; what a pseudo terminal costs is left out."""
    data = coloured_text(FED_BYTES)
    started, cpu = time.monotonic(), time.process_time()
    for start in range(0, len(data), 65536):
        await app.view.feed(data[start : start + 65536])
    await app.inside.emulator.quiet()
    await shown(app)
    seconds = time.monotonic() - started
    return {
        "megabytes_a_second": len(data) / seconds / 1e6,
        "megabytes_a_cpu_second": len(data) / (time.process_time() - cpu) / 1e6,
    }


async def measure_latency(app: TerminalApp) -> Figures:
    """Type letters at a program that echoes them, one after the other was seen."""
    await asyncio.sleep(0.5)
    taken = []
    for number in range(KEYS):
        letter = chr(ord("a") + number % 26)
        before = app.view.render_line(0).text.rstrip()
        started = time.monotonic()
        app.simulate_key(letter)
        while app.view.render_line(0).text.rstrip() == before:  # noqa: ASYNC110 -- what is drawn tells no event
            await asyncio.sleep(0.0005)
        taken.append(time.monotonic() - started)
        await asyncio.sleep(0.05)
    return _spread(taken)


async def measure_latency_in_flood(app: TerminalApp) -> Figures:
    """Press a key while `yes` writes, until the program would get it."""
    await asyncio.sleep(0.5)
    arrived = asyncio.Event()
    app.inside.emulator.sink = lambda _data: arrived.set()
    taken = []
    for _ in range(KEYS):
        arrived.clear()
        started = time.monotonic()
        app.simulate_key("a")
        await arrived.wait()
        taken.append(time.monotonic() - started)
        await asyncio.sleep(0.03)
    return _spread(taken) | {"resident_megabytes": _resident_megabytes()}


async def measure_rest(_app: TerminalApp) -> Figures:
    await asyncio.sleep(1)
    before = time.process_time()
    await asyncio.sleep(IDLE_SECONDS)
    return {"cpu_percent": (time.process_time() - before) / IDLE_SECONDS * 100}


async def shown(app: TerminalApp) -> None:
    while app.view._is_asked or app.screen._dirty_widgets:  # noqa: ASYNC110 -- an event costs a wake-up
        await asyncio.sleep(0.002)


def _spread(taken: list[float]) -> Figures:
    ordered = sorted(taken)
    return {"median_milliseconds": median(ordered) * 1000, "worst_milliseconds": ordered[-1] * 1000}


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


MEASUREMENTS: dict[str, Callable[[TerminalApp], Coroutine[Any, Any, Figures]]] = {
    "throughput": measure_throughput,
    "fed": measure_fed,
    "latency": measure_latency,
    "flood": measure_latency_in_flood,
    "rest": measure_rest,
}


def child(measurement: str, argv: list[str], report: int) -> None:
    """Measure one thing and write the figures to a descriptor."""

    async def run() -> None:
        inside = Inside(argv)
        app = TerminalApp(inside, MEASUREMENTS[measurement])
        await app.run_async()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(inside.process.pid, signal.SIGKILL)
        os.write(report, json.dumps(app.figures).encode())

    asyncio.run(run())


def in_child(measurement: str, argv: list[str]) -> Figures:
    """Run a measurement in a child on a terminal of its own, whose output is read and dropped."""
    reading, writing = os.pipe()
    pid, terminal = pty.fork()
    if pid == 0:
        os.close(reading)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        child(measurement, argv, writing)
        os._exit(0)
    os.close(writing)
    try:
        drawn = _drain(terminal)
        figures: Figures = json.loads(os.read(reading, 10_000) or b"{}")
    finally:
        os.close(terminal)
        os.close(reading)
        os.waitpid(pid, 0)
    if not figures:
        raise RuntimeError(f"the measurement of {measurement} failed: {drawn[-2000:]!r}")
    return figures


def _drain(terminal: int) -> bytes:
    """Read what is drawn until the terminal is closed, and return its end."""
    end = b""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                data = os.read(terminal, 65536)
            except OSError:  # EIO: the child's side is closed
                break
            end = (end + data)[-10_000:]
    return end


# tmux


@contextlib.contextmanager
def attached_tmux(folder: Path) -> Iterator[list[str]]:
    """Start a server of our own with a client on a terminal that is read; give the command that talks to it."""
    configuration = folder / "tmux.conf"
    configuration.write_text("set -g status off\nset -g remain-on-exit on\nset -g history-limit 10000\n")
    command = ["tmux", "-f", str(configuration), "-S", str(folder / "socket")]
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.environ.pop("TMUX", None)
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
        os.execvp(command[0], [*command, "new-session", "sleep", "1000"])  # noqa: S606 -- the child of a fork
    reader = subprocess.Popen(["cat"], stdin=terminal, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield command
    finally:
        subprocess.run([*command, "kill-server"], check=False, capture_output=True)
        os.close(terminal)
        reader.terminate()
        reader.wait()
        os.waitpid(pid, 0)


def tmux_throughput(file: Path) -> Figures:
    """Let a pane show a file."""
    with tempfile.TemporaryDirectory() as folder, attached_tmux(Path(folder)) as command:
        deadline = time.monotonic() + 10
        while subprocess.run([*command, "list-sessions"], check=False, capture_output=True).returncode:
            assert time.monotonic() < deadline, "tmux does not start"
        started = time.monotonic()
        subprocess.run([*command, "respawn-pane", "-k", "cat", str(file)], check=True)
        while not _is_dead(command):
            pass
        seconds = time.monotonic() - started
        return {"seconds": seconds, "megabytes_a_second": file.stat().st_size / seconds / 1e6}


def _is_dead(command: list[str]) -> bool:
    asked = subprocess.run(
        [*command, "display-message", "-p", "#{pane_dead}"], check=True, capture_output=True, text=True
    )
    return asked.stdout.strip() == "1"


# All of it


def measure_all(megabytes: int, repeat: int) -> dict[str, Figures]:
    """Return the medians of repeated runs that take turns."""
    runs: dict[str, list[Figures]] = {}
    with tempfile.TemporaryDirectory() as folder:
        files = {kind: Path(folder) / kind for kind in KINDS}
        for kind, file in files.items():
            file.write_bytes(KINDS[kind](megabytes * 1_000_000))
        for _ in range(repeat):
            for kind, file in files.items():
                runs.setdefault(f"cat {kind}, widget", []).append(in_child("throughput", ["cat", str(file)]))
                runs.setdefault(f"cat {kind}, tmux", []).append(tmux_throughput(file))
            runs.setdefault("coloured, from memory", []).append(in_child("fed", ["cat"]))
            runs.setdefault("key to echo", []).append(in_child("latency", ["cat"]))
            runs.setdefault("key while yes floods", []).append(in_child("flood", ["yes"]))
            runs.setdefault("at rest", []).append(in_child("rest", ["cat"]))
    return {name: _medians(figures) for name, figures in runs.items()}


def _medians(figures: list[Figures]) -> Figures:
    return {name: round(median(one[name] for one in figures), 2) for name in figures[0]}


def print_table(results: dict[str, Figures], write: Callable[[str], None] = print) -> None:
    """Print a line for each measurement."""
    for name, figures in results.items():
        told = "   ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in figures.items())
        write(f"{name:<24} {told}")


def main() -> None:
    """Measure, print a table and, if asked, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--megabytes", type=int, default=50, help="size of the files shown")
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    results = measure_all(arguments.megabytes, arguments.repeat)
    print_table(results)
    if arguments.json is not None:
        document = {"size": [COLUMNS, ROWS], "megabytes": arguments.megabytes, "results": results}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
