"""Lines picked with the mouse or the keyboard, to be copied."""

from __future__ import annotations

from textual import events
from textual.message import Message

from widgets.log_view.canvas import LogCanvas


class LogPicker(LogCanvas, inherit_bindings=False):
    """Marks whole lines, by their numbers: they stay picked while rows move."""

    _anchor: int | None = None
    _last: int = 0
    _pressed: int = 0
    _is_dragging = False
    _has_dragged = False

    class Picked(Message):
        """Lines were picked with the mouse."""

    @property
    def picked(self) -> tuple[int, int] | None:
        """Numbers of the first and the last line picked."""
        if self._anchor is None:
            return None
        return min(self._anchor, self._last), max(self._anchor, self._last)

    def pick(self, anchor: int | None, last: int | None = None) -> None:
        """Pick the lines from one to another, None for none."""
        if (anchor, last) == (self._anchor, self._last):
            return
        self._anchor = anchor
        self._last = anchor if last is None and anchor is not None else last or 0
        self.refresh()

    def pick_more(self, last: int) -> None:
        """Pick up to this line."""
        self.pick(last if self._anchor is None else self._anchor, last)

    def is_picked(self, number: int) -> bool:
        """Tell whether a line is picked."""
        picked = self.picked
        return picked is not None and picked[0] <= number <= picked[1]

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Pick no lines, and begin to pick others."""
        number = self._line_at(event.y)
        if event.button == 1 and number is not None:
            self._is_dragging, self._has_dragged, self._pressed = True, False, number
            self.capture_mouse()
            self.pick(None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Pick up to the line below the mouse."""
        number = self._line_at(event.y)
        if self._is_dragging and number is not None:
            self._has_dragged = True
            self.pick(self._pressed, number)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Tell that lines are picked."""
        if not self._is_dragging:
            return
        self._is_dragging = False
        self.release_mouse()
        event.stop()
        if self._has_dragged:
            self.post_message(self.Picked())

    def on_click(self, event: events.Click) -> None:
        """Pick one line by a double click."""
        number = self._line_at(event.y)
        if event.chain == 2 and number is not None:
            self.pick(number)
            self.post_message(self.Picked())

    def _line_at(self, y: int) -> int | None:
        """Return the number of the line at a row of the screen, the nearest one in view."""
        return self._rows[max(0, min(y, len(self._rows) - 1))].number if self._rows else None
