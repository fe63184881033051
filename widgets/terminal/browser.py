"""Looking around in a terminal: scrollback, search, selection, and the mouse where the program does not want it."""

from __future__ import annotations

from textual import events
from textual.timer import Timer

from widgets.terminal.canvas import TerminalCanvas
from widgets.terminal.core import Found, KeyPress, MouseAction, MouseButton
from widgets.terminal.emulator import Emulator
from widgets.terminal.keys import mouse_report
from widgets.terminal.messages import Searched, SelectionCopied, Typed

WHEEL_ROWS = 3


class TerminalBrowser(TerminalCanvas, inherit_bindings=False):
    """A canvas one can look around in.

    Args:
        emulator: what is shown.
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
        super().__init__(emulator, name=name, id=id, classes=classes, disabled=disabled)
        self._selecting: tuple[int, int] | None = None
        self._dragged = False
        self._selected = False
        self._searching: Timer | None = None
        self._search_text = ""

    def _send(self, data: bytes) -> None:
        """Give bytes to the program: to the emulator's sink, or as a message."""
        if data and not self._emulator.closed and not self._emulator.send(data):
            self.post_message(Typed(self, data))

    # Scrollback

    @property
    def rows_back(self) -> int:
        """How many rows the view is away from the end."""
        return 0 if self._emulator.closed else self._emulator.core.scroll().back

    def action_page(self, pages: int) -> None:
        """Scroll by a screen less one row."""
        self._scroll_by(pages * max(1, self._emulator.core.rows - 1))

    def action_line(self, rows: int) -> None:
        """Scroll by rows."""
        self._scroll_by(rows)

    def action_first(self) -> None:
        """Scroll to the oldest row."""
        self._scroll_by(-self._emulator.core.scroll().total)

    def action_last(self) -> None:
        """Scroll to the end."""
        self._emulator.core.scroll_to_end()
        self._on_changed()

    def _scroll_by(self, rows: int) -> None:
        if not self._emulator.closed:
            self._emulator.core.scroll_by(rows)
            self._on_changed()

    # Search

    def search(self, text: str) -> None:
        """Search screen and scrollback, newest first; `Searched` tells how it goes. Empty text ends it."""
        self._stop_searching()
        if self._emulator.closed:
            return
        self._search_text = text
        self._emulator.core.search(text)
        if text:
            self._search_further()
        else:
            self._on_changed()

    def search_older(self) -> None:
        """Go to the next match upwards."""
        self._search_move(older=True)

    def search_newer(self) -> None:
        """Go to the next match downwards."""
        self._search_move(older=False)

    def _search_further(self) -> None:
        self._searching = None
        if self._emulator.closed:
            return
        found = self._emulator.core.search_step()
        if not found.complete:
            self._searching = self.set_timer(0.001, self._search_further)
        elif found.total and found.index is None:
            self._emulator.core.search_move(older=True)
            found = self._emulator.core.search_step()
        self._show_found(found)

    def _search_move(self, *, older: bool) -> None:
        if self._search_text and not self._emulator.closed:
            self._emulator.core.search_step()
            self._emulator.core.search_move(older=older)
            self._show_found(self._emulator.core.search_step())

    def _show_found(self, found: Found) -> None:
        self._on_changed()
        self.post_message(Searched(self, found))

    def _stop_searching(self) -> None:
        if self._searching is not None:
            self._searching.stop()
            self._searching = None

    # Mouse and selection

    @property
    def selected_text(self) -> str:
        """The selected text; empty without a selection."""
        return "" if self._emulator.closed else self._emulator.core.selected_text()

    def copy_selection(self) -> None:
        """Put the selected text into the clipboard, by the app's own OSC 52."""
        text = self.selected_text
        if text:
            self.app.copy_to_clipboard(text)
            self.post_message(SelectionCopied(self, text))

    def _select_nothing(self) -> None:
        self._selected = False
        self._emulator.core.select_nothing()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select, or tell the program."""
        event.stop()
        if self._emulator.closed:
            return
        if self._is_programs(event):
            self._send_mouse(event, "press")
        elif event.button == 1:
            self._selecting, self._dragged = (event.x, event.y), False
            self.capture_mouse()
            if self._selected:
                self._select_nothing()
                self._on_changed()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select further, or tell the program."""
        if self._emulator.closed:
            return
        if self._selecting is not None:
            self._drag(self._selecting, (event.x, event.y))
        elif self._is_programs(event):
            self._send_mouse(event, "motion")

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Copy what is selected, or tell the program."""
        event.stop()
        if self._selecting is not None:
            self._selecting = None
            self.release_mouse()
            if self._dragged:
                self.copy_selection()
        elif not self._emulator.closed and self._is_programs(event):
            self._send_mouse(event, "release")

    def on_click(self, event: events.Click) -> None:
        """Select and copy a word (twice) or a line (three times)."""
        event.stop()
        if not self._emulator.closed and event.chain in (2, 3) and not self._is_programs(event):
            place = (event.x, event.y)
            self._emulator.core.select(place, place, "word" if event.chain == 2 else "line")
            self._selected = True
            self._on_changed()
            self.copy_selection()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back, or tell the program."""
        self._wheel(event, "wheel-up")

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll forward, or tell the program."""
        self._wheel(event, "wheel-down")

    def _is_programs(self, event: events.MouseEvent) -> bool:
        """Tell whether the program gets this; Shift keeps it from it."""
        return not event.shift and self._emulator.core.modes().mouse

    def _send_mouse(self, event: events.MouseEvent, action: MouseAction, button: MouseButton | None = None) -> None:
        self._send(self._emulator.core.encode_mouse(mouse_report(event, action, button)))

    def _drag(self, anchor: tuple[int, int], end: tuple[int, int]) -> None:
        """Select up to a cell; beyond the edges the view scrolls along."""
        core = self._emulator.core
        if not self._dragged:
            if end == anchor:
                return
            self._dragged = self._selected = True
            core.select(anchor, end)
        if end[1] < 0 or end[1] >= core.rows:
            core.scroll_by(-1 if end[1] < 0 else 1)
        core.select_further(end)
        self._on_changed()

    def _wheel(self, event: events.MouseEvent, button: MouseButton) -> None:
        event.stop()
        event.prevent_default()
        if self._emulator.closed:
            return
        up = button == "wheel-up"
        modes = self._emulator.core.modes()
        if self._is_programs(event):
            self._send_mouse(event, "press", button)
        elif modes.alternate_screen and modes.alternate_scroll and not event.shift:
            # Pagers have no scrollback of ours to show, but understand the cursor keys.
            self._send(self._emulator.core.encode_key(KeyPress("up" if up else "down")) * WHEEL_ROWS)
        else:
            self._scroll_by(-WHEEL_ROWS if up else WHEEL_ROWS)
