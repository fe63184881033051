"""What was told, kept over a restart, and who of several processes tells."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.domain.errors import HostdeckError
from tui.domain.host import Problem
from tui.domain.plain import decode, encode
from tui.notify.news import Told

MOST_TOLD = 5000
LARGEST_FILE_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What a restart must know.

    Attributes:
        left: of the hour's allowance; None when nothing is known.
        at_utc_seconds: when that was counted.
    """

    told: Mapping[str, Told] = field(default_factory=dict)
    left: float | None = None
    at_utc_seconds: float = 0.0


class Memory:
    """The file `told.json`; what is wrong with it is forgotten, never an error."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "told.json"

    def load(self) -> Kept:
        """Return what was kept; nothing where it cannot be read."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                document = json.loads(file.read(LARGEST_FILE_BYTES))
        except (OSError, ValueError, RecursionError):
            return Kept()
        return _kept(document) if isinstance(document, dict) else Kept()

    def save(self, kept: Kept) -> str:
        """Replace the file in one step; return why that failed, or an empty text."""
        told = [
            {"problem": encode(one.problem), "at": one.at_utc_seconds} for one in list(kept.told.values())[-MOST_TOLD:]
        ]
        document = {"version": 1, "told": told, "left": kept.left, "at": kept.at_utc_seconds}
        try:
            self._replace(json.dumps(document, allow_nan=False).encode("ascii"))
        except OSError as error:
            return f"What was told cannot be kept in {self.path}: {error.strerror or error}. A restart tells it again."
        return ""

    def _replace(self, content: bytes) -> None:
        descriptor, name = tempfile.mkstemp(prefix=".told-", dir=self.path.parent)  # made with mode 0600
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def _kept(document: Mapping[str, Any]) -> Kept:
    told: dict[str, Told] = {}
    entries = document.get("told")
    for entry in entries if isinstance(entries, list) else []:
        try:
            problem = decode(Problem, entry["problem"])
            told[problem.id] = Told(problem, float(entry["at"]))
        except (HostdeckError, KeyError, TypeError, ValueError):
            continue
    left, at = document.get("left"), document.get("at")
    if not isinstance(left, (int, float)) or not isinstance(at, (int, float)):
        return Kept(told)
    return Kept(told, float(left), float(at))


class Turn:
    """Who tells: the process that holds `notify.lock`; a recorder comes before any screen.

    A recorder holds `notify.recorder.lock` besides. Screens look for that with a lock that is shared and given back at
    once; a recorder that meets it tries again.

    Args:
        folder: must be there.
        is_recorder: this process comes first.
    """

    def __init__(self, folder: Path, *, is_recorder: bool) -> None:
        self._folder = folder
        self._is_recorder = is_recorder
        self._telling: int | None = None
        self._first: int | None = None
        self.problem = ""

    @property
    def is_mine(self) -> bool:
        """Tell whether this process is to tell."""
        return self._telling is not None

    def look(self) -> bool:
        """Take the turn where it is free, leave it to a recorder; return whether it is mine. Never blocks."""
        self.problem = ""
        if self._is_recorder:
            self._first = self._first if self._first is not None else self._lock("notify.recorder.lock")
        elif self._a_recorder_is_there():
            self.leave()
            return False
        if self._telling is None:
            self._telling = self._lock("notify.lock")
        return self.is_mine

    def leave(self) -> None:
        """Let others tell."""
        for descriptor in (self._telling, self._first):
            if descriptor is not None:
                os.close(descriptor)
        self._telling = self._first = None

    def _a_recorder_is_there(self) -> bool:
        try:
            descriptor = os.open(
                self._folder / "notify.recorder.lock", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            )
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return False

    def _lock(self, name: str) -> int | None:
        path = self._folder / name
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        except OSError as error:
            self.problem = f"{path} cannot be opened: {error.strerror or error}."
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if not isinstance(error, BlockingIOError):
                self.problem = f"{path} cannot be locked: {error.strerror or error}."
            return None
        return descriptor
