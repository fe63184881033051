"""Textual's key and mouse events as the core's own values."""

from __future__ import annotations

from textual import events
from textual.keys import KEY_NAME_REPLACEMENTS

from widgets.terminal.core import KeyPress, MouseAction, MouseButton, MouseReport

_MODIFIERS = ("shift", "alt", "ctrl", "super", "hyper", "meta")
_SIGNS = {
    "ampersand": "&",
    "apostrophe": "'",
    "asterisk": "*",
    "at": "@",
    "backslash": "\\",
    "circumflex_accent": "^",
    "colon": ":",
    "comma": ",",
    "dollar_sign": "$",
    "equals_sign": "=",
    "exclamation_mark": "!",
    "full_stop": ".",
    "grave_accent": "`",
    "greater_than_sign": ">",
    "left_curly_bracket": "{",
    "left_parenthesis": "(",
    "left_square_bracket": "[",
    "less_than_sign": "<",
    "low_line": "_",
    "hyphen_minus": "-",
    "number_sign": "#",
    "percent_sign": "%",
    "plus_sign": "+",
    "question_mark": "?",
    "quotation_mark": '"',
    "reverse_solidus": "\\",
    "right_curly_bracket": "}",
    "right_parenthesis": ")",
    "right_square_bracket": "]",
    "semicolon": ";",
    "solidus": "/",
    "tilde": "~",
    "vertical_line": "|",
    "minus": "-",
    "plus": "+",
    "slash": "/",
    "underscore": "_",
}
"""Textual names signs after Unicode, some of them shorter (`KEY_NAME_REPLACEMENTS`)."""

_NAMES = {"pageup": "page_up", "pagedown": "page_down", "return": "enter", "delete": "delete"}
_BUTTONS: dict[int, MouseButton] = {1: "left", 2: "middle", 3: "right"}


def key_press(event: events.Key) -> KeyPress | None:
    """Return the key of an event; None for what is no key of a keyboard."""
    *modifiers, name = event.key.split("+") if event.key != "+" else ["+"]
    if any(modifier not in _MODIFIERS for modifier in modifiers) or name in ("", "<ignore>"):
        return None
    name = _SIGNS.get(name) or _SIGNS.get(KEY_NAME_REPLACEMENTS.get(name, "")) or _NAMES.get(name, name)
    held = {"shift": "shift" in modifiers, "alt": "alt" in modifiers, "ctrl": "ctrl" in modifiers}
    if name == "@" and held["ctrl"]:  # the byte NUL, which Ctrl-Space sends as well
        return KeyPress("space", " ", ctrl=True)
    if name in ("enter", "tab", "escape", "backspace", "space"):
        return KeyPress(name, " " if name == "space" else "", **held)
    typed = event.character if event.character and event.is_printable else ""
    if len(name) == 1 and held["shift"] and not held["ctrl"]:
        name = name.upper()
    if len(name) > 1 and typed and not held["ctrl"]:  # a sign that has a name only
        name = typed
    return KeyPress(name, typed, **held)


def mouse_report(event: events.MouseEvent, action: MouseAction, button: MouseButton | None = None) -> MouseReport:
    """Return what a mouse event says; `button` where the event has none of its own."""
    pressed = _BUTTONS.get(event.button, "")
    return MouseReport(
        action,
        pressed if button is None else button,
        event.x,
        event.y,
        shift=event.shift,
        alt=event.meta,
        ctrl=event.ctrl,
        held=bool(pressed),
    )
