"""Keys of a log view. Each has an id, so that `App.set_keymap` can move it. Digits are left to the screen around it."""

from __future__ import annotations

from textual.binding import Binding, BindingType

LOG_BINDINGS: list[BindingType] = [
    Binding("slash", "search", "Search", id="log.search", tooltip="Look for a regular expression"),
    Binding("n", "find_next", "Next", id="log.next", tooltip="Go to the next line that matches"),
    Binding("N", "find_previous", "Previous", show=False, id="log.previous", tooltip="Go to the previous match"),
    Binding("f", "filter", "Filter", id="log.filter", tooltip="Show only lines that match"),
    Binding("v", "exclude", "Without", id="log.exclude", tooltip="Hide lines that match"),
    Binding("w", "toggle_wrap", "Wrap", id="log.wrap", tooltip="Continue long lines in the next row, or cut them"),
    Binding("t", "cycle_stamps", "Times", id="log.times", tooltip="No times, local times, UTC"),
    Binding("a", "cycle_ansi", "Colours", show=False, id="log.ansi", tooltip="Escape codes as styles, left out, shown"),
    Binding("o", "toggle_json", "Open JSON", show=False, id="log.json", tooltip="Fold lines of JSON open"),
    Binding("m", "mark", "Mark", id="log.mark", tooltip="Draw a line below the last row on the screen"),
    Binding("apostrophe", "next_mark(1)", "Next mark", show=False, id="log.next_mark"),
    Binding("quotation_mark", "next_mark(-1)", "Previous mark", show=False, id="log.previous_mark"),
    Binding("y", "copy", "Copy", id="log.copy", tooltip="Copy the picked lines; the line found, or the last in view"),
    Binding("J,shift+down", "pick(1)", "Pick down", show=False, id="log.pick_down"),
    Binding("K,shift+up", "pick(-1)", "Pick up", show=False, id="log.pick_up"),
    Binding("S", "save", "Save", id="log.save", tooltip="Write the lines shown to a file"),
    Binding("ctrl+l", "clear", "Clear", show=False, id="log.clear", tooltip="Forget the lines so far"),
    Binding("j,down", "rows(1)", "Down", show=False, id="log.down"),
    Binding("k,up", "rows(-1)", "Up", show=False, id="log.up"),
    Binding("ctrl+d", "pages(0.5)", "Half a page down", show=False, id="log.half_page_down"),
    Binding("ctrl+u", "pages(-0.5)", "Half a page up", show=False, id="log.half_page_up"),
    Binding("pagedown,space", "pages(1)", "Page down", show=False, id="log.page_down"),
    Binding("pageup", "pages(-1)", "Page up", show=False, id="log.page_up"),
    Binding("g,home", "top", "Top", show=False, id="log.top"),
    Binding("G,end", "follow", "Follow", id="log.follow", tooltip="Go to the end and stay there"),
    Binding("h,left", "columns(-1)", "Left", show=False, id="log.left"),
    Binding("l,right", "columns(1)", "Right", show=False, id="log.right"),
    Binding("escape", "leave_search", "End search", show=False, id="log.leave_search"),
]
