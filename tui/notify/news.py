"""What is new about problems from one view to the next.

A problem is told once, when it is raised and nobody has handled it. It is over when it was away for longer than a flap,
while the engine that would show it answers: a problem that goes and comes, an engine that was lost and a hostdeck that
was started anew are no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tui.domain.host import EngineState, HostView, Problem, Severity
from tui.sampling.handled import engine_of

FLAP_SECONDS = 30.0
SETTLE_SECONDS = 600.0
"""After a start, what was told before counts as over only then: rules look for a while before they speak again."""


class Event(StrEnum):
    """What happened to a problem."""

    RAISED = "raised"
    ESCALATED = "escalated"
    REPEATED = "repeated"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell; of a cleared problem, how it was last."""

    event: Event
    problem: Problem


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a problem, and when."""

    problem: Problem
    at_utc_seconds: float


class Newsroom:
    """Compares each view with what was told.

    Args:
        severity: the least that is told.
        repeat_minutes: tell again of what nobody handled; 0 tells once.
        told: what an earlier run told, by `Problem.id`.
    """

    def __init__(self, severity: Severity, *, repeat_minutes: int = 0, told: Mapping[str, Told] | None = None) -> None:
        self._severity = severity
        self._repeat_seconds = 60.0 * repeat_minutes
        self.told: dict[str, Told] = dict(told or {})
        self._of_before = frozenset(self.told)
        self._gone_at: dict[str, float] = {}
        self._began: float | None = None
        self._last: Sequence[Problem] = ()
        self._some_are_away = True

    def restart(self, told: Mapping[str, Told]) -> None:
        """Go on from what another process told."""
        self.told = dict(told)
        self._of_before = frozenset(self.told)
        self._gone_at, self._began, self._last, self._some_are_away = {}, None, (), True

    def take(self, view: HostView) -> list[News]:
        """Return what is new; cheap where the problems are those of the view before."""
        now = view.taken_monotonic_seconds
        if self._began is None:
            self._began = now
        if _same(view.problems, self._last) and not self._some_are_away and not self._repeat_seconds:
            return []
        self._last = view.problems
        standing = {problem.id: problem for problem in view.problems}
        self._of_before -= standing.keys()
        news = [one for one in (self._about(key, problem, view) for key, problem in standing.items()) if one]
        news += self._over(standing, view)
        self._some_are_away = not self.told.keys() <= standing.keys()
        return news

    def _about(self, key: str, problem: Problem, view: HostView) -> News | None:
        self._gone_at.pop(key, None)
        if not self._counts(problem):
            return None
        before = self.told.get(key)
        if before is None:
            event = Event.RAISED
        elif before.problem.severity is Severity.WARNING and problem.severity is Severity.CRITICAL:
            event = Event.ESCALATED
        elif self._repeat_seconds and view.taken_utc_seconds - before.at_utc_seconds >= self._repeat_seconds:
            event = Event.REPEATED
        else:
            return None
        self.told[key] = Told(problem, view.taken_utc_seconds)
        return News(event, problem)

    def _counts(self, problem: Problem) -> bool:
        if problem.is_handled:
            return False
        return problem.severity is Severity.CRITICAL or self._severity is Severity.WARNING

    def _over(self, standing: Mapping[str, Problem], view: HostView) -> list[News]:
        silent = {status.id for status in view.sources if status.state is not EngineState.READY}
        now, began = view.taken_monotonic_seconds, self._began or 0.0
        news = []
        for key in self.told.keys() - standing.keys():
            if engine_of(self.told[key].problem) in silent:
                self._gone_at.pop(key, None)
                continue
            gone = self._gone_at.setdefault(key, began if key in self._of_before else now)
            if now - gone >= (SETTLE_SECONDS if key in self._of_before else FLAP_SECONDS):
                del self._gone_at[key]
                news.append(News(Event.CLEARED, self.told.pop(key).problem))
        return news


def later(first: News, second: News) -> News | None:
    """Return one piece of news that says what two of the same problem say together; None when nothing is left."""
    if second.event is not Event.CLEARED:
        return replace(second, event=Event.RAISED) if first.event is Event.RAISED else second
    return None if first.event is Event.RAISED else second


def _same(first: Sequence[Problem], second: Sequence[Problem]) -> bool:
    return first is second or (len(first) == len(second) and all(map(_is, first, second)))


def _is(first: Problem, second: Problem) -> bool:
    return first is second


def worst(problems: Iterable[Problem]) -> Severity | None:
    """Return the worst severity, None of nothing."""
    found = {problem.severity for problem in problems}
    return Severity.CRITICAL if Severity.CRITICAL in found else Severity.WARNING if found else None
