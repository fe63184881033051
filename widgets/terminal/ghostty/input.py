"""Keys, mouse, pasted text and focus as the bytes that a program expects in its present modes."""

from __future__ import annotations

from typing import Any

from widgets.terminal.core import KeyPress, MouseReport
from widgets.terminal.ghostty.library import Library, check, sized

CELL_PIXELS = (8, 16)
"""What programs are told that ask for pixels; the drawn cells have none."""

SHIFT, CTRL, ALT = 1, 2, 4
_PUNCTUATION = {
    " ": "SPACE",
    "`": "BACKQUOTE",
    "\\": "BACKSLASH",
    "[": "BRACKET_LEFT",
    "]": "BRACKET_RIGHT",
    ",": "COMMA",
    "=": "EQUAL",
    "-": "MINUS",
    ".": "PERIOD",
    "'": "QUOTE",
    ";": "SEMICOLON",
    "/": "SLASH",
}
_SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))
"""Signs that a US keyboard has on shifted keys."""

_NAMES = {
    "up": "ARROW_UP",
    "down": "ARROW_DOWN",
    "left": "ARROW_LEFT",
    "right": "ARROW_RIGHT",
    "page_up": "PAGE_UP",
    "page_down": "PAGE_DOWN",
}
_BUTTONS = {"left": "LEFT", "middle": "MIDDLE", "right": "RIGHT", "wheel-up": "FOUR", "wheel-down": "FIVE"}
_ACTIONS = {"press": "PRESS", "release": "RELEASE", "motion": "MOTION"}
_TYPING = {"enter": b"\r", "space": b" ", "backspace": b"\x7f"}


class KeyEncoder:
    """Encodes keys after the modes of one terminal, the Kitty protocol included where a program asked for it."""

    def __init__(self, library: Library, terminal: Any) -> None:
        ffi, lib = library.ffi, library.lib
        self._library = library
        self._terminal = terminal
        self._encoder = ffi.new("GhosttyKeyEncoder *")
        self._event = ffi.new("GhosttyKeyEvent *")
        self._flags = ffi.new("uint8_t *")
        self._buffer, self._length = ffi.new("char[256]"), ffi.new("size_t *")
        check(lib.ghostty_key_encoder_new(ffi.NULL, self._encoder), "making a key encoder")
        check(lib.ghostty_key_event_new(ffi.NULL, self._event), "making a key event")

    def close(self) -> None:
        """Give the memory back."""
        self._library.lib.ghostty_key_event_free(self._event[0])
        self._library.lib.ghostty_key_encoder_free(self._encoder[0])

    def encode(self, key: KeyPress) -> bytes:
        """Return what a key sends."""
        ffi, lib = self._library.ffi, self._library.lib
        if key.name in _TYPING and key.shift and not (key.ctrl or key.alt) and not self._kitty():
            return _TYPING[key.name]  # a shell has no use for the sequence that would tell of Shift
        base = key.name if len(key.name) == 1 else ""
        unshifted = _SHIFTED.get(base, base.lower())
        shifted = unshifted != base or key.shift
        modifiers = (SHIFT if shifted else 0) | (CTRL if key.ctrl else 0) | (ALT if key.alt else 0)
        text = (key.text or base).encode()  # the library wants to know what a key types even with Ctrl
        event = self._event[0]
        lib.ghostty_key_event_set_action(event, lib.GHOSTTY_KEY_ACTION_PRESS)
        lib.ghostty_key_event_set_key(event, self._key(unshifted or key.name))
        lib.ghostty_key_event_set_mods(event, modifiers)
        lib.ghostty_key_event_set_consumed_mods(event, SHIFT if base and shifted else 0)
        kept = ffi.new("char[]", text)
        lib.ghostty_key_event_set_utf8(event, kept, len(text))
        lib.ghostty_key_event_set_unshifted_codepoint(event, ord(unshifted) if unshifted else 0)
        lib.ghostty_key_encoder_setopt_from_terminal(self._encoder[0], self._terminal)
        if lib.ghostty_key_encoder_encode(self._encoder[0], event, self._buffer, len(self._buffer), self._length):
            return text
        return bytes(ffi.buffer(self._buffer, self._length[0]))

    def _key(self, name: str) -> int:
        lib = self._library.lib
        if len(name) == 1:
            if name.isascii() and name.isdigit():
                name = f"DIGIT_{name}"
            elif not (name.isascii() and name.isalpha()):
                name = _PUNCTUATION.get(name, "UNIDENTIFIED")
        else:
            name = _NAMES.get(name, name)
        return int(getattr(lib, f"GHOSTTY_KEY_{name.upper()}", lib.GHOSTTY_KEY_UNIDENTIFIED))

    def _kitty(self) -> bool:
        lib = self._library.lib
        lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_KITTY_KEYBOARD_FLAGS, self._flags)
        return bool(self._flags[0])


