"""One day's file as it is read; it may grow meanwhile."""

import json
import sqlite3
import struct
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final, NamedTuple

from tui.domain.plain import FormatError, decode
from tui.domain.timeline import TimelineEntry
from tui.record.block import Row
from tui.record.blocks import Block, Folded, Growing
from tui.record.dayconnection import DayConnection
from tui.record.dayfile import entry_digest, sound_deltas
from tui.record.run import Makes

MOST_KEPT: Final = 6  # blocks that are kept unpacked
MOST_NUMBERS_TRIED: Final = 20_000  # of blocks, where a damaged file cannot list them
_BEGINNING: Final = struct.Struct("<ddd")


class Place(NamedTuple):
    """Where and when a block is.

    Attributes:
        seconds: between its samples.
    """

    number: int
    begin: float
    end: float
    seconds: float


class DayReader:
    """One day's file."""

    def __init__(self, path: Path, makes: Makes) -> None:
        self.path = path
        self._found: dict[str, None] = {}  # sentences, in the order they were found
        self._unreadable = ""  # why nothing can be read at all; it may pass
        self._makes = makes
        self._connection = DayConnection(path)
        self._file: tuple[int, int] | None = None
        self._refused: tuple[object, ...] = ()  # the state of a file that cannot be read at all
        self._forget()

    def _forget(self) -> None:
        """Begin anew: another file has the name now."""
        self._seen_version: object = None
        self._folded: dict[int, Place] = {}
        self._growing: dict[int, Growing] = {}
        self._broken: set[int] = set()
        self._cut: set[int] = set()  # runs of the journal of which no more can be read
        self._last_row = 0
        self._kept: OrderedDict[int, Block] = OrderedDict()

    @property
    def damage(self) -> Sequence[str]:
        """Return what could not be read, in the order it was found."""
        found = [*self._found, *([self._unreadable] if self._unreadable else [])]
        if self._connection.lacks_index:
            name = self.path.name
            found.append(f"{name}-wal is not read, because {name}-shm is not beside it: copy all three.")
        return found

    def places(self) -> Sequence[Place]:
        """Return all blocks, in the order they were recorded."""
        grown = [
            Place(number, run.times[0], run.times[-1], run.seconds)
            for number, run in self._growing.items()
            if run.times and number not in self._folded
        ]
        found = [*self._folded.values(), *grown]
        return sorted(place for place in found if place.number not in self._broken)

    def refresh(self) -> bool:
        """Look for what was written since; return whether anything was.

        Raises:
            OSError: the file may not be read, or is gone.
        """
        if self._refused and self._refused == self._connection.state():
            return False
        try:
            changed = self._refresh()
        except sqlite3.Error as error:
            self._connection.close()
            self._refused = self._connection.state()
            self._unreadable = f"{self.path.name}: cannot be read: {error}."
            return False
        self._refused, self._unreadable = (), ""
        return changed

    def block(self, number: int) -> Block:
        """Return a block.

        Raises:
            FormatError: it is damaged, or not there any more.
        """
        growing = self._growing.get(number)
        if growing is not None and number not in self._folded:
            return growing
        kept = self._kept.get(number)
        if kept is None:
            kept = self._kept[number] = self._load(number)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(number)
        return kept

    def break_block(self, number: int, why: str) -> None:
        """Count a block as damaged from now on."""
        self._broken.add(number)
        self._kept.pop(number, None)
        self._tell(f"block {number} is damaged and left out: {why}")

    def entries(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        """Return what was written down between two times, in their order."""
        if self._refused:
            return ()
        query = "SELECT digest, entry FROM entries WHERE utc BETWEEN ? AND ? ORDER BY utc, id"
        try:
            rows = self._connection.rows(query, (begin, end))
        except sqlite3.Error as error:
            self._tell(f"entries of the timeline cannot be read: {error}")
            return ()
        return [entry for entry in (self._entry(*row) for row in rows) if entry is not None]

    def close(self) -> None:
        """Give back every descriptor."""
        self._connection.close()

    def _tell(self, what: str) -> None:
        self._found[f"{self.path.name}: {what}."] = None

    # what there is

    def _refresh(self) -> bool:
        connection = self._connection
        connection.open()
        if connection.file != self._file:
            self._file = connection.file
            self._forget()
        if connection.version() == self._seen_version:
            return False
        with connection.one_state():
            self._refresh_blocks()
            self._refresh_journal()
        self._seen_version = connection.version()
        return True

    def _refresh_blocks(self) -> None:
        after = max(self._folded, default=0)
        query = "SELECT id, begin_utc, end_utc, substr(head, 1, 24) FROM blocks WHERE id"
        try:
            rows = self._connection.rows(f"{query} > ? ORDER BY id", (after,))
        except sqlite3.DatabaseError as error:
            self._tell(f"what is sound in it is read one by one, the rest is left out: {error}")
            rows = list(self._one_by_one(f"{query} = ?", after + 1))
        for number, begin, end, head in rows:
            try:
                found = _BEGINNING.unpack(head)
            except (struct.error, TypeError):
                found = ()
            if (begin, end) == found[:2] and isfinite(found[2]) and begin <= end:
                self._folded[number] = Place(number, *found)
            else:
                self._tell(f"block {number} is damaged and left out: its times do not fit")

    def _one_by_one(self, query: str, first: int) -> Iterator[tuple[Any, ...]]:
        missed = 0
        for number in range(first, first + MOST_NUMBERS_TRIED):
            try:
                rows = self._connection.rows(query, (number,))
            except sqlite3.DatabaseError:
                rows = []
            missed = 0 if rows else missed + 1
            yield from rows
            if missed > 1000:
                return

    def _refresh_journal(self) -> None:
        try:
            rows = self._connection.rows(
                "SELECT id, block, seconds, checksum, delta FROM journal WHERE id > ? ORDER BY id", (self._last_row,)
            )
            left = {row[0] for row in self._connection.rows("SELECT DISTINCT block FROM journal")}
        except sqlite3.DatabaseError as error:
            self._tell(f"what was not yet a block cannot be read: {error}")
            return
        for number in [number for number in self._growing if number not in left]:
            del self._growing[number]
        for row, number, seconds, checksum, text in rows:
            self._last_row = row
            self._grow(number, seconds, checksum, text)

    def _grow(self, number: int, seconds: float, checksum: int, text: str) -> None:
        if number in self._cut:
            return
        run = self._growing.setdefault(number, Growing(self._makes, seconds))
        deltas = sound_deltas([(checksum, text)])
        if not deltas:
            self._cut.add(number)
            self._tell(f"a sample of block {number} is damaged, and what follows it is left out")
            return
        try:
            run.add(deltas[0])
        except FormatError as error:
            self._cut.add(number)
            self.break_block(number, str(error))

    # a block

    def _load(self, number: int) -> Folded:
        query = "SELECT checksum, head, totals, structure FROM blocks WHERE id = ?"
        checksum, head, totals, structure = self._one(query, number)
        if Row(head, totals, structure, b"").checksum != checksum:
            raise FormatError("damaged", "its checksum is another")

        def figures(begin: int, length: int | None) -> bytes:
            if length is None:
                return _blob(self._one("SELECT figures FROM blocks WHERE id = ?", number)[0])
            rows = self._one("SELECT substr(figures, ?, ?) FROM blocks WHERE id = ?", begin + 1, length, number)
            return _blob(rows[0])

        return Folded(self._makes, head, totals, lambda: structure, figures)

    def _one(self, query: str, *values: Any) -> tuple[Any, ...]:
        try:
            rows = self._connection.rows(query, values)
        except sqlite3.Error as error:
            raise FormatError("damaged", str(error)) from error
        if not rows:
            raise FormatError("gone", "it is not there any more")
        return rows[0]

    def _entry(self, digest: object, text: object) -> TimelineEntry | None:
        try:
            if isinstance(text, str) and entry_digest(text) == digest:
                return decode(TimelineEntry, json.loads(text))
            why = "it is damaged"
        except (FormatError, ValueError) as error:
            why = str(error)
        self._tell(f"an entry of the timeline is left out: {why}")
        return None


def _blob(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise FormatError("damaged", "its figures are none")
    return value
