"""A record as it is written: views and entries in, files out, and what is done when they cannot be written.

Synchronous, for one thread at a time. Nothing here raises: what cannot be written waits, up to a run of samples, and
what does not fit any more is told as a gap once there is room.
"""

import contextlib
import os
import sqlite3
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tui.domain.host import HostView
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.record.dayfile import DamagedFile, DayFile
from tui.record.folder import Keeping, day_files, day_of
from tui.record.retention import Limits, delete_days, superfluous
from tui.record.runs import RUN_SAMPLES, Runs

MOST_WAITING_ENTRIES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing can be written.

    Attributes:
        text: a sentence.
        since_utc_seconds: by the clock of the samples.
    """

    text: str
    since_utc_seconds: float


class Store:
    """Writes a record.

    Attributes:
        trouble: why nothing can be written now, None when all is well.
        news: sentences for who watches the recorder; whoever reads them takes them out.
    """

    def __init__(self, keeping: Keeping, seconds: float, limits: Limits) -> None:
        self.trouble: Trouble | None = None
        self.news: list[str] = []
        self._keeping = keeping
        self._limits = limits
        self._runs = Runs(seconds)
        self._file: DayFile | None = None
        self._is_sweep_due = False
        self._waiting: list[HostView] = []
        self._entries: deque[TimelineEntry] = deque(maxlen=MOST_WAITING_ENTRIES)
        self._lost: tuple[float, float] | None = None

    @property
    def folder(self) -> Path:
        """Return where the record is."""
        return self._keeping.folder

    def write(self, view: HostView | None, entries: Sequence[TimelineEntry], utc: float) -> None:
        """Write a sample, where there is one, and entries; with what waits."""
        self._entries.extend(entries)
        if view is not None:
            self._waiting.append(view)
        self._look_at_file()
        self._flush(utc)

    def close(self, utc: float) -> None:
        """Write what waits, and make a block of what is open."""
        self._flush(utc)
        self._close_file()

    # files

    def _flush(self, utc: float) -> None:
        """Write all that waits; remember why that is not possible."""
        try:
            self._write_waiting(utc)
        except DamagedFile as error:
            self._set_aside(error, utc)
        except (sqlite3.Error, OSError) as error:
            self._fail(_sentence(self._keeping.folder, error), utc)
        else:
            self._recover(utc)

    def _write_waiting(self, utc: float) -> None:
        if not self._waiting and not self._entries:
            return
        days = list(dict.fromkeys(day_of(view.taken_utc_seconds) for view in self._waiting))
        for number, day in enumerate(days or [self._day_for_entries(utc)]):
            file = self._open(day)
            views = [view for view in self._waiting if day_of(view.taken_utc_seconds) == day]
            file.append(map(self._runs.take, views), [] if number else list(self._entries))
            if not number:
                self._entries.clear()
            self._waiting = [view for view in self._waiting if day_of(view.taken_utc_seconds) != day]
            if file.has_more_than(self._runs.number):
                file.fold_all(self._runs.number)
                self._is_sweep_due = True
            if self._is_sweep_due:
                self._is_sweep_due = False
                self._sweep(utc)

    def _day_for_entries(self, utc: float) -> str:
        return self._file.path.name[:10] if self._file is not None else day_of(utc)

    def _open(self, day: str) -> DayFile:
        path = self._keeping.folder / f"{day}.sqlite"
        if self._file is not None and self._file.path != path:
            self._close_file()
        if self._file is None:
            self._file = DayFile(path, self._keeping)
            self._runs.begin()  # what the file had in its journal is a block now
            self._is_sweep_due = True
        return self._file

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        try:
            file.fold_all()
        except (DamagedFile, sqlite3.Error):
            pass  # its rows stay in the journal, which is read as well
        finally:
            file.close()

    def _look_at_file(self) -> None:
        """Begin anew where somebody deleted or replaced the file that is open."""
        if self._file is None:
            return
        try:
            same = os.lstat(self._file.path).st_ino == self._file.inode
        except OSError:
            same = False
        if not same:
            self.news.append(f"{self._file.path.name} was deleted or replaced; a new one is begun.")
            self._file.close()
            self._file = None

    def _set_aside(self, error: DamagedFile, utc: float) -> None:
        """Keep a file that nothing can be added to under another name, and begin a new one."""
        day = day_of(self._waiting[0].taken_utc_seconds if self._waiting else utc)
        path = self._file.path if self._file is not None else self._keeping.folder / f"{day}.sqlite"
        if self._file is not None:
            self._file.close()
            self._file = None
        number = 1
        while os.path.lexists(aside := path.with_name(f"{path.name[:10]}.damaged-{number}.sqlite")):
            number += 1
        try:
            for side in ("", "-wal", "-shm"):
                if os.path.lexists(f"{path}{side}"):
                    os.rename(f"{path}{side}", f"{aside}{side}")
        except OSError as failure:
            self._fail(_sentence(self._keeping.folder, failure), utc)
            return
        self._say(f"{error}. It is kept as {aside.name}, and a new file is begun.", utc)

    def _sweep(self, utc: float) -> None:
        """Delete what is older or larger than what is kept."""
        open_day = self._file.path if self._file is not None else None
        paths = superfluous(self._keeping.folder, self._limits, open_day)
        if open_day is not None and open_day in paths:
            self._close_file()
            self._say(
                f"{open_day.name} alone is larger than the {self._limits.max_mib} MiB that are kept: it is deleted and "
                "begun anew. Allow more with max_mib, or record less often.",
                utc,
            )
        why = delete_days(paths)
        if why:
            self._say(why, utc)
        self._put_away()

    def _put_away(self) -> None:
        """Close days well that were left open: their recorder was killed, or somebody read them when they ended."""
        for path in day_files(self._keeping.folder):
            is_open = self._file is not None and path == self._file.path
            if not is_open and os.path.lexists(f"{path}-wal"):
                with contextlib.suppress(DamagedFile, sqlite3.Error):
                    DayFile(path, self._keeping).close()

    # trouble

    def _fail(self, text: str, utc: float) -> None:
        if self._file is not None:
            self._file.close()  # whatever is wrong with it, the next attempt opens it anew
            self._file = None
        self._runs.begin()
        if len(self._waiting) > RUN_SAMPLES:
            over = self._waiting[: -RUN_SAMPLES // 2]
            del self._waiting[: len(over)]
            first = over[0].taken_utc_seconds if self._lost is None else self._lost[0]
            self._lost = (first, over[-1].taken_utc_seconds)
        if self.trouble is None:
            self.trouble = Trouble(text, utc)
            self.news.append(f"{text} Recording goes on once it can; {RUN_SAMPLES} samples wait in memory.")
            self._entries.append(_entry(utc, "stopped", text))

    def _recover(self, utc: float) -> None:
        if self.trouble is None:
            return
        lost, trouble = self._lost, self.trouble
        self.trouble = self._lost = None
        if lost is None:
            detail = f"nothing was lost since {_clock(trouble.since_utc_seconds)}"
        else:
            detail = f"nothing was recorded from {_clock(lost[0])} to {_clock(lost[1])}: {trouble.text}"
        self.news.append(f"Recording goes on: {detail.rstrip('.')}.")
        self._entries.append(_entry(utc, "went on", detail))
        self._flush(utc)

    def _say(self, text: str, utc: float) -> None:
        self.news.append(text)
        self._entries.append(_entry(utc, "noted", text))


def _entry(utc: float, what: str, detail: str) -> TimelineEntry:
    return TimelineEntry(utc_seconds=utc, kind=EntryKind.RECORDER, what=what, name="recorder", detail=detail)


def _clock(utc: float) -> str:
    return datetime.fromtimestamp(utc, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _sentence(folder: Path, error: Exception) -> str:
    """Return why nothing can be written, for a person."""
    text = str(error.strerror or error) if isinstance(error, OSError) else str(error)
    if not os.path.lexists(folder):
        text = "the folder is gone. Make it again, or record elsewhere"
    known = {
        "database or disk is full": "the disk is full",
        "database is locked": "another program holds the file locked",
        "attempt to write a readonly database": "it is read-only",
        "unable to open database file": "the file cannot be opened",
        "disk I/O error": "the disk reports an error or is full",
    }
    return f"The record in {folder} cannot be written: {known.get(text, text)}."
