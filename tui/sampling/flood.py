"""Thousands of things a second on a line of time: the first of each are kept, the rest are counted and said so."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

WINDOW_SECONDS = 10.0
MOST_ALIKE = 5
MOST_IN_ALL = 400
MOST_GROUPS = 64


@dataclass(slots=True)
class Surplus(Generic[T]):
    """What was counted and not kept.

    Attributes:
        sample: one of them.
        alike: all of them are of the same subject; else of the same kind, by many subjects.
        last_utc_seconds: when the last of them happened.
    """

    sample: T
    alike: bool
    count: int
    last_utc_seconds: float


class Flood(Generic[T]):
    """Counts what happens in windows of time; its memory does not grow with what comes.

    Args:
        most_alike: kept of one key in a window.
        most_in_all: kept of all keys in a window.
    """

    def __init__(self, most_alike: int = MOST_ALIKE, most_in_all: int = MOST_IN_ALL) -> None:
        self._most_alike = most_alike
        self._most_in_all = most_in_all
        self._end = float("-inf")
        self._kept = 0
        self._counts: dict[Hashable, int] = {}
        self._surplus: dict[Hashable, Surplus[T]] = {}
        self._closed: list[Surplus[T]] = []

    def admit(self, key: Hashable, group: Hashable, utc: float, sample: T) -> bool:
        """Tell whether to keep something; what is not kept is counted.

        Args:
            key: the same for all that read the same.
            group: the same for all that are counted together when even the different ones are too many.
        """
        if utc >= self._end:
            self._begin(utc)
        key = (key, utc // WINDOW_SECONDS)  # what comes late is alike to what happened at its own time
        count = self._counts.get(key, 0)
        if self._kept < self._most_in_all and count < self._most_alike:
            self._counts[key] = count + 1
            self._kept += 1
            return True
        alike = count >= self._most_alike
        place: Hashable = (key,) if alike else (group, "all")
        if not alike and place not in self._surplus and len(self._surplus) > self._most_in_all + MOST_GROUPS:
            place = "rest"
        surplus = self._surplus.get(place)
        if surplus is None:
            self._surplus[place] = Surplus(sample, alike, 1, utc)
        else:
            surplus.count += 1
            surplus.last_utc_seconds = max(surplus.last_utc_seconds, utc)
        return False

    def over(self, utc: float) -> list[Surplus[T]]:
        """Return what was counted in windows that are over by a UTC time, each once."""
        if self._surplus and utc >= self._end:
            self._close()
        closed, self._closed = self._closed, []
        return closed

    def _begin(self, utc: float) -> None:
        self._close()
        self._end = utc - utc % WINDOW_SECONDS + WINDOW_SECONDS

    def _close(self) -> None:
        self._closed += self._surplus.values()
        self._surplus = {}
        self._counts = {}
        self._kept = 0
