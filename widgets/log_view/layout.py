"""A stored line turned into rows of pieces. Runs for lines in view only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Literal
from zlib import crc32

from widgets.fit import fit
from widgets.log_view import ansi
from widgets.log_view.cells import Piece, Pieces, drawable, pieces_width, window, wrap
from widgets.log_view.json_lines import JsonRow, unfold
from widgets.log_view.levels import level_of, level_word
from widgets.log_view.line import StoredLine, to_text
from widgets.log_view.sgr import PLAIN
from widgets.log_view.stamps import LONG_WIDTH, SHORT_WIDTH, Stamps, stamp

AnsiMode = Literal["styles", "strip", "show"]

SOURCE_COLOURS = 6

_LEAST_TEXT_WIDTH = 12
"""What stands before the text is left out where the text would get less."""

_LONG_STAMP_FROM = 100
"""Cells of a screen that has room for dates."""

_INDENT = 2


@dataclass(frozen=True)
class Look:
    """All that decides how a line is laid out, beside the line.

    Attributes:
        width: Cells of a row.
        wrap: Long lines go on in the next row.
        column: First column seen of lines that are not wrapped.
        ansi: What becomes of escape sequences.
        stamps: Which times stand in front.
        zone: The zone of local times; None is the machine's.
        source_width: Cells for the name of the source; 0 shows none.
        json: Lines of JSON are folded open.
        ascii_only: No sign beyond ASCII is drawn.
        hits: Returns what to highlight in a text.
    """

    width: int = 80
    wrap: bool = False
    column: int = 0
    ansi: AnsiMode = "styles"
    stamps: Stamps = "off"
    zone: tzinfo | None = None
    source_width: int = 0
    json: bool = False
    ascii_only: bool = False
    hits: Callable[[str], list[tuple[int, int]]] | None = None


def lay_out(line: StoredLine, look: Look) -> list[Pieces]:
    """Return the rows of a line, at least one, each at most as wide as the look."""
    head = _head(line, look)
    head_width = pieces_width(head)
    width = max(1, look.width - head_width)
    rows = [row for part in _parts(line, look) for row in _rows(part, width, look)]
    blank = Piece(" " * head_width)
    return [[*(head if not number else [blank]), *row] for number, row in enumerate(rows)]


@lru_cache(maxsize=4096)
def source_role(source: str) -> str:
    """Return the colour of a source: always the same one, on every machine."""
    return f"source-{crc32(source.encode(errors='replace')) % SOURCE_COLOURS}"


def _head(line: StoredLine, look: Look) -> Pieces:
    """Return time and name, as far as the width has room for them."""
    head: Pieces = []
    room = look.width - _LEAST_TEXT_WIDTH
    if look.source_width and room >= look.source_width + 1:
        name = fit(line.source, look.source_width, ascii_only=look.ascii_only)
        head = [Piece(name, source_role(line.source)), Piece(" ")]
        room -= look.source_width + 1
    is_long = look.width >= _LONG_STAMP_FROM
    cells = LONG_WIDTH if is_long else SHORT_WIDTH
    zone_sign = "Z" if look.stamps == "utc" else ""
    if look.stamps != "off" and room > cells + len(zone_sign):
        zone = UTC if look.stamps == "utc" else look.zone
        text = stamp(line.utc_seconds, zone, is_long=is_long)
        text = text.ljust(cells + len(zone_sign)) if text == "-" else text + zone_sign
        head.insert(0, Piece(text + " ", "dim"))
    return head


def _parts(line: StoredLine, look: Look) -> list[Pieces]:
    """Return the pieces of a line; several rows of them for JSON that is folded open."""
    text = to_text(line.text)
    if look.json:
        opened = unfold(ansi.strip(text))
        if opened is not None:
            return [_json_pieces(row, look) for row in opened]
    plain, changes = (text, []) if look.ansi == "show" else ansi.parse(text)
    if look.ansi == "strip":
        changes = []
    marks = []
    level = level_of(plain)
    if level is not None:
        marks.append((level[0], level[1], level[2]))
    pieces = _styled(plain, changes, [*marks, *_hits(plain, look)])
    return [[*pieces, *_end_pieces(line, look)]]


def _end_pieces(line: StoredLine, look: Look) -> Pieces:
    """Return a sign for what stood behind the line where that is not the usual."""
    if line.end == "\r" or (line.end == "\r\n" and look.ansi == "show"):
        return [Piece("\r", "dim")]
    if not line.end:
        return [Piece(">" if look.ascii_only else "…", "dim")]
    return []


def _hits(text: str, look: Look) -> list[tuple[int, int, str]]:
    return [(start, end, "hit") for start, end in look.hits(text)] if look.hits is not None else []


def _json_pieces(row: JsonRow, look: Look) -> Pieces:
    indent = Piece(" " * (_INDENT * row.depth))
    pieces = [indent, *_styled(row.key, [], _hits(row.key, look), "key"), Piece(": ", "dim")] if row.key else [indent]
    level = level_word(row.value) if row.key.lower() in {"level", "lvl", "severity"} else None
    marks = [(0, len(row.value), str(level))] if level else []
    return [*pieces, *_styled(row.value, [], [*marks, *_hits(row.value, look)])]


def _styled(text: str, changes: ansi.Changes, marks: list[tuple[int, int, str]], role: str = "") -> Pieces:
    """Cut text where its look changes; a later mark covers an earlier one."""
    places = {0, len(text), *[place for place, _ in changes]}
    places.update([place for start, end, _ in marks for place in (start, end)])
    cuts = sorted(places)
    pieces: Pieces = []
    sgr, following = PLAIN, iter([*changes, (len(text) + 1, PLAIN)])
    change = next(following)
    for start, end in pairwise(cuts):
        while change[0] <= start:
            sgr = change[1]
            change = next(following)
        meaning = [mark for first, last, mark in marks if first <= start and end <= last]
        pieces.append(Piece(text[start:end], meaning[-1] if meaning else role, sgr))
    return pieces


def _rows(pieces: Iterable[Piece], width: int, look: Look) -> list[Pieces]:
    shown = drawable(pieces, ascii_only=look.ascii_only, expand_tabs=look.ansi != "show")
    if look.wrap:
        return wrap(shown, width)
    return [window(shown, look.column, width, ("<", ">") if look.ascii_only else ("«", "»"))]
