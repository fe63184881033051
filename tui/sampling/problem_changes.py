"""What came and went among problems, and what persons said about them; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from time import localtime, strftime

from tui.domain.host import Problem
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.sampling.entries import of_problem, worse

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0


def by_id(problems: Iterable[Problem]) -> dict[str, Problem]:
    """Return problems by what names them: two of one subject that no rule tells apart count once."""
    found: dict[str, Problem] = {}
    for problem in problems:
        name = problem.id if problem.rule else f"{problem.id}|{problem.subject}|{problem.severity}"
        found.setdefault(name, problem)
    return found


def problem_entries(
    before: Mapping[str, Problem], after: Mapping[str, Problem], utc: float, engine_of: Callable[[Problem], str]
) -> list[TimelineEntry]:
    """Return what is different, critical ones first as in the view."""
    entries = []
    for name, problem in after.items():
        old = before.get(name)
        if old is None:
            entries.append(_raised("raised", problem, utc, engine_of(problem)))
        elif old is not problem:
            entries += _differences(old, problem, utc, engine_of(problem))
    for name, problem in before.items():
        if name not in after:
            entries.append(
                of_problem(
                    EntryKind.CLEARED, utc, "cleared", problem, engine=engine_of(problem), detail=_lasted(problem, utc)
                )
            )
    return entries


def _differences(old: Problem, new: Problem, utc: float, engine: str) -> list[TimelineEntry]:
    entries = []
    if worse(old.severity, new.severity):
        entries.append(_raised("became critical", new, utc, engine))
    if new.acknowledged_by != old.acknowledged_by:
        what = "acknowledged" if new.acknowledged_by else "not acknowledged any more"
        entries.append(_handled(what, new, utc, engine, new.text))
    if new.silenced_until_utc_seconds != old.silenced_until_utc_seconds:
        until = new.silenced_until_utc_seconds
        if until is None:
            entries.append(_handled("not silenced any more", new, utc, engine, new.text))
        else:
            moment = strftime("%d %b %H:%M", localtime(until))
            entries.append(_handled("silenced", new, utc, engine, f"until {moment}: {new.text}"))
    if new.note != old.note and new.note:
        entries.append(_handled("noted", new, utc, engine, new.note))
    return entries


def _raised(what: str, problem: Problem, utc: float, engine: str) -> TimelineEntry:
    return of_problem(EntryKind.RAISED, utc, what, problem, engine=engine, detail=problem.text)


def _handled(what: str, problem: Problem, utc: float, engine: str, detail: str) -> TimelineEntry:
    entry = of_problem(EntryKind.HANDLED, utc, what, problem, engine=engine, detail=detail)
    return replace(entry, who=problem.acknowledged_by)


def _lasted(problem: Problem, utc: float) -> str:
    if problem.since_utc_seconds is None:
        return problem.text
    return f"after {lasting_words(utc - problem.since_utc_seconds)}: {problem.text}"


def lasting_words(seconds: float) -> str:
    """Return a span in its largest unit: `40 s`, `12 min`, `3 h`, `2 d`."""
    for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
