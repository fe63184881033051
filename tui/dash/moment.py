"""What a page is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.dash.rotation import PageId
from tui.domain.event import Event
from tui.domain.host import HostView, Problem, Severity
from tui.domain.timeline import TimelineEntry

STALE_TICKS = 3
STALE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which page it is."""

    page: PageId
    number: int = 1
    count: int = 1
    is_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """All that a page may show.

    Attributes:
        view: None before the first one.
        now_utc_seconds: by the clock of this screen; of a replay that of the record.
        age_seconds: since `view` came.
        interval_seconds: between two views, when all is well.
        entries: what happened, oldest first; empty where the page does not tell of it.
        events: what engines told, in its place where there are no entries.
    """

    view: HostView | None
    turn: Turn
    now_utc_seconds: float
    age_seconds: float = 0.0
    interval_seconds: float = 1.0
    entries: Sequence[TimelineEntry] = ()
    events: Sequence[Event] = ()
    is_replay: bool = False
    ascii_only: bool = False

    @property
    def is_stale(self) -> bool:
        """Tell whether no new view came for so long that the figures must not be taken for those of now."""
        return self.view is not None and self.age_seconds >= max(STALE_SECONDS, STALE_TICKS * self.interval_seconds)


def loud_critical(view: HostView) -> list[Problem]:
    """Return the critical problems that nobody has seen yet."""
    return [problem for problem in view.problems if problem.severity is Severity.CRITICAL and not problem.is_handled]


def name_of(problem: Problem) -> str:
    """Return what tells a problem from others over moments."""
    return f"{problem.subject}|{problem.id}|{problem.severity.value}"
