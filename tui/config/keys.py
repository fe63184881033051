"""Names of keys, as the terminal library spells them and as a person types and reads them."""

import unicodedata

_REPLACED = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_NAMED = frozenset(
    [
        "enter",
        "escape",
        "space",
        "tab",
        "backspace",
        "delete",
        "insert",
        "home",
        "end",
        "pageup",
        "pagedown",
        "up",
        "down",
        "left",
        "right",
    ]
    + [f"f{number}" for number in range(1, 25)]
)
_SYNONYMS = {"return": "enter", "esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "del": "delete", "ins": "insert"}
_LABELS = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
}
_MODIFIERS = ("ctrl", "alt", "shift", "super")


def _character_names() -> dict[str, str]:
    """Return the name of every printable ASCII character that is its own key."""
    names = {}
    for code in range(0x21, 0x7F):
        character = chr(code)
        if character.isalnum():
            names[character] = character
        else:
            name = unicodedata.name(character).lower().replace("-", "_").replace(" ", "_")
            names[character] = _REPLACED.get(name, name)
    return names


_NAME_OF = _character_names()
_CHARACTER_OF = {name: character for character, name in _NAME_OF.items()}


def parse_key(text: str) -> str:
    """Return the name of one key typed by a person: `/`, `T`, `ctrl+t`, `Enter`, `f5`, `slash`.

    Raises:
        ValueError: with a sentence, when it is no key.
    """
    if text in _NAME_OF:
        return _NAME_OF[text]
    *modifiers, base = text.strip().split("+") if text.strip("+ ") else [text.strip()]
    modifiers = [modifier.strip().lower() for modifier in modifiers]
    if not all(modifier in _MODIFIERS for modifier in modifiers) or len(set(modifiers)) < len(modifiers):
        raise _no_key(text)
    name = _base_key(base.strip(), text)
    if "ctrl" in modifiers and len(name) == 1:
        name = name.lower()
    if modifiers == ["shift"] and len(name) == 1 and name.isalpha():
        return name.upper()
    order = [modifier for modifier in _MODIFIERS if modifier in modifiers]
    return "+".join([*order, name])


def _base_key(base: str, text: str) -> str:
    if base in _NAME_OF:
        return _NAME_OF[base]
    lower = _SYNONYMS.get(base.lower(), base.lower())
    if lower in _NAMED or lower in _CHARACTER_OF:
        return lower
    raise _no_key(text)


def _no_key(text: str) -> ValueError:
    return ValueError(f'{text!a} is not a key: write one like "T", "/", "f5", "enter" or "ctrl+t"')


def key_label(key: str) -> str:
    """Return a key's name as it is shown: `slash` is `/`, `ctrl+q` is `Ctrl-Q`."""
    *modifiers, base = key.split("+")
    shown = _CHARACTER_OF.get(base) or _LABELS.get(base) or base.capitalize()
    if modifiers:
        shown = shown.upper() if len(shown) == 1 else shown
        return "-".join([*(modifier.capitalize() for modifier in modifiers), shown])
    return shown
