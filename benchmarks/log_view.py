"""What a log of a million lines costs: time to arrive, the longest wait of a key, memory, and drawing.

Each case runs in a process of its own with the application on a screen of 120x40 that is drawn in memory.

    python -m benchmarks.log_view [--json FILE] [--lines N]

Arrival: "batches" come as a fast source sends them, 2,000 lines at a time and no faster than they are taken in;
"merged" are three sources whose times interleave; "at once" is one batch of all; "filtered" comes through a filter;
"coloured" has escape sequences in each line; "searched" is looked through to its end while it arrives, again and again.
The longest wait is that of a task which only wants the event loop every 2 ms: a key waits no longer; on a busy machine
most of it is the time of others. The longest turn is the processor time of one turn of the event loop, with all that
was ready in it: making a batch, taking in, drawing, collecting garbage. Garbage is collected as in the application.
Drawing: one row further down, worked out and drawn, with logs of different lengths.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from textual.app import App, ComposeResult
from textual.geometry import Region

from tui.thrift import settle as settle_process
from widgets.log_view import LogLine, LogStore, LogView

SIZE = (120, 40)
LINES = 1_000_000
BATCH = 2000
FRAMES = 200
LENGTHS = (1_000, 100_000, 1_000_000)
ARRIVALS = ("batches", "merged", "at once", "filtered", "coloured", "searched")
LOOKS = ("cut", "wrapped", "filtered")
FILTER = "worker 7"


@dataclass(frozen=True)
class Arrival:
    """How lines arrived; `kept_megabytes` is what the store counts, `grown_megabytes` what the process grew by."""

    case: str
    lines: int
    seconds: float
    cpu_seconds: float
    longest_wait_milliseconds: float
    longest_turn_cpu_milliseconds: float
    kept_lines: int
    dropped_lines: int
    kept_megabytes: float
    grown_megabytes: float


@dataclass(frozen=True)
class Drawing:
    """Processor time of a frame."""

    look: str
    lines: int
    milliseconds: float


class LogApp(App[None]):
    """One log over the whole screen."""

    def __init__(self, view: LogView) -> None:
        super().__init__()
        self.view = view

    def compose(self) -> ComposeResult:
        yield self.view


def text_of(number: int, case: str) -> bytes:
    """Return a line as an application writes it, 100 bytes on average."""
    word = ("INFO", "DEBUG", "INFO", "WARN", "INFO", "ERROR")[number % 6]
    if case == "coloured":
        word = f"\x1b[3{number % 8}m{word}\x1b[0m"
    padding = "x" * (number % 80)
    return f"{word} worker {number % 11} request {number} took {number % 997} ms {padding}".encode()


def batches(case: str, count: int) -> Iterator[list[LogLine]]:
    """Yield the lines of a case."""
    size = count if case == "at once" else BATCH
    for start in range(0, count, size):
        lines = []
        for number in range(start, min(start + size, count)):
            source = f"api-{number % 3}" if case == "merged" else "api"
            # Sources are a little late in turn, so that merging has something to do.
            moment = 1.7e9 + number * 0.001 - (number % 3) * 0.002
            lines.append(LogLine(source, text_of(number, case), moment))
        yield lines


def resident_megabytes() -> float:
    """Return the memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


class TurnLoop(asyncio.SelectorEventLoop):
    """An event loop that measures its turns; `longest_turn` in seconds of this thread's processor time."""

    longest_turn = 0.0

    def _run_once(self) -> None:
        before = time.thread_time()
        super()._run_once()  # type: ignore[misc]
        self.longest_turn = max(self.longest_turn, time.thread_time() - before)


def loop() -> TurnLoop:
    running = asyncio.get_running_loop()
    assert isinstance(running, TurnLoop)
    return running


async def longest_gap(stop: asyncio.Event) -> float:
    """Return the longest time the event loop was not free, seconds."""
    longest = 0.0
    while not stop.is_set():
        before = time.perf_counter()
        await asyncio.sleep(0.002)
        longest = max(longest, time.perf_counter() - before - 0.002)
    return longest


async def keep_searching(view: LogView, stop: asyncio.Event) -> None:
    """Look for what is not there, in the lines there are, again and again."""
    view.set_search("worker 7 .* nothing of the kind")
    while not stop.is_set():
        view.find(1)
        await asyncio.sleep(0.05)


async def settle(view: LogView) -> None:
    while not view.is_settled:  # noqa: ASYNC110 -- the widget has no event for this
        await asyncio.sleep(0.005)


