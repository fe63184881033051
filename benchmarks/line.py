"""What hostdeck sends at rest over a line that is thin, and how it behaves on one that is slow.

The terminal at the other end is emulated and answers. Three parts, on the demo host, of which about forty instances
are busy:

- bytes at rest, by size and mode, beside `top -d 5`; what the terminal answers counts too;
- a line of 2,400 bytes a second and 300 ms there and back: how old the screen is when it is drawn;
- a key on a good line: the time from the key to the first byte of what it draws, with a terminal that answers and one
  that never does.

    python -m benchmarks.line [--seconds 60] [--json FILE]
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.ui.far_terminal import FarTerminal
from tests.ui.pty_process import is_readable

SETTLED_SECONDS = 30
MOST_AT_REST = 300
SLOW_BYTES_PER_SECOND = 2_400
SLOW_ROUND_TRIP_SECONDS = 0.3
PIECE = 120
KEYS = 40
HOSTDECK = [sys.executable, "-m", "tui", "--demo"]


@contextlib.contextmanager
def far_terminal(argv: Sequence[str], size: tuple[int, int]) -> Iterator[FarTerminal]:
    """Run a program on a terminal for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="hostdeck-bench-") as home:
        far = FarTerminal(list(argv), home=Path(home), size=size)
        try:
            yield far
        finally:
            far.close()


def take_for(far: FarTerminal, seconds: float) -> None:
    """Read as fast as it comes."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        far.take(left)


def at_rest(argv: Sequence[str], size: tuple[int, int], seconds: float) -> float:
    """Return bytes a second in both directions once it has settled."""
    with far_terminal(argv, size) as far:
        take_for(far, SETTLED_SECONDS)
        before = far.received + far.sent
        take_for(far, seconds)
        return (far.received + far.sent - before) / seconds


class SlowLine:
    """Lets bytes through at a pace, and answers half a round trip after the question left and half before it comes."""

    def __init__(self, far: FarTerminal) -> None:
        self._far = far
        far.answers = False
        self._answers: deque[tuple[float, bytes]] = deque()

    def run(self, seconds: float) -> None:
        """Carry for a time."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            while self._answers and self._answers[0][0] <= now:
                self._far.type(self._answers.popleft()[1])
            count = self._far.take(0.01, most=PIECE)
            if owed := self._far.take_answers():
                self._answers.append((now + SLOW_ROUND_TRIP_SECONDS, owed))
            if count:
                time.sleep(count / SLOW_BYTES_PER_SECOND)


def on_a_slow_line(size: tuple[int, int], seconds: float, options: Sequence[str]) -> dict[str, float]:
    """Return frames a second, and the seconds from a key to the pane it opens."""
    with far_terminal([*HOSTDECK, *options], size) as far:
        line = SlowLine(far)
        started = time.monotonic()
        while "build-7" not in far.text:
            line.run(0.1)
        first = time.monotonic() - started
        line.run(seconds / 2)
        frames, received = far.frames, far.received
        line.run(seconds)
        taken = []
        for key, heading in ((b"2", ">2 Guests"), (b"1", ">1 Overview")) * 3:
            started = time.monotonic()
            far.type(key)
            while heading not in far.text:
                line.run(0.02)
            taken.append(time.monotonic() - started)
            line.run(3)
        return {
            "first_figures_seconds": first,
            "frames_per_second": (far.frames - frames) / seconds,
            "bytes_per_second": (far.received - received) / seconds,
            "key_to_pane_seconds": statistics.median(taken),
        }


def key_seconds(*, answers: bool) -> float:
    """Return the median time from a key to what it draws, on a line without delay."""
    with far_terminal([*HOSTDECK, "--interval", "60"], (80, 24)) as far:
        far.answers = answers
        far.take_until(lambda: "build-7" in far.text)
        take_for(far, 3)
        taken = []
        for number in range(KEYS):
            started = time.monotonic()
            far.type(b"k" if number % 2 else b"j")
            while not is_readable(far.master, 1):
                pass
            taken.append(time.monotonic() - started)
            take_for(far, 0.2)
        return statistics.median(taken)


def measure(seconds: float) -> dict[str, Any]:
    """Return all figures."""
    top = ["top", "-d", "5"]
    result: dict[str, Any] = {"seconds": seconds, "at_rest_bytes_per_second": {}, "slow_line": {}}
    for size in ((80, 24), (200, 50)):
        name = f"{size[0]}x{size[1]}"
        result["at_rest_bytes_per_second"][name] = {
            "usual": at_rest(HOSTDECK, size, seconds),
            "low bandwidth": at_rest([*HOSTDECK, "--low-bandwidth"], size, seconds),
            "top -d 5": at_rest(top, size, seconds),
        }
    for mode, options in (("usual", ()), ("low bandwidth", ("--low-bandwidth",))):
        result["slow_line"][mode] = on_a_slow_line((80, 24), min(seconds, 20), options)
    result["key_seconds"] = {
        "answering terminal": key_seconds(answers=True),
        "silent terminal": key_seconds(answers=False),
    }
    return result


def table(result: dict[str, Any]) -> str:
    """Return the figures for people."""
    lines = [f"{'at rest, bytes a second':<32}{'usual':>10}{'low bandwidth':>16}{'top -d 5':>10}"]
    for size, rest in result["at_rest_bytes_per_second"].items():
        lines.append(
            f"  {size:<30}{rest['usual']:>10.0f}{rest['low bandwidth']:>16.0f}{rest['top -d 5']:>10.0f}"
            f"   low bandwidth: at most {MOST_AT_REST}"
        )
    lines.append(
        f"{SLOW_BYTES_PER_SECOND} bytes a second, {1000 * SLOW_ROUND_TRIP_SECONDS:.0f} ms there and back, 80x24"
    )
    for mode, found in result["slow_line"].items():
        lines.append(
            f"  {mode:<16} first figures {found['first_figures_seconds']:.1f} s, key to pane "
            f"{found['key_to_pane_seconds']:.2f} s, {found['frames_per_second']:.1f} frames a second"
        )
    for name, seconds in result["key_seconds"].items():
        lines.append(f"key to its first byte, {name:<20}{1000 * seconds:6.1f} ms")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    os.chdir(Path(__file__).parents[1])
    result = measure(arguments.seconds)
    print(table(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
