"""Series turned into braille, block or ASCII cells. Pure functions; axes are drawn by `widgets.chart`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from widgets.series import Span, Values, spans

Mode = Literal["braille", "blocks", "ascii"]

BLOCKS = " ▁▂▃▄▅▆▇█"
ASCII_MARKS = "*+o#"

# Bits of the eight dots of a braille cell by column and row (Unicode block 2800).
_BRAILLE_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class Scale(NamedTuple):
    """The values at the lower and the upper edge."""

    low: float
    high: float

    def step(self, value: float, steps: int) -> int:
        """Return which of `steps` levels a value is on, 0 the lowest; values beyond the edges stay at them."""
        if self.high <= self.low:
            return 0
        part = (value - self.low) / (self.high - self.low)
        return max(0, min(steps - 1, round(part * (steps - 1))))


class Plot(NamedTuple):
    """A drawn area.

    Attributes:
        lines: One text per row, top first.
        owners: For each cell of each row the number of the series drawn there last, or -1.
    """

    lines: list[str]
    owners: list[list[int]]


def plot(
    series: Sequence[Values],
    width: int,
    height: int,
    scale: Scale,
    *,
    capacity: int | None = None,
    mode: Mode = "braille",
) -> Plot:
    """Draw series over each other into `width` x `height` cells.

    Samples that share a column are drawn from their least to their greatest, so no peak is lost. With blocks one series
    is a filled area of the greatest values; further ones overwrite it. Every second and later series in braille is
    dotted, so that it differs without colour.
    """
    if mode == "blocks":
        return _plot_blocks(series, width, height, scale, capacity)
    across, down = (2, 4) if mode == "braille" else (1, 1)
    dots: list[list[int]] = [[0] * width for _ in range(height)]
    owners = [[-1] * width for _ in range(height)]
    for number, values in enumerate(series):
        columns = _steps(spans(values, width * across, capacity), scale, height * down)
        for x, levels in enumerate(columns):
            if levels is None or (mode == "braille" and number and x % 2):
                continue
            for level in range(levels[0], levels[1] + 1):
                row, dot_row = divmod(height * down - 1 - level, down)
                cell = x // across
                bit = _BRAILLE_DOTS[x % 2][dot_row] if mode == "braille" else 0
                dots[row][cell] = dots[row][cell] | bit if mode == "braille" else number + 1
                owners[row][cell] = number
    return Plot([_text(row, mode) for row in dots], owners)


def _text(row: Sequence[int], mode: Mode) -> str:
    if mode == "braille":
        return "".join([chr(0x2800 + dots) if dots else " " for dots in row])
    return "".join([ASCII_MARKS[(mark - 1) % len(ASCII_MARKS)] if mark else " " for mark in row])


def _steps(columns: Sequence[Span | None], scale: Scale, steps: int) -> list[tuple[int, int] | None]:
    """Turn spans into levels, joined to the column before so that a line has no holes but where values are missing."""
    result: list[tuple[int, int] | None] = []
    before: tuple[int, int] | None = None
    for span in columns:
        levels = None
        if span is not None:
            low, high = scale.step(span.low, steps), scale.step(span.high, steps)
            levels = (low, high)
            if before is not None and before[1] < low:
                levels = (before[1] + 1, high)
            elif before is not None and before[0] > high:
                levels = (low, before[0] - 1)
            before = (low, high)
        else:
            before = None
        result.append(levels)
    return result


def _plot_blocks(series: Sequence[Values], width: int, height: int, scale: Scale, capacity: int | None) -> Plot:
    cells = [[" "] * width for _ in range(height)]
    owners = [[-1] * width for _ in range(height)]
    for number, values in enumerate(series):
        for x, span in enumerate(spans(values, width, capacity)):
            if span is None:
                continue
            # At least one eighth: a known 0 is not the same as nothing known.
            level = max(1, scale.step(span.high, height * 8 + 1))
            for row in range(height):
                filled = max(0, min(8, level - (height - 1 - row) * 8))
                if filled:
                    cells[row][x] = BLOCKS[filled]
                    owners[row][x] = number
    return Plot(["".join(row) for row in cells], owners)
