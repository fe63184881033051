"""Selecting cells, whose places the library keeps while text scrolls."""

from __future__ import annotations

from typing import Any

from widgets.terminal.core import SelectionUnit
from widgets.terminal.ghostty.library import Library, check, sized


class Selector:
    """The selection of one terminal."""

    def __init__(self, library: Library, terminal: Any) -> None:
        self._library = library
        self._terminal = terminal
        self._anchor: Any | None = None

    def close(self) -> None:
        """Give the memory back; before the terminal is."""
        self._forget_anchor()

    def select(self, anchor: tuple[int, int], end: tuple[int, int], unit: SelectionUnit) -> None:
        """Select from cell to cell, or the word or line at the first one."""
        self.clear()
        if unit != "cell":
            self._select_unit(anchor, unit)
            return
        point = self._point(anchor)
        tracked = self._library.ffi.new("GhosttyTrackedGridRef *")
        if self._library.grid_ref_track(self._terminal, point, tracked) == 0:
            self._anchor = tracked
            self.extend(end)

    def extend(self, end: tuple[int, int]) -> None:
        """Move the end."""
        if self._anchor is None:
            return
        selection = sized("GhosttySelection")
        start = self._library.ffi.addressof(selection[0], "start")
        if self._library.lib.ghostty_tracked_grid_ref_snapshot(self._anchor[0], start) or self._reference(
            end, self._library.ffi.addressof(selection[0], "end")
        ):
            return
        self._set(selection)

    def clear(self) -> None:
        """Select nothing."""
        self._forget_anchor()
        self._set(self._library.ffi.NULL)

    def text(self) -> str:
        """Return the selected text."""
        ffi, lib = self._library.ffi, self._library.lib
        selection = sized("GhosttySelection")
        if lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_SELECTION, selection):
            return ""
        return text_of(self._library, self._terminal, ffi.addressof(selection[0]))

    def _select_unit(self, place: tuple[int, int], unit: SelectionUnit) -> None:
        ffi, lib = self._library.ffi, self._library.lib
        options = sized("GhosttyTerminalSelectWordOptions" if unit == "word" else "GhosttyTerminalSelectLineOptions")
        if self._reference(place, ffi.addressof(options[0], "ref")):
            return
        selection = sized("GhosttySelection")
        find = lib.ghostty_terminal_select_word if unit == "word" else lib.ghostty_terminal_select_line
        if find(self._terminal, options, selection) == 0:
            self._set(selection)

    def _set(self, selection: Any) -> None:
        lib = self._library.lib
        lib.ghostty_terminal_set(self._terminal, lib.GHOSTTY_TERMINAL_OPT_SELECTION, selection)

    def _reference(self, place: tuple[int, int], out: Any) -> int:
        return int(self._library.grid_ref(self._terminal, self._point(place), out))

    def _point(self, place: tuple[int, int]) -> Any:
        return view_point(self._library, *place)

    def _forget_anchor(self) -> None:
        if self._anchor is not None:
            self._library.lib.ghostty_tracked_grid_ref_free(self._anchor[0])
            self._anchor = None


def view_point(library: Library, x: int, y: int) -> Any:
    """Return the library's value for a cell in view; its coordinate is {uint16_t x; uint32_t y} in the first word."""
    point = library.ffi.new("HostdeckPoint *")
    point.tag = library.lib.GHOSTTY_POINT_TAG_VIEWPORT
    point.value[0] = x | y << 32
    return point[0]


def text_of(library: Library, terminal: Any, selection: Any) -> str:
    """Return the text of a selection, blanks at line ends removed and wrapped lines joined."""
    ffi, lib = library.ffi, library.lib
    options = sized("GhosttyTerminalSelectionFormatOptions")
    options.emit = lib.GHOSTTY_FORMATTER_FORMAT_PLAIN
    options.unwrap = options.trim = True
    options.selection = selection
    length = ffi.new("size_t *")
    lib.ghostty_terminal_selection_format_buf(terminal, options[0], ffi.NULL, 0, length)
    if not length[0]:
        return ""
    buffer = ffi.new("uint8_t[]", length[0])
    check(lib.ghostty_terminal_selection_format_buf(terminal, options[0], buffer, length[0], length), "reading text")
    return bytes(ffi.buffer(buffer, length[0])).decode(errors="replace")
