"""From a place on the disk to a replay that shows its first moment."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from tui.domain.errors import HostdeckError
from tui.engines.lane import Lane
from tui.record.at import find_moment
from tui.record.read_past import DEADLINE_SECONDS
from tui.record.replay import ReplaySource

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.record.reading import RecordReader


async def open_replay(
    opens: Callable[[], tuple[RecordReader, str]], when: str = "", now: float | None = None
) -> ReplaySource:
    """Open a record on a thread of its own and read the first moment.

    Args:
        opens: returns the reader and where the record is.
        when: a time as a person writes it; empty is the newest sample.
        now: UTC seconds; None takes the clock's.

    Raises:
        RecordError: there is none, it is empty, or it may not be read.
        NoTimeError: the time cannot be read, or the record does not have it.
        EngineTimeout: the disk hangs.
    """
    lane = Lane("the record")
    reader, place = await lane.call(opens, deadline=DEADLINE_SECONDS)
    source = ReplaySource(reader, place, lane)
    try:
        await source.open()
        if when:
            await source.open(find_moment(when, time() if now is None else now, source.covered))
    except HostdeckError:
        await source.close()
        raise
    return source
