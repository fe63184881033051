"""Between a key and the session it opens: what is pressed meanwhile is meant for the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Static

from widgets.escape import escape_controls

if TYPE_CHECKING:
    from textual.worker import Worker

MOST_KEYS = 1000
SHOWN_AFTER_SECONDS = 0.3


class OnItsWay(ModalScreen[None]):
    """Lies over what was there until a session is ready, and keeps the keys for it; Esc gives up.

    The key that leaves a session gives up too: kept for the session it would not leave it, and what is pressed after
    it, meant for the list, would be typed into the program.

    Args:
        words: what is waited for, in one line.

    Attributes:
        typed: the keys so far.
        worker: what is waited for; giving up ends it.
    """

    OWNS_KEYS: ClassVar[bool] = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+right_square_bracket", "give_up", "Give up", show=False, priority=True, id="session_leave"),
    ]

    DEFAULT_CSS = """
    OnItsWay { align: center bottom; background: transparent; }
    OnItsWay > Static { width: 100%; height: 1; padding: 0 1; background: $surface; display: none; }
    """

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = escape_controls(words)
        self._is_over = False
        self.typed: list[Key] = []
        self.worker: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Place the line; it is shown only where waiting takes a while."""
        yield Static(f"{self._words}  Esc gives up", markup=False)

    def on_mount(self) -> None:
        """Say it soon, not at once: most openings are faster than an eye."""
        self.set_timer(SHOWN_AFTER_SECONDS, self._show)

    def _show(self) -> None:
        self.query_one(Static).display = True

    def on_key(self, event: Key) -> None:
        """Keep a key."""
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.action_give_up()
        elif len(self.typed) < MOST_KEYS:
            self.typed.append(event)

    def action_give_up(self) -> None:
        """Wait no longer, and forget the keys."""
        self.typed.clear()
        if self.worker is not None:
            self.worker.cancel()
        self.end()

    def end(self) -> None:
        """Go away, at once or when what lies over it has gone."""
        if not self._is_over:
            self._is_over = True
            self._leave()

    def on_screen_resume(self) -> None:
        """Go away now, where that is due."""
        if self._is_over:
            self._leave()

    def _leave(self) -> None:
        if self.app.screen is self:
            self.app.pop_screen()
