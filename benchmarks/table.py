"""What a refresh of a table costs: processor time of the process and bytes written to its terminal.

Each case runs in a child process of its own on a real pseudo terminal of 200x50 with 12 columns. The child makes the
rows of each refresh, then measures the refresh alone (user and system time of the whole process); the parent reads what
arrives on the terminal between the child's first and last refresh. Repeated runs of all cases take turns, and the
median of each counts, so that a busy moment of the machine does not fall on one case.

    python -m benchmarks.table [--json FILE] [--refreshes N] [--repeat N]

Cases: "all" changes every figure of every row, "tenth" those of one row in ten (other rows each time), "scattered" one
figure in ten all over the table, "none" nothing although a new list of rows is given.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os
import pty
import random
import resource
import select
import struct
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import DataTable

from widgets.live_table import Cell, Column, LiveTable, Row
from widgets.thin_update import ThinCompositor

WIDTH, HEIGHT = 200, 50
FIGURES = 11
CASES = ("all", "tenth", "scattered", "none")
COUNTS = (100, 500, 2000)
START, END = b"\x1b]0;bench-start\x07", b"\x1b]0;bench-end\x07"
TICK_SECONDS = 0.05
WARM_UP = 5
DEADLINE_SECONDS = 120

Guest = tuple[str, tuple[float, ...]]
"""Name and figures."""

Frame = list[Row[Guest]]


@dataclass(frozen=True)
class Result:
    """One measured case; times and bytes are of one refresh."""

    table: str
    case: str
    rows: int
    cpu_milliseconds: float
    output_bytes: float


# Rows


def frames(count: int, case: str, number: int) -> Iterator[Frame]:
    """Yield the rows of successive refreshes; one that does not change is the very object of before, as in hostdeck."""
    chance = random.Random(1)
    guests: list[Guest] = [
        (f"guest-{index:05d}", tuple(chance.random() for _ in range(FIGURES))) for index in range(count)
    ]
    rows = [Row(guest[0], guest) for guest in guests]
    for step in range(number):
        rows = [_changed(row, index, step, case, chance) for index, row in enumerate(rows)]
        yield rows


def _changed(row: Row[Guest], index: int, step: int, case: str, chance: random.Random) -> Row[Guest]:
    name, figures = row.data
    new = _new_figures(figures, index, step, case, chance)
    return row if new is figures else Row(name, (name, new))


def _new_figures(
    figures: tuple[float, ...], index: int, step: int, case: str, chance: random.Random
) -> tuple[float, ...]:
    if case == "all" or (case == "tenth" and index % 10 == step % 10):
        return tuple(chance.random() for _ in figures)
    if case == "scattered":
        return tuple(chance.random() if chance.random() < 0.1 else figure for figure in figures)
    return figures


def _figure_text(figure: float) -> str:
    return f"{figure * 1000:8.1f}M"


def _column(index: int) -> Column[Guest]:
    def cell(guest: Guest) -> Cell | str:
        figure = guest[1][index]
        text = f"{figure * 1000:8.1f}M"
        return text if figure < 0.9 else Cell(text, "warn" if figure < 0.97 else "crit")

    return Column(
        key=f"f{index}",
        title=f"FIGURE{index}",
        cell=cell,
        width=12,
        align="right",
        sort_key=lambda guest: guest[1][index],
    )


def _name_column() -> Column[Guest]:
    return Column(key="name", title="NAME", cell=lambda guest: guest[0], width=16, sort_key=lambda guest: guest[0])


# The child


class ThinScreen(Screen[None]):
    """A screen drawn as hostdeck draws its own: only what differs from what the terminal shows."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = ThinCompositor()


class LiveTableApp(App[None]):
    """One LiveTable over the whole screen."""

    def get_default_screen(self) -> Screen[None]:
        """Return the screen that is there at the start."""
        return ThinScreen()

    def compose(self) -> ComposeResult:
        yield LiveTable([_name_column(), *[_column(index) for index in range(FIGURES)]], sort_by="name")

    def show(self, frame: Frame) -> None:
        self.query_one(LiveTable).set_rows(frame)


class DataTableApp(App[None]):
    """One DataTable of Textual over the whole screen, its cells updated where they differ, as its users do."""

    CSS = "DataTable { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, Guest] = {}

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def show(self, frame: Frame) -> None:
        table = self.query_one(DataTable)
        if not self._shown:
            table.add_column("NAME", key="name", width=16)
            for index in range(FIGURES):
                table.add_column(f"FIGURE{index}", key=f"f{index}", width=12)
        for key, guest, _ in frame:
            self._show_row(table, key, guest)

    def _show_row(self, table: DataTable[str], key: str, guest: Guest) -> None:
        before = self._shown.get(key)
        self._shown[key] = guest
        if before is None:
            table.add_row(guest[0], *[_figure_text(figure) for figure in guest[1]], key=key)
            return
        for index, (old, new) in enumerate(zip(before[1], guest[1], strict=True)):
            if old != new:
                table.update_cell(key, f"f{index}", _figure_text(new))


