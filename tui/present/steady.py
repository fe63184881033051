"""Figures to order by: they move only when the difference is worth moving a row for."""

from __future__ import annotations

from math import isnan

STEP = 0.25
"""A row keeps its place until its figure differs by this share from the one it was placed by."""


class Steady:
    """Remembers by which figure a row was placed.

    Two rows that use about the same would otherwise change places on every tick, and nobody could read them.
    """

    def __init__(self) -> None:
        self._placed: dict[tuple[str, str], float] = {}

    def value(self, column: str, key: str, now: float | None, *, least: float) -> float | None:
        """Return the figure to order by.

        Args:
            column: each column is remembered for itself.
            least: a difference below this is none; noise near zero.
        """
        if now is None or isnan(now):
            self._placed.pop((column, key), None)
            return None
        placed = self._placed.get((column, key))
        if placed is None or abs(now - placed) > max(least, STEP * placed):
            self._placed[column, key] = placed = now
        return placed

    def forget(self, alive: set[str]) -> None:
        """Drop rows that are gone."""
        for place in [place for place in self._placed if place[1] not in alive]:
            del self._placed[place]
