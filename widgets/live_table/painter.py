"""A row in view turned into segments. Everything here runs for each changed line of each refresh: it stays cheap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from widgets.escape import escape_beyond_ascii, escape_controls
from widgets.filter_query import FilterQuery
from widgets.fit import Align, fit
from widgets.live_table.layout import GAP, GUTTER, TableLayout
from widgets.live_table.model import Cell, CellValue

Pieces = list[tuple[str, str]]
"""Text and role, alternating as drawn."""

StyleOf = Callable[[str, str], Style]
"""Gives the style of a role on a kind of line ("", "cursor", "marked")."""


class Signs(NamedTuple):
    """The signs a table draws beside foreign text, each one cell wide."""

    mark: str
    folded: str
    unfolded: str
    ascending: str
    descending: str
    ascii_only: bool


UNICODE_SIGNS = Signs("●", "▸", "▾", "▲", "▼", ascii_only=False)
ASCII_SIGNS = Signs("*", "+", "-", "^", "v", ascii_only=True)


class Line(NamedTuple):
    """All that decides how one row in view looks; two equal lines look the same.

    Attributes:
        key: The row's identity.
        cells: Content of the shown columns.
        fold: "" for a row without children, "open" or "closed" for a group.
        depth: How deep the row stands below its group.
        cursor: Whether the cursor is here.
        marked: Whether the row is marked.
    """

    key: str
    cells: tuple[CellValue, ...]
    fold: str
    depth: int
    cursor: bool
    marked: bool


def changed_end(old: Line | None, new: Line | None, layout: TableLayout) -> int:
    """Return how much of the screen line, from its left edge, must be drawn for two lines that are not equal.

    Textual draws from the left edge in any case. The whole line is drawn when the last column changed: a part must be
    cut out first, which costs more than a few blanks. 0 when other data looks the same.
    """
    if old is None or new is None or old[2:] != new[2:]:
        return layout.width
    if _runs_across(old) or _runs_across(new):
        return layout.width
    pairs = enumerate(zip(old.cells, new.cells, strict=False))
    last = max([place for place, (before, after) in pairs if before != after], default=-1)
    if last == len(layout.placed) - 1:
        return layout.width
    return layout.placed[last].end if last >= 0 else 0


def paint_line(line: Line, layout: TableLayout, signs: Signs, query: FilterQuery, style_of: StyleOf) -> list[Segment]:
    """Return the segments of one row, exactly as wide as the layout."""
    kind = "cursor" if line.cursor else "marked" if line.marked else ""
    pieces, indent = _lead(line, signs)
    ascii_only, is_plain = signs.ascii_only, not query
    covered = _covered(line, layout) if _runs_across(line) else 0
    for number, (placed, cell) in enumerate(zip(layout.placed, line.cells, strict=False)):
        if 0 < number <= covered:
            continue
        column, width = placed.column, placed.width
        if covered and not number:
            width = layout.placed[covered].end - layout.placed[0].end + width
        if indent:
            pieces.append((indent[:width], "dim"))
            width = max(0, width - len(indent))
            indent = ""
        if is_plain and type(cell) is str:  # most cells: with the gap behind them they are one piece
            pieces.append((fit(cell, width, column.align, ascii_only=ascii_only) + " ", "normal"))
            continue
        cell_pieces = _cell_pieces(cell, width, column.align, ascii_only)
        if query:
            cell_pieces = _highlight(cell_pieces, query.needles(column.key))
        pieces += cell_pieces
        pieces.append((" ", ""))
    rest = layout.width - layout.placed[-1].end - GAP
    if rest < 0:  # the last column ends where the line does
        text, role = pieces.pop()
        pieces.append((text[:-GAP], role))
    pieces.append((" " * rest, ""))
    return _join(pieces, kind, style_of)


def _runs_across(line: Line) -> bool:
    return bool(line.cells) and isinstance(line.cells[0], Cell) and line.cells[0].across


def _covered(line: Line, layout: TableLayout) -> int:
    """Return how many cells behind the first one are empty, up to the first that is not."""
    covered = 0
    for cell in line.cells[1 : len(layout.placed)]:
        if cell.text or cell.spans if isinstance(cell, Cell) else cell:
            break
        covered += 1
    return covered


def paint_header(
    layout: TableLayout, signs: Signs, sorted_by: str | None, style_of: StyleOf, *, descending: bool
) -> list[Segment]:
    """Return the segments of the heading: titles, the arrow of the order, behind the first title what is not shown."""
    sign = f" {layout.sign}" if layout.sign else ""
    pieces: Pieces = [(" " * GUTTER, "header")]
    for number, placed in enumerate(layout.placed):
        column = placed.column
        is_sorted = column.key == sorted_by
        arrow = (signs.descending if descending else signs.ascending) if is_sorted else ""
        title = fit(column.title, min(cell_len(column.title), placed.width - len(arrow)), ascii_only=signs.ascii_only)
        text, role = title + arrow, "sorted" if is_sorted else "header"
        if sign and not number and cell_len(text) + len(sign) <= placed.width:
            pieces += [(text, role), (fit(sign, placed.width - cell_len(text)), "header")]
        else:
            if sign and not number:
                pieces[0] = (sign[1].ljust(GUTTER), "header")  # no room for more
            pieces.append((fit(text, placed.width, column.align), role))
        pieces.append((" ", ""))
    if layout.placed:
        pieces[-1] = (" " * (layout.width - layout.placed[-1].end), "")
    return _join(pieces, "header", style_of)


def _lead(line: Line, signs: Signs) -> tuple[Pieces, str]:
    """Return the gutter, and the indent inside the first column; a group below a group has its sign in the indent."""
    sign = {"": " ", "open": signs.unfolded, "closed": signs.folded}[line.fold]
    pieces: Pieces = [(signs.mark, "mark")] if line.marked else [(" ", "")]
    if not line.depth:
        return [*pieces, (sign + " ", "dim")], ""
    return [*pieces, (" " * (GUTTER - 1), "")], "  " * (line.depth - 1) + sign + " "


def _cell_pieces(cell: CellValue, width: int, align: Align, ascii_only: bool) -> Pieces:
    if type(cell) is str:
        return [(fit(cell, width, align, ascii_only=ascii_only), "normal")]
    assert isinstance(cell, Cell)  # noqa: S101 -- tells the type checker what the test above left over
    if not cell.spans:
        return [(fit(cell.text, width, align, ascii_only=ascii_only), cell.role)]
    return _span_pieces(cell, width, align, ascii_only)


def _span_pieces(cell: Cell, width: int, align: Align, ascii_only: bool) -> Pieces:
    """Cut the whole text to the width, then deal it out to the roles of its spans."""
    escape = escape_beyond_ascii if ascii_only else escape_controls
    texts = [escape(text) for text, _ in cell.spans]
    joined = "".join(texts)
    whole = fit(joined, width, align, ascii_only=ascii_only)
    position = max(0, width - cell_len(joined)) if align == "right" else 0
    pieces: Pieces = [(whole[:position], "")]
    for text, (_, role) in zip(texts, cell.spans, strict=True):
        pieces.append((whole[position : position + len(text)], role))
        position += len(text)
    pieces.append((whole[position:], ""))
    return pieces


def _highlight(pieces: Pieces, needles: Sequence[str]) -> Pieces:
    result: Pieces = []
    for text, role in pieces:
        spans = _match_spans(text, needles)
        position = 0
        for start, end in spans:
            result += [(text[position:start], role), (text[start:end], "match")]
            position = end
        result.append((text[position:], role))
    return result


def _match_spans(text: str, needles: Sequence[str]) -> list[tuple[int, int]]:
    """Find where needles stand in a text, overlaps joined."""
    small = text.lower()
    if len(small) != len(text):  # a few letters grow when made small: positions would be wrong
        return []
    found: list[tuple[int, int]] = []
    for needle in needles:
        start = small.find(needle)
        while start >= 0:
            found.append((start, start + len(needle)))
            start = small.find(needle, start + len(needle))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _join(pieces: Pieces, kind: str, style_of: StyleOf) -> list[Segment]:
    """Merge neighbours of one role; blanks join whatever stands before them, which saves a colour change each."""
    segments: list[Segment] = []
    texts: list[str] = []
    current = "header" if kind == "header" else "normal"
    for text, asked in pieces:
        if asked == current != "match":
            texts.append(text)
            continue
        role = asked
        if not text or text.isspace():
            # A match may be underlined or reversed: it ends where it ends.
            role = "normal" if current == "match" else current
        if role != current:
            if texts:
                segments.append(Segment("".join(texts), style_of(kind, current)))
                texts = []
            current = role
        texts.append(text)
    segments.append(Segment("".join(texts), style_of(kind, current)))
    return segments
