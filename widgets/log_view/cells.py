"""Pieces of styled text cut by terminal cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from widgets.escape import escape_beyond_ascii, escape_controls
from widgets.log_view.sgr import PLAIN, Sgr

TAB_CELLS = 8


class Piece(NamedTuple):
    """Text of one look.

    Attributes:
        text: What is drawn: no control characters are left in it.
        role: What it means, "" for nothing special; chooses a theme colour.
        sgr: What the program asked for, below the role.
    """

    text: str
    role: str = ""
    sgr: Sgr = PLAIN


Pieces = list[Piece]


def drawable(pieces: Iterable[Piece], *, ascii_only: bool, expand_tabs: bool) -> Iterator[Piece]:
    """Spell out what must not be drawn; tabs become blanks up to the next eighth column."""
    escape = escape_beyond_ascii if ascii_only else escape_controls
    column = 0
    for text, role, sgr in pieces:
        if expand_tabs and "\t" in text:
            shown = ""
            for number, part in enumerate(text.split("\t")):
                if number:
                    shown += " " * (TAB_CELLS - (column + _width(shown)) % TAB_CELLS)
                shown += escape(part)
        else:
            shown = escape(text)
        column += _width(shown)
        yield Piece(shown, role, sgr)


def wrap(pieces: Iterable[Piece], width: int) -> list[Pieces]:
    """Cut pieces into rows of at most `width` cells; a line without text is one empty row."""
    rows: list[Pieces] = [[]]
    room = width
    for piece in pieces:
        if piece.text.isascii():
            start = 0
            while start < len(piece.text):
                if not room:
                    rows.append([])
                    room = width
                part = piece.text[start : start + room]
                rows[-1].append(piece._replace(text=part))
                start += len(part)
                room -= len(part)
        else:
            room = _wrap_clusters(rows, piece, room, width)
    return rows


def _wrap_clusters(rows: list[Pieces], piece: Piece, room: int, width: int) -> int:
    taken: list[str] = []
    for cluster, cells in clusters(piece.text):
        if cells > room and room < width:
            rows[-1].append(piece._replace(text="".join(taken)))
            taken.clear()
            rows.append([])
            room = width
        taken.append(cluster)
        room = max(0, room - cells)
    if taken:
        rows[-1].append(piece._replace(text="".join(taken)))
    return room


def window(pieces: Iterable[Piece], start: int, width: int, signs: tuple[str, str]) -> Pieces:
    """Return what is seen of one line through `width` cells from a column on.

    Text that goes on beyond an edge has a sign of one cell there, the first of `signs` at the left edge.
    """
    shown, goes_on = _window(pieces, start, width)
    if goes_on and width:
        shown, _ = _window(shown, 0, width - 1)
        shown.append(Piece(signs[1], "dim"))
    if start and width and any(piece.text for piece in shown):
        shown, _ = _window(shown, 1, width - 1)
        shown.insert(0, Piece(signs[0], "dim"))
    return shown


def _window(pieces: Iterable[Piece], start: int, width: int) -> tuple[Pieces, bool]:
    """Cut a window out; also tell whether anything follows it. Halves of wide characters become blanks."""
    shown: Pieces = []
    skip, room = start, width
    for piece in pieces:
        if not piece.text:
            continue
        if not room and _width(piece.text):
            return shown, True
        if piece.text.isascii():
            text = piece.text[skip:]
            skip = max(0, skip - len(piece.text))
            if text:
                shown.append(piece._replace(text=text[:room]))
            if len(text) > room:
                return shown, True
            room -= len(text)
            continue
        text, skip, room, is_cut = _cluster_window(piece.text, skip, room)
        shown.append(piece._replace(text=text))
        if is_cut:
            return shown, True
    return shown, False


def _cluster_window(text: str, skip: int, room: int) -> tuple[str, int, int, bool]:
    taken: list[str] = []
    for cluster, cells in clusters(text):
        if skip and cells <= skip:
            skip -= cells
        elif skip:
            taken.append(" " * (cells - skip))
            room -= cells - skip
            skip = 0
        elif cells > room:
            taken.append(" " * room)
            return "".join(taken), 0, 0, True
        else:
            taken.append(cluster)
            room -= cells
    return "".join(taken), skip, room, False


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Yield characters, each with the combining ones behind it, and their cells."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or cell_len(text[place]):
            cluster = text[start:place]
            yield cluster, cell_len(cluster)
            start = place


def pieces_width(pieces: Sequence[Piece]) -> int:
    """Return the cells of pieces."""
    return sum([_width(piece.text) for piece in pieces])


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
