"""The part of a log view that shows lines: which ones, and how to get to others."""

from __future__ import annotations

from functools import partial
from time import monotonic

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp

from widgets.frames import frames_of
from widgets.log_view.arrangement import Arrangement, Top
from widgets.log_view.canvas import GUTTER
from widgets.log_view.layout import Look
from widgets.log_view.listing import Listing
from widgets.log_view.picking import LogPicker
from widgets.log_view.store import LogStore

DRAW_SECONDS = 0.04
"""Lines that arrive are drawn at most this often."""

COLUMN_STEP = 8
WHEEL_ROWS = 3


class LogPane(LogPicker, can_focus=True, inherit_bindings=False):
    """Rows of a listing. Scrolls by rows of its own and tells the scrollbar lines: nobody knows the height of all."""

    follow: reactive[bool] = reactive(True, init=False, repaint=False)
    """Stick to the end."""

    class Arranged(Message):
        """What is in view was worked out anew."""

        def can_replace(self, message: Message) -> bool:
            """Let a newer one stand for an older one still waiting."""
            return isinstance(message, LogPane.Arranged)

    def __init__(self, store: LogStore, *, look: Look | None = None, id: str | None = None) -> None:  # noqa: A002
        super().__init__(store, id=id)
        self._arrangement = Arrangement(Listing(store), look or Look())
        self._top: Top = (0, 0)  # number of a line, not its place, and one of its rows
        self._seen = 0
        self._draw_waits = False

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
            frames_of(self.app).ask(self, partial(self.call_later, self._draw_now), monotonic() + DRAW_SECONDS)

    def _draw_now(self) -> None:
        self._draw_waits = False
        self.rearrange()

    def draw_mark(self, text: str) -> None:
        """Draw a line with a text below the last row in view."""
        if self._rows:
            self._arrangement.add_mark(self._rows[-1].number, text)
            self._strips.clear()
            self.rearrange()

    def draw_note(self, text: str) -> None:
        """Draw a line with a text below the last line."""
        self._arrangement.add_mark(self.listing.store.end - 1, text)
        self._strips.clear()
        self.rearrange()

    def reset(self) -> None:
        """Begin anew: follow, without marks and without a line that was found."""
        self._arrangement.marks.clear()
        self._found = None
        self.pick(None)
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

    # Picking

    def line_at_hand(self) -> int | None:
        """Return the line found when it is in view, else the last one in view."""
        in_view = [row.number for row in self._rows]
        return self._found if self._found in in_view else in_view[-1] if in_view else None

    def pick_next(self, step: int) -> None:
        """Pick one more line in a direction, the first time the one at hand, and bring it into view."""
        if self.picked is None:
            if (number := self.line_at_hand()) is not None:
                self.pick(number)
            return
        place = self.listing.place_of(self._last) + step
        if 0 <= place < len(self.listing):
            self.pick_more(self.listing[place])
            if self._last not in {row.number for row in self._rows}:
                self.move_rows(step * self._arrangement.height(place))

    # Textual's side

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
