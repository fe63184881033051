"""What came and went among problems; pure. What persons said about them is told by who keeps it."""

from collections.abc import Callable, Iterable, Mapping

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
        elif worse(old.severity, problem.severity):
            entries.append(_raised("became critical", problem, utc, engine_of(problem)))
    for name, problem in before.items():
        if name not in after:
            entries.append(
                of_problem(
                    EntryKind.CLEARED, utc, "cleared", problem, engine=engine_of(problem), detail=_lasted(problem, utc)
                )
            )
    return entries


def _raised(what: str, problem: Problem, utc: float, engine: str) -> TimelineEntry:
    return of_problem(EntryKind.RAISED, utc, what, problem, engine=engine, detail=problem.text)


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
