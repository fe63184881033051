"""Keys of a guest's keyboard as a person writes them: `ctrl-alt-del`, `alt-sysrq-b`, `f12`."""

_NAMES = {
    "ctrl": "LEFTCTRL", "control": "LEFTCTRL", "alt": "LEFTALT", "shift": "LEFTSHIFT", "altgr": "RIGHTALT",
    "super": "LEFTMETA", "win": "LEFTMETA", "meta": "LEFTMETA", "del": "DELETE", "delete": "DELETE",
    "ins": "INSERT", "insert": "INSERT", "esc": "ESC", "escape": "ESC", "enter": "ENTER", "return": "ENTER",
    "tab": "TAB", "space": "SPACE", "backspace": "BACKSPACE", "sysrq": "SYSRQ", "print": "SYSRQ", "pause": "PAUSE",
    "home": "HOME", "end": "END", "pageup": "PAGEUP", "pgup": "PAGEUP", "pagedown": "PAGEDOWN", "pgdn": "PAGEDOWN",
    "up": "UP", "down": "DOWN", "left": "LEFT", "right": "RIGHT", "minus": "MINUS", "plus": "KPPLUS",
    "capslock": "CAPSLOCK", "numlock": "NUMLOCK", "scrolllock": "SCROLLLOCK",
}  # fmt: skip
_PLAIN = dict(zip("-=[];'`\\,./ ", (
    "MINUS", "EQUAL", "LEFTBRACE", "RIGHTBRACE", "SEMICOLON", "APOSTROPHE", "GRAVE", "BACKSLASH", "COMMA", "DOT",
    "SLASH", "SPACE",
), strict=True))  # fmt: skip
MOST_KEYS = 16
"""What libvirt takes at once (VIR_DOMAIN_SEND_KEY_MAX_KEYS)."""


def linux_keys(text: str) -> tuple[str, ...]:
    """Return the Linux names of keys that are pressed together, written with `-` or `+` between them.

    Raises:
        ValueError: with a sentence, where one is no key.
    """
    words = [word for word in text.strip().lower().replace("+", "-").split("-") if word]
    if not words or len(words) > MOST_KEYS:
        raise ValueError("Write keys like ctrl-alt-del, alt-sysrq-b or f12.")
    names = tuple(dict.fromkeys(_key(word) for word in words))
    if "KEY_SYSRQ" in names and len(names) > 1 and not {"KEY_LEFTALT", "KEY_RIGHTALT"} & set(names):
        return ("KEY_LEFTALT", *names)  # as a keyboard needs it
    return names


def _key(word: str) -> str:
    is_function = word[0] == "f" and word[1:].isdigit() and 1 <= int(word[1:]) <= 24
    name = _NAMES.get(word) or _PLAIN.get(word)
    if name is None and (is_function or (len(word) == 1 and word.isascii() and word.isalnum())):
        name = word.upper()
    if name is None:
        raise ValueError(f'"{word}" is no key: write keys like ctrl-alt-del, alt-sysrq-b or f12.')
    return f"KEY_{name}"
