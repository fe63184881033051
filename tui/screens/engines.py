"""All figures of the host, every engine connection, and why one does not answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from textual.widget import Widget

from tui.actions import Scope
from tui.domain.host import HostView
from tui.present.engines import engine_lines, host_lines
from tui.present.problems import problem_lines
from tui.screens.long_charts import Charts
from tui.screens.page import Heading, PageScreen
from tui.screens.span_lines import SpanLines


class EnginesScreen(PageScreen):
    """The host, what hostdeck is connected to, and what is recorded of the host."""

    SCOPES: ClassVar[Collection[Scope]] = (Scope.CHARTS, Scope.APP)

    def parts(self) -> Iterable[Widget]:
        """Return the parts of the page."""
        return (
            SpanLines(id="problem-lines"),
            SpanLines(id="host"),
            Heading("Engines"),
            SpanLines(id="engines"),
            Charts(has_live=False),
        )

    def show_view(self, view: HostView) -> None:
        """Bring the page up to date."""
        super().show_view(view)
        self.show_title(((f" {view.host_name}", "accent"), ("  host", "dim")))
        width = self.size.width - 4
        self._show_problems(view, width)
        self.query_one("#host", SpanLines).show(host_lines(view, width, self.deck.source.tick_seconds))
        self.query_one("#engines", SpanLines).show(engine_lines(view, width))
        self.query_one(Charts).show_host(self.deck.source, view.taken_utc_seconds, ascii_only=self.deck.ascii_only)

    def _show_problems(self, view: HostView, width: int) -> None:
        """Show what is wrong with the host, who waits for it among that; why an engine is silent stands below."""
        problems = [one for one in view.problems if one.kind in {"host", "engine"} and one.rule != "no-answer"]
        lines = self.query_one("#problem-lines", SpanLines)
        lines.display = bool(problems)
        lines.show(problem_lines(problems, view.taken_utc_seconds, width))

    def do_charts_span(self) -> None:
        """Show more time in the charts."""
        self.query_one(Charts).next_span()

    def do_engines(self) -> None:
        """Do nothing: it is open."""
