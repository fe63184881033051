"""A short list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from widgets.escape import escape_controls


class Choice(NamedTuple):
    """One entry: what is returned, what stands there, and a key that chooses it at once ("" for none)."""

    id: str
    text: str
    key: str = ""


class Choose(ModalScreen[str | None]):
    """Offer a few things; returns the id of the chosen one, None for Esc.

    Args:
        title: what the choice is about, in one line; plain text.
    """

    DEFAULT_CSS = """
    Choose {
        align: center middle;
        & > #choose-box {
            width: 64;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            padding: 0 1;
            background: $surface;
            border: round $primary;
        }
        #choose-title { text-style: bold; height: auto; max-height: 3; }
        #choose-list { height: auto; max-height: 16; border: none; padding: 0; background: $surface; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="choose.leave"),
        Binding("j", "down", "Down", show=False, id="choose.down"),
        Binding("k", "up", "Up", show=False, id="choose.up"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title_text = title
        self._choices = list(choices)

    def compose(self) -> ComposeResult:
        """Lay out title and entries."""
        with Vertical(id="choose-box"):
            yield Static(Text(escape_controls(self._title_text)), id="choose-title", markup=False)
            yield OptionList(*[Option(_line(choice), id=choice.id) for choice in self._choices], id="choose-list")

    def on_mount(self) -> None:
        """Put the cursor on the first entry."""
        entries = self.query_one(OptionList)
        entries.highlighted = 0
        entries.focus()

    def on_key(self, event: Key) -> None:
        """Choose by an entry's own key."""
        chosen = next((choice for choice in self._choices if choice.key and choice.key == event.character), None)
        if chosen is not None:
            event.stop()
            self.dismiss(chosen.id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose."""
        event.stop()
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def action_down(self) -> None:
        """Go down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Go up."""
        self.query_one(OptionList).action_cursor_up()


def _line(choice: Choice) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{choice.key or ' '}  ", style="bold")
    line.append(escape_controls(choice.text))
    return line
