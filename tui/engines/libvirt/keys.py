"""Keys of a guest's keyboard: what a person writes, as the key codes of Linux.

Names and numbers are those of linux/input-event-codes.h, without "KEY_"; libvirt calls the set VIR_KEYCODE_SET_LINUX.
"""

from tui.domain.errors import ActionRefused

MOST_KEYS = 16  # VIR_DOMAIN_SEND_KEY_MAX_KEYS

_ROWS = {
    1: "esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace tab q w e r t y u i o p leftbrace rightbrace enter leftctrl",
    30: "a s d f g h j k l semicolon apostrophe grave leftshift backslash z x c v b n m comma dot slash rightshift",
    55: "kpasterisk leftalt space capslock f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 numlock scrolllock",
    71: "kp7 kp8 kp9 kpminus kp4 kp5 kp6 kpplus kp1 kp2 kp3 kp0 kpdot",
    85: "zenkakuhankaku 102nd f11 f12 ro katakana hiragana henkan katakanahiragana muhenkan kpjpcomma kpenter "
    "rightctrl kpslash sysrq rightalt linefeed home up pageup left right end down pagedown insert delete macro mute "
    "volumedown volumeup power kpequal kpplusminus pause scale kpcomma hangeul hanja yen leftmeta rightmeta compose "
    "stop again",
    142: "sleep wakeup",
    183: "f13 f14 f15 f16 f17 f18 f19 f20 f21 f22 f23 f24",
    210: "print",
}
CODES: dict[str, int] = {
    name: code for first, names in _ROWS.items() for code, name in enumerate(names.split(), start=first)
}
_ALSO = {
    "ctrl": "leftctrl", "control": "leftctrl", "alt": "leftalt", "shift": "leftshift", "altgr": "rightalt",
    "meta": "leftmeta", "super": "leftmeta", "win": "leftmeta", "del": "delete", "ins": "insert", "escape": "esc",
    "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "bksp": "backspace", "menu": "compose",
    "printscreen": "sysrq", "prtsc": "sysrq", "break": "pause",
}  # fmt: skip

_PLAIN = {
    " ": "space", "\n": "enter", "\t": "tab", "-": "minus", "=": "equal", "[": "leftbrace", "]": "rightbrace",
    ";": "semicolon", "'": "apostrophe", "`": "grave", "\\": "backslash", ",": "comma", ".": "dot", "/": "slash",
    "\x1b": "esc", "\x7f": "backspace", "\b": "backspace", "\r": "enter",
}  # fmt: skip
_SHIFTED = dict(zip('!@#$%^&*()_+{}:"~|<>?', "1234567890-=[];'`\\,./", strict=True))


def parse_keys(text: str) -> tuple[str, ...]:
    """Read keys that are pressed together: "ctrl-alt-del", "sysrq-b", "KEY_LEFTCTRL+KEY_C".

    "sysrq-" with another key means Alt, SysRq and that key, as a keyboard needs it.

    Returns:
        The names of Linux ("KEY_LEFTCTRL"), as `SendsKeys.send_keys` takes them.

    Raises:
        ActionRefused: a name is not known, or there are too many.
    """
    words = [word for word in text.lower().replace("+", "-").split("-") if word]
    names = list(dict.fromkeys(_name(word) for word in words))
    if not names:
        raise ActionRefused("no keys", "No key is named. Write for example ctrl-alt-del, sysrq-b or alt-f2.")
    if "sysrq" in names and len(names) > 1 and not {"leftalt", "rightalt"} & set(names):
        names.insert(0, "leftalt")
    if len(names) > MOST_KEYS:
        raise ActionRefused("too many keys", f"At most {MOST_KEYS} keys can be pressed together.")
    return tuple(f"KEY_{name.upper()}" for name in names)


def _name(word: str) -> str:
    name = word.removeprefix("key_")
    name = _ALSO.get(name, name)
    if name not in CODES:
        raise ActionRefused("unknown key", f"There is no key {word!r}. Write for example ctrl-alt-del, sysrq-b or f2.")
    return name


def key_codes(keys: tuple[str, ...]) -> list[int]:
    """Return the numbers of keys named as Linux does, or as `parse_keys` reads them.

    Raises:
        ActionRefused: as `parse_keys`.
    """
    names = [_name(key.lower()) for key in keys]
    if not 0 < len(names) <= MOST_KEYS:
        raise ActionRefused("not possible", f"Between 1 and {MOST_KEYS} keys can be pressed together.")
    return [CODES[name] for name in names]


def presses(text: str) -> tuple[tuple[str, ...], ...]:
    """Spell a text as key presses, one after the other, for a guest that has only a screen.

    The guest turns keys into characters by the layout that is set in it; this is the one of the United States.

    Raises:
        ActionRefused: a character is not on that keyboard.
    """
    return tuple(_press(character) for character in text.replace("\r\n", "\n"))


def _press(character: str) -> tuple[str, ...]:
    shifted = character in _SHIFTED or (character.isascii() and character.isupper())
    plain = _SHIFTED.get(character, character.lower() if shifted else character)
    name = _PLAIN.get(plain, plain)
    if name not in CODES or (len(name) > 1 and plain not in _PLAIN):
        raise ActionRefused("no such key", f"{character!r} is not on a US keyboard, so it cannot be typed.")
    key = f"KEY_{name.upper()}"
    return ("KEY_LEFTSHIFT", key) if shifted else (key,)
