"""Beside the table, where there is room: the row under the cursor at a glance."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.domain.host import HostView
from tui.present.details import identity, short_fact_lines
from tui.present.entry import Entry
from tui.present.events import event_lines
from tui.present.roles import Spans
from tui.sampling.source import HostSource
from tui.screens.charts import KINDS, InstanceChart
from tui.screens.span_lines import SpanLines

MOST_EVENTS = 6
MOST_FACTS = 11


class SidePanel(Vertical):
    """Facts, four charts of the last 15 minutes and the last events of one row."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._name_line = SpanLines(((),), id="side-name")
        self._facts = SpanLines(id="side-facts")
        self._charts = [InstanceChart(kind) for kind in KINDS]
        self._last_events = SpanLines(id="side-events")

    def compose(self) -> ComposeResult:
        """Place the parts."""
        yield self._name_line
        yield self._facts
        yield from self._charts
        yield self._last_events

    def show_entry(
        self, entry: Entry | None, view: HostView, source: HostSource, *, ascii_only: bool, past: bool = False
    ) -> None:
        """Show a row, or nothing where there is none.

        Args:
            past: the moment is not now.
        """
        self.set_class(entry is None, "-empty")
        if entry is None:
            return
        self._name_line.show([((entry.name, "accent"), (f"  {entry.kind}", "dim"))])
        facts = short_fact_lines(identity(entry, view))
        self._facts.show(padded(facts[:MOST_FACTS], MOST_FACTS))
        for chart in self._charts:
            ends = view.taken_utc_seconds if past else None
            chart.show_entry(entry, source, view.tick, ascii_only=ascii_only, ends=ends)
        self._last_events.show(self._events(entry, view, source, past=past))

    @staticmethod
    def _events(entry: Entry, view: HostView, source: HostSource, *, past: bool) -> list[Spans]:
        target = entry.instance.id if entry.instance is not None else entry.pod.id if entry.pod is not None else None
        lines = event_lines(source.events(target), MOST_EVENTS, view.taken_utc_seconds)
        none = "no events in the day before" if past else "no events since hostdeck started"
        return padded(lines or [((none, "dim"),)], MOST_EVENTS)


def padded(lines: list[Spans], count: int) -> list[Spans]:
    """Return at least `count` lines, so that another row does not move what stands below."""
    return lines + [()] * (count - len(lines))
