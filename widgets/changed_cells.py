"""Which cells of a line differ from those before, found without a step of Python for each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

MOST_STYLES = 4096
_BITS = 16  # a cell's letter and the letter of its style: both are within the first plane of Unicode
_ONE_CELL = re.compile("[ -~\xa0\xb0\xb1\xb7\xd7\u2026\u2190-\u2193\u2500-\u25ff\u2800-\u28ff]*")
# Going on to another column takes up to six bytes: up to so many cells that did not change are sent again instead.
_RUN = re.compile("[^\0]+(?:\0{1,5}[^\0]+)*")
_ONE_LOOK = re.compile(r"(.)\1*", re.DOTALL)
_PLAIN = Style.null()


class Cells(NamedTuple):
    """A line of which every letter takes one cell.

    Attributes:
        text: a letter for each cell.
        looks: the letter of its style for each cell.
        bits: both, to be compared at once.
    """

    text: str
    looks: str
    bits: int


class Looks:
    """A letter for every style that was drawn."""

    def __init__(self) -> None:
        self._letters: dict[Style, str] = {}
        self._styles: dict[str, Style] = {}

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to `clear`; cells of before must not be compared any more after that."""
        return len(self._letters) >= MOST_STYLES

    def clear(self) -> None:
        """Forget all styles."""
        self._letters.clear()
        self._styles.clear()

    def cells(self, strip: Strip) -> Cells | None:
        """Return the cells of a line, None where a letter may take another number of cells than one."""
        texts, looks = [], []
        for text, style, control in strip:
            if control:
                return None
            texts.append(text)
            looks.append(self._letter(style or _PLAIN) * len(text))
        whole, look = "".join(texts), "".join(looks)
        if not (whole.isascii() and whole.isprintable()) and not _ONE_CELL.fullmatch(whole):
            return None
        return Cells(whole, look, int.from_bytes((whole + look).encode("utf-16-le"), "little"))

    def changed(self, before: Cells, after: Cells) -> Iterator[tuple[int, list[Segment]]]:
        """Give the pieces that differ between two lines of one length, each with its first cell."""
        length = len(after.text)
        differing = before.bits ^ after.bits
        if not differing:
            return
        differing = (differing | differing >> _BITS * length) & ((1 << _BITS * length) - 1)
        # No letter is beyond U+28FF, so neither is what differs between two: it reads as text again.
        for run in _RUN.finditer(differing.to_bytes(2 * length, "little").decode("utf-16-le")):
            yield run.start(), self._pieces(after, run.start(), run.end())

    def _pieces(self, cells: Cells, start: int, end: int) -> list[Segment]:
        text, styles = cells.text, self._styles
        return [
            Segment(text[start + piece.start() : start + piece.end()], styles[piece[1]])
            for piece in _ONE_LOOK.finditer(cells.looks[start:end])
        ]

    def _letter(self, style: Style) -> str:
        letter = self._letters.get(style)
        if letter is None:
            letter = self._letters[style] = chr(len(self._letters) + 1)
            self._styles[letter] = style
        return letter
