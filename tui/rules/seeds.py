"""What is known of problems from before: a record, or a viewer that looked on longer."""

from collections.abc import Iterable
from typing import NamedTuple

from tui.domain.host import Problem

KEPT_SECONDS = 120.0  # whoever has not come up again by then is over


class Seed(NamedTuple):
    """Since when it stands, and its worst figure."""

    since_utc_seconds: float | None
    peak: float | None


class Seeds:
    """Seeds by `Problem.id`, each used once."""

    def __init__(self) -> None:
        self._kept: dict[str, Seed] = {}
        self._ends: float | None = None

    def plant(self, problems: Iterable[Problem]) -> None:
        """Add those that have a rule."""
        self._ends = None
        self._kept |= {one.id: Seed(one.since_utc_seconds, one.peak) for one in problems if one.rule}

    def take(self, problem_id: str, now: float) -> Seed | None:
        """Return and drop what is known of a problem."""
        if not self._kept:
            return None
        if self._ends is None:
            self._ends = now + KEPT_SECONDS
        if now > self._ends:
            self._kept.clear()
        return self._kept.pop(problem_id, None)

    def find(self, problem: Problem | None) -> Seed | None:
        """Return and drop what is known of a problem that stands already."""
        return self._kept.pop(problem.id, None) if problem is not None else None