class MouseEncoder:
    """Encodes the mouse after the modes of one terminal."""

    def __init__(self, library: Library, terminal: Any) -> None:
        ffi, lib = library.ffi, library.lib
        self._library = library
        self._terminal = terminal
        self._encoder = ffi.new("GhosttyMouseEncoder *")
        self._event = ffi.new("GhosttyMouseEvent *")
        self._size = sized("GhosttyMouseEncoderSize")
        self._buffer, self._length = ffi.new("char[256]"), ffi.new("size_t *")
        check(lib.ghostty_mouse_encoder_new(ffi.NULL, self._encoder), "making a mouse encoder")
        check(lib.ghostty_mouse_event_new(ffi.NULL, self._event), "making a mouse event")

    def close(self) -> None:
        """Give the memory back."""
        self._library.lib.ghostty_mouse_event_free(self._event[0])
        self._library.lib.ghostty_mouse_encoder_free(self._encoder[0])

    def encode(self, report: MouseReport, columns: int, rows: int) -> bytes:
        """Return what the program is sent; empty when it does not want this."""
        ffi, lib = self._library.ffi, self._library.lib
        encoder, event = self._encoder[0], self._event[0]
        lib.ghostty_mouse_encoder_setopt_from_terminal(encoder, self._terminal)
        size = self._size
        size.cell_width, size.cell_height = CELL_PIXELS
        size.screen_width, size.screen_height = columns * CELL_PIXELS[0], rows * CELL_PIXELS[1]
        lib.ghostty_mouse_encoder_setopt(encoder, lib.GHOSTTY_MOUSE_ENCODER_OPT_SIZE, size)
        held = ffi.new("bool *", report.held)
        lib.ghostty_mouse_encoder_setopt(encoder, lib.GHOSTTY_MOUSE_ENCODER_OPT_ANY_BUTTON_PRESSED, held)
        lib.ghostty_mouse_event_set_action(event, getattr(lib, f"GHOSTTY_MOUSE_ACTION_{_ACTIONS[report.action]}"))
        if report.button:
            button = getattr(lib, f"GHOSTTY_MOUSE_BUTTON_{_BUTTONS[report.button]}")
            lib.ghostty_mouse_event_set_button(event, button)
        else:
            lib.ghostty_mouse_event_clear_button(event)
        modifiers = (SHIFT if report.shift else 0) | (CTRL if report.ctrl else 0) | (ALT if report.alt else 0)
        lib.ghostty_mouse_event_set_mods(event, modifiers)
        place = ((report.x + 0.5) * CELL_PIXELS[0], (report.y + 0.5) * CELL_PIXELS[1])
        lib.ghostty_mouse_event_set_position(event, ffi.new("GhosttyMousePosition *", place)[0])
        if lib.ghostty_mouse_encoder_encode(encoder, event, self._buffer, len(self._buffer), self._length):
            return b""
        return bytes(ffi.buffer(self._buffer, self._length[0]))


def encode_paste(library: Library, text: str, *, bracketed: bool) -> bytes:
    """Return pasted text as it is sent."""
    ffi, lib = library.ffi, library.lib
    data = text.replace("\r\n", "\n").encode(errors="replace")
    source = ffi.new("char[]", data)
    length = ffi.new("size_t *")
    room = len(data) + 64
    buffer = ffi.new("char[]", room)
    check(lib.ghostty_paste_encode(source, len(data), bracketed, buffer, room, length), "encoding a paste")
    return bytes(ffi.buffer(buffer, length[0]))
