"""What is known of problems from before: a record, or a viewer that looked on longer."""

from collections.abc import Iterable
from typing import NamedTuple

from tui.domain.host import Problem

KEPT_SECONDS = 120.0  # whoever has not come up again by then is over


class Seed(NamedTuple):
    """Since when it stands, its worst figure and its last one."""

    since_utc_seconds: float | None
    peak: float | None
    value: float | None


class Seeds:
    """Seeds by `Problem.id`, each used once."""

    def __init__(self) -> None:
        self._kept: dict[str, Seed] = {}
        self._ends: float | None = None

    def plant(self, problems: Iterable[Problem]) -> None:
        """Add those that have a rule."""
        self._ends = None
        self._kept |= {one.id: Seed(one.since_utc_seconds, one.peak, one.value) for one in problems if one.rule}

    def age(self, now: float) -> None:
        """Drop all that has not come up in its time."""
        if self._kept:
            self._ends = now + KEPT_SECONDS if self._ends is None else self._ends
            if now > self._ends:
                self._kept.clear()

    def __contains__(self, problem_id: str) -> bool:
        """Tell whether a problem stood before."""
        return problem_id in self._kept

    def look(self, problem_id: str) -> Seed | None:
        """Return what is known of a problem, and keep it."""
        return self._kept.get(problem_id)

    def __len__(self) -> int:
        """Return how many have not come up yet."""
        return len(self._kept)

    def take(self, problem_id: str) -> Seed | None:
        """Return and drop what is known of a problem."""
        return self._kept.pop(problem_id, None) if self._kept else None
