"""Our protocol on Ghostty's core."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from widgets.terminal.core import (
    Cursor,
    CursorShape,
    Found,
    KeyPress,
    Line,
    Match,
    Modes,
    MouseReport,
    Rgb,
    Scroll,
    SelectionUnit,
    Told,
)
from widgets.terminal.ghostty.cells import CellReader, verify_layout
from widgets.terminal.ghostty.input import CELL_PIXELS, KeyEncoder, MouseEncoder, encode_paste
from widgets.terminal.ghostty.library import Library, check, load, sized
from widgets.terminal.ghostty.search import NOTHING, Search
from widgets.terminal.ghostty.selection import Selector, text_of, view_point
from widgets.terminal.ghostty.told import CLIPBOARD_BYTES, Listener

SCROLLBACK_LINES = 10_000
CELL_BYTES, LINE_OVERHEAD = 8, 1.2
"""Scrollback is limited in bytes, for so many lines as wide as the screen, and cut by pages of some hundred lines. The
library's own limit of lines cuts after each line, which makes long outputs four to six times slower."""
MOST_CELLS = 1000
"""Columns and rows are held below this, so that a size nobody has cannot ask for gigabytes."""

_SHAPES: tuple[CursorShape, ...] = ("bar", "block", "underline", "hollow")


