"""Rows of the library's cells turned into lines.

A cell is one 64 bit word. Asking the library for each of its fields costs ten calls a cell; reading the words at once
costs one call a row. Their layout is not part of its interface, so `verify_layout` compares it with what the interface
says, once, and the version is pinned exactly.
"""

from __future__ import annotations

import functools
from itertools import groupby
from typing import Any

from widgets.terminal.core import PLAIN, CellStyle, Colour, Run, Underline
from widgets.terminal.ghostty.library import CoreError, Library, sized
from widgets.terminal.signs import is_narrow, safe_sign

KIND_MASK = 0b11
CODEPOINT, GRAPHEME, PALETTE_BACKGROUND, RGB_BACKGROUND = range(4)
CONTENT_SHIFT = 2
CODEPOINT_MASK = 0x1FFFFF
RGB_SHIFTS = (2, 10, 18)
STYLE_SHIFT, STYLE_MASK = 26, 0xFFFF
WIDE_SHIFT = 42
NARROW, WIDE, TAIL, HEAD = range(4)

_LANE_BITS = 64
_RUN_MASK = STYLE_MASK << STYLE_SHIFT | KIND_MASK | 0b11 << WIDE_SHIFT
"""What neighbouring cells share that are drawn as one."""
_UNDERLINES: tuple[Underline, ...] = ("", "single", "double", "curly", "dotted", "dashed")
_MOST_SIGNS = 16
"""Code points of one cell that are looked at."""
_MOST_STYLES = 4096
"""Styles that are kept; a program may draw in millions of colours."""


@functools.lru_cache(maxsize=64)
def _lanes(word: int, number: int) -> int:
    """Return a number that holds a 64 bit word so many times."""
    return int.from_bytes(word.to_bytes(8, "little") * number, "little")


def _starts(row: int, number: int) -> list[int]:
    """Return the cells at which runs of equal style, kind and width begin.

    A row is one long number here, so that its cells are compared by a handful of operations in C, not by a loop.
    """
    keys = row & _lanes(_RUN_MASK, number)
    differing = (keys ^ keys >> _LANE_BITS) & (1 << _LANE_BITS * (number - 1)) - 1
    starts, start = [0], 0
    while differing:
        cells = ((differing & -differing).bit_length() - 1) // _LANE_BITS + 1
        start += cells
        starts.append(start)
        differing >>= cells * _LANE_BITS
    return starts


def _text(row: int, number: int) -> str:
    """Return a sign for each cell: its first code point, blank where there is none."""
    points = row >> CONTENT_SHIFT & _lanes(CODEPOINT_MASK, number)
    units = memoryview(points.to_bytes(number * 8, "little")).cast("I")[::2].tobytes()
    return units.decode("utf-32-le", "replace").replace("\0", " ")


