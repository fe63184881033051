"""Searching screen and scrollback, in steps."""

from __future__ import annotations

from typing import Any

from widgets.terminal.core import Found
from widgets.terminal.ghostty.library import Library, check, sized

STEPS = 16
"""How often the search is driven further in one call; each step is bounded by the library."""
MOST_MATCHES = 4096
"""Matches in view that are marked."""
NOTHING = Found(0, None, complete=True)


class Search:
    """One search of one terminal; it follows what is written meanwhile."""

    def __init__(self, library: Library, terminal: Any, text: str) -> None:
        self._library = library
        ffi, lib = library.ffi, library.lib
        self._search = ffi.new("GhosttySearch *")
        self._status = ffi.new("GhosttySearchStatus *")
        self._number = ffi.new("size_t *")
        self._match = sized("GhosttySelection")
        check(lib.ghostty_search_new(ffi.NULL, self._search, terminal), "beginning a search")
        data = text.encode(errors="replace")
        kept = ffi.new("uint8_t[]", data)
        needle = ffi.new("GhosttyString *", {"ptr": kept, "len": len(data)})
        check(lib.ghostty_search_set(self._search[0], lib.GHOSTTY_SEARCH_OPT_NEEDLE, needle), "searching")

    def close(self) -> None:
        """End it; before its terminal is."""
        self._library.lib.ghostty_search_free(self._search[0])

    def step(self) -> Found:
        """Search further, and in what was written meanwhile."""
        lib = self._library.lib
        lib.ghostty_search_feed(self._search[0])
        for _ in range(STEPS):
            check(lib.ghostty_search_tick(self._search[0], self._status), "searching")
            if self._status[0] == lib.GHOSTTY_SEARCH_STATUS_COMPLETE:
                break
            if self._status[0] == lib.GHOSTTY_SEARCH_STATUS_FEED_REQUIRED:
                lib.ghostty_search_feed(self._search[0])
        return self.found()

    def found(self) -> Found:
        """Return what is found so far."""
        lib = self._library.lib
        total = self._get(lib.GHOSTTY_SEARCH_DATA_TOTAL_MATCHES) or 0
        complete = self._status[0] == lib.GHOSTTY_SEARCH_STATUS_COMPLETE
        return Found(total, self._get(lib.GHOSTTY_SEARCH_DATA_SELECTED_INDEX), complete)

    def move(self, *, older: bool) -> None:
        """Choose the next match and bring it into view."""
        ffi, lib = self._library.ffi, self._library.lib
        option = lib.GHOSTTY_SEARCH_OPT_SELECT_NEXT if older else lib.GHOSTTY_SEARCH_OPT_SELECT_PREV
        lib.ghostty_search_set(self._search[0], option, ffi.NULL)

    def current(self) -> Any | None:
        """Return the chosen match, a selection of the library, or None."""
        lib = self._library.lib
        key = lib.GHOSTTY_SEARCH_DATA_SELECTED_MATCH
        return None if lib.ghostty_search_get(self._search[0], key, self._match) else self._match[0]

    def in_view(self) -> list[Any]:
        """Return matches in view and around it, selections of the library."""
        ffi, lib = self._library.ffi, self._library.lib
        found = ffi.new("GhosttySelectionBuffer *")
        key = lib.GHOSTTY_SEARCH_DATA_VIEWPORT_MATCHES
        lib.ghostty_search_get(self._search[0], key, found)  # says how many there are
        room = min(found.len, MOST_MATCHES)
        if not room:
            return []
        selections = ffi.new("GhosttySelection[]", room)
        for selection in selections:
            selection.size = ffi.sizeof("GhosttySelection")
            selection.start.size = selection.end.size = ffi.sizeof("GhosttyGridRef")
        found.ptr, found.cap, found.len = selections, room, 0
        if lib.ghostty_search_get(self._search[0], key, found):
            return []
        return [selections[index] for index in range(min(found.len, room))]

    def _get(self, key: int) -> int | None:
        return None if self._library.lib.ghostty_search_get(self._search[0], key, self._number) else self._number[0]
