"""Text brought to an exact number of terminal cells."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, set_cell_size

from widgets.escape import escape_beyond_ascii, escape_controls

Align = Literal["left", "right"]

ELLIPSIS = "…"
ASCII_ELLIPSIS = ">"


def fit(text: str, width: int, align: Align = "left", *, ascii_only: bool = False) -> str:
    """Pad or cut text to exactly `width` cells; what was cut ends with a sign ("…", or ">" in ASCII).

    Control characters are escaped first, in ASCII also everything beyond it. A width of 0 or less gives "".
    """
    if not (text.isascii() and text.isprintable()):
        return _fit_wide(text, width, align, ascii_only)
    if len(text) > width:
        return text[: width - 1] + (ASCII_ELLIPSIS if ascii_only else ELLIPSIS) if width > 0 else ""
    return text.rjust(width) if align == "right" else text.ljust(width)


@lru_cache(maxsize=4096)
def _fit_wide(text: str, width: int, align: Align, ascii_only: bool) -> str:
    if width <= 0:
        return ""
    text = escape_beyond_ascii(text) if ascii_only else escape_controls(text)
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + (ASCII_ELLIPSIS if ascii_only else ELLIPSIS)
    blanks = " " * (width - length)
    return blanks + text if align == "right" else text + blanks