class GhosttyCore:
    """A terminal core.

    Raises:
        ImportError: pyghostty is not installed; ask `available` before.
    """

    def __init__(self, columns: int = 80, rows: int = 24, *, scrollback: int = SCROLLBACK_LINES) -> None:
        self._library = library = load()
        _verify()
        ffi, lib = library.ffi, library.lib
        self._columns, self._rows = _bounded(columns), _bounded(rows)
        self._terminal = new_terminal(library, self._columns, self._rows)
        self._scrollback, self._widest = scrollback, 0
        self._limit()
        self._limit_scrollback()
        self._listener = Listener(library, self._terminal)
        self._listener.size = (self._columns, self._rows)
        self._listener.cell_pixels = CELL_PIXELS
        self._keys = KeyEncoder(library, self._terminal)
        self._mouse = MouseEncoder(library, self._terminal)
        self._selector = Selector(library, self._terminal)
        self._search: Search | None = None
        self._state = ffi.new("GhosttyRenderState *")
        self._iterator = ffi.new("GhosttyRenderStateRowIterator *")
        check(lib.ghostty_render_state_new(ffi.NULL, self._state), "making a render state")
        check(lib.ghostty_render_state_row_iterator_new(ffi.NULL, self._iterator), "making a row iterator")
        self._reader = CellReader(library)
        self._y = ffi.new("uint16_t *")
        self._point = ffi.new("GhosttyPointCoordinate *")
        self._flag = ffi.new("bool *")
        self._mode = ffi.new("GhosttyTerminalModeConfig *")
        self._row_selection = sized("GhosttyRenderStateRowSelection")
        self._cursor_now = sized("GhosttyRenderStateCursor")
        self._bar = ffi.new("GhosttyTerminalScrollbar *")
        self._colours = ffi.new("GhosttyColorRgb[256]")
        self._palette_bytes = b""
        self._palette: tuple[Rgb, ...] = ()
        self._read_palette()

    # Bytes in, lines out

    @property
    def columns(self) -> int:
        """Width in cells."""
        return self._columns

    @property
    def rows(self) -> int:
        """Height of the screen."""
        return self._rows

    @property
    def palette(self) -> tuple[Rgb, ...]:
        """256 colours as of the last `take_changes`."""
        return self._palette

    def feed(self, data: bytes) -> None:
        """Take what the program wrote; releases the GIL."""
        self._library.lib.ghostty_terminal_vt_write(self._terminal, data, len(data))

    def take_told(self) -> Told:
        """Return replies and news."""
        return self._listener.take()

    def take_changes(self) -> Mapping[int, Line]:
        """Return the rows that may have changed."""
        lib, state = self._library.lib, self._state[0]
        check(lib.ghostty_render_state_update(state, self._terminal), "reading the screen")
        self._read_palette()
        lib.ghostty_render_state_get(state, lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR, self._iterator)
        changes: dict[int, Line] = {}
        row = self._iterator[0]
        while lib.ghostty_render_state_row_iterator_next_dirty(row, self._y):
            changes[self._y[0]] = Line(self._reader.read(row), self._selected(row))
        check(lib.ghostty_render_state_clean(state), "reading the screen")
        return changes

    def cursor(self) -> Cursor | None:
        """Return the cursor."""
        lib, now = self._library.lib, self._cursor_now
        if lib.ghostty_render_state_get(self._state[0], lib.GHOSTTY_RENDER_STATE_DATA_CURSOR, now):
            return None
        if not (now.visible and now.viewport_has_value):
            return None
        x = now.viewport_x - 1 if now.wide_tail and now.viewport_x else now.viewport_x
        return Cursor(x, now.viewport_y, _SHAPES[now.visual_style], bool(now.blinking))

    def modes(self) -> Modes:
        """Return what is switched on."""
        lib = self._library.lib
        screen = self._library.ffi.new("GhosttyTerminalScreen *")
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_ACTIVE_SCREEN, screen)
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_MOUSE_TRACKING, self._flag)
        return Modes(
            alternate_screen=screen[0] == lib.GHOSTTY_TERMINAL_SCREEN_ALTERNATE,
            bracketed_paste=self._is_set(2004),
            application_cursor=self._is_set(1),
            mouse=bool(self._flag[0]),
            mouse_motion=self._is_set(1002) or self._is_set(1003),
            alternate_scroll=self._is_set(1007),
            focus_reports=self._is_set(1004),
            held=self._is_set(2026),
        )

    def resize(self, columns: int, rows: int) -> None:
        """Take another size."""
        self._columns, self._rows = _bounded(columns), _bounded(rows)
        self._listener.size = (self._columns, self._rows)
        self._limit_scrollback()
        result = self._library.lib.ghostty_terminal_resize(self._terminal, self._columns, self._rows, *CELL_PIXELS)
        check(result, "resizing")

    def set_colours(self, foreground: Rgb, background: Rgb) -> None:
        """Say what the default colours are."""
        ffi, lib = self._library.ffi, self._library.lib
        for option, colour in (
            (lib.GHOSTTY_TERMINAL_OPT_COLOR_FOREGROUND, foreground),
            (lib.GHOSTTY_TERMINAL_OPT_COLOR_BACKGROUND, background),
        ):
            lib.ghostty_terminal_set(self._terminal, option, ffi.new("GhosttyColorRgb *", colour))

    # What the person does

    def encode_key(self, key: KeyPress) -> bytes:
        """Return what a key sends."""
        return self._keys.encode(key)

    def encode_mouse(self, report: MouseReport) -> bytes:
        """Return what the program is sent for the mouse."""
        return self._mouse.encode(report, self._columns, self._rows)

    def encode_paste(self, text: str) -> bytes:
        """Return pasted text as it is sent."""
        return encode_paste(self._library, text, bracketed=self._is_set(2004))

    def encode_focus(self, *, focused: bool) -> bytes:
        """Return what tells of focus (CSI I and CSI O)."""
        if not self._is_set(1004):
            return b""
        return b"\x1b[I" if focused else b"\x1b[O"

    def scroll(self) -> Scroll:
        """Return which rows are in view."""
        lib = self._library.lib
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_SCROLLBAR, self._bar)
        return Scroll(self._bar.total, self._bar.offset, self._bar.len)

    def scroll_by(self, rows: int) -> None:
        """Move the view."""
        self._scroll(self._library.lib.GHOSTTY_SCROLL_VIEWPORT_DELTA, rows)

    def scroll_to_end(self) -> None:
        """Follow what is written."""
        self._scroll(self._library.lib.GHOSTTY_SCROLL_VIEWPORT_BOTTOM, 0)

    def select(self, anchor: tuple[int, int], end: tuple[int, int], unit: SelectionUnit = "cell") -> None:
        """Select."""
        self._selector.select(self._inside(anchor), self._inside(end), unit)

    def select_further(self, end: tuple[int, int]) -> None:
        """Move the end of the selection."""
        self._selector.extend(self._inside(end))

    def select_nothing(self) -> None:
        """End the selection."""
        self._selector.clear()

    def selected_text(self) -> str:
        """Return the selected text."""
        return self._selector.text()

    def search(self, text: str) -> None:
        """Begin to search."""
        if self._search is not None:
            self._search.close()
        self._search = Search(self._library, self._terminal, text) if text else None

    def search_step(self) -> Found:
        """Search further."""
        return NOTHING if self._search is None else self._search.step()

    def search_move(self, *, older: bool) -> None:
        """Choose another match."""
        if self._search is not None:
            self._search.move(older=older)

    def matches(self) -> list[Match]:
        """Return the matches in view."""
        if self._search is None:
            return []
        self._search.step()
        found = [match for selection in self._search.in_view() for match in self._place(selection, current=False)]
        current = self._search.current()
        return found if current is None else found + self._place(current, current=True)

    def all_text(self) -> str:
        """Return scrollback and screen as text."""
        selection = sized("GhosttySelection")
        if self._library.lib.ghostty_terminal_select_all(self._terminal, selection):
            return ""
        return text_of(self._library, self._terminal, selection)

    def close(self) -> None:
        """Give the memory back."""
        lib = self._library.lib
        self.search("")
        for part in (self._reader, self._keys, self._mouse, self._selector):
            part.close()
        lib.ghostty_render_state_row_iterator_free(self._iterator[0])
        lib.ghostty_render_state_free(self._state[0])
        lib.ghostty_terminal_free(self._terminal)

    # The library's ways

    def _limit(self) -> None:
        """Bound what a program can make the terminal keep, and switch pictures off: nobody draws them."""
        self._set("SCROLLBACK_MAX_LINES", "size_t *", (1 << 63) - 1)
        self._set("KITTY_IMAGE_STORAGE_LIMIT", "uint64_t *", 0)
        self._set("APC_MAX_BYTES", "size_t *", 4096)
        self._set("CLIPBOARD_WRITE_MAX_BYTES", "size_t *", CLIPBOARD_BYTES)

    def _limit_scrollback(self) -> None:
        """Allow for lines as wide as the screen ever was: what was kept stays when it gets narrower."""
        self._widest = max(self._widest, self._columns)
        line = (self._widest + 1) * CELL_BYTES * LINE_OVERHEAD
        self._set("SCROLLBACK_MAX_BYTES", "size_t *", int(self._scrollback * line))

    def _set(self, name: str, kind: str, value: int) -> None:
        ffi, lib = self._library.ffi, self._library.lib
        option = getattr(lib, f"GHOSTTY_TERMINAL_OPT_{name}")
        check(lib.ghostty_terminal_set(self._terminal, option, ffi.new(kind, value)), f"setting {name}")

    def _is_set(self, mode: int) -> bool:
        """Return whether a DEC private mode is on."""
        lib = self._library.lib
        self._mode.mode = mode
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_MODE, self._mode)
        return bool(self._mode.value)

    def _selected(self, row: Any) -> tuple[int, int] | None:
        lib, cells = self._library.lib, self._row_selection
        if lib.ghostty_render_state_row_get(row, lib.GHOSTTY_RENDER_STATE_ROW_DATA_SELECTION, cells):
            return None
        return cells.start_x, cells.end_x + 1

    def _read_palette(self) -> None:
        ffi, lib = self._library.ffi, self._library.lib
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_COLOR_PALETTE, self._colours)
        found = bytes(ffi.buffer(self._colours))
        if found != self._palette_bytes:
            self._palette_bytes = found
            self._palette = tuple(zip(found[::3], found[1::3], found[2::3], strict=True))

    def _scroll(self, tag: int, rows: int) -> None:
        where = self._library.ffi.new("HostdeckScrollViewport *")
        where.tag = tag
        where.value[0] = rows & (1 << 64) - 1
        self._library.scroll_viewport(self._terminal, where[0])

    def _inside(self, place: tuple[int, int]) -> tuple[int, int]:
        x, y = place
        return min(max(x, 0), self._columns - 1), min(max(y, 0), self._rows - 1)

    def _place(self, selection: Any, *, current: bool) -> list[Match]:
        """Return the rows in view that a match of the library covers; one end may be out of view."""
        start, end = self._in_view(selection, "start"), self._in_view(selection, "end")
        if start is None and end is None:
            return []
        first_x, first_y = start or (0, 0)
        last_x, last_y = end or (self._columns - 1, self._rows - 1)
        return [
            Match(y, first_x if y == first_y else 0, last_x + 1 if y == last_y else self._columns, current)
            for y in range(first_y, last_y + 1)
        ]

    def _in_view(self, selection: Any, end: str) -> tuple[int, int] | None:
        ffi, lib, point = self._library.ffi, self._library.lib, self._point
        reference = ffi.addressof(selection, end)
        if lib.ghostty_terminal_point_from_grid_ref(self._terminal, reference, lib.GHOSTTY_POINT_TAG_VIEWPORT, point):
            return None
        return (point.x, point.y) if point.y < self._rows else None


def new_terminal(library: Library, columns: int, rows: int) -> Any:
    """Return a new terminal of the library."""
    terminal = library.ffi.new("GhosttyTerminal *")
    check(library.lib.ghostty_terminal_new(library.ffi.NULL, terminal, columns, rows), "making a terminal")
    return terminal[0]


@functools.cache
def _verify() -> None:
    """Check once that cells are laid out as `cells` reads them."""
    library = load()
    terminal = new_terminal(library, 20, 4)

    def reference(x: int, y: int) -> Any:
        out = sized("GhosttyGridRef")
        check(library.grid_ref(terminal, view_point(library, x, y), out), "reading a cell")
        return out

    try:
        verify_layout(library, terminal, reference)
    finally:
        library.lib.ghostty_terminal_free(terminal)


def _bounded(cells: int) -> int:
    return min(max(cells, 1), MOST_CELLS)
