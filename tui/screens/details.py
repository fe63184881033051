"""All about one guest, container or pod."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import ClassVar

from textual.containers import Container
from textual.widget import Widget

from tui.actions import Scope, Targets, resolve_targets
from tui.domain.host import HostView
from tui.present.details import fact_lines, identity, unknown_lines, usage_facts
from tui.present.entry import Entry, place
from tui.present.events import event_lines
from tui.present.problems import problem_lines
from tui.present.roles import Spans
from tui.present.state import state_cell
from tui.screens.long_charts import Charts
from tui.screens.page import NARROW_BELOW_COLUMNS, Heading, Page, PageScreen
from tui.screens.span_lines import SpanLines

MOST_EVENTS = 50
MARGIN_CELLS = 6  # the padding of the page, its scroll bar, the gap behind facts


class DetailsScreen(PageScreen):
    """Facts, figures, charts, events, and why something is not known.

    Args:
        key: row key of the instance or pod; it may vanish while the screen is open.
        around: UTC time of the moment that the charts are about, None for the last minutes.
    """

    SCOPES: ClassVar[Collection[Scope]] = (Scope.INSTANCE, Scope.CHARTS, Scope.APP)

    def __init__(self, key: str, *, around: float | None = None) -> None:
        super().__init__()
        self.key = key
        self._around = around
        self._last: Entry | None = None

    def footer_keys(self) -> list[tuple[str, str]]:
        """Return the keys; what is open need not be opened."""
        return self.deck.footer_keys(self.SCOPES, without=("back", "open", "details"))

    def parts(self) -> Iterable[Widget]:
        """Return the parts of the page."""
        return (
            SpanLines(id="problem-lines"),
            Container(SpanLines(id="facts"), SpanLines(id="figures"), classes="columns"),
            Charts(around=self._around),
            Heading("Events", id="events-heading"),
            SpanLines(id="events"),
            Heading("More", id="more-heading"),
            SpanLines(id="more"),
            Heading("Not known, and why"),
            SpanLines(id="unknown"),
        )

    @property
    def current_key(self) -> str | None:
        """Return the row key an action is about."""
        return self.key

    def targets(self) -> Targets:
        """Return the instance, or the containers of the pod."""
        view = self.deck.view
        found = resolve_targets(view, self.key, (), (self.key,)) if view is not None else Targets()
        if found.instances or found.note or self._last is None:
            return found
        return replace(found, note=f"{self._last.name} is gone.")

    def show_view(self, view: HostView) -> None:
        """Bring the page up to date."""
        super().show_view(view)
        self.deck.attend(self.key)
        entry = next((line.entry for line in place(view) if line.entry.key == self.key), None)
        self._show_title(entry)
        if entry is None:
            return
        self._last = entry
        page = self.size.width - MARGIN_CELLS
        width = page if self.size.width < NARROW_BELOW_COLUMNS else page // 2 - MARGIN_CELLS
        self._show_problems(entry, view, page)
        facts = [fact for fact in identity(entry, view) if fact.label != "problem"]
        self.query_one("#facts", SpanLines).show(fact_lines([fact for fact in facts if not fact.long], width))
        self.query_one("#more", SpanLines).show(fact_lines([fact for fact in facts if fact.long], page))
        self.query_one("#figures", SpanLines).show(fact_lines(usage_facts(entry), width))
        self.query_one(Charts).show_entry(
            entry, self.deck.source, view, ascii_only=self.deck.ascii_only, past=self.deck.replayed is not None
        )
        self._show_events(entry, view)
        unknown = unknown_lines(entry.usage, page) or [(("nothing", "dim"),)]
        self.query_one("#unknown", SpanLines).show(unknown)

    def _show_problems(self, entry: Entry, view: HostView, width: int) -> None:
        """Show what needs a person, first; what stands on a pod's page is about its containers too."""
        keys = {entry.key, *(member.key for member in entry.members)}
        problems = [problem for problem in view.problems if problem.subject in keys]
        lines = self.query_one("#problem-lines", SpanLines)
        lines.display = bool(problems)
        lines.show(problem_lines(problems, view.taken_utc_seconds, width))

    def _show_title(self, entry: Entry | None) -> None:
        if entry is not None:
            state = state_cell(entry)
            self.show_title(((f" {entry.name}", "accent"), (f"  {entry.kind}  ", "dim"), (state.text, state.role)))
        else:
            name = self._last.name if self._last is not None else self.key
            self.show_title(((f" {name}", "accent"), ("  is gone; below is what was last known", "warn")))

    def _show_events(self, entry: Entry, view: HostView) -> None:
        target = entry.instance.id if entry.instance is not None else entry.pod.id if entry.pod is not None else None
        lines: list[Spans] = event_lines(
            self.deck.source.events(target), MOST_EVENTS, view.taken_utc_seconds, with_age=True
        )
        none = "none since hostdeck started" if self.deck.replayed is None else "none recorded in the day before"
        self.query_one("#events", SpanLines).show(lines or [((none, "dim"),)])

    def do_charts_span(self) -> None:
        """Show more time in the charts."""
        self.query_one(Charts).next_span()

    def do_events(self) -> None:
        """Scroll to the events."""
        self.query_one(Page).scroll_to_widget(self.query_one("#events-heading"), top=True, animate=False)

    def do_open(self) -> None:
        """Do nothing: it is open."""

    def do_details(self) -> None:
        """Scroll back to the facts."""
        self.query_one(Page).scroll_home(animate=False)
