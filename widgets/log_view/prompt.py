"""The line a search, a filter or a file name is typed into."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from widgets.plain_input import PlainInput

Purpose = Literal["search", "filter", "exclude", "save"]

_SIGNS: dict[Purpose, str] = {"search": "/", "filter": "only ", "exclude": "without ", "save": "save to "}


class LogPrompt(Horizontal):
    """One line, shown while something is typed. Enter keeps it, Esc takes it away."""

    DEFAULT_CSS = """
    LogPrompt {
        height: 1;
        display: none;
        & > Static { width: auto; color: $text-accent; text-style: bold; }
        & > Input { width: 1fr; height: 1; padding: 0; background: transparent; &, &:focus { border: none; } }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", id="log_prompt.cancel")]

    class Typed(Message):
        """The text is another one."""

        def __init__(self, purpose: Purpose, text: str) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    class Closed(Message):
        """Typing is over; `text` is None when it was taken back with Esc."""

        def __init__(self, purpose: Purpose, text: str | None) -> None:
            super().__init__()
            self.purpose = purpose
            self.text = text

    def __init__(self) -> None:
        super().__init__()
        self._purpose: Purpose = "search"

    def compose(self) -> ComposeResult:
        """Lay out the sign and the field."""
        yield Static("/", markup=False)
        yield PlainInput(select_on_focus=False)

    @property
    def is_open(self) -> bool:
        """Whether something is being typed."""
        return bool(self.display)

    def open(self, purpose: Purpose, text: str) -> None:
        """Take the focus, with the cursor behind the text."""
        self._purpose = purpose
        self.query_one(Static).update(_SIGNS[purpose])
        field = self.query_one(Input)
        with field.prevent(Input.Changed):
            field.value = text
        self.display = True
        field.focus()
        field.cursor_position = len(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what is typed."""
        event.stop()
        if self.is_open:
            self.post_message(self.Typed(self._purpose, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep it."""
        event.stop()
        self._close(event.value)

    def action_cancel(self) -> None:
        """Take it back."""
        self._close(None)

    def _close(self, text: str | None) -> None:
        self.display = False
        self.post_message(self.Closed(self._purpose, text))
