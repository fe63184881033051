"""Keys of a live table. Each has an id, so that `App.set_keymap` can move it."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TABLE_BINDINGS: list[BindingType] = [
    Binding("j,down", "cursor_down", "Down", show=False, id="table.down"),
    Binding("k,up", "cursor_up", "Up", show=False, id="table.up"),
    Binding("g,home", "cursor_home", "Top", show=False, id="table.home"),
    Binding("G,end", "cursor_end", "Bottom", show=False, id="table.end"),
    Binding("ctrl+d", "half_page_down", "Half a page down", show=False, id="table.half_page_down"),
    Binding("ctrl+u", "half_page_up", "Half a page up", show=False, id="table.half_page_up"),
    Binding("pagedown", "page_down", "Page down", show=False, id="table.page_down"),
    Binding("pageup", "page_up", "Page up", show=False, id="table.page_up"),
    Binding("space", "toggle_mark", "Mark", show=False, id="table.mark"),
    Binding("enter", "select_row", "Open", show=False, id="table.open"),
    Binding("left", "fold", "Fold, or scroll left", show=False, id="table.fold"),
    Binding("right", "unfold", "Unfold, or scroll right", show=False, id="table.unfold"),
]
