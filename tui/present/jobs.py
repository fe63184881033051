"""Jobs as lines of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import localtime, strftime
from typing import TYPE_CHECKING

from tui.domain.host import Severity
from tui.jobs import Job, JobState
from tui.present.figures import size
from tui.present.roles import Span, Spans
from tui.present.state import SIGNS
from tui.present.words import ago, wrapped
from widgets.live_table.model import Cell, Column, Role

if TYPE_CHECKING:
    from tui.domain.operation import ProgressPart

MOST_PARTS = 8

_ROLES: dict[JobState, Role] = {
    JobState.DONE: "ok",
    JobState.FAILED: "crit",
    JobState.REFUSED: "warn",
    JobState.UNKNOWN: "crit",
    JobState.QUEUED: "dim",
    JobState.CANCELLED: "warn",
}


def job_columns(progress: Callable[[Job], str]) -> tuple[Column[Job], ...]:
    """Return the columns of the list of jobs; sorting by `time` puts the newest on top."""
    return (
        Column(key="time", title="TIME", cell=_time, width=8, sort_key=lambda job: job.id, descending=True),
        Column(key="verb", title="ACTION", cell=lambda job: Cell(job.word), width=9, flexible=True, max_width=13),
        Column(key="name", title="NAME", cell=lambda job: Cell(job.name), width=14, flexible=True, max_width=22),
        Column(key="state", title="STATE", cell=_state, width=9, priority=1),
        Column(key="how", title="HOW IT GOES", cell=lambda job: _how(job, progress), width=20, flexible=True),
    )


def part_text(part: ProgressPart) -> str:
    """Return how far one part is, as its engine tells."""
    if part.total:
        share = min(100.0, 100.0 * part.done / part.total)
        return f"{share:3.0f} % of {size(part.total).strip()}  {part.text}".rstrip()
    return part.text


def _time(job: Job) -> Cell:
    return Cell(strftime("%H:%M:%S", localtime(job.submitted_utc_seconds)), "dim")


def _state(job: Job) -> Cell:
    sign = f"{SIGNS[Severity.CRITICAL]} " if job.state.is_error else ""
    return Cell(f"{sign}{job.state.value}", _ROLES.get(job.state, "normal"))


def _how(job: Job, progress: Callable[[Job], str]) -> Cell:
    return Cell(progress(job), "normal" if job.state.is_active or job.state.is_error else "dim")


def said_or_under_way(said: Span | None, active: Sequence[Job], progress: Callable[[Job], str]) -> Span | None:
    """Return how the newest job goes while one is under way, so that its countdown is seen; bad news come first."""
    if not active or (said is not None and said[1] != "normal"):
        return said
    newest = active[-1]
    others = f", {len(active) - 1} more under way" if len(active) > 1 else ""
    command = f"  ({newest.command})" if newest.command and not others else ""
    return (f"{newest.name}: {progress(newest)}{others}{command}", "normal")


def _label(word: str) -> str:
    return f"{word:<10} "


def job_lines(job: Job, progress: str, width: int, now: float) -> list[Spans]:
    """Return all about one job, nothing of it cut: the whole message, the equivalent command, what can be done."""
    asked = f"{strftime('%Y-%m-%d %H:%M:%S', localtime(job.submitted_utc_seconds))}, "
    asked += ago(now - job.submitted_utc_seconds)
    lines = [
        *wrapped(_label(job.word), job.name, width),
        *wrapped(_label("result"), progress, width, _ROLES.get(job.state, "normal")),
        *wrapped(_label("asked for"), asked, width),
    ]
    if job.progress is not None and job.state.is_active:
        for part in job.progress.parts[:MOST_PARTS]:
            lines += wrapped(_label(""), f"{part.name}  {part_text(part)}", width, "dim")
    if job.command:
        lines += wrapped(_label("command"), job.command, width)
    if job.offer is not None:
        lines += wrapped(_label("offer"), f"it does not obey: {job.offer} it with the key, or wait", width, "warn")
    if job.audit_problem:
        lines += wrapped(_label("not written down"), job.audit_problem, width, "warn")
    return lines
