"""Problems as lines, engines that do not answer among them."""

from __future__ import annotations

from dataclasses import replace
from time import localtime, strftime
from typing import NamedTuple

from tui.domain.host import EngineState, EngineStatus, HostView, Problem, Severity
from tui.present import figures
from tui.present.state import ROLES, SIGNS
from widgets.live_table.model import Cell, Column, Row

_DAY_SECONDS = 86_400


class ProblemLine(NamedTuple):
    """A problem with its place in the list."""

    rank: int
    problem: Problem


def problem_rows(view: HostView) -> list[Row[ProblemLine]]:
    """Return the lines in the order of the view: critical ones first; an engine's line tells the age of its values."""
    sources = {status.id: status for status in view.sources}
    rows: list[Row[ProblemLine]] = []
    seen: dict[str, int] = {}
    for problem in view.problems:
        status = sources.get(problem.subject) if problem.kind == "engine" else None
        shown = problem
        if status is not None:
            shown = replace(problem, text=engine_text(status, problem.text, view.taken_monotonic_seconds))
        number = seen[problem.subject] = seen.get(problem.subject, -1) + 1
        rows.append(Row(f"{problem.subject}#{number}", ProblemLine(len(rows), shown)))
    return rows


def engine_text(status: EngineStatus, text: str, now: float) -> str:
    """Return why an engine does not answer, the age of its values first: the end of a line may be cut."""
    if status.state in {EngineState.CONNECTING, EngineState.READY}:
        return text
    text = _without_address(text, status.url)
    if status.answered_monotonic_seconds is not None:
        text = f"{figures.age(now - status.answered_monotonic_seconds)} old: {text}"
    if status.retry_at_monotonic_seconds is None:
        return text
    left = status.retry_at_monotonic_seconds - now
    return f"{text} ({f'next try in {max(1, round(left))} s' if left > 0 else 'trying again'})"


def _without_address(text: str, url: str) -> str:
    """Leave out the address of an engine where its name stands beside it: it pushes the reason off a narrow screen."""
    for words in (f" at {url}", f" for {url}"):
        text = text.replace(words, "", 1)
    for start in (f"{url}: ", f"{url} "):
        if url and text.startswith(start):
            rest = text.removeprefix(start)
            return rest[:1].upper() + rest[1:]
    return text


class ProblemClock:
    """Knows the time of the view, which decides whether a moment is told as a time or as a day."""

    utc_seconds = 0.0

    def since(self, line: ProblemLine) -> Cell:
        """Return the local time since when it stands, a date when that was not within a day."""
        since = line.problem.since_utc_seconds
        if since is None:
            return Cell("", "dim")
        form = "%H:%M" if self.utc_seconds - since < _DAY_SECONDS else "%d %b"
        return Cell(strftime(form, localtime(since)), "dim")


def problem_columns(clock: ProblemClock) -> tuple[Column[ProblemLine], ...]:
    """Return the columns of the list of problems; sorting by `name` keeps the order of the view."""
    return (
        Column(
            key="name",
            title="PROBLEM",
            cell=_name,
            width=16,
            flexible=True,
            max_width=20,
            sort_key=lambda line: line.rank,
        ),
        Column(key="kind", title="KIND", cell=lambda line: Cell(line.problem.kind, "dim"), width=9, priority=3),
        Column(key="text", title="WHAT", cell=_text, width=24, flexible=True),
        Column(key="since", title="SINCE", cell=clock.since, width=6, priority=2, align="right"),
    )


def _name(line: ProblemLine) -> Cell:
    severity = line.problem.severity
    return Cell(f"{SIGNS[severity]} {line.problem.name}", ROLES[severity])


def _text(line: ProblemLine) -> Cell:
    severity = line.problem.severity
    return Cell(line.problem.text, ROLES[severity] if severity is Severity.CRITICAL else "normal")


def connecting_line(view: HostView) -> str:
    """Return a sentence about engines that have not answered yet; empty when all did."""
    waiting = [status.id for status in view.sources if status.state is EngineState.CONNECTING]
    return f"connecting to {', '.join(waiting)}" if waiting else ""
