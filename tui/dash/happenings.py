"""What happened last, the newest first."""

from __future__ import annotations

from time import localtime, strftime

from tui.dash.blocks import line, more
from tui.dash.moment import Moment
from tui.domain.host import Severity
from tui.domain.timeline import TimelineEntry
from tui.present.events import event_lines
from tui.present.roles import Spans
from tui.present.timeline import what_role, what_words
from widgets.fit import fit

_DAY_SECONDS = 86_400
_NAME_CELLS = 18


def happenings(moment: Moment, height: int) -> list[Spans]:
    """Return the last entries; where nothing keeps a line of time, what the engines told."""
    if moment.entries:
        told = [_entry(entry, moment.now_utc_seconds) for entry in list(moment.entries)[: -height - 1 : -1]]
        count = len(moment.entries)
    else:
        told = event_lines(
            sorted(moment.events, key=lambda event: event.utc_seconds), height, moment.now_utc_seconds, with_name=True
        )
        count = len(moment.events)
    if not told:
        return [line(" nothing has happened since this screen was started", "dim")]
    if count > height > 1:
        told = [*told[: height - 1], more(count - height + 1, ascii_only=moment.ascii_only)]
    return [((" ", "normal"), *spans) for spans in told[:height]]


def _entry(entry: TimelineEntry, now: float) -> Spans:
    form = "%H:%M:%S" if now - entry.utc_seconds < _DAY_SECONDS else "%d %b   "
    return (
        (f"{strftime(form, localtime(entry.utc_seconds))}  ", "dim"),
        (f"{fit(entry.name or entry.subject_kind, _NAME_CELLS)}  ", "normal"),
        (what_words(entry), what_role(entry)),
        (f"  {entry.detail}" if entry.detail else "", "normal" if entry.severity is Severity.CRITICAL else "dim"),
    )
