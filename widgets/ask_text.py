"""A line to type, with a question above it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from widgets.escape import escape_controls
from widgets.plain_input import PlainInput


class AskText(ModalScreen[str | None]):
    """Ask for a text; returns it without blanks at its ends, None for Esc or an empty one.

    Args:
        title: the question in one line; plain text.
        hint: what may be typed; plain text.
        text: what stands there at first.
        why_not: returns what is wrong with a text: it stays there to be mended; empty where nothing is.
    """

    DEFAULT_CSS = """
    AskText {
        align: center middle;
        & > #ask-box {
            width: 72;
            max-width: 100%;
            height: auto;
            padding: 0 1;
            background: $surface;
            border: round $primary;
        }
        #ask-title { text-style: bold; height: auto; max-height: 3; }
        #ask-hint { color: $foreground 60%; height: auto; max-height: 4; }
        #ask-wrong { color: $warning; height: auto; max-height: 4; display: none; }
        #ask-input { height: 1; padding: 0; background: $boost; &, &:focus { border: none; } }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", id="ask.leave")]

    def __init__(
        self, title: str, hint: str = "", text: str = "", why_not: Callable[[str], str] = lambda _text: ""
    ) -> None:
        super().__init__()
        self._why_not = why_not
        self._title_text = title
        self._hint = hint
        self._text = text

    def compose(self) -> ComposeResult:
        """Lay out question, hint and line."""
        with Vertical(id="ask-box"):
            yield Static(Text(escape_controls(self._title_text)), id="ask-title", markup=False)
            if self._hint:
                yield Static(Text(escape_controls(self._hint)), id="ask-hint", markup=False)
            yield PlainInput(self._text, id="ask-input", select_on_focus=False)
            yield Static("", id="ask-wrong", markup=False)

    def on_mount(self) -> None:
        """Put the cursor behind the text."""
        field = self.query_one(Input)
        field.cursor_position = len(self._text)
        field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer, or say what is wrong with it."""
        event.stop()
        text = event.value.strip()
        wrong = self._why_not(text) if text else ""
        if not wrong:
            self.dismiss(text or None)
            return
        line = self.query_one("#ask-wrong", Static)
        line.update(Text(escape_controls(wrong)))
        line.display = True

    def action_leave(self) -> None:
        """Answer nothing."""
        self.dismiss(None)
