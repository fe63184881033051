"""Lines of a terminal as strips: the program's styles, then what lies over them (matches, selection, cursor)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as BlendableColor
from textual.strip import Strip

from widgets.terminal.core import PLAIN, CellStyle, Colour, Cursor, CursorShape, Line, Rgb, Run

FAINT = 0.5
"""How far faint text goes to its background."""


class Overlay(NamedTuple):
    """A part of a row that is drawn otherwise."""

    start: int
    end: int
    kind: str
    """"selection", "match", "match-current", "cursor-block", "cursor-underline", "cursor-bar" or "cursor-hollow"."""


class Colours(NamedTuple):
    """What the widget's own style says."""

    foreground: Rgb
    background: Rgb
    match: Style
    match_current: Style


def cursor_overlay(cursor: Cursor, shape: CursorShape | None = None) -> Overlay:
    """Return how the cursor is drawn."""
    return Overlay(cursor.x, cursor.x + 1, f"cursor-{shape or cursor.shape}")


class Painter:
    """Turns lines into strips; keeps the styles it made.

    Args:
        colours: the widget's own.
        palette: the program's 256.
        finish: the last word on each style (filters of the app).
    """

    MOST_STYLES = 8192

    def __init__(self, colours: Colours, palette: tuple[Rgb, ...], finish: Callable[[Style], Style]) -> None:
        self.colours = colours
        self.palette = palette
        self._finish = finish
        self._styles: dict[tuple[CellStyle, str], Style] = {}
        self._blank = self._style(PLAIN, "")

    def strip(self, line: Line | None, width: int, overlays: Iterable[Overlay] = ()) -> Strip:
        """Return a row exactly as wide as asked for."""
        if line is None:
            return Strip([Segment(" " * width, self._blank)], width)
        pieces = [(run, "") for run in line.runs]
        parts = list(overlays)
        if line.selected is not None:
            parts.insert(0, Overlay(*line.selected, "selection"))
        for overlay in parts:
            pieces = _overlaid(pieces, overlay)
        segments = [Segment(run.text, self._style(run.style, kind)) for run, kind in pieces]
        strip = Strip(segments, sum([run.width for run, _ in pieces]))
        return strip if strip.cell_length == width else strip.adjust_cell_length(width, self._blank)

    def _style(self, style: CellStyle, kind: str) -> Style:
        key = (style, kind)
        made = self._styles.get(key)
        if made is None:
            if len(self._styles) >= self.MOST_STYLES:
                self._styles.clear()
            made = self._styles[key] = self._finish(self._make(style, kind))
        return made

    def _make(self, style: CellStyle, kind: str) -> Style:
        foreground = self._rgb(style.foreground, self.colours.foreground)
        background = self._rgb(style.background, self.colours.background)
        inverse = style.inverse
        if kind in ("selection", "cursor-block"):
            inverse = not inverse
        if inverse:
            foreground, background = background, foreground
        if kind in (
            "cursor-bar",
            "cursor-hollow",
        ):  # a cell has no room for a bar: a pale block tells it from the others
            background = _blended(foreground, background, 0.4 if kind == "cursor-bar" else 0.7)
        if style.faint:
            foreground = _blended(foreground, background, FAINT)
        if style.invisible:
            foreground = background
        made = Style(
            color=Color.from_rgb(*foreground),
            bgcolor=Color.from_rgb(*background),
            bold=style.bold or None,
            italic=style.italic or None,
            underline=bool(style.underline) or kind == "cursor-underline" or None,
            underline2=style.underline == "double" or None,
            strike=style.strikethrough or None,
            overline=style.overline or None,
            blink=style.blink or None,
        )
        if kind == "match":
            return made + self.colours.match
        return made + self.colours.match_current if kind == "match-current" else made

    def _rgb(self, colour: Colour, default: Rgb) -> Rgb:
        if colour is None:
            return default
        return self.palette[colour] if isinstance(colour, int) else colour


def _blended(foreground: Rgb, background: Rgb, part: float) -> Rgb:
    blended = BlendableColor(*foreground).blend(BlendableColor(*background), part)
    return blended.r, blended.g, blended.b


def _overlaid(pieces: list[tuple[Run, str]], overlay: Overlay) -> list[tuple[Run, str]]:
    """Return the pieces with those under an overlay cut out and given its kind; a wide sign is never cut."""
    result: list[tuple[Run, str]] = []
    x = 0
    for run, kind in pieces:
        end = x + run.width
        if end <= overlay.start or x >= overlay.end:
            result.append((run, kind))
        elif len(run.text) != run.width or run.width == 1 or cell_len(run.text[0]) != 1:
            result.append((run, overlay.kind))
        else:
            first, last = max(overlay.start - x, 0), min(overlay.end - x, run.width)
            for text, part in (
                (run.text[:first], kind),
                (run.text[first:last], overlay.kind),
                (run.text[last:], kind),
            ):
                if text:
                    result.append((run._replace(text=text, width=len(text)), part))
        x = end
    return result
