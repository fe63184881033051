"""Figures for a slow line: two digits, and another one only where it differs by more than noise does.

On every sample nearly every figure is another one in its last digit; that is most of what is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from widgets.live_table.model import Cell, CellValue, Column, R

NOISE = 0.1
"""A figure stays as it is drawn while the present one differs by less than this share of it."""

_FIGURE = re.compile(r"( *)(\d+(?:\.\d+)?)([BKMGTP]?)( *)")
_UNITS = "BKMGTP"
_MOST_SHOWN = 8192


def coarsely(column: Column[R]) -> Column[R]:
    """Return a column of figures that shows two digits of each; words and counts stay as they are."""
    if column.align != "right" and column.key not in {"cores", "memory"}:
        return column
    return replace(column, cell=_steadied(column.cell))


def _steadied(cell: Callable[[R], CellValue]) -> Callable[[R], CellValue]:
    shown: dict[str, tuple[float, Cell]] = {}

    def steadied(data: R) -> CellValue:
        new = _rounded(cell(data))
        key = getattr(data, "key", None)
        amount = _amount(new.spans[0][0] if new.spans else new.text)
        if key is None or amount is None:
            return new
        before = shown.get(key)
        if before is not None and abs(amount - before[0]) < NOISE * before[0] and _roles(before[1]) == _roles(new):
            return before[1]
        if len(shown) >= _MOST_SHOWN:
            shown.clear()
        shown[key] = (amount, new)
        return new

    return steadied


def _rounded(value: CellValue) -> Cell:
    if isinstance(value, str):
        return Cell(two_digits(value))
    if not value.spans:
        return value._replace(text=two_digits(value.text))
    return Cell.of(*((two_digits(text), role) for text, role in value.spans))


def _roles(cell: Cell) -> tuple[str, ...]:
    return (cell.role, *(role for _, role in cell.spans))


@lru_cache(maxsize=4096)
def _amount(text: str) -> float | None:
    """Return what a figure with a unit or a fraction says, None for counts, words, and what is not known."""
    found = _FIGURE.fullmatch(text)
    if found is None or not (found[3] or "." in found[2]):
        return None
    return float(found[2]) * float(1024 ** max(0, _UNITS.find(found[3] or "B")))


@lru_cache(maxsize=4096)
def two_digits(text: str) -> str:
    """Return a figure with its third digit rounded away, as wide as before; a count or a word as it is."""
    found = _FIGURE.fullmatch(text)
    if found is None:
        return text
    before, number, unit, after = found.groups()
    whole, _, fraction = number.partition(".")
    if fraction and len(whole) + len(fraction) == 3 and whole != "0":
        rounded = f"{float(number):.{len(fraction) - 1}f}"
    elif unit and len(whole) == 3:
        rounded = str(min(round(int(whole), -1), 990))
    else:
        return text
    return (before + rounded + unit).rjust(len(before + number + unit)) + after
