"""The `:` line: a command with completion and history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from widgets.escape import escape_controls
from widgets.plain_input import PlainInput

Candidates = Callable[[str], Sequence[str]]
"""Gives whole lines that could stand for the one typed so far, best first."""

HISTORY_LIMIT = 100


class CommandBar(Horizontal):
    """One line for a command, completed as in a shell; up and down recall earlier ones.

    Tab writes what all candidates agree on, and a blank behind the only one. Where they agree on nothing more, the
    first Tab changes nothing, so that typing goes on where it was; the next ones go through the candidates shown.

    The bar does not hide itself: its owner shows it, calls `open`, and hides it on `Submitted` or `Cancelled`.

    Args:
        candidates: Gives completions; called for each key, so it must be quick.
        history: Earlier commands, oldest first.
    """

    DEFAULT_CSS = """
    CommandBar {
        height: 1;
        & > .command-sign { width: 1; color: $text-accent; text-style: bold; }
        & > Input { width: 1fr; height: 1; padding: 0; background: transparent; &, &:focus { border: none; } }
        & > .command-hints {
            width: auto;
            max-width: 60%;
            height: 1;
            color: $foreground 60%;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Leave", id="command.cancel"),
        Binding("tab", "complete(1)", "Complete", show=False, id="command.complete"),
        Binding("shift+tab", "complete(-1)", "Complete backwards", show=False, id="command.complete_back"),
        Binding("up", "recall(-1)", "Earlier command", show=False, id="command.earlier"),
        Binding("down", "recall(1)", "Later command", show=False, id="command.later"),
    ]

    class Submitted(Message):
        """A command was entered, `text` without blanks at its ends; never empty."""

        def __init__(self, bar: CommandBar, text: str) -> None:
            super().__init__()
            self.bar = bar
            self.text = text

        @property
        def control(self) -> CommandBar:
            """The bar."""
            return self.bar

    class Cancelled(Message):
        """The line was left without a command."""

        def __init__(self, bar: CommandBar) -> None:
            super().__init__()
            self.bar = bar

        @property
        def control(self) -> CommandBar:
            """The bar."""
            return self.bar

    def __init__(
        self,
        candidates: Candidates,
        *,
        history: Sequence[str] = (),
        id: str | None = None,  # noqa: A002 -- Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._candidates = candidates
        self._history = list(history)[-HISTORY_LIMIT:]
        self._recalled = len(self._history)
        self._draft = ""
        self._completing: list[str] = []
        self._completed: str | None = None
        self._undecided: str | None = None

    def compose(self) -> ComposeResult:
        """Lay out the sign, the field and the completions."""
        yield Static(":", classes="command-sign", markup=False)
        yield PlainInput(select_on_focus=False)
        yield Static("", classes="command-hints", markup=False)

    @property
    def history(self) -> tuple[str, ...]:
        """Commands entered, oldest first, to be kept."""
        return tuple(self._history)

    def open(self, text: str = "") -> None:
        """Take the focus with this text in the line."""
        self._recalled = len(self._history)
        self._write(text)
        self.query_one(Input).focus()
        self._show_hints()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what could follow; typing ends a round of completions."""
        event.stop()
        if event.value != self._completed:
            self._completing = []
            self._show_hints()
        if event.value != self._undecided:
            self._undecided = None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pass the command on."""
        event.stop()
        text = event.value.strip()
        if not text:
            self.action_cancel()
            return
        self._history = [*[old for old in self._history if old != text], text][-HISTORY_LIMIT:]
        self._recalled = len(self._history)
        self._write("")
        self.post_message(self.Submitted(self, text))

    def action_cancel(self) -> None:
        """Leave without a command."""
        self._write("")
        self.post_message(self.Cancelled(self))

    def action_complete(self, step: int) -> None:
        """Complete as far as all candidates agree; then go through them one by one."""
        text = self.query_one(Input).value
        if self._completing:
            here = self._completing.index(text) if text in self._completing else -1 if step > 0 else 0
            self._complete_to(self._completing[(here + step) % len(self._completing)])
            return
        found = list(self._candidates(text))
        shared = _shared_start(found)
        if len(found) == 1:
            self._write(found[0].rstrip() + " ")
        elif len(shared) > len(text):
            self._write(shared)
        elif found and self._undecided == text:
            self._completing = found
            self._complete_to(found[0 if step > 0 else -1])
        self._undecided = self.query_one(Input).value if not self._completing else None

    def _complete_to(self, text: str) -> None:
        self._completed = text
        self._write(text)

    def action_recall(self, step: int) -> None:
        """Go through earlier commands; behind the last one is what was being typed."""
        if self._recalled == len(self._history):
            self._draft = self.query_one(Input).value
        self._recalled = max(0, min(len(self._history), self._recalled + step))
        at_end = self._recalled == len(self._history)
        self._write(self._draft if at_end else self._history[self._recalled])

    def _write(self, text: str) -> None:
        field = self.query_one(Input)
        field.value = text
        field.cursor_position = len(text)

    def _show_hints(self) -> None:
        """Show the words that could come next; the line cuts them at its end with a sign."""
        text = self.query_one(Input).value
        start = text.rfind(" ") + 1
        words = [escape_controls(candidate[start:]) for candidate in self._candidates(text) if candidate != text]
        hints = self.query_one(".command-hints", Static)
        hints.update(Content("  ".join(words)))


def _shared_start(texts: Sequence[str]) -> str:
    """Return what all texts begin with; the least and the greatest tell for those between."""
    if not texts:
        return ""
    least, greatest = min(texts), max(texts)
    for place, character in enumerate(least):
        if greatest[place] != character:
            return least[:place]
    return least
