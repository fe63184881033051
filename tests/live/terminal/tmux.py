"""tmux as the other terminal: it is shown a stream, and asked what stands in its cells."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.live.harness.waiting import wait_until
from tests.live.terminal.cells import Cell, Screen, padded, spread
from widgets.terminal.core import PLAIN, CellStyle, Colour

SHOW = Path(__file__).parent / "show.py"
CONFIGURATION = """\
set -g status off
set -g default-terminal tmux-256color
set -g history-limit 2000
set -s exit-empty off
"""
ACS = dict(
    zip(
        "`afgijklmnopqrstuvwxyz{|}~",
        "\u25c6\u2592\u00b0\u00b1\u240b\u2518\u2510\u250c\u2514\u253c\u23ba\u23bb\u2500\u23bc\u23bd\u251c\u2524\u2534\u252c\u2502\u2264\u2265\u03c0\u2260\u00a3\u00b7",
        strict=True,
    )
)
"""Line drawing signs, as capture-pane writes them between SO and SI."""


class Shown(NamedTuple):
    """What tmux shows."""

    screen: Screen
    captured: list[int]
    """How many cells of each row tmux tells of; behind them it has blanks whose background it does not tell."""
    cursor: tuple[int, int]


class Tmux:
    """A tmux server of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "tmux"
        self._number = 0
        configuration = folder / "tmux.conf"
        configuration.write_text(CONFIGURATION)
        self._command = ["tmux", "-f", str(configuration), "-S", str(self._socket)]
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        self._env = {**kept, "HOME": str(folder), "TERM": "xterm-256color", "LANG": "C.UTF-8"}

    def show(self, stream: bytes, size: tuple[int, int]) -> Shown:
        """Show a stream on a screen of this size."""
        self._number += 1
        name = f"show-{self._number}"
        data, done = self._folder / f"{name}.stream", self._folder / f"{name}.done"
        data.write_bytes(stream)
        columns, rows = size
        program = [sys.executable, str(SHOW), str(data), str(done)]
        self.call("new-session", "-d", "-s", name, "-x", str(columns), "-y", str(rows), *program)
        wait_until(done.exists, "tmux to draw a stream")
        captured = self.call("capture-pane", "-e", "-p", "-N", "-t", name).split("\n")[:rows]
        x, y = self.call("display-message", "-p", "-t", name, "#{cursor_x} #{cursor_y}").split()
        self.call("kill-session", "-t", name)
        lines = list(parse(captured))
        return Shown([padded(line, columns) for line in lines], [len(line) for line in lines], (int(x), int(y)))

    def call(self, *arguments: str) -> str:
        """Run a command of tmux."""
        command = [*self._command, *arguments]
        done = subprocess.run(command, env=self._env, check=True, capture_output=True, timeout=20)
        return done.stdout.decode()

    def close(self) -> None:
        """End the server."""
        subprocess.run([*self._command, "kill-server"], env=self._env, check=False, capture_output=True, timeout=20)


@contextmanager
def tmux_server(folder: Path) -> Iterator[Tmux]:
    """Start a server for the length of a block."""
    tmux = Tmux(folder)
    try:
        yield tmux
    finally:
        tmux.close()


def parse(lines: list[str]) -> Iterator[list[Cell]]:
    """Return the cells of captured lines; styles go on from line to line."""
    style, drawing = PLAIN, False
    for line in lines:
        cells: list[Cell] = []
        for sgr, shift, text in re.findall(r"\x1b\[([\d;:]*)m|([\x0e\x0f])|([^\x1b\x0e\x0f]+)", line):
            if shift:
                drawing = shift == "\x0e"
            elif text:
                signs = "".join(ACS.get(sign, sign) for sign in text) if drawing else text
                cells += spread(signs, style)
            else:
                style = restyled(style, sgr)
        yield cells


SWITCHES: dict[str, dict[str, Any]] = {
    "1": {"bold": True},
    "2": {"faint": True},
    "3": {"italic": True},
    "4": {"underline": "single"},
    "4:2": {"underline": "double"},
    "4:3": {"underline": "curly"},
    "4:4": {"underline": "dotted"},
    "4:5": {"underline": "dashed"},
    "5": {"blink": True},
    "7": {"inverse": True},
    "8": {"invisible": True},
    "9": {"strikethrough": True},
    "5:3": {"overline": True},  # 53, which tmux 3.3 takes for an underline style and writes with a colon
    "53": {"overline": True},
    "39": {"foreground": None},
    "49": {"background": None},
}


def restyled(style: CellStyle, sgr: str) -> CellStyle:
    """Return a style after a change."""
    codes = iter((sgr or "0").split(";"))
    for code in codes:
        if code in ("", "0"):
            style = PLAIN
        elif code in SWITCHES:
            style = style._replace(**SWITCHES[code])
        else:
            style = _coloured(style, code, codes)
    return style


def _coloured(style: CellStyle, code: str, rest: Iterator[str]) -> CellStyle:
    match code:
        case "38":
            return style._replace(foreground=_long_colour(rest))
        case "48":
            return style._replace(background=_long_colour(rest))
        case "58":
            return style._replace(underline_colour=_long_colour(rest))
    number = int(code)
    colour = number % 10 + (8 if number >= 90 else 0)
    if 30 <= number <= 37 or 90 <= number <= 97:
        return style._replace(foreground=colour)
    assert 40 <= number <= 47 or 100 <= number <= 107, f"a style of tmux that is not known: {code}"
    return style._replace(background=colour)


def _long_colour(codes: Iterator[str]) -> Colour:
    if next(codes) == "5":
        return int(next(codes))
    return int(next(codes)), int(next(codes)), int(next(codes))
