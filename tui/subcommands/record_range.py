"""A table over a time range, out of a record. Synchronous, for a thread: one moment at a time is in memory."""

from collections.abc import Iterator
from math import inf

from tui.domain.errors import HostdeckError
from tui.export.tables import TABLES, entry_row
from tui.export.writers import Row
from tui.record.at import Covered, find_moment, said_covered
from tui.record.reading import RecordReader

CHUNK_SECONDS = 3600.0
NOTHING = "The record is empty: nothing was recorded yet."
_ALWAYS = Covered(-inf, inf)


class Range:
    """A time range of a record.

    Args:
        begin, end: as a person wrote them; empty for the beginning of the record and for now.
        now: UTC seconds.

    Raises:
        HostdeckError: a text is no time, or nothing of the range is recorded.
    """

    def __init__(self, reader: RecordReader, begin: str, end: str, now: float) -> None:
        first, last = reader.first(), reader.last()
        if first is None or last is None:
            why = " ".join(reader.damage)
            raise HostdeckError("empty", f"Nothing can be read. {why}" if why else NOTHING)
        self._reader = reader
        self._first = first
        self.begin = find_moment(begin, now, _ALWAYS) if begin else first
        self.end = find_moment(end, now, _ALWAYS) if end else now
        if self.begin > self.end:
            raise HostdeckError("no range", "--from is later than --to.")
        if self.end < first or self.begin > last:
            said = said_covered(Covered(first, last))
            raise HostdeckError("not recorded", f"Nothing of that time is recorded: {said}.")

    def rows(self, table: str) -> Iterator[Row]:
        """Return all rows of a table, oldest first; of moments that were not recorded there are none."""
        for begin, end in self._chunks():
            if table == "timeline":
                yield from (entry_row(one) for one in self._reader.entries(begin, end) if one.utc_seconds < end)
            else:
                yield from self._rows_of_moments(table, begin, end)

    def _chunks(self) -> Iterator[tuple[float, float]]:
        """Return stretches of the range, each closed at its beginning and open at its end."""
        begin, last = max(self.begin, self._first), self._reader.last()
        end = min(self.end, last if last is not None else self.end)
        while begin <= end:
            following = begin + CHUNK_SECONDS
            yield begin, following if following <= end else end + 0.001
            begin = following

    def _rows_of_moments(self, table: str, begin: float, end: float) -> Iterator[Row]:
        make = TABLES[table].rows
        for moment in self._reader.moments(begin, end):
            view = self._reader.view_at(moment) if moment < end else None
            if view is not None:
                yield from make(view)
