"""The drawing half of a log's lines, on Textual's line API."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.live_table.styles import StyleBook
from widgets.log_view.arrangement import Row
from widgets.log_view.cells import Piece
from widgets.log_view.layout import SOURCE_COLOURS
from widgets.log_view.sgr import PLAIN, Sgr, style_of
from widgets.log_view.store import LogStore

GUTTER = 2
"""Cells left of each row: the sign of the line that was found or of standard error, a blank."""

ROLES = ("normal", "dim", "crit", "warn", "info", "debug", "hit", "rule", "key", "found")
_MOST_STYLES = 4096
_MOST_STRIPS = 512

_PICKED = Style(reverse=True)

_NOTHING = Row(-1, 0, [], "blank", is_stderr=False)
"""A row of the screen below the last line."""


class LogCanvas(ScrollView, inherit_bindings=False):
    """Draws the rows it is given."""

    DEFAULT_CSS = """
    LogCanvas {
        height: 1fr;
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .log-view--normal { color: $foreground; }
        & > .log-view--dim { color: $foreground 60%; }
        & > .log-view--crit { color: $text-error; text-style: bold; }
        & > .log-view--warn { color: $text-warning; text-style: bold; }
        & > .log-view--info { color: $foreground; }
        & > .log-view--debug { color: $foreground 60%; }
        & > .log-view--hit { color: $text-accent; text-style: bold underline; }
        & > .log-view--found { color: $text-accent; text-style: bold; }
        & > .log-view--rule { color: $text-primary; text-style: bold; }
        & > .log-view--key { color: $text-primary; }
        & > .log-view--source-0 { color: $text-primary; }
        & > .log-view--source-1 { color: $text-secondary; }
        & > .log-view--source-2 { color: $text-accent; }
        & > .log-view--source-3 { color: $text-success; }
        & > .log-view--source-4 { color: $primary-lighten-2; }
        & > .log-view--source-5 { color: $foreground; text-style: italic; }
    }
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"log-view--{role}" for role in ROLES),
        *(f"log-view--source-{number}" for number in range(SOURCE_COLOURS)),
    }

    def __init__(self, store: LogStore, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._rows: list[Row] = []
        self._found: int | None = None
        self._book = StyleBook(self, "log-view")
        self._styles_now: dict[tuple[str, Sgr], Style] = {}
        self._strips: dict[tuple[object, ...], Strip] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows in view."""
        return tuple(self._rows)

    def is_picked(self, number: int) -> bool:  # noqa: ARG002 -- for who picks lines
        """Tell whether a line is picked."""
        return False

    def on_mount(self) -> None:
        """Redraw in new colours when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._restyle())

    def notify_style_update(self) -> None:
        """Forget styles worked out for another focus or stylesheet."""
        super().notify_style_update()
        self._restyle()

    def _restyle(self) -> None:
        self._book.clear()
        self._styles_now.clear()
        self._strips.clear()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines from `render_line`.

        Textual's own way copies each three times: for borders and padding, for the filters of the app and to its
        length. Filters were applied already, and a log has neither border nor padding unless someone gives it.
        """
        if crop.x or crop.width != self.size.width or self.styles.gutter.totals != (0, 0) or self.opacity < 1:
            return super().render_lines(crop)
        return [self.render_line(y) for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen; a row that stays in view is made once."""
        row = self._rows[y] if y < len(self._rows) else _NOTHING
        key = (row.number, row.part, row.kind, row.number == self._found, self.is_picked(row.number), self.size.width)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= _MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._strip(row)
        return strip

    def _strip(self, row: Row) -> Strip:
        segments = [self._gutter(row), *[Segment(piece.text, self._piece_style(piece)) for piece in row.pieces]]
        # As wide as the widget, scrollbar included: a strip of another length would be copied at each refresh.
        strip = Strip(segments).adjust_cell_length(self.size.width, self._style("", PLAIN))
        if row.kind == "line" and self.is_picked(row.number):
            strip = strip.apply_style(_PICKED)
        background = self.background_colors[1]
        for line_filter in self.app.get_line_filters():
            strip = strip.apply_filter(line_filter, background)
        return strip

    def _gutter(self, row: Row) -> Segment:
        if row.kind == "line" and row.number == self._found:
            return Segment("> ", self._style("found", PLAIN))
        is_told = row.is_stderr and not row.part and self._store.has_both_streams
        return Segment("e " if is_told else "  ", self._style("dim", PLAIN))

    def _piece_style(self, piece: Piece) -> Style:
        return self._style(piece.role, piece.sgr)

    def _style(self, role: str, sgr: Sgr) -> Style:
        style = self._styles_now.get((role, sgr))
        if style is None:
            if len(self._styles_now) > _MOST_STYLES:
                self._styles_now.clear()
            # The colours a program chose stay; only what was looked for is marked over them.
            if sgr == PLAIN or role == "hit":
                style = self._book.style_of("", role or "normal")
            else:
                style = self._book.style_of("", "normal") + style_of(sgr)
            self._styles_now[role, sgr] = style
        return style
