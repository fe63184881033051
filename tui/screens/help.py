"""All keys and commands, from the one table of actions, and what the figures mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from textual.events import Resize
from textual.widget import Widget

from tui.actions import Scope
from tui.present.help import figure_lines, filter_lines, key_lines
from tui.screens.page import Heading, PageScreen
from tui.screens.span_lines import SpanLines


class HelpScreen(PageScreen):
    """Keys first, then the filter, then the figures."""

    SCOPES: ClassVar[Collection[Scope]] = (Scope.APP,)

    def parts(self) -> Iterable[Widget]:
        """Return the parts of the page."""
        return (
            SpanLines(id="help-keys"),
            Heading("Filter"),
            SpanLines(id="help-filter"),
            Heading("Figures"),
            SpanLines(id="help-figures"),
        )

    def on_mount(self) -> None:
        """Name the page."""
        super().on_mount()
        self.show_title(((" Help", "accent"), ("  small letters never change anything outside the screen", "dim")))

    def on_resize(self, event: Resize) -> None:
        """Wrap the descriptions to the width."""
        super().on_resize(event)
        width = event.size.width - 3
        self.query_one("#help-keys", SpanLines).show(key_lines(self.deck.table_of_actions, width))
        self.query_one("#help-filter", SpanLines).show(filter_lines(width))
        self.query_one("#help-figures", SpanLines).show(figure_lines(width))

    def do_help(self) -> None:
        """Do nothing: it is open."""
