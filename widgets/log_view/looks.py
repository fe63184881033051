"""The parts of a log view, and how its lines look."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive

from widgets.log_view.layout import AnsiMode
from widgets.log_view.pane import LogPane
from widgets.log_view.prompt import LogPrompt
from widgets.log_view.stamps import Stamps
from widgets.log_view.status import LogStatus, Status
from widgets.log_view.store import LogStore


class LogLooks(Vertical, inherit_bindings=False):
    """Lines, prompt and status line below each other, and the switches for the looks of the lines."""

    wrap: reactive[bool] = reactive(False, init=False, repaint=False)
    """Continue long lines in the next row."""

    stamps: reactive[Stamps] = reactive("off", init=False, repaint=False)
    """Times in front of lines: "off", "local" or "utc"."""

    ansi: reactive[AnsiMode] = reactive("styles", init=False, repaint=False)
    """Escape sequences: "styles" shows colours and attributes, "strip" plain text, "show" the sequences themselves."""

    json_open: reactive[bool] = reactive(False, init=False, repaint=False)
    """Show each value of a line of JSON on a row of its own."""

    ascii_only: reactive[bool] = reactive(False, init=False, repaint=False)
    """Draw no sign beyond ASCII."""

    def __init__(
        self,
        *,
        store: LogStore | None = None,
        zone: tzinfo | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 -- Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.store = store if store is not None else LogStore()
        self._pane = LogPane(self.store)
        self._pane.change_look(zone=zone)
        self._prompt = LogPrompt()
        self._status = LogStatus()
        self._facts = Status()

    def compose(self) -> ComposeResult:
        """Lay out lines, prompt and status."""
        yield self._pane
        yield self._prompt
        yield self._status

    def focus(self, scroll_visible: bool = True) -> LogLooks:
        """Give the focus to the lines."""
        self._pane.focus(scroll_visible)
        return self

    # The status line

    def set_span_label(self, text: str) -> None:
        """Tell which part of the log was asked for, in a few words; "" tells nothing."""
        self._facts = replace(self._facts, span=text)
        self._show_status()

    @property
    def status(self) -> Status:
        """What the status line tells."""
        return self._facts

    def _tell(self, notice: str, *, is_error: bool = False) -> None:
        self._facts = replace(self._facts, notice=notice, is_error=is_error)
        self._show_status()

    def _show_status(self) -> None:
        if self.is_mounted:
            self._status.show(self.status, ascii_only=self.ascii_only)

    # Looks

    def watch_wrap(self, wrap: bool) -> None:
        """Lay out anew."""
        self._pane.change_look(wrap=wrap, column=0)

    def watch_stamps(self, stamps: Stamps) -> None:
        """Lay out anew."""
        self._pane.change_look(stamps=stamps)

    def watch_ansi(self, ansi: AnsiMode) -> None:
        """Lay out anew."""
        self._pane.change_look(ansi=ansi)

    def watch_json_open(self, json_open: bool) -> None:
        """Lay out anew."""
        self._pane.change_look(json=json_open)

    def watch_ascii_only(self, ascii_only: bool) -> None:
        """Lay out anew."""
        self._pane.change_look(ascii_only=ascii_only)
        self._show_status()
