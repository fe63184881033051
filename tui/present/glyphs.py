"""Bars and sparklines as text of an exact width, for table cells; with signs that every terminal has, where asked."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII_LEVELS = "_.-=+*#@"
GAP = " "


def bar(fraction: float, width: int, *, ascii_only: bool = False) -> str:
    """Return a horizontal bar of exactly `width` cells; `fraction` is cut to 0..1."""
    filled = min(max(fraction, 0.0), 1.0) * width
    if ascii_only:
        return ("=" * round(filled)).ljust(width)
    whole = int(filled)
    part = int((filled - whole) * 8)
    return ("█" * whole + (_EIGHTHS[part] if part else "")).ljust(width)


def spark(values: Sequence[float | None], top: float, *, ascii_only: bool = False) -> str:
    """Return one sign a value, full height at `top`; a gap (None, NaN) is a blank, never the lowest sign."""
    levels = _ASCII_LEVELS if ascii_only else _LEVELS
    last = len(levels) - 1
    scale = last / top if top > 0 else 0.0
    return "".join(
        [GAP if value is None or isnan(value) else levels[min(last, max(0, round(value * scale)))] for value in values]
    )


def buckets(values: Sequence[float], size: int, wanted: int) -> list[float | None]:
    """Return the means of the newest `wanted` runs of `size` values, oldest first; None for a run without a value.

    The newest run ends with the last value; a run at the old end that is not full counts as it is.
    """
    found: list[float | None] = []
    end = len(values)
    while end > 0 and len(found) < wanted:
        part = [value for value in values[max(0, end - size) : end] if not isnan(value)]
        found.append(sum(part) / len(part) if part else None)
        end -= size
    found.reverse()
    return [None] * (wanted - len(found)) + found
