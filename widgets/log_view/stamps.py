"""Times in front of lines."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo
from typing import Literal

Stamps = Literal["off", "local", "utc"]

SHORT_WIDTH = 8
LONG_WIDTH = 23


def stamp(utc_seconds: float | None, zone: tzinfo | None, *, is_long: bool) -> str:
    """Return a time as `09:05:01`, or `2026-03-01 09:05:01.250`; a dash where there is none.

    Args:
        utc_seconds: Seconds since 1970.
        zone: Where it is read; None is the machine's own.
        is_long: With date and milliseconds.
    """
    if utc_seconds is None or not math.isfinite(utc_seconds):
        return "-"
    try:
        moment = datetime.fromtimestamp(utc_seconds, UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return "-"  # beyond the calendar
    if not is_long:
        return f"{moment:%H:%M:%S}"
    return moment.isoformat(sep=" ", timespec="milliseconds")[:LONG_WIDTH]
