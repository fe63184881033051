"""How soon something is to be seen, beside the smallest Textual application.

The two start in turns. First frame: from the program's start to the first drawn word. First figures: to the first
figure of a container, beside the time in which the engines themselves answer a list of what they have.

    python -m benchmarks.start [--rounds 7] [--json FILE]
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.terminal_program import running
from benchmarks.whole import host
from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.podman import PodmanHost

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("FIRST-FRAME")
Minimal().run()
"""
FIRST_FRAME_LIMIT = 1.4
FIGURES_LIMIT_SECONDS = 1.0
FIGURE = b"0.0"
CONTAINERS = 10


def first_seen(argv: list[str], text: bytes) -> float:
    """Return the seconds from a program's start to the first time a text was drawn."""
    with running(argv, watch=text) as program:
        return program.seconds_until(text)


def engines_answer(podman: PodmanHost, libvirt: LibvirtHost) -> float:
    """Return the seconds that the slower engine takes to list what it has, by its own command."""
    started = time.monotonic()
    podman.cli("--url", podman.url, "ps", "--all")
    by_podman = time.monotonic() - started
    started = time.monotonic()
    subprocess.run(["virsh", "--connect", libvirt.uri, "list", "--all"], check=True, capture_output=True)
    return max(by_podman, time.monotonic() - started)


def measure(podman: PodmanHost, libvirt: LibvirtHost, rounds: int) -> dict[str, Any]:
    """Return the medians."""
    argv = [sys.executable, "-m", "tui", "--connect", libvirt.uri, "--podman", podman.url]
    minimal, first, figures, engines = [], [], [], []
    for _ in range(rounds + 1):
        minimal.append(first_seen([sys.executable, "-c", MINIMAL], b"FIRST-FRAME"))
        first.append(first_seen(argv, b"hostdeck"))
        engines.append(engines_answer(podman, libvirt))
        with running(argv, watch=b"ctr-00") as program:
            program.seconds_until(b"ctr-00")
            figures.append(program.seconds_until(FIGURE))
    # the first round warms the page cache and the byte code
    medians = [statistics.median(values[1:]) for values in (minimal, first, figures, engines)]
    return {
        "rounds": rounds,
        "minimal_first_frame_seconds": medians[0],
        "first_frame_seconds": medians[1],
        "first_frame_ratio": medians[1] / medians[0],
        "first_figures_seconds": medians[2],
        "engines_answer_seconds": medians[3],
        "first_figures_after_engines_seconds": medians[2] - medians[3],
    }


def table(result: dict[str, Any]) -> str:
    """Return the figures for people, each beside its target."""
    return "\n".join(
        [
            f"first frame, minimal app      {result['minimal_first_frame_seconds']:6.3f} s",
            f"first frame, hostdeck         {result['first_frame_seconds']:6.3f} s"
            f"   ratio {result['first_frame_ratio']:.2f}, at most {FIRST_FRAME_LIMIT}",
            f"engines answer by themselves  {result['engines_answer_seconds']:6.3f} s",
            f"first figures, hostdeck       {result['first_figures_seconds']:6.3f} s"
            f"   {result['first_figures_after_engines_seconds']:.2f} s more, at most {FIGURES_LIMIT_SECONDS}",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with host(CONTAINERS) as (podman, libvirt):
        result = measure(podman, libvirt, arguments.rounds)
    print(table(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
