"""Colours and attributes of a terminal (SGR, ECMA-48 8.3.117) as a value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color
from rich.style import Style

_MOST_PARAMETERS = 64


class Sgr(NamedTuple):
    """What a program asked its text to look like. Concealed and blinking text is shown as any other."""

    color: Color | None = None
    bgcolor: Color | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


PLAIN = Sgr()

_SWITCHES: dict[int, dict[str, bool]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    9: {"strike": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"strike": False},
}


@lru_cache(maxsize=2048)
def apply(state: Sgr, parameters: str) -> Sgr:
    """Return the look after `ESC [ parameters m`; what is unknown changes nothing."""
    parts = parameters.split(";")[:_MOST_PARAMETERS]
    index = 0
    while index < len(parts):
        part = parts[index]
        index += 1
        if part in {"38", "48"}:
            color, used = _color(parts[index:])
            index += used
            state = _coloured(state, part, color)
        elif ":" in part:
            state = _with_subparameters(state, part.split(":"))
        else:
            state = _simple(state, _number(part))
    return state


@lru_cache(maxsize=2048)
def style_of(state: Sgr) -> Style:
    """Return the style that looks like it; what is off leaves the style below alone."""
    return Style(
        color=state.color,
        bgcolor=state.bgcolor,
        bold=state.bold or None,
        dim=state.dim or None,
        italic=state.italic or None,
        underline=state.underline or None,
        reverse=state.reverse or None,
        strike=state.strike or None,
    )


def _number(part: str) -> int:
    """Return a parameter; an empty one is 0, and -1 stands for nonsense."""
    if not part:
        return 0
    return int(part) if len(part) <= 3 and part.isascii() and part.isdigit() else -1


def _simple(state: Sgr, code: int) -> Sgr:
    if code == 0:
        return PLAIN
    if code in _SWITCHES:
        return state._replace(**_SWITCHES[code])  # type: ignore[arg-type]
    if code == 39:
        return state._replace(color=None)
    if code == 49:
        return state._replace(bgcolor=None)
    for base, kind, first in ((30, "38", 0), (40, "48", 0), (90, "38", 8), (100, "48", 8)):
        if base <= code < base + 8:
            return _coloured(state, kind, Color.from_ansi(first + code - base))
    return state


def _coloured(state: Sgr, kind: str, color: Color | None) -> Sgr:
    if color is None:
        return state
    return state._replace(color=color) if kind == "38" else state._replace(bgcolor=color)


def _color(parts: Sequence[str]) -> tuple[Color | None, int]:
    """Read `5;n` or `2;r;g;b`; also return how many parameters were used."""
    kind = parts[0] if parts else ""
    length = {"5": 2, "2": 4}.get(kind, 1)
    values = [_number(part) for part in parts[1:length]]
    if len(values) != length - 1 or not all(0 <= value <= 255 for value in values):
        return None, length
    if kind == "5":
        return Color.from_ansi(values[0]), length
    return (Color.from_rgb(*values), length) if kind == "2" else (None, length)


def _with_subparameters(state: Sgr, parts: list[str]) -> Sgr:
    if parts[0] == "4":
        return state._replace(underline=parts[1] != "0")
    if parts[0] not in {"38", "48"}:
        return state
    if parts[1] == "2" and len(parts) >= 6:
        del parts[2]  # the colour space
    return _coloured(state, parts[0], _color(parts[1:])[0])
