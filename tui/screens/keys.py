"""Keys of a person, where widgets have bindings of their own."""

from __future__ import annotations

from collections.abc import Mapping

WIDGET_BINDINGS = {
    "mark": "table.mark",
    "open": "table.open",
    "move_down": "table.down",
    "move_up": "table.up",
    "move_half_down": "table.half_page_down",
    "move_half_up": "table.half_page_up",
    "move_page_down": "table.page_down",
    "move_page_up": "table.page_up",
    "move_top": "table.home",
    "move_bottom": "table.end",
    "log_search": "log.search",
    "log_filter": "log.filter",
    "log_wrap": "log.wrap",
    "log_times": "log.times",
    "log_mark": "log.mark",
    "log_json": "log.json",
    "log_copy": "log.copy",
    "log_save": "log.save",
}
"""Actions whose keys belong to a widget while it has the focus, with the id of its binding."""


def keymap(keys: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the keys of a person by the ids of bindings, those of widgets included."""
    found = {action_id: ",".join(names) for action_id, names in keys.items()}
    return found | {
        WIDGET_BINDINGS[action_id]: text for action_id, text in found.items() if action_id in WIDGET_BINDINGS
    }