class CellReader:
    """Reads the cells of a row that a render state's iterator stands on."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._view = library.ffi.new("GhosttyCellsView *")
        self._cells = library.ffi.new("GhosttyRenderStateRowCells *")
        self._style = sized("GhosttyStyle")
        self._length = library.ffi.new("uint32_t *")
        self._styles: dict[bytes, CellStyle] = {}
        library.lib.ghostty_render_state_row_cells_new(library.ffi.NULL, self._cells)

    def close(self) -> None:
        """Give the memory back."""
        self._library.lib.ghostty_render_state_row_cells_free(self._cells[0])

    def read(self, row: Any) -> tuple[Run, ...]:
        """Return the runs of the row that an iterator stands on."""
        ffi, lib = self._library.ffi, self._library.lib
        lib.ghostty_render_state_row_get(row, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, self._view)
        lib.ghostty_render_state_row_get(row, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells)
        view = self._view[0]
        raw = bytes(ffi.buffer(view.ptr, view.len * 8))
        row_number = int.from_bytes(raw, "little")
        words, text = memoryview(raw).cast("Q"), _text(row_number, view.len)
        starts = _starts(row_number, view.len)
        runs: list[Run] = []
        styles: dict[int, CellStyle] = {0: PLAIN}
        for start, end in zip(starts, [*starts[1:], view.len], strict=True):
            style_id = words[start] >> STYLE_SHIFT & STYLE_MASK
            if style_id not in styles:
                styles[style_id] = self._style_at(start)
            self._add_runs(runs, words[start:end], text[start:end], start, styles[style_id])
        return tuple(runs)

    def _add_runs(self, runs: list[Run], words: memoryview, text: str, x: int, style: CellStyle) -> None:
        """Add what cells of one kind, width and style show."""
        kind, wide = words[0] & KIND_MASK, words[0] >> WIDE_SHIFT & 0b11
        if kind >= PALETTE_BACKGROUND:
            for word, group in groupby(words):
                width = len(list(group))
                runs.append(Run(" " * width, width, style._replace(background=_background(word))))
        elif wide == HEAD:  # the last cell of a line whose wide sign went to the next one
            runs.append(Run(" " * len(text), len(text), style))
        elif kind == CODEPOINT and wide == NARROW:
            if (text.isascii() and text.isprintable()) or is_narrow(text):
                runs.append(Run(text, len(text), style))
            else:
                runs += [Run(safe_sign(sign, 1), 1, style) for sign in text]
        elif wide != TAIL:
            width = 2 if wide == WIDE else 1
            for offset, sign in enumerate(text):
                signs = self._signs_at(x + offset) if kind == GRAPHEME else sign
                runs.append(Run(safe_sign(signs, width), width, style))

    def _signs_at(self, x: int) -> str:
        """Return base and combining signs of a cell."""
        ffi, lib = self._library.ffi, self._library.lib
        cells = self._cells[0]
        lib.ghostty_render_state_row_cells_select(cells, x)
        lib.ghostty_render_state_row_cells_get(
            cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_LEN, self._length
        )
        signs = ffi.new("uint32_t[]", self._length[0] + 1)
        lib.ghostty_render_state_row_cells_get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_BUF, signs)
        return "".join([chr(sign) for sign in ffi.unpack(signs, min(self._length[0], _MOST_SIGNS))])

    def _style_at(self, x: int) -> CellStyle:
        ffi, lib = self._library.ffi, self._library.lib
        cells = self._cells[0]
        lib.ghostty_render_state_row_cells_select(cells, x)
        lib.ghostty_render_state_row_cells_get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_STYLE, self._style)
        key = bytes(ffi.buffer(self._style))
        style = self._styles.get(key)
        if style is None:
            if len(self._styles) >= _MOST_STYLES:
                self._styles.clear()
            style = self._styles[key] = self._make_style(self._style)
        return style

    def _make_style(self, style: Any) -> CellStyle:
        return CellStyle(
            foreground=self._colour(style.fg_color),
            background=self._colour(style.bg_color),
            bold=bool(style.bold),
            faint=bool(style.faint),
            italic=bool(style.italic),
            underline=_UNDERLINES[style.underline] if 0 <= style.underline < len(_UNDERLINES) else "single",
            underline_colour=self._colour(style.underline_color),
            blink=bool(style.blink),
            inverse=bool(style.inverse),
            invisible=bool(style.invisible),
            strikethrough=bool(style.strikethrough),
            overline=bool(style.overline),
        )

    def _colour(self, colour: Any) -> Colour:
        lib = self._library.lib
        if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
            return int(colour.value.palette)
        if colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
            return colour.value.rgb.r, colour.value.rgb.g, colour.value.rgb.b
        return None


def _background(cell: int) -> Colour:
    """Return the colour of a cell that was only erased."""
    if cell & KIND_MASK == PALETTE_BACKGROUND:
        return cell >> CONTENT_SHIFT & 0xFF
    red, green, blue = [cell >> shift & 0xFF for shift in RGB_SHIFTS]
    return red, green, blue


_PROBE = "\x1b[1mA\x1b[0m\u6f22e\u0301\x1b[48;2;1;2;3m\x1b[K\r\n\x1b[48;5;200m\x1b[K".encode()


def verify_layout(library: Library, terminal: Any, grid_ref: Any) -> None:
    """Compare the layout of cells with what the library itself says of them; the terminal is written to.

    Args:
        library: the library.
        terminal: a terminal of at least 8x2 cells, made for this alone.
        grid_ref: returns a reference of the library to a cell (x, y).

    Raises:
        CoreError: they differ.
    """
    ffi, lib = library.ffi, library.lib
    lib.ghostty_terminal_vt_write(terminal, _PROBE, len(_PROBE))
    word = ffi.new("GhosttyCell *")
    number, colour = ffi.new("uint32_t *"), ffi.new("GhosttyColorRgb *")

    def field(key: str) -> int:
        number[0] = 0
        lib.ghostty_cell_get(word[0], getattr(lib, f"GHOSTTY_CELL_DATA_{key}"), number)
        return int(number[0])

    for x, y in [(x, 0) for x in range(8)] + [(0, 1)]:
        lib.ghostty_grid_ref_cell(grid_ref(x, y), word)
        cell = int(word[0])
        kind = cell & KIND_MASK
        agree = [kind == field("CONTENT_TAG"), cell >> WIDE_SHIFT & 0b11 == field("WIDE")]
        agree.append(cell >> STYLE_SHIFT & STYLE_MASK == field("STYLE_ID"))
        if kind <= GRAPHEME:
            agree.append(cell >> CONTENT_SHIFT & CODEPOINT_MASK == field("CODEPOINT"))
        elif kind == PALETTE_BACKGROUND:
            agree.append(_background(cell) == field("COLOR_PALETTE"))
        else:
            lib.ghostty_cell_get(cell, lib.GHOSTTY_CELL_DATA_COLOR_RGB, colour)
            agree.append(_background(cell) == (colour.r, colour.g, colour.b))
        if not all(agree):
            raise CoreError(f"cells are not laid out as expected ({cell:#x})")
