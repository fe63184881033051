"""The record of a host, opened for a bundle."""

import asyncio
from collections.abc import Callable

from tui.engines.lane import Lane
from tui.record.read_past import ReadPast
from tui.record.reading import RecordError, RecordReader
from tui.sampling.past import Past
from tui.sampling.source import HostSource


class RecordOfBundle:
    """A record that is there for the length of a block: that of the source, else one that is opened for it.

    Args:
        opens: opens the record and tells where it is; None where none is looked for.
    """

    def __init__(self, source: HostSource, opens: Callable[[], tuple[RecordReader, str]] | None) -> None:
        self._source = source
        self._opens = opens
        self._past: ReadPast | None = None

    async def __aenter__(self) -> Past | None:
        """Return it; None where there is none, or not for this user."""
        if self._source.past is not None or self._opens is None:
            return self._source.past
        try:
            reader, place = await asyncio.to_thread(self._opens)
        except RecordError:
            return None
        self._past = ReadPast(reader, Lane("the record of a bundle"), place)
        return self._past

    async def __aexit__(self, *_error: object) -> None:
        """Give back what was opened here."""
        if self._past is not None:
            await self._past.close()
