"""Foreign text made safe to draw: what would move the cursor, hide or reorder text is spelled out."""

from __future__ import annotations

import unicodedata

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HARMFUL_CATEGORIES = frozenset(
    {
        "Cc",  # C0, DEL and C1 controls: terminals obey them
        "Cf",  # bidi overrides, zero-width signs, tags: they reorder or hide text
        "Cn",  # not assigned: every terminal measures it differently
        "Cs",  # lone surrogates from undecodable names: they cannot be written at all
        "Zl",  # line separator
        "Zp",  # paragraph separator
    }
)


def escape_controls(text: str) -> str:
    r"""Return text with every control, format and separator sign spelled as `\n`, `\x1b` or `\u202e`.

    What is printable stays as it is, wide and combining characters included. Clean text is returned unchanged and costs
    one scan in C.
    """
    if text.isprintable():
        return text
    return "".join([_escape_character(character) for character in text])


def escape_beyond_ascii(text: str) -> str:
    r"""Return text in ASCII alone: controls as above, every other sign as `\xfc` or `\u4e2d`."""
    return escape_controls(text).encode("ascii", "backslashreplace").decode("ascii")


def mask_controls(text: str) -> str:
    """Return text of the same length in which a `?` stands for every sign that `escape_controls` spells out.

    For what is edited: each place in what is shown is a place in the text.
    """
    if text.isprintable():
        return text
    return "".join(["?" if _escape_character(character) != character else character for character in text])


def _escape_character(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) not in _HARMFUL_CATEGORIES:
        return character
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
