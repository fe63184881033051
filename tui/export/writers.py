"""Rows as CSV or JSON lines, one at a time.

CSV is opened by spreadsheets, which take a cell that begins with = + - or @ for a formula: where such text came from
outside, it gets a ' in front, and control characters are spelled out. JSON lines carry every text as it is.
"""

import csv
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO, Protocol

from tui.domain.plain import clean_text
from widgets.escape import escape_controls

Cell = str | float | bool | None
Row = Sequence[Cell]
_FORMULA = ("=", "+", "-", "@")
_FLUSH_AT = 1 << 16


class RowWriter(Protocol):
    """Takes rows."""

    def write(self, row: Row) -> None:
        """Write one row, a cell for each column."""

    def flush(self) -> None:
        """Hand on what is buffered."""


class CsvWriter:
    """CSV with a line of names; None is an empty cell."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self._file = file
        self._text = io.StringIO()
        self._csv = csv.writer(self._text, lineterminator="\n")
        self._csv.writerow(columns)

    def write(self, row: Row) -> None:
        """Write one row."""
        self._csv.writerow([_cell(value) for value in row])
        if self._text.tell() >= _FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Hand on what is buffered."""
        self._file.write(self._text.getvalue().encode("utf-8"))
        self._file.flush()
        self._text.seek(0)
        self._text.truncate()


class JsonlWriter:
    """One JSON object a line, in ASCII; what is not known is null."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self._file = file
        self._columns = columns

    def write(self, row: Row) -> None:
        """Write one row."""
        values = {name: _plain(value) for name, value in zip(self._columns, row, strict=True)}
        self._file.write(json.dumps(values, allow_nan=False).encode("ascii") + b"\n")

    def flush(self) -> None:
        """Hand on what is buffered."""
        self._file.flush()


WRITERS: Mapping[str, Callable[[BinaryIO, Sequence[str]], RowWriter]] = {"csv": CsvWriter, "jsonl": JsonlWriter}


def _cell(value: Cell) -> str | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = escape_controls(value)
        return f"'{text}" if text.startswith(_FORMULA) else text
    return value if math.isfinite(value) else ""


def _plain(value: Cell) -> Cell:
    if isinstance(value, str):
        return clean_text(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
