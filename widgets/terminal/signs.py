"""Signs of foreign programs made safe to draw: printable, and as wide as their cells."""

from __future__ import annotations

import functools

from rich.cells import cell_len

REPLACEMENT = "\ufffd"


@functools.lru_cache(maxsize=4096)
def safe_sign(text: str, width: int) -> str:
    """Return the sign of one cell, or of one wide cell, as something that fills exactly its width.

    What joins, hides or reorders (zero-width joiners, bidi controls, variation selectors that change the width) is left
    out; what the drawing side measures differently becomes a replacement sign.
    """
    for candidate in (text, text[:1]):
        if candidate.isprintable() and cell_len(candidate) == width:
            return candidate
    return REPLACEMENT + " " * (width - 1)


@functools.lru_cache(maxsize=4096)
def is_narrow(text: str) -> bool:
    """Tell whether each character of a text is printable and one cell wide."""
    return text.isprintable() and all(cell_len(character) == 1 for character in text)


def safe_label(text: str, limit: int) -> str:
    """Return one line of foreign text without what is not printable, cut at a length."""
    return "".join([character for character in text[: limit * 4] if character.isprintable()])[:limit].strip()
