"""The line of pane names; a click on one opens it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.message import Message

from tui.present.roles import Span
from tui.present.tabs import Tab
from tui.screens.span_lines import SpanLines

_GAP = "   "


class PaneTabs(SpanLines):
    """Shows which pane is open and which others there are."""

    class Chosen(Message):
        """A pane's name was clicked."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._places: list[tuple[int, int, str]] = []

    def show_tabs(self, tabs: Sequence[Tab], active: str) -> None:
        """Show these names, the open pane's marked."""
        spans: list[Span] = [(" ", "normal")]
        self._places = []
        x = 1
        for tab in tabs:
            mark = (">", "accent") if tab.pane == active else (" ", "dim")
            label = f"{tab.key} {tab.text}" if tab.key else tab.text
            gap = [(_GAP, "dim")] if len(spans) > 1 else []  # none behind the last: it would be cut with a sign
            spans += [*gap, mark, (label, "accent" if tab.pane == active else "dim")]  # type: ignore[list-item]
            width = 1 + cell_len(label)
            self._places.append((x, x + width, tab.pane))
            x += width + len(_GAP)
        self.show([tuple(spans)])

    def on_click(self, event: events.Click) -> None:
        """Open the pane whose name was clicked."""
        for start, end, pane in self._places:
            if start <= event.x < end:
                self.post_message(self.Chosen(pane))
