"""The drawing half of the terminal view: it knows what stands on each row and redraws only what differs."""

from __future__ import annotations

import time
from functools import partial
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from widgets.frames import frames_of
from widgets.terminal.core import Line, Rgb
from widgets.terminal.emulator import Emulator
from widgets.terminal.messages import Scrolled
from widgets.terminal.painter import Colours, Overlay, Painter, cursor_overlay

FRAME_SECONDS = 1 / 30
REST_AFTER_DRAWING = 2.0
MOST_FRAME_SECONDS = 0.08
"""After a frame that took long, on its way through Textual too, comes a rest of so many times that, within bounds: on a
busy machine drawing must not take what is left of it."""
HELD_SECONDS = 0.15
"""A program that begins a synchronised update and does not end it is drawn after this."""


class Row(NamedTuple):
    """What stands on a row of the screen."""

    line: Line
    overlays: tuple[Overlay, ...] = ()


class TerminalCanvas(Widget, inherit_bindings=False):
    """Shows what an emulator's screen looks like, thirty times a second at most, and nothing at rest."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"terminal--match", "terminal--match-current"}  # noqa: RUF012 -- Textual's own way

    DEFAULT_CSS = """
    TerminalCanvas {
        height: 1fr;
        width: 1fr;
        & > .terminal--match { background: $warning-muted; color: $text; }
        & > .terminal--match-current { background: $warning; color: $background; text-style: bold; }
    }
    """

    def __init__(
        self,
        emulator: Emulator,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 -- Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._emulator = emulator
        self._rows: dict[int, Row] = {}
        self._strips: dict[int, Strip] = {}
        self._painter: Painter | None = None
        self._is_asked = False
        self._next_frame = 0.0
        self._held_since: float | None = None
        self._stale = True
        self._unseen = True
        self._back = 0

    @property
    def emulator(self) -> Emulator:
        """The terminal shown; it may outlive this widget."""
        return self._emulator

    # When to draw

    def _on_changed(self) -> None:
        """Draw soon, but not sooner than a frame after the last time."""
        self._stale = True
        if self._is_asked:
            return
        if not self._in_sight():
            self._unseen = True  # what is shown again is asked for its lines
        else:
            self._is_asked = True
            frames_of(self.app).ask(self, partial(self.call_later, self._draw), self._next_frame)

    def _in_sight(self) -> bool:
        """Tell whether drawing is of use; before its first layout a widget has no styles either."""
        return self.is_attached and self.display and bool(self.size) and self.screen in self.app.screen_stack

    def _draw(self) -> None:
        self._is_asked = False
        if self._emulator.closed:
            return
        started = time.monotonic()
        if self._is_held(started):
            self._next_frame = started + FRAME_SECONDS
            self._on_changed()
            return
        width, height = self.size
        regions = [Region(0, y, width, 1) for y in sorted(self._sync()) if y < height]
        self._next_frame = started + FRAME_SECONDS
        if regions:
            self.refresh(*regions)
            self.call_after_refresh(self._drawn, started)

    def _drawn(self, started: float) -> None:
        wait = (time.monotonic() - started) * (1 + REST_AFTER_DRAWING)
        self._next_frame = started + max(FRAME_SECONDS, min(wait, MOST_FRAME_SECONDS))

    def _is_held(self, now: float) -> bool:
        """Tell whether the program is within a synchronised update (mode 2026) that is not too old."""
        if not self._emulator.core.modes().held:
            self._held_since = None
            return False
        if self._held_since is None:
            self._held_since = now
        return now - self._held_since < HELD_SECONDS

    # What to draw

    def _sync(self) -> set[int]:
        """Read the screen and return the rows that differ from what was drawn."""
        self._stale = self._unseen = False
        core = self._emulator.core
        changes = core.take_changes()
        if self._painter is None or self._painter.palette is not core.palette:
            self._painter = self._make_painter()
            self._rows = dict.fromkeys(self._rows, _NO_ROW)
        self._rows = {y: row for y, row in self._rows.items() if y < core.rows}
        overlays = self._overlays()
        differing = set()
        for y in range(core.rows):
            old = self._rows.get(y)
            line = changes.get(y) or (old.line if old is not None else Line(()))
            new = Row(line, overlays.get(y, ()))
            if new != old:
                self._rows[y] = new
                self._strips.pop(y, None)
                differing.add(y)
        self._tell_scrolled()
        return differing

    def _overlays(self) -> dict[int, tuple[Overlay, ...]]:
        """Return what lies over the rows: matches, the cursor on top."""
        core = self._emulator.core
        found: dict[int, tuple[Overlay, ...]] = {}
        for match in core.matches():
            kind = "match-current" if match.current else "match"
            found[match.y] = (*found.get(match.y, ()), Overlay(match.start, match.end, kind))
        cursor = core.cursor()
        if cursor is not None:
            shape = cursor.shape if self.has_focus else "hollow"
            found[cursor.y] = (*found.get(cursor.y, ()), cursor_overlay(cursor, shape))
        return found

    def _tell_scrolled(self) -> None:
        back = self._emulator.core.scroll().back
        if back != self._back:
            self._back = back
            self.post_message(Scrolled(self, back))

    # Colours

    def _make_painter(self) -> Painter:
        style = self.rich_style
        colours = Colours(
            _rgb(style, foreground=True),
            _rgb(style, foreground=False),
            self._part("match"),
            self._part("match-current"),
        )
        return Painter(colours, self._emulator.core.palette, self._filtered)

    def _part(self, name: str) -> Style:
        try:
            return self.get_component_rich_style(f"terminal--{name}", partial=True)
        except KeyError:  # Textual may ask for lines before it gave the new widget its styles; it tells when it did
            return Style.null()

    def _filtered(self, style: Style) -> Style:
        """Put a style through the app's filters (monochrome and the like) here, once, instead of on every line."""
        segments = [Segment("x", style)]
        for line_filter in self.app.get_line_filters():
            segments = line_filter.apply(segments, self.background_colors[1])
        return segments[0].style or Style.null()

    def _repaint(self) -> None:
        """Draw everything in new colours, and tell programs that ask for them."""
        self._painter = None
        self._strips.clear()
        if self.is_attached and not self._emulator.closed:
            style = self.rich_style
            self._emulator.core.set_colours(_rgb(style, foreground=True), _rgb(style, foreground=False))
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget styles worked out for another stylesheet."""
        super().notify_style_update()
        self._repaint()

    # Textual's side

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 -- Textual's signature
        """Be as wide as the terminal where the width is automatic."""
        return self._emulator.core.columns

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 -- the same
        """Be as high as the terminal where the height is automatic."""
        return self._emulator.core.rows

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        if not regions:
            self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines, each made once until it differs; Textual's own way copies each of them three times."""
        if self._unseen and not self._emulator.closed:
            self._sync()
        if crop.x or crop.width != self.size.width or self.styles.gutter.totals != (0, 0) or self.opacity < 1:
            return super().render_lines(crop)
        strips = self._strips
        for y in crop.line_range:
            if y not in strips or strips[y].cell_length != crop.width:
                strips[y] = self._paint(y, crop.width)
        return [strips[y] for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        """Return one row of the screen."""
        return self._paint(y, self.size.width)

    def _paint(self, y: int, width: int) -> Strip:
        if self._painter is None:
            self._painter = self._make_painter()
        line, overlays = self._rows.get(y, _NO_ROW)
        return self._painter.strip(line if line.runs else None, width, overlays)


_NO_ROW = Row(Line(()))


def _rgb(style: Style, *, foreground: bool) -> Rgb:
    colour = style.color if foreground else style.bgcolor
    if colour is None:
        return (255, 255, 255) if foreground else (0, 0, 0)
    red, green, blue = colour.get_truecolor(foreground=foreground)
    return red, green, blue
