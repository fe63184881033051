"""Every engine connection, and why one does not answer."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from tui.domain.host import HostView
from tui.present.engines import engine_lines
from tui.screens.page import PageScreen
from tui.screens.span_lines import SpanLines


class EnginesScreen(PageScreen):
    """What hostdeck is connected to."""

    def parts(self) -> Iterable[Widget]:
        """Return the one part of the page."""
        return (SpanLines(id="engines"),)

    def show_view(self, view: HostView) -> None:
        """Bring the page up to date."""
        super().show_view(view)
        self.show_title(((" Engines", "accent"),))
        self.query_one("#engines", SpanLines).show(engine_lines(view, self.size.width - 4))

    def do_engines(self) -> None:
        """Do nothing: it is open."""
