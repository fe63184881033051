"""The part of a log view that draws lines, on Textual's line API."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.strip import Strip

from widgets.live_table.styles import StyleBook
from widgets.log_view.arrangement import Arrangement, Row, Top
from widgets.log_view.cells import Piece
from widgets.log_view.layout import SOURCE_COLOURS, Look
from widgets.log_view.listing import Listing
from widgets.log_view.sgr import PLAIN, Sgr, style_of
from widgets.log_view.store import LogStore

GUTTER = 2
"""Cells left of each row: the sign of the line that was found or of standard error, a blank."""

DRAW_SECONDS = 0.04
"""Lines that arrive are drawn at most this often."""

COLUMN_STEP = 8
WHEEL_ROWS = 3
ROLES = ("normal", "dim", "crit", "warn", "info", "debug", "hit", "rule", "key", "found")
_MOST_STYLES = 4096
_MOST_STRIPS = 512

_NOTHING = Row(-1, 0, [], "blank", is_stderr=False)
"""A row of the screen below the last line."""


class LogPane(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a listing. Scrolls by rows of its own and tells the scrollbar lines: nobody knows the height of all."""

    DEFAULT_CSS = """
    LogPane {
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

    follow: reactive[bool] = reactive(True, init=False, repaint=False)
    """Stick to the end."""

    class Arranged(Message):
        """What is in view was worked out anew."""

        def can_replace(self, message: Message) -> bool:
            """Let a newer one stand for an older one still waiting."""
            return isinstance(message, LogPane.Arranged)

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"log-view--{role}" for role in ROLES),
        *(f"log-view--source-{number}" for number in range(SOURCE_COLOURS)),
    }

    def __init__(self, store: LogStore, *, look: Look | None = None, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._arrangement = Arrangement(Listing(store), look or Look())
        self._top: Top = (0, 0)  # number of a line, not its place, and one of its rows
        self._rows: list[Row] = []
        self._seen = 0
        self._found: int | None = None
        self._draw_waits = False
        self._book = StyleBook(self, "log-view")
        self._styles_now: dict[tuple[str, Sgr], Style] = {}
        self._strips: dict[tuple[object, ...], Strip] = {}

    # What is shown

    @property
    def arrangement(self) -> Arrangement:
        """The rows, in view or not."""
        return self._arrangement

    @property
    def listing(self) -> Listing:
        """The lines shown."""
        return self._arrangement.listing

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows in view."""
        return tuple(self._rows)

    @property
    def new_lines(self) -> int:
        """Lines shown that came after the last one seen."""
        return len(self.listing) - self.listing.place_of(self._seen)

    @property
    def found(self) -> int | None:
        """Number of the line a search stopped at."""
        return self._found

    def show_listing(self, listing: Listing) -> None:
        """Show these lines; the one on top stays as near as it can."""
        self._arrangement.listing = listing
        self.rearrange()

    def change_look(self, **changes: object) -> None:
        """Lay lines out in another way."""
        if self._arrangement.change_look(**changes):
            self._strips.clear()
            self.rearrange()

    def lines_changed(self) -> None:
        """Draw soon: lines came or went."""
        if not self._draw_waits:
            self._draw_waits = True
            self.set_timer(DRAW_SECONDS, self._draw_now)

    def _draw_now(self) -> None:
        self._draw_waits = False
        self.rearrange()

    def draw_mark(self, text: str) -> None:
        """Draw a line with a text below the last row in view."""
        if self._rows:
            self._arrangement.add_mark(self._rows[-1].number, text)
            self._strips.clear()
            self.rearrange()

    def reset(self) -> None:
        """Begin anew: follow, without marks and without a line that was found."""
        self._arrangement.marks.clear()
        self._found = None
        self._seen = self.listing.store.end
        self.follow = True
        self.rearrange()

    def rearrange(self) -> None:
        """Work out which rows are in view, and draw when they are others."""
        height = self.scrollable_size.height
        if not height or not self.is_mounted:
            return
        bottom = self._arrangement.bottom(height)
        top = bottom if self.follow else min(self._top_place(), bottom)
        if self.follow:
            self._remember(top)
        rows = self._arrangement.screenful(top, height)
        self._seen = max(self._seen, rows[-1].number + 1 if rows else 0)
        if rows != self._rows:
            self._rows = rows
            self.refresh()
        self._tell_scrollbar(top[0], bottom[0])
        self.post_message(self.Arranged())

    def _top_place(self) -> Top:
        """Return the row on top by the place of its line."""
        number, part = self._top
        place = self.listing.place_of(number)
        if place >= len(self.listing):
            return self._arrangement.bottom(self.scrollable_size.height)
        if self.listing[place] != number:
            return place, 0
        return place, min(part, self._arrangement.height(place) - 1)

    def _remember(self, top: Top) -> None:
        place, part = top
        self._top = (self.listing[place] if place < len(self.listing) else self.listing.store.end, part)

    def _tell_scrollbar(self, place: int, bottom_place: int) -> None:
        if self.show_vertical_scrollbar:
            bar = self.vertical_scrollbar
            bar.window_size = self.scrollable_size.height
            bar.window_virtual_size = bottom_place + self.scrollable_size.height
            bar.position = place

    # Moving

    def move_rows(self, rows: int) -> None:
        """Scroll by rows; following ends on the way up, and begins where the end comes into view."""
        bottom = self._arrangement.bottom(self.scrollable_size.height)
        top = bottom if self.follow else min(self._top_place(), bottom)
        self._go_to(self._arrangement.moved(top, rows), bottom)

    def move_to_place(self, place: int) -> None:
        """Put a line on top."""
        self._go_to((max(0, place), 0), self._arrangement.bottom(self.scrollable_size.height))

    def show_line(self, number: int) -> None:
        """Bring a line into view, with some rows above it where it was not."""
        self._found = number
        if number in {row.number for row in self._rows}:
            self.refresh()
            self.follow = False
            return
        top = self._arrangement.moved((self.listing.place_of(number), 0), -(self.scrollable_size.height // 3))
        self.follow = False
        self._remember(min(top, self._arrangement.bottom(self.scrollable_size.height)))
        self.rearrange()

    def forget_found(self) -> None:
        """Take away the sign of the line that was found."""
        self._found = None
        self.refresh()

    def move_columns(self, columns: int) -> None:
        """Scroll sideways lines that are not wrapped, as far as the longest in view."""
        look = self._arrangement.look
        if not look.wrap:
            widest = max((self._text_width(number) for number in {row.number for row in self._rows}), default=0)
            most = max(look.column, widest - COLUMN_STEP) if columns > 0 else look.column
            self.change_look(column=max(0, min(look.column + columns, most)))

    def _text_width(self, number: int) -> int:
        """Return the most cells a line may take, an estimate: spelled out control characters are not counted."""
        return len(self.listing.store[number].text)

    def _go_to(self, top: Top, bottom: Top) -> None:
        self.follow = top >= bottom
        self._remember(min(top, bottom))
        self.rearrange()

    # Textual's side

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

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Lay out for the new size at once."""
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        if self._arrangement.change_look(width=max(1, self.scrollable_size.width - GUTTER)):
            self._strips.clear()
        self.rearrange()
        return changed

    def _scroll_update(self, virtual_size: Size) -> None:
        """Keep Textual from telling the scrollbar a size that is not known here."""

    def _on_scroll_to(self, message: ScrollTo) -> None:
        message.stop()
        message.prevent_default()
        if message.y is not None:
            self.move_to_place(round(message.y))

    def _on_scroll_up(self, event: ScrollUp) -> None:
        event.stop()
        event.prevent_default()
        self.move_rows(1 - self.scrollable_size.height)

    def _on_scroll_down(self, event: ScrollDown) -> None:
        event.stop()
        event.prevent_default()
        self.move_rows(self.scrollable_size.height - 1)

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, step: int) -> None:
        event.stop()
        event.prevent_default()
        if event.shift or event.ctrl:
            self.move_columns(step * COLUMN_STEP)
        else:
            self.move_rows(step * WHEEL_ROWS)

    # Drawing

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
        key = (row.number, row.part, row.kind, row.number == self._found, self.size.width)
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
        background = self.background_colors[1]
        for line_filter in self.app.get_line_filters():
            strip = strip.apply_filter(line_filter, background)
        return strip

    def _gutter(self, row: Row) -> Segment:
        if row.kind == "line" and not row.part and row.number == self._found:
            return Segment("> ", self._style("found", PLAIN))
        is_told = row.is_stderr and not row.part and self.listing.store.has_both_streams
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
