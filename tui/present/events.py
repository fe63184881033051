"""Events as lines."""

from __future__ import annotations

from collections.abc import Sequence
from time import localtime, strftime

from tui.domain.event import Event
from tui.present.roles import Spans
from tui.present.words import ago


def event_lines(
    events: Sequence[Event], most: int, now: float, *, with_name: bool = False, with_age: bool = False
) -> list[Spans]:
    """Return the newest events first, at most `most`; the day is told when it is not within 24 hours of `now`."""
    return [_line(event, now, with_name=with_name, with_age=with_age) for event in list(events)[: -most - 1 : -1]]


def _line(event: Event, now: float, *, with_name: bool, with_age: bool) -> Spans:
    form = "%H:%M:%S" if now - event.utc_seconds < 86_400 else "%d %b  "
    name = f"{event.name}  " if with_name else ""
    detail = f"  {event.detail}" if event.detail else ""
    age = now - event.utc_seconds
    return (
        (f"{strftime(form, localtime(event.utc_seconds)):<10}", "dim"),
        (name, "normal"),
        (event.what, "normal"),
        (detail, "dim"),
        (f"  {ago(age)}" if with_age else "", "dim"),
    )
