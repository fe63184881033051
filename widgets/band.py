"""The range around a line of means: shaded between the least and the most of what each mean is made of."""

from __future__ import annotations

from collections.abc import Sequence

from widgets.plot import Plot, Scale
from widgets.series import Values, spans

RANGE = -2
"""Owner of a shaded cell."""


def shade(
    area: Plot, ranges: Sequence[tuple[Values, Values]], scale: Scale, capacity: int, *, ascii_only: bool = False
) -> None:
    """Shade the cells of a drawn area that lie in a range and have nothing drawn in them.

    Args:
        ranges: for each series the least and the most values; () where there are none.
        capacity: samples the whole width stands for.
    """
    height = len(area.lines)
    width = len(area.lines[0]) if area.lines else 0
    sign = ":" if ascii_only else "░"
    rows = [list(line) for line in area.lines]
    for least, most in ranges:
        if not least or not most:
            continue
        for x, (low, high) in enumerate(zip(spans(least, width, capacity), spans(most, width, capacity), strict=True)):
            if low is None or high is None or low.low == high.high:
                continue
            for level in range(scale.step(low.low, height), scale.step(high.high, height) + 1):
                y = height - 1 - level
                if rows[y][x] == " ":
                    rows[y][x] = sign
                    area.owners[y][x] = RANGE
    area.lines[:] = ["".join(row) for row in rows]
