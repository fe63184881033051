"""Columns of one kind: a figure, a cell of its own, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tui.present import cells, figures
from tui.present.columns.moment import Moment
from tui.present.entry import Entry
from widgets.live_table.model import Cell, Column, R

MEBIBYTE = 1 << 20
RATE_NOISE = 16 << 10
MOST_KNOWN_CELLS = 1024


def steadily(
    moment: Moment, column: str, value: Callable[[Entry], float | None], least: float
) -> Callable[[Entry], float | None]:
    """Return a figure to order by that does not follow every twitch."""
    placed = moment.steady
    return lambda entry: placed.value(column, entry.key, value(entry), least=least)


def steady(moment: Moment, column: Column[Entry], least: float) -> Column[Entry]:
    """Return a column whose order does not follow every twitch."""
    assert column.sort_key is not None  # noqa: S101 - every figure has one
    return replace(column, sort_key=steadily(moment, column.key, column.sort_key, least))


def figure(  # noqa: PLR0917 - a row of the table of columns of a pane
    key: str,
    title: str,
    value: Callable[[R], float | None],
    shown: Callable[[float | None], str],
    width: int,
    priority: int,
) -> Column[R]:
    """Make a column of one figure; what is zero or not known is dim, so that the eye goes to what moves."""
    known: dict[float | None, Cell] = {}  # most lines show the same few values: zero and unknown

    def cell(data: R) -> Cell:
        amount = value(data)
        found = known.get(amount)
        if found is None:
            if len(known) >= MOST_KNOWN_CELLS:
                known.clear()
            words = shown(amount)
            found = known[amount] = Cell(words, "dim" if words in {"0", figures.UNKNOWN} else "normal")
        return found

    return Column(key=key, title=title, cell=cell, width=width, priority=priority, align="right", sort_key=value)


def number(  # noqa: PLR0917 - the same
    key: str,
    title: str,
    cell: Callable[[R], Cell],
    width: int,
    priority: int,
    value: Callable[[R], float | None] | None = None,
) -> Column[R]:
    """Make a right-aligned column with a cell of its own."""
    return Column(
        key=key,
        title=title,
        cell=cell,
        width=width,
        priority=priority,
        align="right",
        sort_key=value or (lambda data: cells.as_number(cell(data))),
    )


def text(key: str, title: str, value: Callable[[R], str], width: int, priority: int, *, most: int) -> Column[R]:
    """Make a column of words."""

    def cell(data: R) -> Cell:
        return Cell(value(data) or "", "dim")

    return Column(
        key=key,
        title=title,
        cell=cell,
        width=width,
        priority=priority,
        flexible=True,
        max_width=most,
        sort_key=lambda data: (value(data) or "").lower() or None,
    )
