"""One recorder for a folder, and what it says of itself there.

recorder.lock is held by flock as long as the recorder lives. It has one JSON object, filled up with blanks to the same
length, so that it can be written over on a full disk.
"""

import contextlib
import fcntl
import json
import os
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tui.record.folder import LOCK_NAME, Keeping, user_name
from tui.record.reading import RecordError

_LENGTH: Final = 2048
_STARTED_FIELD: Final = 19  # of /proc/PID/stat after the name: starttime


@dataclass(frozen=True, slots=True)
class Writer:
    """Who records.

    Attributes:
        started: of its process in clock ticks after boot, so that another process with its pid is not taken for it.
        trouble: why it cannot write now, in a sentence; empty when it can.
    """

    pid: int
    user: str
    since_utc_seconds: float
    started: int = 0
    trouble: str = ""
    trouble_since_utc_seconds: float | None = None

    @property
    def words(self) -> str:
        """Return who it is, for a person."""
        since = datetime.fromtimestamp(self.since_utc_seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"pid {self.pid}, user {self.user}, since {since}"


class RecorderLock:
    """The lock of a recorder that runs.

    Attributes:
        before: the recorder that did not end by itself, None where the last one did.

    Raises:
        RecordError: another recorder has it, and it is named; or the file cannot be made.
    """

    def __init__(self, keeping: Keeping, utc: float) -> None:
        self._keeping = keeping
        self._path = path = keeping.folder / LOCK_NAME
        try:
            self._descriptor = self._take()
        except OSError as error:
            raise RecordError("no lock", f"The file {path} cannot be written: {error.strerror}.") from error
        self.before = _read(path)
        pid = os.getpid()
        self._writer = Writer(pid, user_name(os.geteuid()), utc, _started(pid) or 0)
        self.tell("", None)

    def hold(self) -> None:
        """Take the lock again where somebody deleted its file, or the whole folder.

        Raises:
            RecordError: another recorder took it in the meantime.
        """
        with contextlib.suppress(OSError):  # no folder, or no room: until there is, nothing else is written either
            held = os.fstat(self._descriptor)
            try:
                found = os.lstat(self._path)
            except FileNotFoundError:
                found = None
            if found is None or (found.st_dev, found.st_ino) != (held.st_dev, held.st_ino):
                before, self._descriptor = self._descriptor, self._take()
                os.close(before)
                self.tell(self._writer.trouble, self._writer.trouble_since_utc_seconds)

    def _take(self) -> int:
        """Return a descriptor that holds the lock."""
        self._keeping.create(self._path)
        descriptor = os.open(self._path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            other = _read(self._path)
            who = f" ({other.words})" if other is not None else ""
            raise RecordError(
                "recorded already", f"A recorder writes to {self._keeping.folder} already{who}; one is enough."
            ) from error
        return descriptor

    def tell(self, trouble: str, since: float | None) -> None:
        """Say why nothing can be written, or that all is well."""
        self._writer = replace(self._writer, trouble=trouble[: _LENGTH // 8], trouble_since_utc_seconds=since)
        text = json.dumps(asdict(self._writer)).ljust(_LENGTH - 1) + "\n"
        try:
            os.pwrite(self._descriptor, text.encode("ascii"), 0)
        except OSError:
            return  # a disk that takes nothing: standard error has the sentence

    def close(self) -> None:
        """Let go; the file stays, empty, so that no other process holds a lock on a name that is gone."""
        try:
            os.ftruncate(self._descriptor, 0)
        finally:
            os.close(self._descriptor)


def writer_of(folder: Path) -> Writer | None:
    """Return who records to a folder now; None when nobody does or it cannot be told."""
    writer = _read(folder / LOCK_NAME)
    if writer is None or _started(writer.pid) != writer.started:
        return None
    return writer


def _read(path: Path) -> Writer | None:
    try:
        found = json.loads(path.read_text(encoding="ascii"))
        return Writer(**{field.name: found[field.name] for field in fields(Writer)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _started(pid: int) -> int | None:
    """Return when a process began, in clock ticks after boot; None when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[_STARTED_FIELD])
    except (OSError, ValueError, IndexError):
        return None
