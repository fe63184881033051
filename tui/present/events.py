"""Events as lines."""

from __future__ import annotations

from collections.abc import Sequence
from time import localtime, strftime

from tui.domain.event import Event
from tui.present.roles import Spans


def event_lines(events: Sequence[Event], most: int, now: float, *, with_name: bool = False) -> list[Spans]:
    """Return the newest events first, at most `most`; the day is told when it is not within 24 hours of `now`."""
    return [_line(event, now, with_name=with_name) for event in list(events)[: -most - 1 : -1]]


def _line(event: Event, now: float, *, with_name: bool) -> Spans:
    form = "%H:%M:%S" if now - event.utc_seconds < 86_400 else "%d %b  "
    name = f"{event.name}  " if with_name else ""
    detail = f"  {event.detail}" if event.detail else ""
    return (
        (f"{strftime(form, localtime(event.utc_seconds)):<10}", "dim"),
        (name, "normal"),
        (event.what, "normal"),
        (detail, "dim"),
    )
