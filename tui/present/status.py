"""The line above the keys: what was said last, else the density; marks and filter at its right end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tui.domain.host import HostView
from tui.present.ledger import ledger_line
from tui.present.problems import connecting_line
from tui.present.roles import Span, Spans
from widgets.escape import escape_controls
from widgets.fit import fit


def status_line(
    view: HostView | None,
    width: int,
    *,
    said: Span | None = None,
    note: str = "",
    marked: int = 0,
    hidden_marks: int = 0,
    shown: int | None = None,
    of: int = 0,
    query: str = "",
    problems_only: bool = False,
    is_overview: bool = False,
    ascii_only: bool = False,
) -> Spans:
    """Return the line for a width.

    Args:
        said: the last message, None when it has been there long enough.
        note: a sentence about the rows that stands as long as it is true.
        hidden_marks: marked rows that are out of view and that no action goes to.
        shown: rows that pass the filter, None without one.
    """
    right = _right(marked, hidden_marks, shown, of, query, problems_only=problems_only)
    left = _left(view, said, note, is_overview=is_overview)
    taken = sum(cell_len(text) for text, _ in right)
    room = max(width - taken - 3, 0)
    used = sum(cell_len(text) for text, _ in left)
    if used > room:
        left, used = _cut(left, room, ascii_only=ascii_only), room
    return ((" ", "normal"), *left, (" " * (width - used - taken - 2), "normal"), *right, (" ", "normal"))


def _left(view: HostView | None, said: Span | None, note: str, *, is_overview: bool) -> Spans:
    if said is not None:
        return ((escape_controls(said[0]), said[1]),)
    if note:
        return ((escape_controls(note), "warn"),)
    if view is None:
        return (("connecting", "dim"),)
    waiting = connecting_line(view)
    if waiting:
        return ((escape_controls(waiting), "dim"),)
    return ledger_line(view.ledger) if is_overview else ()


def _right(marked: int, hidden_marks: int, shown: int | None, of: int, query: str, *, problems_only: bool) -> Spans:
    parts: list[Span] = []
    if problems_only:
        parts.append(("  problems only", "warn"))
    if shown is not None:
        parts.append((f"  {shown} of {of}  /{escape_controls(query)}", "accent"))
    if marked:
        hidden = f" ({hidden_marks} out of view)" if hidden_marks else ""
        parts.append((f"  {marked} marked{hidden}", "accent"))
    return tuple(parts)


def _cut(spans: Sequence[Span], room: int, *, ascii_only: bool) -> Spans:
    """Cut spans to `room` cells, the sign for it at the end."""
    kept: list[Span] = []
    left = room
    for text, role in spans:
        cells = cell_len(text)
        if cells >= left:
            kept.append((fit(text + "  ", left, ascii_only=ascii_only), role))
            break
        kept.append((text, role))
        left -= cells
    return tuple(kept)
