"""The line a filter is typed into."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from widgets.plain_input import PlainInput


class FilterBar(Horizontal):
    """One line that tells of the filter while it is typed. Enter keeps it, Esc clears it.

    The bar does not hide itself: its owner shows it, calls `open`, and hides it on `Closed`.
    """

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        & > Static { width: 2; color: $text-accent; text-style: bold; }
        & > Input { width: 1fr; height: 1; padding: 0; background: transparent; &, &:focus { border: none; } }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "clear", "Clear the filter", id="filter.clear")]

    class FilterChanged(Message):
        """The text is another one, `text` as typed."""

        def __init__(self, bar: FilterBar, text: str) -> None:
            super().__init__()
            self.bar = bar
            self.text = text

        @property
        def control(self) -> FilterBar:
            """The bar."""
            return self.bar

    class Closed(Message):
        """Typing is over; `kept` tells Enter from Esc."""

        def __init__(self, bar: FilterBar, *, kept: bool) -> None:
            super().__init__()
            self.bar = bar
            self.kept = kept

        @property
        def control(self) -> FilterBar:
            """The bar."""
            return self.bar

    def __init__(self, *, placeholder: str = "", id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Lay out the sign and the field."""
        yield Static("/", markup=False)
        yield PlainInput(placeholder=self._placeholder, select_on_focus=False)

    @property
    def text(self) -> str:
        """The filter as typed."""
        return self.query_one(Input).value

    @text.setter
    def text(self, text: str) -> None:
        self.query_one(Input).value = text

    @property
    def placeholder(self) -> str:
        """What stands in the empty field."""
        return self.query_one(Input).placeholder

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        self.query_one(Input).placeholder = text

    def open(self) -> None:
        """Take the focus, with the cursor behind the text that is there."""
        field = self.query_one(Input)
        field.focus()
        field.cursor_position = len(field.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what is typed."""
        event.stop()
        self.post_message(self.FilterChanged(self, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter."""
        event.stop()
        self.post_message(self.Closed(self, kept=True))

    def action_clear(self) -> None:
        """Empty the field and be done."""
        field = self.query_one(Input)
        # Told here and not by the field, so that it is told before the end.
        with field.prevent(Input.Changed):
            field.value = ""
        self.post_message(self.FilterChanged(self, ""))
        self.post_message(self.Closed(self, kept=False))
