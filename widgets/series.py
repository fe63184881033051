"""Time series brought to the columns of a drawing, and scales that read well. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Values = Sequence[float | None]
"""Samples at equal distances, oldest first; None (or NaN) where nothing is known."""


class Span(NamedTuple):
    """The least and the greatest of the samples that share one column."""

    low: float
    high: float


def known(values: Iterable[float | None]) -> list[float]:
    """Return the finite samples."""
    return [value for value in values if value is not None and math.isfinite(value)]


def spans(values: Values, columns: int, capacity: int | None = None) -> list[Span | None]:
    """Share samples out to columns, keeping the extremes of each; None where a column has no known sample.

    `capacity` is how many samples the whole width stands for (default: as many as there are). Fewer samples stand at
    the right end, of more only the newest are taken. A sample may fill several columns.
    """
    if columns <= 0:
        return []
    capacity = max(1, len(values) if capacity is None else capacity)
    padding = capacity - len(values)
    kept = values if padding >= 0 else values[-capacity:]
    padding = max(0, padding)
    result: list[Span | None] = []
    for column in range(columns):
        first = column * capacity // columns
        last = max(first + 1, (column + 1) * capacity // columns)
        bucket = known(kept[max(0, first - padding) : max(0, last - padding)])
        result.append(Span(min(bucket), max(bucket)) if bucket else None)
    return result


def nice_ceiling(value: float, base: int = 1000) -> float:
    """Return the next round number at or above a positive value: 1, 2, 2.5, 5 times a power of ten.

    With `base` 1024 powers of two, which bytes are counted in. Anything else than a positive number gives 1.
    """
    if not math.isfinite(value) or value <= 0:
        return 1.0
    if base == 1024:
        return float(2.0 ** math.ceil(math.log2(value)))
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1.0, 2.0, 2.5, 5.0, 10.0):
        if step * power >= value * (1 - 1e-12):
            return step * power
    return 10.0 * power
