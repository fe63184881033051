"""Actions of this program on the timeline: from where the audit lines are written."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.audit import Actor, AuditEntry, AuditTrail, current_actor
from tui.domain.action import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.domain.timeline import TimelineEntry

MOST_OPEN = 1000

OUTCOMES = {
    Result.DONE.value: "done",
    Result.REQUESTED.value: "asked for",
    Result.FAILED.value: "failed",
    Result.REFUSED.value: "refused",
    Result.UNKNOWN.value: "no answer",
    Result.CANCELLED.value: "cancelled",
}


class NotedTrail:
    """An audit trail that also puts each action on the timeline: at its outcome, with the time at which it was asked.

    An action that was asked for and then took effect is one entry: that it worked is told by the engine's event.

    Args:
        trail: where the lines are written.
        add: takes the entries.
    """

    def __init__(
        self,
        trail: AuditTrail,
        add: Callable[[TimelineEntry], None],
        *,
        utc: Callable[[], float] = time.time,
        actor: Actor | None = None,
    ) -> None:
        self._trail = trail
        self._add = add
        self._utc = utc
        self._actor = actor
        self._asked: dict[tuple[int, str, str], float] = {}
        self._told: dict[tuple[int, str, str], Result] = {}

    def intent(self, entry: AuditEntry) -> str:
        """Write that something is about to be asked; returns why that failed, or an empty text."""
        self._asked[_name(entry)] = self._utc()
        for kept in (self._asked, self._told):
            while len(kept) > MOST_OPEN:
                kept.pop(next(iter(kept)))
        return self._trail.intent(entry)

    def result(self, entry: AuditEntry, result: Result, message: str) -> str:
        """Write what came of it; returns why that failed, or an empty text."""
        name = _name(entry)
        before = self._told.get(name)
        if (before is not Result.REQUESTED or result is not Result.DONE) and not is_about_a_problem(entry.action):
            self._add(self._entry(entry, result, message, self._asked.get(name) if before is None else None))
        self._told[name] = result
        return self._trail.result(entry, result, message)

    def _entry(self, entry: AuditEntry, result: Result, message: str, asked: float | None) -> TimelineEntry:
        if self._actor is None:
            self._actor = current_actor()
        return action_entry(
            entry,
            asked if asked is not None else self._utc(),
            who=self._actor.login,
            outcome=outcome_words(result.value, message),
        )


def outcome_words(result: str, message: str) -> str:
    """Return what came of an action, with the engine's message."""
    word = OUTCOMES.get(result, result)
    return f"{word}: {message}" if message else word


def action_entry(entry: AuditEntry, utc: float, *, who: str, outcome: str) -> TimelineEntry:
    """Return the entry of an action."""
    from tui.domain.timeline import EntryKind, TimelineEntry  # not before the first frame

    return TimelineEntry(
        utc_seconds=utc,
        kind=EntryKind.ACTION,
        what=str(entry.action),
        subject=str(entry.target),
        name=entry.name,
        subject_kind=str(entry.kind),
        engine=entry.target.engine,
        detail=outcome,
        who=who,
        command=entry.command,
    )


def is_about_a_problem(action: object) -> bool:
    """Tell whether something was said about a problem: who keeps that puts it on the timeline, for all viewers."""
    return str(action).startswith("problem-")


def _name(entry: AuditEntry) -> tuple[int, str, str]:
    return entry.job, str(entry.action), str(entry.target)
