"""Figures drawn in blocks of any size."""

from __future__ import annotations

from functools import lru_cache

COLUMNS = 3
ROWS = 5

_DRAWN = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    "%": "#.# ..# .#. #.. #.#",
    "-": "... ... ### ... ...",
    "<": "..# .#. #.. .#. ..#",
    ":": "... .#. ... .#. ...",
    " ": "... ... ... ... ...",
}
_HALVES = {("#", "#"): "█", ("#", "."): "▀", (".", "#"): "▄", (".", "."): " "}


def digits_width(text: str, scale: int) -> int:
    """Return the cells that a figure takes; between two digits there is one dot."""
    return max(0, len(text) * (COLUMNS + 1) - 1) * scale


def digits_height(scale: int, *, ascii_only: bool = False) -> int:
    """Return the lines that a figure takes."""
    return ROWS * _tall(scale) if ascii_only else -(-ROWS * scale // 2)


@lru_cache(maxsize=256)
def digits(text: str, scale: int, *, ascii_only: bool = False) -> tuple[str, ...]:
    """Draw a figure; a dot is `scale` cells wide and half as many lines high, which is about square.

    Args:
        text: digits, `%`, `-`, `<`, `:` and blanks.
    """
    letters = [_DRAWN[letter].split() for letter in text]
    rows = [".".join([letter[row] for letter in letters]) for row in range(ROWS)]
    wide = ["".join([dot * scale for dot in row]) for row in rows]
    if ascii_only:
        return tuple(row.replace(".", " ") for row in wide for _ in range(_tall(scale)))
    tall = [row for row in wide for _ in range(scale)]
    if len(tall) % 2:
        tall.append("." * len(tall[0]))
    pairs = zip(tall[::2], tall[1::2], strict=True)
    return tuple("".join([_HALVES[pair] for pair in zip(upper, lower, strict=True)]) for upper, lower in pairs)


def _tall(scale: int) -> int:
    return -(-scale // 2)
