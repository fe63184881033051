"""A question before something happens: yes or no, no being the safe answer."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, Static

from widgets.escape import escape_controls
from widgets.plain_input import PlainInput


class _Tick(Checkbox):
    """A box that shows its state by a letter and not by a colour alone."""

    BUTTON_LEFT = "["
    BUTTON_RIGHT = "]"

    @property
    def _button(self) -> Content:
        return Content("[x]" if self.value else "[ ]")


class Confirm(ModalScreen[bool]):
    """Ask a question and return the answer; leaving with Esc is a no.

    Args:
        title: The question in one line.
        body: What it touches, as plain text of any length; it scrolls.
        yes: Words of the button that does it.
        no: Words of the button that does not; it has the focus at first.
        must_type: A text to be typed before yes is possible (a name, a number); None for none.
        unasked: Nobody pressed a key for it: a letter, perhaps meant for what was on top before, is no yes.
        option: Words of a box that may be ticked, empty at first; None for none. Read `option_chosen` when answered.
    """

    DEFAULT_CSS = """
    Confirm {
        align: center middle;
        & > #confirm-box {
            width: 72;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            padding: 0 1;
            background: $surface;
            border: round $primary;
        }
        #confirm-title { text-style: bold; height: auto; max-height: 3; }
        #confirm-body { height: auto; max-height: 12; margin: 0; }
        #confirm-body > Static { height: auto; }
        #confirm-ask { height: auto; color: $text-warning; }
        #confirm-input { height: 1; padding: 0; background: $boost; &, &:focus { border: none; } }
        #confirm-option { height: 1; width: 100%; padding: 0; background: transparent;
            &, &:focus { border: none; } &:focus > .toggle--label { text-style: reverse; } }
        #confirm-buttons { height: 1; align-horizontal: right; }
        #confirm-buttons > Button {
            min-width: 8;
            width: auto;
            height: 1;
            border: none;
            margin-left: 2;
            &:focus { text-style: reverse bold; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", id="confirm.no"),
        Binding("n", "answer(False)", "No", show=False, id="confirm.no_letter"),
        Binding("y", "answer(True)", "Yes", show=False, id="confirm.yes_letter"),
        Binding("left,up", "app.focus_previous", "Other answer", show=False, id="confirm.previous"),
        Binding("right,down", "app.focus_next", "Other answer", show=False, id="confirm.next"),
        Binding("pageup", "scroll_body(-1)", "Scroll up", show=False, id="confirm.page_up"),
        Binding("pagedown", "scroll_body(1)", "Scroll down", show=False, id="confirm.page_down"),
    ]

    def __init__(
        self,
        title: str,
        body: str = "",
        *,
        yes: str = "Yes",
        no: str = "No",
        must_type: str | None = None,
        option: str | None = None,
        unasked: bool = False,
    ) -> None:
        super().__init__()
        self._title_text = title
        self._body_text = body
        self._yes = yes
        self._no = no
        self._must_type = must_type
        self._option = option
        self._unasked = unasked
        self.option_chosen = False

    def compose(self) -> ComposeResult:
        """Lay out question, body, the field to type into, and the answers."""
        with Vertical(id="confirm-box"):
            yield Static(_plain(self._title_text), id="confirm-title", markup=False)
            if self._body_text:
                with VerticalScroll(id="confirm-body", can_focus=False):
                    yield Static(_plain(self._body_text), markup=False)
            if self._must_type is not None:
                yield Static(_plain(f"Type {self._must_type} to confirm:"), id="confirm-ask", markup=False)
                yield PlainInput(id="confirm-input", select_on_focus=False)
            if self._option is not None:
                yield _Tick(_plain(self._option), id="confirm-option")
            with Horizontal(id="confirm-buttons"):
                yield Button(_plain(self._no), id="confirm-no")
                yield Button(
                    _plain(self._yes), id="confirm-yes", variant="warning", disabled=self._must_type is not None
                )

    def on_mount(self) -> None:
        """Put the focus on the safe answer, or where the text must be typed, and fit the body to the terminal."""
        self.query_one("#confirm-input" if self._must_type is not None else "#confirm-no").focus()

    def on_resize(self) -> None:
        """Leave room for everything but the body, which scrolls."""
        for body in self.query("#confirm-body"):
            body.styles.max_height = max(
                1, self.size.height - (7 if self._must_type is not None else 5) - (self._option is not None)
            )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Allow yes only while the text is right."""
        event.stop()
        self.query_one("#confirm-yes", Button).disabled = event.value.strip() != self._must_type

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take Enter in the field as yes when the text is right."""
        event.stop()
        if event.value.strip() == self._must_type:
            self.dismiss(True)

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Remember whether the box is ticked."""
        event.stop()
        self.option_chosen = event.value

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        event.stop()
        self.dismiss(event.button.id == "confirm-yes")

    def action_answer(self, answer: bool) -> None:
        """Answer by key; a yes counts only when nothing has to be typed and the question was expected."""
        if not answer or (self._must_type is None and not self._unasked):
            self.dismiss(answer)

    def action_scroll_body(self, direction: int) -> None:
        """Scroll the body by a page."""
        for body in self.query("#confirm-body"):
            body.scroll_relative(y=direction * max(1, body.size.height - 1), animate=False)


def _plain(text: str) -> Text:
    """Return text as it is: no markup, control characters spelled out, line ends kept."""
    return Text("\n".join([escape_controls(line) for line in text.split("\n")]))
