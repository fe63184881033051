"""Which columns fit a width, and how wide each becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len

from widgets.live_table.model import Column

GUTTER = 3
"""Cells left of the first column: the sign of a mark, the sign of a fold, a blank."""

GAP = 1
"""Blank cells between two columns."""


class PlacedColumn(NamedTuple):
    """A column with its place.

    Attributes:
        column: The column itself.
        x: First cell, counted from the left edge of the line.
        width: Cells of its content, without the gap.
    """

    column: Column[Any]
    x: int
    width: int

    @property
    def end(self) -> int:
        """First cell behind the column."""
        return self.x + self.width


class TableLayout(NamedTuple):
    """The columns shown, in order.

    Attributes:
        placed: Columns with their places.
        hidden: How many columns found no room.
        width: Cells of a line.
        before: How many of those are reached by scrolling left; 0 where nothing scrolls.
        behind: How many by scrolling right.
    """

    placed: tuple[PlacedColumn, ...] = ()
    hidden: int = 0
    width: int = 0
    before: int = 0
    behind: int = 0

    @property
    def sign(self) -> str:
        """Tell of the columns that are not shown: `+14` found no room, `<` and `>` are reached by scrolling."""
        if self.before or self.behind:
            return "<" * bool(self.before) + ">" * bool(self.behind)
        return f"+{self.hidden}" if self.hidden else ""

    def column_at(self, x: int) -> Column[Any] | None:
        """Return the column at a cell of the line; the gap belongs to the column before it."""
        for placed in self.placed:
            if placed.x <= x < placed.end + GAP:
                return placed.column
        return None


def least_width(column: Column[Any]) -> int:
    """Return the width a column needs: its own, or its heading with the arrow of the sort order."""
    return max(column.width, cell_len(column.title) + (column.sort_key is not None))


def place_columns(columns: Sequence[Column[Any]], width: int) -> TableLayout:
    """Choose and place columns for a line of `width` cells.

    Columns of the highest priority number are dropped first, among equals the rightmost; the first column stays and
    shrinks if it must.
    """
    shown = list(columns)
    while len(shown) > 1 and full_width(shown) > width:
        shown.remove(_least_important(shown))
    return _placed(shown, len(columns) - len(shown), width)


def place_window(columns: Sequence[Column[Any]], width: int, offset: int) -> TableLayout:
    """Place the first column and, of the others in their order, those that fit behind `offset` scrolled cells.

    Only whole columns are shown, so nothing is cut at the edges.
    """
    shown = list(columns)
    skipped = 0
    while len(shown) > 2 and skipped < offset:
        skipped += least_width(shown.pop(1)) + GAP
    before = len(columns) - len(shown)
    while len(shown) > 1 and full_width(shown) > width:
        shown.pop()
    hidden = len(columns) - len(shown)
    return _placed(shown, hidden, width)._replace(before=before, behind=hidden - before)


def full_width(columns: Sequence[Column[Any]]) -> int:
    """Return the cells that all these columns need at least."""
    return GUTTER + sum([least_width(column) + GAP for column in columns]) - GAP


def _least_important(shown: Sequence[Column[Any]]) -> Column[Any]:
    index = max(range(1, len(shown)), key=lambda number: (shown[number].priority, number))
    return shown[index]


def _share(shown: Sequence[Column[Any]], widths: dict[str, int], spare: int) -> None:
    """Give spare cells to flexible columns, evenly, up to their bounds."""
    growing = [column for column in shown if column.flexible]
    while growing and spare > 0:
        column = min(growing, key=lambda candidate: widths[candidate.key] - least_width(candidate))
        if column.max_width is not None and widths[column.key] >= column.max_width:
            growing.remove(column)
            continue
        widths[column.key] += 1
        spare -= 1


def _placed(shown: Sequence[Column[Any]], hidden: int, width: int) -> TableLayout:
    placed = []
    widths = {column.key: least_width(column) for column in shown}
    spare = width - full_width(shown)
    if spare > 0:
        _share(shown, widths, spare)
    elif spare < 0 and shown:
        widths[shown[0].key] = max(1, widths[shown[0].key] + spare)
    x = GUTTER
    for column in shown:
        placed.append(PlacedColumn(column, x, widths[column.key]))
        x += widths[column.key] + GAP
    return TableLayout(tuple(placed), hidden, width)
