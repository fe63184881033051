"""Numbers as they stand in a column: short, of a bounded width, a dash for what is not known."""

from __future__ import annotations

from math import isnan

UNKNOWN = "-"
"""Stands for a figure that cannot be known; never for zero."""

_SIZE_UNITS = ("B", "K", "M", "G", "T", "P", "E")


def cores(value: float | None) -> str:
    """Return processor cores in at most five characters: `0.50`, `12.25`, `128.0`."""
    if value is None or isnan(value):
        return UNKNOWN
    return f"{value:.2f}" if value < 99.995 else f"{value:.1f}"


def size(value: float | None) -> str:
    """Return bytes in at most four characters, units of 1024: `0`, `812B`, `7.8G`, `39G`."""
    if value is None or isnan(value):
        return UNKNOWN
    if value < 0.5:
        return "0"
    unit = 0
    while value >= 999.5 and unit < len(_SIZE_UNITS) - 1:
        value /= 1024
        unit += 1
    if unit == 0 or value >= 9.95:
        return f"{value:.0f}{_SIZE_UNITS[unit]}"
    return f"{value:.1f}{_SIZE_UNITS[unit]}"


def percent(value: float | None) -> str:
    """Return whole percent without the sign; what is above zero and rounds to it is `<1`."""
    if value is None or isnan(value):
        return UNKNOWN
    if 0.05 <= value < 0.5:
        return "<1"
    return f"{value:.0f}"


def count(value: float | None) -> str:
    """Return a count in at most five characters: `812`, `32768`, `1.2M`."""
    if value is None or isnan(value):
        return UNKNOWN
    if value < 99_999.5:
        return f"{value:.0f}"
    return f"{value / 1000:.0f}k" if value < 999_500 else f"{value / 1_000_000:.1f}M"


def duration(seconds: float | None) -> str:
    """Return a time span in at most five characters: `45s`, `12m`, `5h20`, `41d`, `1200d`."""
    if seconds is None or isnan(seconds):
        return UNKNOWN
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86_400:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}"
    return f"{whole // 86_400}d"


def age(seconds: float | None) -> str:
    """Return a time span that is steady enough to stand in a line: whole minutes from one minute on."""
    if seconds is None:
        return "never"
    whole = max(0, int(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min" if whole < 7200 else duration(whole)
