"""What a screen may ask about times that are over, and what all viewers of a host share.

Light on purpose: it is imported before the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.domain.host import Problem
    from tui.domain.identity import StableKey
    from tui.domain.past import Bucket, Handling, RecordStatus, Stretch
    from tui.domain.timeline import TimelineEntry
    from tui.sampling.history import Metric


class Past(Protocol):
    """A record that is read, by this or another process; nothing here blocks the event loop."""

    @property
    def status(self) -> RecordStatus:
        """Return what was found when it was last looked at."""

    async def look(self) -> RecordStatus:
        """Look again; never raises."""

    async def stretches(self, begin: float, end: float) -> Sequence[Stretch]:
        """Return the times with a record between two UTC times, oldest first."""

    async def buckets(
        self, key: StableKey | None, metric: Metric, begin: float, end: float, count: int
    ) -> Sequence[Bucket]:
        """Return `count` equal stretches of time from `begin` to `end`, gaps among them; None is the whole host."""

    async def recent(self, begin: float, end: float) -> Mapping[StableKey, Sequence[tuple[float, Sequence[float]]]]:
        """Return (UTC time, a value for each `Metric` in its order) of each instance, oldest first; unknown is NaN.

        What did not change is not repeated: a row holds until the next one.
        """

    async def timeline(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        """Return what was written down between two UTC times, oldest first."""

    async def problems(self, since: float) -> Sequence[Problem]:
        """Return the problems of the newest sample; none where it was before a UTC time."""

    async def close(self) -> None:
        """Give back every descriptor."""


class Handlings(Protocol):
    """What persons said about problems, shared by all who look at this host."""

    def current(self) -> Mapping[str, Handling]:
        """Return it by `Problem.id`; cheap: it is asked on every tick."""

    async def put(self, handling: Handling) -> str:
        """Replace what is said about one problem; return why that failed, or an empty text."""