async def measure_arrival(case: str, count: int) -> Arrival:
    view = LogView(store=LogStore(max_bytes=64 << 20))
    async with LogApp(view).run_test(size=SIZE) as pilot:
        if case == "filtered":
            view.set_filter(include=FILTER)
        await pilot.pause()
        settle_process()
        source = list(batches(case, count)) if case == "at once" else batches(case, count)
        before_megabytes = resident_megabytes()
        stop = asyncio.Event()
        gap = asyncio.create_task(longest_gap(stop))
        searching = asyncio.create_task(keep_searching(view, stop)) if case == "searched" else None
        await asyncio.sleep(0)
        loop().longest_turn = 0.0
        start, start_cpu = time.perf_counter(), time.process_time()
        for lines in source:
            view.feed(lines)
            await view.drained()
            await asyncio.sleep(0)
        if searching is None:
            await settle(view)
        seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
        stop.set()
        longest, longest_turn = await gap, loop().longest_turn
        await asyncio.gather(*([searching] if searching else []))
        source = []
        return Arrival(
            case,
            count,
            round(seconds, 2),
            round(cpu, 2),
            round(longest * 1000, 1),
            round(longest_turn * 1000, 1),
            len(view.store),
            view.store.dropped,
            round(view.store.used_bytes / 1e6, 1),
            round(resident_megabytes() - before_megabytes, 1),
        )


async def measure_drawing(look: str, count: int) -> Drawing:
    view = LogView(store=LogStore(max_bytes=256 << 20))
    async with LogApp(view).run_test(size=SIZE) as pilot:
        for lines in batches("batches", count):
            view.feed(lines)
            await view.drained()
        if look == "filtered":
            view.set_filter(include=FILTER)
        view.wrap = look == "wrapped"
        view.stamps = "utc"
        await settle(view)
        await pilot.pause()
        pane = view._pane
        pane.move_to_place(len(pane.listing) // 2)
        spent = []
        for _ in range(FRAMES):
            before = time.process_time()
            pane.move_rows(1)
            pane.render_lines(Region(0, 0, pane.size.width, pane.size.height))
            spent.append(time.process_time() - before)
        return Drawing(look, count, round(median(spent) * 1000, 3))


def run(kind: str, case: str, count: int, answer: Any) -> None:
    """Measure one case in this process."""
    measure = measure_arrival if kind == "arrival" else measure_drawing
    with asyncio.Runner(loop_factory=TurnLoop) as runner:
        answer.send(runner.run(measure(case, count)))


def in_child(kind: str, case: str, count: int) -> Any:
    """Measure one case in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=run, args=(kind, case, count, sending))
    child.start()
    sending.close()
    try:
        return receiving.recv()
    finally:
        child.join()


def print_tables(arrivals: list[Arrival], drawings: list[Drawing], write: Callable[[str], None] = print) -> None:
    """Print the results side by side."""
    write(
        f"{'arrival':<10} {'lines':>9} {'seconds':>8} {'CPU s':>6} {'longest wait ms':>15} {'turn CPU ms':>11}"
        f" {'kept':>9} {'dropped':>8} {'kept MB':>8} {'grown MB':>8}"
    )
    for one in arrivals:
        write(
            f"{one.case:<10} {one.lines:>9} {one.seconds:>8.2f} {one.cpu_seconds:>6.2f}"
            f" {one.longest_wait_milliseconds:>15.1f} {one.longest_turn_cpu_milliseconds:>11.1f}"
            f" {one.kept_lines:>9} {one.dropped_lines:>8}"
            f" {one.kept_megabytes:>8.1f} {one.grown_megabytes:>8.1f}"
        )
    write(f"\n{'drawing':<10} {'lines':>9} {'CPU ms of a frame':>18}   {SIZE[0]}x{SIZE[1]}")
    for drawing in drawings:
        write(f"{drawing.look:<10} {drawing.lines:>9} {drawing.milliseconds:>18.3f}")


def main() -> None:
    """Measure every case, print tables and, if asked, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, help="also write the results to this file")
    parser.add_argument("--lines", type=int, default=LINES)
    arguments = parser.parse_args()
    arrivals = [in_child("arrival", case, arguments.lines) for case in ARRIVALS]
    lengths = [count for count in LENGTHS if count <= arguments.lines]
    drawings = [in_child("drawing", look, count) for look in LOOKS for count in lengths]
    print_tables(arrivals, drawings)
    if arguments.json is not None:
        document = {
            "size": SIZE,
            "arrivals": [asdict(one) for one in arrivals],
            "drawings": [asdict(one) for one in drawings],
        }
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
