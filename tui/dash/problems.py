"""What needs a person: large where nobody has seen it yet and there is room."""

from __future__ import annotations

from collections.abc import Sequence

from tui.dash.blocks import beside, line, more, up_to
from tui.dash.magnify import HIGH, magnified_cells, magnify
from tui.dash.moment import Moment
from tui.domain.host import HostView, Problem, Severity
from tui.present.problems import ProblemClock, ProblemLine, connecting_line, engine_text, role_of, said_of, who_text
from tui.present.roles import Spans
from tui.present.state import ROLES, SIGNS
from widgets.escape import escape_controls
from widgets.fit import fit
from widgets.live_table.model import Role

LARGE_FROM_LINES = 40
"""Lines of a screen from which critical problems are drawn large."""

_NAME_CELLS = 16
_KIND_CELLS = 9
_SINCE_CELLS = 6
_WIDE_CELLS = 60


def problem_block(moment: Moment, width: int, height: int, *, large: bool) -> list[Spans]:
    """Return the problems in at most so many lines: those nobody has seen first, what has no room counted."""
    view = moment.view
    if view is None or height <= 0:
        return []
    problems = in_order(view)
    if not problems:
        return [_nothing(view)]
    lines: list[Spans] = []
    if large and not moment.ascii_only:
        count = _large_ones(problems, width, height)
        for problem in problems[:count]:
            lines += _large(view, problem, width)
        problems = problems[count:]
    shown, left_out = up_to(problems, height - len(lines))
    lines += [_line(view, problem, width, ascii_only=moment.ascii_only) for problem in shown]
    return [*lines, more(left_out, ascii_only=moment.ascii_only)] if left_out else lines


def lines_wanted(view: HostView, *, large: bool) -> int:
    """Return how many lines would show all."""
    high = sum(_is_large(problem) for problem in view.problems) if large else 0
    return max(1, len(view.problems) + high * (HIGH - 1))


def in_order(view: HostView) -> list[Problem]:
    """Return what nobody has seen yet first; else in the order of the view."""
    return sorted(view.problems, key=lambda problem: (problem.is_handled, problem.severity is not Severity.CRITICAL))


def _nothing(view: HostView) -> Spans:
    """Return that all is well, but not before all engines have told."""
    waiting = connecting_line(view)
    return line(f" {waiting}", "dim") if waiting or not view.sources else line(" no problems", "ok")


def _is_large(problem: Problem) -> bool:
    return problem.severity is Severity.CRITICAL and not problem.is_handled


def _large_ones(problems: Sequence[Problem], width: int, height: int) -> int:
    """Return how many of the first problems are drawn large; there is always room to count the others."""
    fitting = 0
    for problem in problems:
        if not _is_large(problem) or magnified_cells(_name(problem)) > width * 2 // 3:
            break
        fitting += 1
    while fitting and fitting * HIGH + int(fitting < len(problems)) > height:
        fitting -= 1
    return fitting


def _large(view: HostView, problem: Problem, width: int) -> list[Spans]:
    name = magnify(((_name(problem), ROLES[problem.severity]),))
    cells = magnified_cells(_name(problem))
    beside_it: list[Spans] = [
        line(problem.kind, "dim"),
        line(_what(view, problem), ROLES[problem.severity]),
        line(_more_about(view, problem), "dim"),
    ]
    return beside([name, beside_it], [cells, width - cells - 1])


def _name(problem: Problem) -> str:
    return f"{SIGNS[problem.severity]} {escape_controls(problem.name)}"


def _what(view: HostView, problem: Problem) -> str:
    """Return the sentence; of an engine with the age of its values."""
    status = next((status for status in view.sources if status.id == problem.subject), None)
    if problem.kind == "engine" and status is not None:
        return engine_text(status, problem.text, view.taken_monotonic_seconds)
    return problem.text


def _more_about(view: HostView, problem: Problem) -> str:
    since = _since(view, problem)
    parts = (f"since {since}" if since else "", who_text(problem), f"note: {problem.note}" if problem.note else "")
    return "   ".join(part for part in parts if part)


def _line(view: HostView, problem: Problem, width: int, *, ascii_only: bool) -> Spans:
    role = role_of(problem)
    what_role: Role = role if problem.is_handled or problem.severity is Severity.CRITICAL else "normal"
    kind = f"{problem.kind:<{_KIND_CELLS}} " if width >= _WIDE_CELLS else ""
    name_cells = max(_NAME_CELLS, width // 5) if width >= _WIDE_CELLS else _NAME_CELLS
    before = said_of(problem)
    room = max(0, width - name_cells - 3 - len(kind) - _SINCE_CELLS - 1)
    return (
        (f" {fit(_name(problem), name_cells, ascii_only=ascii_only)} ", role),
        (kind, "dim"),
        (
            fit(f"{before}: {_what(view, problem)}" if before else _what(view, problem), room, ascii_only=ascii_only),
            what_role,
        ),
        (f" {_since(view, problem):>{_SINCE_CELLS}} ", "dim"),
    )


def _since(view: HostView, problem: Problem) -> str:
    clock = ProblemClock()
    clock.utc_seconds = view.taken_utc_seconds
    return clock.since(ProblemLine(0, problem)).text
