"""Screens as cells, however they were read: a sign and a style for each column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len

from widgets.terminal.core import PLAIN, CellStyle, Line


class Cell(NamedTuple):
    """What stands in a column; the second column of a wide sign holds ""."""

    sign: str
    style: CellStyle


Screen = list[list[Cell]]


def cells_of_line(line: Line) -> list[Cell]:
    """Return the cells of a line of the widget's."""
    cells: list[Cell] = []
    for run in line.runs:
        if len(run.text) == run.width and run.text.isascii():
            cells += [Cell(sign, run.style) for sign in run.text]
        else:
            cells += spread(run.text, run.style)
    return cells


def spread(text: str, style: CellStyle) -> list[Cell]:
    """Return the cells that signs fill; what combines joins the sign before."""
    cells: list[Cell] = []
    for sign in text:
        width = cell_len(sign)
        if width == 0 and cells:
            base = next(index for index in range(len(cells) - 1, -1, -1) if cells[index].sign)
            cells[base] = Cell(cells[base].sign + sign, style)
        else:
            cells += [Cell(sign, style)] + [Cell("", style)] * (width - 1)
    return cells


def padded(cells: list[Cell], width: int) -> list[Cell]:
    """Return a row as wide as the screen."""
    return cells + [Cell(" ", PLAIN)] * (width - len(cells))


def comparable(cell: Cell) -> Cell:
    """Return a cell without what makes no difference to the eye."""
    style = cell.style
    if cell.sign == " ":
        # Of a blank the foreground shows only where something is drawn with it.
        drawn = style.underline or style.inverse or style.strikethrough
        style = style._replace(foreground=style.foreground if drawn else None, bold=False, italic=False, faint=False)
    return Cell(cell.sign, style)


def differences(ours: Iterable[list[Cell]], theirs: Iterable[list[Cell]]) -> list[str]:
    """Return what differs, a line for each cell."""
    return [
        f"{x},{y}: widget {mine.sign!r} {_told(mine.style)} / tmux {other.sign!r} {_told(other.style)}"
        for y, (my_row, other_row) in enumerate(zip(ours, theirs, strict=True))
        for x, (mine, other) in enumerate(zip(my_row, other_row, strict=True))
        if comparable(mine) != comparable(other)
    ]


def _told(style: CellStyle) -> str:
    return ",".join(f"{name}={value}" for name, value in style._asdict().items() if value) or "plain"
