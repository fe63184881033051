"""One day's file as it is written.

Each sample is a row of the journal, committed at once: a recorder that is killed loses no more than the sample it
writes. A run that is full becomes a block, and its rows of the journal are deleted in the same transaction. What a
recorder left in the journal becomes blocks when the file is opened again. After a power cut the samples since the last
checkpoint may be lost, which are those of some ten minutes, never the file.

Within a file the order of time is the order of `id`; blocks and the runs of the journal share their numbers.
"""

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from tui.domain.plain import FormatError, encode
from tui.domain.timeline import TimelineEntry
from tui.record.block import fold
from tui.record.delta import plain_text
from tui.record.folder import Keeping

APPLICATION_ID: Final = 0x68646563
SCHEMA_VERSION: Final = 1
BUSY_SECONDS: Final = 1.0
_WAL_BYTES: Final = 4 << 20

_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    begin_utc REAL NOT NULL,
    end_utc REAL NOT NULL,
    kind TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    head BLOB NOT NULL,
    totals BLOB NOT NULL,
    structure BLOB NOT NULL,
    figures BLOB NOT NULL
);
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    block INTEGER NOT NULL,
    seconds REAL NOT NULL,
    checksum INTEGER NOT NULL,
    delta TEXT NOT NULL
);
CREATE INDEX journal_block ON journal (block, id);
CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    utc REAL NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    entry TEXT NOT NULL
);
CREATE INDEX entries_utc ON entries (utc);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""


class DamagedFile(Exception):  # noqa: N818 - named for what is the case
    """The file of a day is no record, or of another version, or damaged so that nothing can be added."""


class Sample(NamedTuple):
    """A row of the journal.

    Attributes:
        run: which run it belongs to; any number that is the same for all of it.
    """

    run: int
    seconds: float
    text: str


class DayFile:
    """One day's file, open for writing.

    Raises:
        DamagedFile: nothing can be added to it.
        sqlite3.Error: it cannot be opened.
        OSError: it cannot be made.
    """

    def __init__(self, path: Path, keeping: Keeping) -> None:
        keeping.create(path)
        self.path = path
        self.inode = path.stat().st_ino
        self._blocks: dict[int, int] = {}
        self._connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=16
        )
        try:
            self._begin()
        except BaseException:
            self._connection.close()
            raise

    def _begin(self) -> None:
        with _telling_damage(self.path):
            run = self._connection.execute
            run("PRAGMA journal_mode = WAL").fetchone()
            run("PRAGMA synchronous = NORMAL")
            run(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
            application, version = (run(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
            if (application, version) == (0, 0) and not run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._connection.executescript(_SCHEMA)
            elif (application, version) != (APPLICATION_ID, SCHEMA_VERSION):
                raise DamagedFile(f"{self.path.name} is no record of this version of hostdeck")
            self.fold_all()

    def append(self, samples: Iterable[Sample], entries: Sequence[TimelineEntry]) -> None:
        """Write samples and entries, all of them or none.

        Raises:
            DamagedFile: nothing can be added any more.
            sqlite3.Error: it cannot be written now.
        """
        with _telling_damage(self.path), self._transaction():
            for sample in samples:
                row = (self._block_of(sample.run), sample.seconds, zlib.crc32(sample.text.encode("ascii")), sample.text)
                self._connection.execute(
                    "INSERT INTO journal (block, seconds, checksum, delta) VALUES (?, ?, ?, ?)", row
                )
            for entry in entries:
                text = plain_text(encode(entry))
                values = (entry.utc_seconds, entry_digest(text), text)
                self._connection.execute("INSERT OR IGNORE INTO entries (utc, digest, entry) VALUES (?, ?, ?)", values)

    def fold_all(self, but_run: int | None = None) -> None:
        """Make blocks of all runs in the journal, but of one that goes on.

        Raises:
            DamagedFile, sqlite3.Error: as `append`.
        """
        with _telling_damage(self.path):
            open_block = self._blocks.get(but_run, -1) if but_run is not None else -1
            query = "SELECT DISTINCT block FROM journal WHERE block != ? ORDER BY block"
            for (block,) in self._connection.execute(query, (open_block,)).fetchall():
                self._fold(block)

    def has_more_than(self, run: int) -> bool:
        """Tell whether the journal has another run than this one.

        Raises:
            sqlite3.Error: it cannot be read now.
        """
        query = "SELECT 1 FROM journal WHERE block != ? LIMIT 1"
        return self._connection.execute(query, (self._blocks.get(run, -1),)).fetchone() is not None

    def close(self) -> None:
        """Close it so that it can be read without files beside it; who reads it now keeps them until later."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        self._connection.close()

    def _fold(self, block: int) -> None:
        rows = self._connection.execute(
            "SELECT seconds, checksum, delta FROM journal WHERE block = ? ORDER BY id", (block,)
        ).fetchall()
        deltas = sound_deltas([(checksum, text) for _, checksum, text in rows])
        with self._transaction():
            if deltas:
                with contextlib.suppress(FormatError):  # nothing that could be read is in it
                    self._insert(block, fold_row(deltas, rows[0][0]))
            self._connection.execute("DELETE FROM journal WHERE block = ?", (block,))

    def _insert(self, block: int, values: Sequence[object]) -> None:
        self._connection.execute("INSERT INTO blocks VALUES (?, ?, ?, 'samples', ?, ?, ?, ?, ?)", (block, *values))

    def _block_of(self, run: int) -> int:
        block = self._blocks.get(run)
        if block is None:
            query = (
                "SELECT max(coalesce((SELECT max(id) FROM blocks), 0), coalesce((SELECT max(block) FROM journal), 0))"
            )
            block = self._connection.execute(query).fetchone()[0] + 1
            self._blocks = {run: block}
        return int(block)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        before = dict(self._blocks)
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._blocks = before
            with contextlib.suppress(sqlite3.Error):  # SQLite may have done it already
                self._connection.execute("ROLLBACK")
            raise


def entry_digest(text: str) -> bytes:
    """Return what tells one entry from another, and a sound one from a damaged one."""
    return blake2b(text.encode("ascii"), digest_size=8).digest()


def sound_deltas(rows: Sequence[tuple[int, str]]) -> list[dict[str, object]]:
    """Return the deltas of a run's rows of (checksum, text), up to the first that is damaged."""
    deltas = []
    for checksum, text in rows:
        try:
            if zlib.crc32(text.encode("ascii")) != checksum:
                break
            deltas.append(json.loads(text))
        except (AttributeError, UnicodeEncodeError, ValueError):
            break
    return deltas


def fold_row(deltas: Sequence[dict[str, object]], seconds: float) -> Sequence[object]:
    """Return begin, end, checksum and blobs of a block."""
    row = fold(deltas, seconds)
    begin, end = deltas[0]["t"][0], deltas[-1]["t"][0]  # type: ignore[index]
    return (begin, end, row.checksum, *row)


@contextlib.contextmanager
def _telling_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError:
        raise  # full, locked, not to be opened: it may pass
    except sqlite3.DatabaseError as error:
        raise DamagedFile(f"{path.name}: {error}") from error
