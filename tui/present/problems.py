"""Problems as lines, engines that do not answer among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import localtime, strftime
from typing import NamedTuple

from rich.cells import cell_len

from tui.domain.host import EngineState, EngineStatus, HostView, Problem, Severity
from tui.present import figures
from tui.present.roles import Spans
from tui.present.state import ROLES, SIGNS
from tui.present.words import span, wrapped
from widgets.live_table.model import Cell, Column, Role, Row

_DAY_SECONDS = 86_400
MOST_VICTIMS = 3
LEAST_WHO_CELLS = 24

SILENCED = "silenced"
"""Key of the line that stands for what somebody silenced."""


class ProblemLine(NamedTuple):
    """A problem with its place in the list, or the heading of those that are silenced: then it is the first of them."""

    rank: int
    problem: Problem
    heading: str = ""


def problem_rows(view: HostView) -> list[Row[ProblemLine]]:
    """Return the lines in the order of the view: critical ones first, then what somebody has seen.

    Silenced ones stand below a line that counts them. An engine's line tells the age of its values.
    """
    sources = {status.id: status for status in view.sources}
    rows: list[Row[ProblemLine]] = []
    silenced: list[Row[ProblemLine]] = []
    seen: dict[str, int] = {}
    for rank, problem in enumerate(view.problems):
        status = sources.get(problem.subject) if problem.kind == "engine" else None
        shown = problem
        if status is not None:
            shown = replace(problem, text=engine_text(status, problem.text, view.taken_monotonic_seconds))
        name = f"{problem.subject}#{problem.rule}"
        number = seen[name] = seen.get(name, -1) + 1
        key = f"{name}#{number}" if number else name
        if not problem.is_silenced:
            rows.append(Row(key, ProblemLine(rank, shown)))
        else:
            silenced.append(Row(key, ProblemLine(rank, shown), SILENCED))
    if silenced:
        first = silenced[0].data
        heading = ProblemLine(first.rank, first.problem, f"{len(silenced):,} silenced")
        rows += [Row(SILENCED, heading), *silenced]
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

    def __init__(self) -> None:
        self.utc_seconds = 0.0
        self._stood_at: dict[str, float] = {}

    def see(self, view: HostView) -> None:
        """Take over the time of a view, and remember what stands in it that nobody knows the begin of."""
        now, before = view.taken_utc_seconds, self._stood_at
        self.utc_seconds = now
        unknown = [one.id for one in view.problems if one.since_utc_seconds is None]
        self._stood_at = {name: min(before.get(name, now), now) for name in unknown}

    def since(self, line: ProblemLine) -> Cell:
        """Return the local time since when it stands, a date when that was not within a day.

        Where nobody knows: `<14:40`, when it was first seen and stood already.
        """
        problem = line.problem
        since, before = problem.since_utc_seconds, ""
        if since is None:
            since, before = self._stood_at.get(problem.id), "<"
        if since is None or line.heading:
            return Cell("", "dim")
        is_today = self.utc_seconds - since < _DAY_SECONDS
        form = "%H:%M" if is_today else "%d%b" if before else "%d %b"  # six cells
        return Cell(before + strftime(form, localtime(since)), "dim")


def longest_who(rows: Sequence[Row[ProblemLine]]) -> int:
    """Return how many cells the column of who else is concerned needs."""
    return max((cell_len(_who(row.data).text) for row in rows), default=0)


def problem_columns(
    clock: ProblemClock, *, wide: bool = False, who_cells: int = LEAST_WHO_CELLS
) -> tuple[Column[ProblemLine], ...]:
    """Return the columns of the list of problems; sorting by `name` keeps the order of the view.

    Args:
        wide: there is room for the peak, and for who else is concerned.
        who_cells: more of them would stand empty, and cut what is wrong and what was noted; 0 leaves that column out.
    """
    least = min(LEAST_WHO_CELLS, who_cells)
    who = Column[ProblemLine](
        key="who", title="WHO WAITS, BUSIEST", cell=_who, width=least, flexible=True, max_width=who_cells, priority=5
    )
    peak = Column[ProblemLine](key="peak", title="PEAK", cell=_peak, width=8, priority=4, align="right")
    more = (peak, who) if who_cells else (peak,)
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
        Column(key="kind", title="KIND", cell=_kind, width=9, priority=3),
        Column(key="text", title="WHAT", cell=_text, width=24, flexible=True),
        *(more if wide else ()),
        Column(key="since", title="SINCE", cell=clock.since, width=6, priority=2, align="right"),
    )


def _name(line: ProblemLine) -> Cell:
    if line.heading:
        return Cell(line.heading, "dim", across=True)
    problem = line.problem
    return Cell(f"{SIGNS[problem.severity]} {problem.name}", role_of(problem))


def _kind(line: ProblemLine) -> Cell:
    return Cell("" if line.heading else line.problem.kind, "dim")


def _text(line: ProblemLine) -> Cell:
    problem = line.problem
    if line.heading:
        return Cell("", "dim")
    role = role_of(problem) if problem.severity is Severity.CRITICAL or problem.is_handled else "normal"
    before = said_of(problem)
    note: tuple[tuple[str, Role], ...] = ((f"  note: {problem.note}", "dim"),) if problem.note else ()
    return Cell.of((f"{before}: {problem.text}" if before else problem.text, role), *note)


def role_of(problem: Problem) -> Role:
    """Return how a problem is drawn: what somebody has seen steps back."""
    return "dim" if problem.is_handled else ROLES[problem.severity]


def said_of(problem: Problem) -> str:
    """Return `seen by NAME`, `silenced until 08:00`, or both; empty where nobody handled it."""
    parts = [f"seen by {problem.acknowledged_by}"] if problem.acknowledged_by else []
    until = problem.silenced_until_utc_seconds
    if until is not None:
        parts.append(f"silenced until {strftime('%a %H:%M', localtime(until))}")
    return ", ".join(parts)


def _peak(line: ProblemLine) -> Cell:
    return Cell("" if line.heading else peak_text(line.problem), "dim")


def peak_text(problem: Problem) -> str:
    """Return the worst figure with its unit; empty where the rule looks at a state."""
    if problem.peak is None:
        return ""
    return f"{problem.peak:.0f}{f' {problem.unit}' if problem.unit else ''}"


def _who(line: ProblemLine) -> Cell:
    return Cell("" if line.heading else who_text(line.problem), "dim")


def who_text(problem: Problem) -> str:
    """Return who waits at the same time and who is busiest: `web-1, db and 3 more wait; busiest is build-7`."""
    victims = problem.victims
    parts = []
    if victims:
        more = f" and {len(victims) - MOST_VICTIMS} more" if len(victims) > MOST_VICTIMS else ""
        verb = "waits" if len(victims) == 1 else "wait"
        parts.append(f"{', '.join(victims[:MOST_VICTIMS])}{more} {verb}")
    if problem.neighbour:
        parts.append(f"busiest is {problem.neighbour}")
    return "; ".join(parts)


def problem_lines(problems: Sequence[Problem], now: float, width: int) -> list[Spans]:
    """Return all that is known about problems, for a page: nothing is cut."""
    lines: list[Spans] = []
    for problem in problems:
        sign = f"{SIGNS[problem.severity]} "
        lines += wrapped(sign, problem.text, width, role_of(problem), label=role_of(problem))
        for text in _facts(problem, now):
            lines += wrapped("  ", text, width, "dim")
    return lines


def _facts(problem: Problem, now: float) -> list[str]:
    since, peak = problem.since_utc_seconds, peak_text(problem)
    if since is None:
        when = "stood already when hostdeck came"
    else:
        when = f"since {strftime('%Y-%m-%d %H:%M:%S', localtime(since))}, {span(max(0.0, now - since))}"
    facts = [when + (f"; at its worst {peak}" if peak else "")]
    facts += [text for text in (who_text(problem), said_of(problem)) if text]
    return facts + ([f"note: {problem.note}"] if problem.note else [])


def connecting_line(view: HostView) -> str:
    """Return a sentence about engines that have not answered yet; empty when all did."""
    waiting = [status.id for status in view.sources if status.state is EngineState.CONNECTING]
    return f"connecting to {', '.join(waiting)}" if waiting else ""
