"""A record as it is read: by moments, and by stretches of time.

All of it is synchronous and meant for one thread at a time, a worker's. A record may grow while it is read: each call
sees what is written by then. Times are UTC in seconds.

Where the clock was set back, two samples may have the same time. The one that was recorded later counts then, and what
was recorded before it is left out where both overlap, so that time runs forward in all that is told here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.domain.errors import HostdeckError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tui.domain.host import HostView
    from tui.domain.identity import StableKey
    from tui.domain.past import Bucket, Stretch
    from tui.domain.timeline import TimelineEntry
    from tui.sampling.history import Metric


class RecordError(HostdeckError):
    """There is no record to read, or not for this user; the message says what helps."""


class RecordReader(Protocol):
    """A record that is read. Nothing here raises for damage: it is told in `damage`, and what is damaged is a gap."""

    def first(self) -> float | None:
        """Return the time of the oldest sample; None without any."""

    def last(self) -> float | None:
        """Return the time of the newest sample; None without any."""

    def stretches(self, begin: float, end: float) -> Sequence[Stretch]:
        """Return the times with a record that touch `begin` to `end`, oldest first, cut to it."""

    def moments(self, begin: float, end: float) -> Sequence[float]:
        """Return the times of all samples from `begin` to `end`, both included, ascending."""

    def view_at(self, utc: float) -> HostView | None:
        """Return the newest view at or before `utc`; None in a gap.

        What did not change from one view to the next is the very same object where both were asked for in a row.
        """

    def next_moment(self, utc: float) -> float | None:
        """Return the time of the first sample after `utc`, over gaps; None after the last."""

    def previous_moment(self, utc: float) -> float | None:
        """Return the time of the last sample before `utc`, over gaps; None before the first."""

    def entries(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        """Return what was written down from `begin` to `end`, both included, oldest first."""

    def buckets(self, key: StableKey | None, metric: Metric, begin: float, end: float, count: int) -> Sequence[Bucket]:
        """Return `count` equal stretches of time from `begin` to `end`; None is the whole host."""

    def recent(self, begin: float, end: float) -> Mapping[StableKey, Sequence[tuple[float, Sequence[float]]]]:
        """Return (time, a value for each `Metric` in its order) of each instance, oldest first; unknown is NaN.

        What did not change is not repeated: a row holds until the next one.
        """

    @property
    def damage(self) -> Sequence[str]:
        """Return what could not be read so far, one sentence for each file or block."""

    def close(self) -> None:
        """Give back every descriptor."""


def open_record(place: Path) -> RecordReader:
    """Open the record in a folder, or one day's file of it, or a copy of either.

    Raises:
        RecordError: there is none, or it may not be read.
    """
    from tui.record.reader import FileReader  # SQLite is not needed to name a record

    return FileReader(place)
