"""Columns of whole numbers as few bytes: what differs from row to row, in as many bytes as the largest needs.

A column is one byte that says how it is written, then:

    0   nothing: no value is known
    1   one number of 8 bytes, true in every row
    2   the number before the first, 8 bytes; then what each row adds to the row before
    3   the least number, 8 bytes; then what each row has above it
    +16 before all that, a byte for each row: 1 where the value is known; what is not repeats the row before

Differences are signed, of 1, 2, 4 or 8 bytes (an extra byte says how many), all first bytes together, then all second
ones: the bytes that hardly change are then side by side, and compress well. All is little-endian.
"""

import struct
import sys
from array import array
from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise

from tui.domain.plain import FormatError
from tui.record.resolution import Code

_UNKNOWN, _SAME, _STEPS, _ABOVE, _MASKED = 0, 1, 2, 3, 16
_NUMBER = struct.Struct("<q")
_TYPES = {1: "b", 2: "h", 4: "i", 8: "q"}
_MOST = (1 << 63) - 1


def pack(columns: Sequence[Sequence[Code]]) -> bytes:
    """Return columns of the same length as bytes."""
    return b"".join(map(_pack, columns))


def unpack(data: bytes, rows: int, wanted: Collection[int] | None = None) -> list[list[Code]]:
    """Return columns of `rows` values.

    Args:
        wanted: numbers of the columns that are needed, the others come empty; None for all.

    Raises:
        FormatError: these are no columns of that length.
    """
    columns: list[list[Code]] = []
    place = 0
    try:
        while place < len(data):
            needed = wanted is None or len(columns) in wanted
            column, place = _unpack(data, place, rows, needed=needed)
            columns.append(column)
    except (IndexError, KeyError, struct.error, ValueError, OverflowError) as error:
        raise FormatError("no columns", f"figures cannot be read: {error!r}.") from error
    if place != len(data):
        raise FormatError("no columns", "figures end too early.")
    return columns


def _pack(column: Sequence[Code]) -> bytes:
    first = column[0]
    if column.count(first) == len(column):
        return bytes([_UNKNOWN]) if first is None else bytes([_SAME]) + _NUMBER.pack(_bounded(first))
    mask = b""
    if None in column:
        mask = bytes([value is not None for value in column])
    values = _filled(column)
    least = min(values)
    steps = [after - before for before, after in pairwise([values[0], *values])]
    above = [value - least for value in values]
    if sum(map(abs, steps)) <= sum(above):
        how, base, differences = _STEPS, values[0], steps
    else:
        how, base, differences = _ABOVE, least, above
    return bytes([how + (_MASKED if mask else 0)]) + mask + _NUMBER.pack(base) + _planes(differences)


def _filled(column: Sequence[Code]) -> list[int]:
    """Return a column with what is unknown filled in from the row before, or the first that is known."""
    held = next(value for value in column if value is not None)
    values = []
    for value in column:
        if value is not None:
            held = value
        values.append(_bounded(held))
    return values


def _bounded(value: int) -> int:
    """Return a number that fits 8 bytes even as a difference; a counter that large is nonsense of its source."""
    return max(-(_MOST >> 1), min(value, _MOST >> 1))


def _planes(differences: list[int]) -> bytes:
    largest, least = max(differences), min(differences)
    width = next(width for width in _TYPES if -(1 << 8 * width - 1) <= least and largest < 1 << 8 * width - 1)
    numbers = array(_TYPES[width], differences)
    if sys.byteorder == "big":
        numbers.byteswap()
    raw = numbers.tobytes()
    return bytes([width]) + b"".join([raw[plane::width] for plane in range(width)])


def _unpack(data: bytes, place: int, rows: int, *, needed: bool) -> tuple[list[Code], int]:
    how = data[place]
    place += 1
    mask = b""
    if how & _MASKED:
        mask, place, how = data[place : place + rows], place + rows, how - _MASKED
    if how == _UNKNOWN:
        return [None] * rows, place
    base = _NUMBER.unpack_from(data, place)[0]
    place += _NUMBER.size
    if how == _SAME:
        return [base] * rows, place
    if how not in {_STEPS, _ABOVE}:
        raise ValueError(f"{how} is no way to write a column")
    width = data[place]
    place += 1
    end = place + width * rows
    if end > len(data):
        raise ValueError("a column is too short")
    if not needed:
        return [], end
    differences = _from_planes(data[place:end], width, rows)
    values = list(accumulate(differences, initial=base))[1:] if how == _STEPS else [base + one for one in differences]
    if mask:
        return [value if known else None for value, known in zip(values, mask, strict=True)], end
    return list(values), end


def _from_planes(data: bytes, width: int, rows: int) -> "array[int]":
    raw = bytearray(len(data))
    for plane in range(width):
        raw[plane::width] = data[plane * rows : (plane + 1) * rows]
    numbers = array(_TYPES[width])
    numbers.frombytes(raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
