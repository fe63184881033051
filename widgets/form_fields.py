"""The fields of a form: what one is, and what it is filled in with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from widgets.escape import escape_controls
from widgets.plain_input import PlainInput

Values = Mapping[str, str]
"""What stands in each field, by its key; of a tick "yes" or ""."""

YES = "yes"


class FieldKind(Enum):
    """How a field is filled in."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    CHOICE = "choice"  # one of `options`
    TICK = "tick"


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        key: name in the values.
        label: words before it, at most 20 columns.
        value: what stands there at first.
        hint: what may be typed, shown while the field has the focus.
        options: of a CHOICE, as (value, words).
        check: returns why a text cannot be taken, or an empty text; asked on every key.
        required: empty is not enough.
        applies: tells by all values whether the field is of use now; others are left out and not checked.
    """

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    value: str = ""
    hint: str = ""
    options: Sequence[tuple[str, str]] = ()
    check: Callable[[str], str] | None = None
    required: bool = False
    applies: Callable[[Values], bool] | None = None

    def problem(self, value: str) -> str:
        """Return why a text cannot be taken, or an empty text."""
        if self.required and not value.strip():
            return "must not be empty"
        if self.kind is FieldKind.CHOICE and value not in {option for option, _ in self.options}:
            return "is none of the choices"
        return self.check(value.strip()) if self.check is not None and value.strip() else ""


class Choice(Widget, can_focus=True):
    """One of several values on one line; left and right, Space or the first letter change it."""

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; &:focus { background: $boost; text-style: bold; } }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Other choice", show=False, id="form.choice_left"),
        Binding("right,space", "step(1)", "Other choice", show=False, id="form.choice_right"),
    ]

    class Changed(Message):
        """Another value was chosen."""

    def __init__(self, options: Sequence[tuple[str, str]], value: str, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._options = list(options)
        values = [option for option, _ in options]
        self._at = values.index(value) if value in values else 0

    @property
    def value(self) -> str:
        """Return the value chosen; empty without options."""
        return self._options[self._at][0] if self._options else ""

    def render(self) -> Text:
        """Draw the words of the value, and where it stands among how many."""
        if not self._options:
            return Text("nothing to choose from", "dim")
        words = escape_controls(self._options[self._at][1])
        if len(self._options) == 1:
            return Text(words)
        return Text.assemble("< ", words, " >", (f"  {self._at + 1} of {len(self._options)}", "dim"))

    def action_step(self, by: int) -> None:
        """Choose another value, round the end."""
        if self._options:
            self._choose((self._at + by) % len(self._options))

    def on_key(self, event: events.Key) -> None:
        """Choose the next value that begins with a letter."""
        letter = (event.character or "").casefold()
        if not letter.isalnum():
            return
        order = [(self._at + step) % len(self._options) for step in range(1, len(self._options) + 1)]
        for at in order:
            if self._options[at][1].casefold().startswith(letter):
                event.stop()
                self._choose(at)
                return

    def _choose(self, at: int) -> None:
        self._at = at
        self.refresh()
        self.post_message(self.Changed())


class Tick(Widget, can_focus=True):
    """Yes or no, told by a letter; Space or Enter change it."""

    DEFAULT_CSS = """
    Tick { height: 1; width: 1fr; &:focus { background: $boost; text-style: bold; } }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,left,right", "turn", "Change", show=False, id="form.tick"),
    ]

    class Changed(Message):
        """It was changed."""

    def __init__(self, value: str, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._on = value == YES

    @property
    def value(self) -> str:
        """Return "yes" or ""."""
        return YES if self._on else ""

    def render(self) -> Text:
        """Draw the box."""
        return Text("[x] yes" if self._on else "[ ] no")

    def action_turn(self) -> None:
        """Change it."""
        self._on = not self._on
        self.refresh()
        self.post_message(self.Changed())


def widget_of(field: Field, value: str) -> Widget:
    """Return what a field is filled in with, `field-KEY` its id."""
    name = f"field-{field.key}"
    if field.kind is FieldKind.CHOICE:
        return Choice(field.options, value, id=name)
    if field.kind is FieldKind.TICK:
        return Tick(value, id=name)
    return PlainInput(value, id=name, password=field.kind is FieldKind.SECRET, select_on_focus=False, compact=True)
