"""Escape sequences found in text: read as styles or taken out, never executed."""

from __future__ import annotations

import re

from widgets.log_view.sgr import PLAIN, Sgr, apply

# Complete sequences only: what has no end stays in the text, where it is spelled out like any control character. No
# two repeats here can match the same character, so the search takes linear time.
_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])"  # CSI
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles, links, the clipboard
    r"|[PX^_][^\x1b]*\x1b\\"  # DCS, SOS, PM, APC
    r"|[ -/]+[0-~]"  # character sets
    r"|[0-OQ-WYZ\\`-~]"  # single ones: reset, save the cursor
    r")"
)

_SGR_PARAMETERS = re.compile(r"[0-9:;]*").fullmatch

Changes = list[tuple[int, Sgr]]
"""Places in a text and the look from there on, ascending."""


def strip(text: str) -> str:
    """Return text without escape sequences."""
    return _SEQUENCE.sub("", text) if "\x1b" in text else text


def parse(text: str) -> tuple[str, Changes]:
    """Return text without escape sequences, and the looks they asked for. Each line begins plain."""
    if "\x1b" not in text:
        return text, []
    pieces: list[str] = []
    changes: Changes = []
    state = PLAIN
    length = start = 0
    for found in _SEQUENCE.finditer(text):
        pieces.append(text[start : found.start()])
        length += found.start() - start
        start = found.end()
        if found["final"] == "m" and _SGR_PARAMETERS(found["parameters"]):
            new = apply(state, found["parameters"])
            if new != state:
                state = new
                changes.append((length, state))
    pieces.append(text[start:])
    return "".join(pieces), changes
