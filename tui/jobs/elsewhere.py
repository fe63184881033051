"""Actions that this program did not do itself: of its earlier runs, and of the same user's other terminals.

They are read from the user's own audit file. Those of other users are not: only root could read their files, and a
program of root has no business in the folders of persons.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tui.audit import default_path
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.jobs.noted import is_about_a_problem, outcome_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.domain.host import HostView

LOOK_SECONDS = 2.0
TAIL_BYTES = 512 * 1024
"""How much of the end of the file is read at the start: some 600 actions."""


class AuditWatch:
    """A `Watch` of the audit file; its own lines are left out.

    Args:
        path: the file; None is the usual one.
        pid: of this process.
    """

    gap = ""  # a file that is not there yet holds nothing

    def __init__(self, path: Path | None = None, *, pid: int | None = None, look_seconds: float = LOOK_SECONDS) -> None:
        self._path = path or default_path()
        self._pid = pid if pid is not None else os.getpid()
        self._look_seconds = look_seconds
        self._file: tuple[int, int] | None = None
        self._read = 0
        self._rest = b""
        self._is_first = True
        self._requested: set[tuple[Any, ...]] = set()

    async def run(self, put: Callable[[TimelineEntry], None], view: Callable[[], HostView | None]) -> None:
        """Follow until cancelled."""
        while True:
            host = seen.host_id if (seen := view()) is not None else None
            if host is not None:
                for entry in await asyncio.to_thread(self.news, host):
                    put(entry)
            await asyncio.sleep(self._look_seconds)

    def news(self, host: str) -> list[TimelineEntry]:
        """Return the actions on a host that were written down since the last look."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return []
        try:
            raw = self._new_bytes(descriptor)
        except OSError:
            return []
        finally:
            os.close(descriptor)
        *lines, self._rest = (self._rest + raw).split(b"\n")
        self._rest = self._rest[-TAIL_BYTES:]
        return [entry for line in lines if (entry := self._entry(line, host)) is not None]

    def _new_bytes(self, descriptor: int) -> bytes:
        facts = os.fstat(descriptor)
        file = (facts.st_dev, facts.st_ino)
        if file != self._file or facts.st_size < self._read:  # another one took its place, or it was cut
            self._file, self._rest = file, b""
            self._read = max(0, facts.st_size - TAIL_BYTES) if self._is_first else 0
        self._is_first = False
        if facts.st_size <= self._read:
            return b""
        raw = os.pread(descriptor, min(facts.st_size - self._read, TAIL_BYTES), self._read)
        self._read += len(raw)
        return raw

    def _entry(self, line: bytes, host: str) -> TimelineEntry | None:
        """Return what a line tells; None for what this process did, other hosts, intents, and torn lines."""
        try:
            record = json.loads(line)
        except ValueError:
            return None
        is_result = isinstance(record, dict) and record.get("phase") == "result" and record.get("host") == host
        if not is_result or record.get("process") == self._pid or is_about_a_problem(record.get("action")):
            return None
        name = tuple(record.get(key) for key in ("process", "job", "action", "id"))
        result = record.get("result")
        if result == "requested":
            self._requested.add(name)
        elif result == "done" and name in self._requested:
            self._requested.discard(name)
            return None
        with suppress(ValueError, TypeError, KeyError):
            return _entry_of(record)
        return None


def _entry_of(record: dict[str, Any]) -> TimelineEntry:
    texts = {key: str(record.get(key) or "") for key in ("engine", "id", "name", "kind", "user", "command", "message")}
    return TimelineEntry(
        utc_seconds=datetime.fromisoformat(str(record["time"])).timestamp(),
        kind=EntryKind.ACTION,
        what=str(record["action"]),
        subject=f"{record['host']}/{texts['engine']}/{texts['id']}",
        name=texts["name"],
        subject_kind=texts["kind"],
        engine=texts["engine"],
        detail=outcome_words(str(record["result"]), texts["message"]),
        who=texts["user"],
        command=texts["command"],
    )
