"""The record of a host as a running screen reads it, away from the event loop.

Light on purpose: SQLite is imported when something is asked for.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tui.domain.errors import EngineTimeout
from tui.domain.past import Bucket, RecordStatus
from tui.engines.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tui.domain.host import Problem
    from tui.domain.identity import StableKey
    from tui.domain.past import Stretch
    from tui.domain.timeline import TimelineEntry
    from tui.record.reader import FileReader
    from tui.record.reading import RecordReader
    from tui.sampling.history import Metric

T = TypeVar("T")

READ_SECONDS = 15.0


class RecordPast:
    """A `Past` over the files in a folder; nothing is made or written there.

    Where nothing can be read every answer is empty, and `status` says why.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lane = Lane("reading the record")
        self._reader: FileReader | None = None
        self._status = RecordStatus(str(folder))

    @property
    def status(self) -> RecordStatus:
        """Return what was found when it was last looked at."""
        return self._status

    async def look(self) -> RecordStatus:
        """Look again; never raises."""
        await self._ask(lambda reader: reader.last(), None)
        return self._status

    async def stretches(self, begin: float, end: float) -> Sequence[Stretch]:
        """Return the times with a record between two UTC times."""
        return await self._ask(lambda reader: reader.stretches(begin, end), ())

    async def buckets(
        self, key: StableKey | None, metric: Metric, begin: float, end: float, count: int
    ) -> Sequence[Bucket]:
        """Return `count` equal stretches of time, gaps among them; None is the whole host."""
        empty = [Bucket(begin + (end - begin) * number / count) for number in range(count)]
        return await self._ask(lambda reader: reader.buckets(key, metric, begin, end, count), empty)

    async def recent(self, begin: float, end: float) -> Mapping[StableKey, Sequence[tuple[float, Sequence[float]]]]:
        """Return the changes of all metrics of each instance, oldest first."""
        return await self._ask(lambda reader: reader.recent(begin, end), {})

    async def timeline(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        """Return what was written down between two UTC times."""
        return await self._ask(lambda reader: reader.entries(begin, end), ())

    async def problems(self, since: float) -> Sequence[Problem]:
        """Return the problems of the newest sample; none where it was before a UTC time."""
        return await self._ask(partial(_problems, since=since), ())

    async def close(self) -> None:
        """Give back every descriptor."""
        reader, self._reader = self._reader, None
        if reader is not None and not self._lane.abandoned:
            await self._run(reader.close, None)
        self._lane.close()

    async def _ask(self, question: Callable[[RecordReader], T], otherwise: T) -> T:
        return await self._run(partial(self._answer, question, otherwise), otherwise)

    async def _run(self, work: Callable[[], T], otherwise: T) -> T:
        """Run on the lane; a disk that hangs is told, and no second thread goes after it."""
        if self._lane.abandoned:
            return otherwise
        try:
            return await self._lane.call(work, deadline=READ_SECONDS)
        except EngineTimeout:
            self._status = RecordStatus(str(self._folder), f"The disk of {self._folder} does not answer.")
            return otherwise

    def _answer(self, question: Callable[[RecordReader], T], otherwise: T) -> T:
        """Answer on the lane, and keep the status."""
        from tui.record.reader import FileReader
        from tui.record.reading import RecordError

        try:
            reader = self._reader = self._reader or FileReader(self._folder)
            found = question(reader)
        except RecordError as error:
            self._status = RecordStatus(str(self._folder), error.message)
            return otherwise
        except Exception as error:  # noqa: BLE001 - a defect of ours costs the past, not the screen
            self._status = RecordStatus(
                str(self._folder), f"hostdeck failed to read the record: {type(error).__name__}: {error}"
            )
            return otherwise
        self._status = self._look(reader)
        reader.rest()
        return found

    def _look(self, reader: RecordReader) -> RecordStatus:
        from tui.record.lock import writer_of

        writer = writer_of(self._folder)
        trouble = [writer.trouble] if writer is not None and writer.trouble else []
        return RecordStatus(
            str(self._folder),
            " ".join([*trouble, *reader.damage]),
            reader.last(),
            writer.pid if writer is not None else None,
        )


def _problems(reader: RecordReader, since: float) -> Sequence[Problem]:
    last = reader.last()
    view = reader.view_at(last) if last is not None and last >= since else None
    return () if view is None else view.problems
