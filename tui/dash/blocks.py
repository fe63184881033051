"""Lines put beside and below one another, each in its own room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from rich.cells import cell_len

from tui.present.roles import Spans
from tui.screens.span_lines import fit_spans
from widgets.live_table.model import Role

EMPTY: Spans = ()

T = TypeVar("T")


def width_of(spans: Spans) -> int:
    """Return the cells of a line."""
    return sum(cell_len(text) for text, _ in spans)


def line(text: str, role: Role = "normal") -> Spans:
    """Return a line of one meaning."""
    return ((text, role),)


def ends(left: Spans, right: Spans, width: int, *, ascii_only: bool = False) -> Spans:
    """Return a line with something at either end; what stands left is cut where there is no room for both."""
    room = max(0, width - width_of(right) - 1)
    if width_of(right) > width:
        return fit_spans(right, width, ascii_only=ascii_only)
    return (*fit_spans(left, room, ascii_only=ascii_only), (" ", "normal"), *right)


def beside(
    blocks: Sequence[Sequence[Spans]], widths: Sequence[int], *, gap: str = " ", ascii_only: bool = False
) -> list[Spans]:
    """Return blocks side by side, with a text between them; each line is brought to the width of its block."""
    height = max((len(block) for block in blocks), default=0)
    lines: list[Spans] = []
    for number in range(height):
        spans: list[tuple[str, Role]] = []
        for place, (block, width) in enumerate(zip(blocks, widths, strict=True)):
            if place:
                spans.append((gap, "dim"))
            spans += fit_spans(block[number] if number < len(block) else EMPTY, width, ascii_only=ascii_only)
        lines.append(tuple(spans))
    return lines


def shares(width: int, count: int, gap: int = 1) -> list[int]:
    """Return the widths of columns that share a width; what is left over goes to the first ones."""
    room = width - gap * (count - 1)
    return [room // count + (place < room % count) for place in range(count)]


def indented(lines: Sequence[Spans]) -> list[Spans]:
    """Return lines one cell away from the edge."""
    return [((" ", "normal"), *spans) for spans in lines]


def faded(lines: Sequence[Spans]) -> list[Spans]:
    """Return lines without their meanings: nothing on them is to be acted on."""
    return [tuple((text, "dim") for text, _ in spans) for spans in lines]


def up_to(items: Sequence[T], room: int) -> tuple[Sequence[T], int]:
    """Return the items for a room of so many lines and how many are left out; these take the last line."""
    if len(items) <= room:
        return items, 0
    kept = max(0, room - 1)
    return items[:kept], len(items) - kept


def more(count: int, *, ascii_only: bool = False) -> Spans:
    """Return the line that tells how many are not shown."""
    return line(f" {'...' if ascii_only else '…'} {count} more", "warn")
