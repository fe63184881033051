"""Lines as text for a clipboard."""

from __future__ import annotations

from typing import NamedTuple

from widgets.escape import escape_controls
from widgets.log_view.listing import Listing
from widgets.log_view.scan import plain_text

MOST_BYTES = 64 << 10
"""Terminals and multiplexers drop what is much longer."""


class Copied(NamedTuple):
    """What goes into a clipboard."""

    text: str
    lines: int


def copy_of(listing: Listing, first: int, last: int) -> Copied | None:
    """Return the lines shown from one to another, None when they are too much.

    Without escape sequences, and with other control characters spelled out: pasted into a shell they would do things.
    """
    text, lines, size = "", 0, 0
    parts: list[str] = []
    for number in listing.numbers(first, last + 1):
        line = listing.store[number]
        size += len(line.text) + 1
        if size > MOST_BYTES:
            return None
        text += "\t".join(map(escape_controls, plain_text(line.text).split("\t")))
        if line.end:
            parts.append(text)
            text = ""
        lines += 1
    return Copied("\n".join([*parts, text] if text else parts), lines)
