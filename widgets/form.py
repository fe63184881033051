"""A form: fields one below the other, checked while typing, by keyboard alone, kept when something fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from widgets.escape import escape_controls
from widgets.form_fields import YES, Choice, Field, FieldKind, Tick, Values, widget_of

__all__ = ["YES", "Field", "FieldKind", "Form", "Values"]

BOX_LINES = 7  # border, title of two lines, hint of two, buttons
PREVIEW_LINES = 4


class Form(ModalScreen[bool]):
    """Ask for several values; returns True once they were taken, False when it was left.

    Nothing is lost when `submit` says no: the form stays, with its sentence.

    Args:
        title: the question in one line; plain text.
        fields: in order.
        submit: takes the values, with blanks at their ends cut; returns why they cannot be taken, or an empty text.
        verb: words of the button that submits.
        preview: what the values would come to, shown below and renewed on every key: a command line.
        check: why the values do not fit together, or an empty text.
        values: what stands in the fields at first, in the place of their own `value`.
    """

    DEFAULT_CSS = """
    Form {
        align: center middle;
        & > #form-box {
            width: 78;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            padding: 0 1;
            background: $surface;
            border: round $primary;
        }
        #form-title { text-style: bold; height: auto; max-height: 2; }
        #form-fields { height: auto; scrollbar-size-vertical: 1; }
        .form-row { height: 1; width: 1fr; }
        .form-label { width: 22; height: 1; }
        .form-row.-wrong > .form-label { color: $text-error; text-style: bold; }
        .form-row Input { height: 1; width: 1fr; padding: 0; border: none; background: $boost; }
        .form-row Input:focus { border: none; text-style: bold; }
        #form-hint { height: 2; color: $foreground 70%; &.-wrong { color: $text-error; } }
        #form-preview { height: auto; max-height: 4; color: $foreground 70%; }
        #form-buttons { height: 1; align-horizontal: right; }
        #form-buttons > #form-keys { width: 1fr; height: 1; color: $foreground 60%; }
        #form-buttons > Button {
            min-width: 8; width: auto; height: 1; border: none; margin-left: 2;
            &:focus { text-style: reverse bold; }
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="form.leave"),
        Binding("ctrl+s", "submit", "Submit", id="form.submit", priority=True),
        Binding("up", "app.focus_previous", "Field above", show=False, id="form.up"),
        Binding("down", "app.focus_next", "Field below", show=False, id="form.down"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        submit: Callable[[dict[str, str]], Awaitable[str]],
        *,
        verb: str = "Create",
        preview: Callable[[Values], str] | None = None,
        check: Callable[[Values], str] | None = None,
        values: Values | None = None,
    ) -> None:
        super().__init__()
        self._title_text = title
        self._fields = tuple(fields)
        self._submit = submit
        self._verb = verb
        self._preview = preview
        self._check = check
        self._first = {field.key: (values or {}).get(field.key, field.value) for field in fields}
        self.left_with: dict[str, str] = {}
        self._touched: set[str] = set()
        self._failure = ""
        self._busy = False

    def compose(self) -> ComposeResult:
        """Lay out title, fields, hint, preview and buttons."""
        with Vertical(id="form-box"):
            yield Static(Text(escape_controls(self._title_text)), id="form-title", markup=False)
            with VerticalScroll(id="form-fields", can_focus=False):
                for field in self._fields:
                    with Horizontal(classes="form-row", id=f"row-{field.key}"):
                        yield Static(Text(field.label), classes="form-label", markup=False)
                        yield widget_of(field, self._first[field.key])
            yield Static("", id="form-hint", markup=False)
            if self._preview is not None:
                yield Static("", id="form-preview", markup=False)
            with Horizontal(id="form-buttons"):
                yield Static(Text("Tab next  Ctrl-S submit  Esc leave"), id="form-keys", markup=False)
                yield Button("Leave", id="form-no", compact=True)
                yield Button(escape_controls(self._verb), id="form-yes", compact=True)

    def on_mount(self) -> None:
        """Put the cursor into the first field; where lines cannot be drawn the box has plain ones."""
        if getattr(self.app, "ascii_only", False):
            box = self.query_one("#form-box")
            box.styles.border = ("ascii", box.styles.border_top[1])
        self._first = self.values  # what cannot be chosen is another value now
        self._renew()
        if self._fields:
            self._field_widget(self._fields[0].key).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Let the fields scroll where there is no room for all; hint, preview and buttons stay in sight."""
        other = BOX_LINES + (PREVIEW_LINES if self._preview is not None else 0)
        self.query_one("#form-fields").styles.max_height = max(3, event.size.height - other)

    @property
    def values(self) -> dict[str, str]:
        """Return what stands in the fields, those that do not apply too."""
        return {field.key: self._value_of(field).strip() for field in self._fields}

    @property
    def problems(self) -> dict[str, str]:
        """Return why a field cannot be taken, by its key."""
        values = self.values
        found = {field.key: field.problem(values[field.key]) for field in self._applying(values)}
        return {key: problem for key, problem in found.items() if problem}

    def say(self, sentence: str) -> None:
        """Show why the values were not taken."""
        self._failure = sentence
        self._renew()

    def _applying(self, values: Values) -> list[Field]:
        return [field for field in self._fields if field.applies is None or field.applies(values)]

    def _field_widget(self, key: str) -> Widget:
        return self.query_one(f"#field-{key}", Widget)

    def _value_of(self, field: Field) -> str:
        widget = self._field_widget(field.key)
        assert isinstance(widget, Input | Choice | Tick)  # noqa: S101 - these are all that `widget_of` makes
        return widget.value

    @on(Input.Changed)
    @on(Choice.Changed)
    @on(Tick.Changed)
    def _typed(self) -> None:
        self._touched.update(key for key, value in self.values.items() if value != self._first.get(key, ""))
        self._failure = ""
        self._renew()

    def on_descendant_focus(self) -> None:
        """Show the hint of the field that is filled in now."""
        self._renew()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    @property
    def _focused_field(self) -> Field | None:
        focused = self.focused
        key = (focused.id or "").removeprefix("field-") if focused is not None else ""
        return next((field for field in self._fields if field.key == key), None)

    def _renew(self) -> None:
        """Show marks, hint and preview as the values are now."""
        if not self.is_mounted:
            return
        values, problems = self.values, self.problems
        applying = {field.key for field in self._applying(values)}
        for field in self._fields:
            row = self.query_one(f"#row-{field.key}")
            row.display = field.key in applying
            wrong = field.key in problems and field.key in self._touched
            row.set_class(wrong, "-wrong")
            label = f"! {field.label}" if wrong else f"  {field.label}"
            row.query_one(".form-label", Static).update(Text(label))
        self._show_hint(problems, values)
        if self._preview is not None:
            text = "" if problems else self._preview(values)
            self.query_one("#form-preview", Static).update(Text(escape_controls(text)))

    def _show_hint(self, problems: Mapping[str, str], values: Values) -> None:
        field = self._focused_field
        text, wrong = "", False
        if self._failure:
            text, wrong = self._failure, True
        elif field is not None and field.key in problems and field.key in self._touched:
            text, wrong = f"{field.label}: {problems[field.key]}", True
        elif not problems and self._check is not None and (unfit := self._check(values)):
            text, wrong = unfit, True
        elif field is not None:
            text = field.hint
        hint = self.query_one("#form-hint", Static)
        hint.set_class(wrong, "-wrong")
        hint.update(Text(escape_controls(("! " if wrong else "  ") + text) if text else ""))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "form-yes":
            self.action_submit()
        else:
            self.action_leave()

    def action_submit(self) -> None:
        """Hand the values over, or go to the first field that is wrong."""
        if self._busy:
            return
        self._touched.update(field.key for field in self._fields)
        problems = self.problems
        if problems:
            self._field_widget(next(field.key for field in self._fields if field.key in problems)).focus()
            self._renew()
            return
        if self._check is not None and (unfit := self._check(self.values)):
            self.say(unfit)
            return
        self._busy = True
        self.run_worker(self._hand_over(self.values), exclusive=True, group="form-submit")

    async def _hand_over(self, values: dict[str, str]) -> None:
        self.query_one("#form-keys", Static).update(Text("working ..."))
        try:
            refusal = await self._submit(values)
        finally:
            self._busy = False
            for keys in self.query("#form-keys").results(Static):  # none where the application ends meanwhile
                keys.update(Text("Tab next  Ctrl-S submit  Esc leave"))
        if refusal:
            self.say(refusal)
        else:
            self.dismiss(True)

    def action_leave(self) -> None:
        """Leave without submitting; what is under way is given up, what was typed is in `left_with`."""
        self.workers.cancel_group(self, "form-submit")
        values = self.values
        if values != self._first:
            secret = {field.key for field in self._fields if field.kind is FieldKind.SECRET}
            self.left_with = {key: value for key, value in values.items() if key not in secret}
        self.dismiss(False)
