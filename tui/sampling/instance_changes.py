"""What is different about instances and engines between two views; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.instance import Instance, State
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.sampling.changes import changed_places
from tui.sampling.entries import of_instance, of_state
from tui.sampling.told import GONE, THERE

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is told unless somebody else tells it.

    Attributes:
        subject: row key of the instance or id of the engine.
        change: what an event may have told of it already, in the words of `told`.
    """

    subject: str
    change: str
    entry: TimelineEntry


def instance_changes(
    before: Sequence[Instance], after: Sequence[Instance], utc: float
) -> tuple[list[Change], list[Change], list[Change]]:
    """Return what changed, what is new and what is gone; instances that are the same object cost next to nothing."""
    places = changed_places(before, after)
    if len(before) == len(after):
        old = [before[place] for place in places]
        new = [after[place] for place in places]
    else:
        old, new = list(before), list(after)
    were = {instance.key: instance for instance in old}
    changed, came = [], []
    for instance in new:
        known = were.pop(instance.key, None)
        if known is None:
            came.append(_came(instance, utc))
        elif known is not instance:
            changed += _changed(known, instance, utc)
    gone = [Change(key, GONE, of_instance(EntryKind.STATE, utc, "is gone", item)) for key, item in were.items()]
    return changed, came, gone


def _came(instance: Instance, utc: float) -> Change:
    entry = of_instance(EntryKind.STATE, utc, "appeared", instance, instance.state.value)
    return Change(instance.key, THERE, entry)


def _changed(before: Instance, after: Instance, utc: float) -> list[Change]:
    if before.state != after.state:
        return [Change(after.key, after.state.value, of_state(utc, before.state, after))]
    if after.state is State.RUNNING and before.pid and after.pid and before.pid != after.pid:
        entry = of_instance(EntryKind.STATE, utc, "restarted", after)
        return [Change(after.key, State.RUNNING.value, entry)]
    return _health(before, after, utc)


def _health(before: Instance, after: Instance, utc: float) -> list[Change]:
    was = before.container.health if before.container is not None else None
    now = after.container.health if after.container is not None else None
    if now is None or was is None or now == was:
        return []
    return [Change(after.key, now.value, of_instance(EntryKind.STATE, utc, f"became {now.value}", after))]
