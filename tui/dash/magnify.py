"""A line of text drawn four lines high, for who stands far away."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len

from tui.dash.font import ROWS, dots
from tui.present.roles import Spans

WIDE = 6
"""Cells of a letter; the last is the gap to the next one."""

HIGH = 4
"""Lines of a letter: two rows of dots each."""

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_LEFT = {"▏": 1, "▎": 2, "▍": 2, "▌": 3, "▋": 4, "▊": 5, "▉": 5, "█": 6}
_LOWER = {"▁": 1, "▂": 2, "▃": 3, "▄": 4, "▅": 5, "▆": 6, "▇": 7}
_OWN = {
    "…": (".....",) * 6 + ("#.#.#", "....."),
    "●": (".....", ".###.", "#####", "#####", "#####", ".###.", ".....", "....."),
    "·": (".....", ".....", ".....", "..#..", ".....", ".....", ".....", "....."),
    "░": ("......", "..#..#", "......", "#..#..") * 2,
    "│": ("..#...",) * 8,
    "─": (".....",) * 3 + ("######",) + (".....",) * 4,
}


def magnify(spans: Spans) -> list[Spans]:
    """Return the lines that show a line large, each letter in its own place; meanings stay with their text."""
    drawn = [(_lines(text), role) for text, role in spans]
    return [tuple((lines[number], role) for lines, role in drawn) for number in range(HIGH)]


def magnified_cells(text: str) -> int:
    """Return how wide a text is when it is drawn large."""
    return cell_len(text) * WIDE


@lru_cache(maxsize=1024)  # texts of a wall for some moments: at most 4 MB
def _lines(text: str) -> tuple[str, ...]:
    pieces = [_letter(letter) for letter in text]
    return tuple("".join([piece[number] for piece in pieces]) for number in range(HIGH))


@lru_cache(maxsize=1024)
def _letter(letter: str) -> tuple[str, ...]:
    rows = _rows(letter)
    if rows is None:
        return _as_it_is(letter)
    padded = [row.ljust(WIDE, ".") for row in rows]
    return tuple(
        "".join([_HALVES[upper == "#", lower == "#"] for upper, lower in zip(*padded[top : top + 2], strict=True)])
        for top in range(0, ROWS, 2)
    )


def _rows(letter: str) -> tuple[str, ...] | None:
    if letter in _LEFT:
        return ("#" * _LEFT[letter],) * ROWS
    if letter in _LOWER:
        empty = ROWS - _LOWER[letter]
        return ("",) * empty + ("#" * WIDE,) * (ROWS - empty)
    if letter == "▀":
        return ("#" * WIDE,) * (ROWS // 2) + ("",) * (ROWS // 2)
    return _OWN.get(letter) or dots(letter)


def _as_it_is(letter: str) -> tuple[str, ...]:
    """Return a letter that cannot be drawn in dots small, amid its room: seen from near, but never left out."""
    cells = cell_len(letter)
    room = cells * WIDE
    left = (room - cells) // 2
    blank = " " * room
    return (blank, " " * left + letter + " " * (room - left - cells), blank, blank)
