"""A record that a screen may ask: its reader on a thread of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from tui.domain.past import RecordStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeVar

    from tui.domain.host import Problem
    from tui.domain.identity import StableKey
    from tui.domain.past import Bucket, Stretch
    from tui.domain.timeline import TimelineEntry
    from tui.engines.lane import Lane
    from tui.record.reading import RecordReader
    from tui.sampling.history import Metric

    T = TypeVar("T")

DEADLINE_SECONDS = 30.0


class ReadPast:
    """A `Past` over one reader that others use too, on the same lane.

    Args:
        place: where the record is, as it is shown.
    """

    def __init__(self, reader: RecordReader, lane: Lane, place: str) -> None:
        self._reader = reader
        self._lane = lane
        self._status = RecordStatus(place)

    @property
    def status(self) -> RecordStatus:
        """Return what was found when it was last looked at."""
        return self._status

    async def look(self) -> RecordStatus:
        """Look again; never raises."""
        try:
            newest = await self.call(self._reader.last)
            problem = " ".join(self._reader.damage)
        except (EngineError, OSError) as error:
            newest, problem = None, str(error)
        self._status = RecordStatus(self._status.folder, problem, newest)
        return self._status

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Ask the reader.

        Raises:
            EngineTimeout: the disk hangs.
        """
        return await self._lane.call(function, *arguments, deadline=DEADLINE_SECONDS)

    async def stretches(self, begin: float, end: float) -> Sequence[Stretch]:
        """Return the times with a record between two UTC times, oldest first."""
        return await self.call(self._reader.stretches, begin, end)

    async def buckets(
        self, key: StableKey | None, metric: Metric, begin: float, end: float, count: int
    ) -> Sequence[Bucket]:
        """Return `count` equal stretches of time."""
        return await self.call(self._reader.buckets, key, metric, begin, end, count)

    async def recent(self, begin: float, end: float) -> Mapping[StableKey, Sequence[tuple[float, Sequence[float]]]]:
        """Return the changed rows of each instance."""
        return await self.call(self._reader.recent, begin, end)

    async def timeline(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        """Return what was written down between two UTC times, oldest first."""
        return await self.call(self._reader.entries, begin, end)

    async def problems(self, since: float) -> Sequence[Problem]:  # noqa: ARG002
        """Return none: what is over needs no beginning."""
        return ()

    async def close(self) -> None:
        """Leave the reader to whom it belongs."""
