"""The line of time below the host bar while the past is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.events import Click, Resize

from tui.domain.host import Severity
from tui.domain.timeline import EntryKind
from tui.present.roles import Span, Spans
from tui.screens.span_lines import SpanLines
from widgets.live_table.model import Role
from widgets.ruler import Look, Mark, Ruler, Run, draw_ruler, time_at

if TYPE_CHECKING:
    from tui.domain.timeline import TimelineEntry
    from tui.record.replay import ReplaySource
    from tui.screens.travel import Travel

MARGIN_CELLS = 1
SPANS_SECONDS = (900, 3600, 6 * 3600, 86_400, 7 * 86_400)
END_TICKS = 2
"""So close to its end a record that is being written is followed."""
_SPAN_WORDS = {900: "15 min", 3600: "1 h", 6 * 3600: "6 h", 86_400: "24 h", 7 * 86_400: "7 days"}
_ROLES: dict[Look, Role] = {
    "gap": "dim", "recorded": "dim", "event": "accent", "warn": "warn", "crit": "crit", "cursor": "normal",
    "label": "dim",
}  # fmt: skip


class RulerSpan:
    """How much time the ruler shows, and which; it stands still until the moment leaves it."""

    def __init__(self) -> None:
        self.seconds = 0
        self.begin = 0.0

    def fit(self, first: float, last: float) -> None:
        """Choose the least span that shows a whole record, a day at most."""
        self.seconds = next((span for span in SPANS_SECONDS[:4] if span >= last - first), SPANS_SECONDS[3])
        self.begin = last + 1 - self.seconds

    def zoom(self, steps: int, utc: float) -> None:
        """Show more time (+1) or less (-1) around a moment."""
        place = SPANS_SECONDS.index(self.seconds) + steps
        self.seconds = SPANS_SECONDS[min(max(place, 0), len(SPANS_SECONDS) - 1)]
        self.begin = utc - self.seconds / 2

    def follow(self, utc: float, first: float, last: float) -> tuple[float, float]:
        """Return begin and end of the time that shows a moment; what is after the record is not shown."""
        if not self.begin <= utc <= self.begin + self.seconds:
            self.begin = utc - self.seconds / 2
        if last - first > self.seconds:
            self.begin = min(max(self.begin, first), last + 1 - self.seconds)
        elif not self.begin <= first <= last <= self.begin + self.seconds:
            self.begin = last + 1 - self.seconds
        return self.begin, self.begin + self.seconds

    @property
    def words(self) -> str:
        """Return the span in words."""
        return _SPAN_WORDS[self.seconds]


class RulerLines(SpanLines):
    """Two lines: what is recorded with marks and the moment, and the times with how it plays; a click goes there.

    Args:
        travel: what is on the screen.
    """

    DEFAULT_CSS = "RulerLines { height: 2; }"

    def __init__(self, travel: Travel) -> None:
        super().__init__(((), ()), classes="ruler")
        self._travel = travel
        self._ruler: Ruler | None = None

    def on_resize(self, _event: Resize) -> None:
        """Draw for another width."""
        self.show_time()

    def show_time(self) -> None:
        """Show the moment."""
        source = self._travel.replay
        width = self.size.width - 2 * MARGIN_CELLS
        if source is None or width <= 0:
            return
        self._ruler = ruler_of(source, self._travel.span)
        track, labels = draw_ruler(self._ruler, width, ascii_only=getattr(self.app, "ascii_only", False))
        below = _with_state(_spans(labels), state_of(source, self._travel.span), width)
        self.show([((" " * MARGIN_CELLS, "normal"), *line) for line in (_spans(track), below)])

    def on_click(self, event: Click) -> None:
        """Go to the time under the pointer."""
        source = self._travel.replay
        if source is not None and self._ruler is not None:
            source.go_to(time_at(self._ruler, event.x - MARGIN_CELLS, self.size.width - 2 * MARGIN_CELLS))


def ruler_of(source: ReplaySource, span: RulerSpan) -> Ruler:
    """Return what the ruler of a replay shows; asks for what is not read yet."""
    covered = source.covered
    begin, end = span.follow(source.utc, covered.first, covered.last)
    known = source.want_span(begin, end)
    recorded = [(one.begin_utc_seconds, one.end_utc_seconds) for one in known.stretches] if known else []
    marks = [Mark(entry.utc_seconds, _look(entry)) for entry in known.marks] if known else []
    return Ruler(begin, end, recorded, marks, source.utc)


def state_of(source: ReplaySource, span: RulerSpan) -> Span:
    """Return how it plays, and the span of the ruler, in words."""
    shown = f"ruler {span.words}"
    if source.playing and source.speed > 1 and source.covered.last - source.utc <= END_TICKS * source.tick_seconds:
        return f" PLAYING at the end  {shown}", "ok"  # no faster than it is recorded
    if source.playing:
        return f" PLAYING {source.speed}x  {shown}", "ok"
    speed = f" {source.speed}x" if source.speed != 1 else ""
    return f" PAUSED{speed}  {shown}", "dim"


def _look(entry: TimelineEntry) -> Literal["event", "warn", "crit"]:
    if entry.kind is not EntryKind.RAISED:
        return "event"
    return "crit" if entry.severity is Severity.CRITICAL else "warn"


def _spans(runs: list[Run]) -> Spans:
    return tuple((text, _ROLES[look]) for text, look in runs)


def _with_state(labels: Spans, state: Span, width: int) -> Spans:
    """Put the state at the right end of the times; a time that would touch it is left out."""
    text = "".join(part for part, _ in labels)
    room = max(width - len(state[0]), 0)
    kept = text[:room]
    if text[room : room + 1].strip() and kept.strip():
        kept = kept[: kept.rindex("|")] if "|" in kept else ""
    return ((kept.ljust(room), "dim"), state)
