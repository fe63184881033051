"""The line that tells which keys do what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from widgets.escape import escape_controls
from widgets.fit import ASCII_ELLIPSIS, ELLIPSIS

BETWEEN = 2
"""Blank cells between two keys."""


class KeyWords(NamedTuple):
    """A key as written on the keyboard, and what it does in a word or two."""

    key: str
    words: str

    @property
    def width(self) -> int:
        """Cells it takes, with the blank between key and words."""
        return cell_len(self.key) + 1 + cell_len(self.words)


def fit_keys(keys: Sequence[KeyWords], width: int) -> Sequence[KeyWords]:
    """Return as many keys as fit, from the front; when not all do, room is left for the sign that says so."""
    used = 0
    for number, one in enumerate(keys):
        used += one.width + (BETWEEN if number else 0)
        is_last = number == len(keys) - 1
        if used + (0 if is_last else BETWEEN + 1) > width:
            return keys[:number]
    return keys


class KeyFooter(Widget):
    """One line of keys, the most important first; those that do not fit are announced by a sign at the end."""

    DEFAULT_CSS = """
    KeyFooter {
        height: 1;
        color: $foreground 70%;
        & > .key-footer--key { color: $text-accent; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-footer--key"}

    keys: reactive[tuple[KeyWords, ...]] = reactive(())
    """What is shown, most important first."""

    ascii_only: reactive[bool] = reactive(False)
    """Draw the sign for more keys in ASCII."""

    def set_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these keys and words, most important first."""
        self.keys = tuple([KeyWords(escape_controls(key), escape_controls(words)) for key, words in keys])

    def render_line(self, y: int) -> Strip:
        """Return the line."""
        width = self.size.width
        plain = self.rich_style
        if y:
            return Strip.blank(width, plain)
        key_style = plain + self.get_component_rich_style("key-footer--key", partial=True)
        shown = fit_keys(self.keys, width)
        segments = []
        for number, (key, words) in enumerate(shown):
            segments += [
                Segment(" " * BETWEEN if number else "", plain),
                Segment(key, key_style),
                Segment(f" {words}", plain),
            ]
        if len(shown) < len(self.keys):
            sign = ASCII_ELLIPSIS if self.ascii_only else ELLIPSIS
            segments.append(Segment((" " * BETWEEN if shown else "") + sign, plain))
        return Strip([segment for segment in segments if segment.text]).adjust_cell_length(width, plain)
