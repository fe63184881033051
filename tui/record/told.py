"""Entries of the record as what they were when they were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.event import Event
from tui.domain.identity import InstanceId

if TYPE_CHECKING:
    from tui.domain.timeline import TimelineEntry


def event_of(entry: TimelineEntry) -> Event:
    """Return the event that an engine told."""
    return Event(
        entry.utc_seconds, entry.engine, instance_of(entry.subject, entry.engine), entry.name, entry.what, entry.detail
    )


def instance_of(key: str, engine: str) -> InstanceId | None:
    """Return the id that a row key is the text of; None for what is no instance of the engine."""
    host, _, local = key.partition(f"/{engine}/")
    return InstanceId(host, engine, local) if engine and local else None
