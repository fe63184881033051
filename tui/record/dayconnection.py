"""SQLite as a day's file is read with it.

Nothing is ever written, and no file is made: a file that nobody writes is opened as one that cannot change, and is
opened anew once somebody does.
"""

import contextlib
import errno
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tui.record.dayfile import APPLICATION_ID, SCHEMA_VERSION

BUSY_SECONDS: Final = 2.0


class DayConnection:
    """A connection that is opened when it is needed, and anew where the file is another one.

    Attributes:
        file: device and inode of the file; None before it was opened.
    """

    def __init__(self, path: Path) -> None:
        self.file: tuple[int, int] | None = None
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[object, ...] = ()
        self._opened = 0

    def open(self) -> None:
        """Open the file, or see that the one that is open is still the right one.

        Raises:
            OSError: it is gone, or may not be read.
            sqlite3.Error: it is no record that this hostdeck reads.
        """
        identity = self._identify()
        if self._connection is not None and self._identity == identity:
            return
        self.close()
        os.close(os.open(self._path, os.O_RDONLY | os.O_CLOEXEC))  # SQLite does not say why it cannot
        self._connection = self._connect()
        self._identity = identity
        self._opened += 1
        self._check_format()

    def close(self) -> None:
        """Give back the descriptors; the next question opens it again."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a query gives.

        Raises:
            OSError, sqlite3.Error: as `open`, or what it asks for is damaged.
        """
        if self._connection is None:
            self.open()
        return self._connection.execute(query, values).fetchall() if self._connection is not None else []

    def version(self) -> object:
        """Return what is another value once somebody wrote."""
        return self._opened, self.rows("PRAGMA data_version")

    def state(self) -> tuple[object, ...]:
        """Return what is another value once it is worth another attempt to open it."""
        return tuple(_size_and_time(f"{self._path}{side}") for side in ("", "-wal"))

    @contextlib.contextmanager
    def one_state(self) -> Iterator[None]:
        """See one state of a file that others write."""
        self.rows("BEGIN")
        try:
            yield
        finally:
            with contextlib.suppress(sqlite3.Error):
                self.rows("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(self._path.absolute()))}?mode=ro{'' if self._is_written() else '&immutable=1'}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.text_factory = _decoded
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA writable_schema = ON")  # else a file that was cut off is refused whole
        return connection

    @property
    def lacks_index(self) -> bool:
        """Tell whether what was written last lies beside the file, and cannot be read without making a file."""
        return os.path.exists(f"{self._path}-wal") and not self._is_written()

    def _is_written(self) -> bool:
        """Tell whether somebody writes it, or was killed while writing it."""
        return all(os.path.exists(f"{self._path}{side}") for side in ("-wal", "-shm"))

    def _identify(self) -> tuple[object, ...]:
        """Return what is another value once the file must be opened anew."""
        found = os.stat(self._path)
        if not stat.S_ISREG(found.st_mode):  # to open a pipe would wait for who writes to it
            raise OSError(errno.EINVAL, "it is no file", str(self._path))
        self.file = (found.st_dev, found.st_ino)
        if self._is_written():
            return self.file
        return (*self.file, found.st_size, found.st_mtime_ns)

    def _check_format(self) -> None:
        application, version = (self.rows(f"PRAGMA {name}")[0][0] for name in ("application_id", "user_version"))
        if application != APPLICATION_ID:
            raise sqlite3.DatabaseError("it is no record of hostdeck")
        if version != SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"it has version {version}, this hostdeck reads {SCHEMA_VERSION}")


def _size_and_time(path: str) -> tuple[int, ...]:
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _decoded(data: bytes) -> str:
    """Return text; what is damaged is none that a checksum fits."""
    return data.decode("utf-8", "surrogateescape")
