"""What a browser may start: two argument lists, made once, to which nothing from the network is added."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from tui.dash.rotation import ALL_PAGES

FRAMES_A_SECOND = "15"
ROOT = Path(__file__).parents[2]


class Served(StrEnum):
    """The applications that are served; the value is the page's path."""

    DASH = "dash"
    FULL = "full"


def commands(arguments: Namespace) -> Mapping[Served, Sequence[str]]:
    """Return the argument list of each application, from those that this process was started with."""
    start = [sys.executable, "-P", "-m", "tui", *_shared(arguments)]
    dash = ["dash", "--rotate", f"{arguments.rotate:g}"]
    if tuple(arguments.pages) != ALL_PAGES:
        dash += ["--pages", ",".join(arguments.pages)]
    return {
        Served.DASH: [*start, *dash],
        Served.FULL: start if may_change(arguments) else [*start, "--read-only"],
    }


def may_change(arguments: Namespace) -> bool:
    """Tell whether a browser may do what the terminal could."""
    return bool(arguments.allow_changes and not arguments.read_only)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of what is started: ours, with the driver that draws for a browser."""
    path = environ.get("PYTHONPATH", "")
    return {
        **environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), path] if path else [str(ROOT)]),
        "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
        "TEXTUAL_FPS": FRAMES_A_SECOND,
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
        "TERM": "xterm-256color",
        "TERM_PROGRAM": "textual",
    }


def _shared(arguments: Namespace) -> list[str]:
    found = ["--demo"] if arguments.demo else []
    found += ["--low-bandwidth"] if arguments.low_bandwidth else []
    found += [f"--connect={uri}" for uri in arguments.connect]
    found += [f"--podman={url}" for url in arguments.podman]
    if arguments.config is not None:
        found.append(f"--config={arguments.config.absolute()}")
    if arguments.replay is not None:
        found.append(f"--replay={arguments.replay}")
    if arguments.at is not None:
        found.append(f"--at={arguments.at}")
    if arguments.interval is not None:
        found.append(f"--interval={arguments.interval:g}")
    return found
