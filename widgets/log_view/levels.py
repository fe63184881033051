"""The word of a line that tells how bad it is."""

from __future__ import annotations

import re
from typing import Literal

Level = Literal["crit", "warn", "info", "debug"]

_WORDS: dict[str, Level] = {
    **dict.fromkeys(("emerg", "emergency", "alert", "crit", "critical", "fatal", "panic", "severe"), "crit"),
    **dict.fromkeys(("err", "error", "failed", "failure"), "crit"),
    **dict.fromkeys(("warn", "warning"), "warn"),
    **dict.fromkeys(("info", "notice"), "info"),
    **dict.fromkeys(("debug", "trace"), "debug"),
}

_ANY = "|".join(sorted(_WORDS, key=len, reverse=True))

# A level is written in capitals, in brackets, or named as one. Small letters in running text ("no error") are not.
_LEVEL = re.compile(
    rf"(?<![\w-])(?P<capitals>{_ANY.upper()})(?![\w-])"
    rf"|(?<=[\[<(])(?P<bracketed>(?i:{_ANY}))(?=[\]>)])"
    rf"|(?:(?i:level|lvl|severity))[\"']?\s{{0,3}}[=:]\s{{0,3}}[\"']?(?P<named>(?i:{_ANY}))\b"
    rf"|^(?P<leading>(?i:{_ANY}))(?=:\s)"
)

_LOOKED_AT = 1024
"""A level stands near the beginning."""


def level_of(text: str) -> tuple[int, int, Level] | None:
    """Return where the level stands in a line and what it means; None where there is none."""
    found = _LEVEL.search(text, 0, _LOOKED_AT)
    if found is None or found.lastgroup is None:
        return None
    start, end = found.span(found.lastgroup)
    return start, end, _WORDS[found[found.lastgroup].lower()]


def level_word(word: str) -> Level | None:
    """Return what a word alone means."""
    return _WORDS.get(word.lower())