def child(table: str, case: str, rows: int, refreshes: int, report: int) -> None:
    """Run one case and write the processor seconds of a refresh to a descriptor."""
    app: LiveTableApp | DataTableApp = LiveTableApp() if table == "LiveTable" else DataTableApp()
    asyncio.run(_drive(app, frames(rows, case, refreshes + WARM_UP), refreshes, report))


async def _drive(app: LiveTableApp | DataTableApp, source: Iterator[Frame], refreshes: int, report: int) -> None:
    async def run() -> None:
        for _ in range(WARM_UP):
            await _refresh(app, next(source))
        os.write(1, START)
        spent = 0.0
        for frame in source:  # making the rows is not measured
            before = _cpu_seconds()
            await _refresh(app, frame)
            spent += _cpu_seconds() - before
        # What the driver's writer thread has not written yet belongs to the last refresh.
        await asyncio.sleep(0.2)
        os.write(1, END)
        os.write(report, json.dumps(spent / refreshes).encode())
        app.exit()

    app.call_later(lambda: asyncio.ensure_future(run()) and None)
    await app.run_async()


async def _refresh(app: LiveTableApp | DataTableApp, frame: Frame) -> None:
    """Show a frame and wait until it is drawn, at the few wake-ups an idle application has."""
    with app._context():
        app.show(frame)
    await asyncio.sleep(TICK_SECONDS)
    while app.screen._dirty_widgets or app.screen._compositor._dirty_regions:  # noqa: ASYNC110 -- an event costs a wake-up
        await asyncio.sleep(TICK_SECONDS)


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


# The parent


def run_case(table: str, case: str, rows: int, refreshes: int) -> Result:
    """Run one case in a child on a pseudo terminal of its own."""
    reading, writing = os.pipe()
    pid, terminal = pty.fork()
    if pid == 0:
        os.close(reading)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", TEXTUAL_FPS="60")
        os.environ.pop("NO_COLOR", None)
        child(table, case, rows, refreshes, writing)
        os._exit(0)
    os.close(writing)
    try:
        output = _read_to_end(terminal)
        seconds = json.loads(os.read(reading, 100))
    finally:
        os.close(terminal)
        os.close(reading)
        os.waitpid(pid, 0)
    measured = output.partition(START)[2].partition(END)[0]
    return Result(table, case, rows, round(seconds * 1000, 2), round(len(measured) / refreshes))


def _read_to_end(terminal: int) -> bytes:
    """Read what a child draws until it closes its terminal."""
    chunks = []
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # EIO: the child's side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    return b"".join(chunks)


def measure(cases: Sequence[tuple[str, str, int]], refreshes: int, repeat: int) -> list[Result]:
    """Return the median of several runs of each case."""
    runs = [[run_case(*case, refreshes) for case in cases] for _ in range(repeat)]
    results = []
    for (table, case, rows), found in zip(cases, zip(*runs, strict=True), strict=True):
        cpu = median(result.cpu_milliseconds for result in found)
        results.append(Result(table, case, rows, cpu, median(result.output_bytes for result in found)))
    return results


def print_table(results: list[Result], write: Callable[[str], None] = print) -> None:
    """Print the results side by side."""
    write(f"{'table':<10} {'changing':<10} {'rows':>5} {'CPU ms':>8} {'bytes':>8}   of one refresh, {WIDTH}x{HEIGHT}")
    for one in results:
        write(f"{one.table:<10} {one.case:<10} {one.rows:>5} {one.cpu_milliseconds:>8.2f} {one.output_bytes:>8.0f}")


def main() -> None:
    """Measure every case, print a table and, if asked, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--refreshes", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--tables", nargs="+", default=["LiveTable", "DataTable"], choices=["LiveTable", "DataTable"])
    arguments = parser.parse_args()
    wanted = [("LiveTable", case, rows) for rows in COUNTS for case in CASES]
    wanted += [("DataTable", case, COUNTS[0]) for case in CASES]
    wanted = [case for case in wanted if case[0] in arguments.tables]
    results = measure(wanted, arguments.refreshes, arguments.repeat)
    print_table(results)
    if arguments.json is not None:
        document = {"columns": FIGURES + 1, "size": [WIDTH, HEIGHT], "results": [asdict(one) for one in results]}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
