"""How often messages may go: never more than so many in an hour, and never silence for a whole hour either."""

from __future__ import annotations

from dataclasses import dataclass

HOUR_SECONDS = 3600.0


@dataclass(slots=True)
class Allowance:
    """Half of an hour's messages may go at once, the other half comes back evenly over the hour.

    Attributes:
        at_most_per_hour: in any hour.
        left: messages that may go now; None for all that may go at once.
        counted_at_utc_seconds: when `left` was counted last.
    """

    at_most_per_hour: int
    left: float | None = None
    counted_at_utc_seconds: float = 0.0

    @property
    def _at_once(self) -> int:
        return (self.at_most_per_hour + 1) // 2

    @property
    def _per_second(self) -> float:
        return max(self.at_most_per_hour - self._at_once, 1) / HOUR_SECONDS

    def _count(self, utc: float) -> float:
        if self.left is None:
            self.left = float(self._at_once)
        passed = max(0.0, utc - self.counted_at_utc_seconds)  # a clock that was set back gives nothing
        self.left = min(float(self._at_once), self.left + passed * self._per_second)
        self.counted_at_utc_seconds = utc
        return self.left

    def take(self, utc: float, count: int = 1) -> bool:
        """Take the right to send some messages; False where they may not all go yet."""
        if self._count(utc) < count:
            return False
        self.left = (self.left or 0.0) - count
        return True
