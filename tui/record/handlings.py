"""What persons said about problems, in one file that all viewers of a host and its recorder share.

The file is replaced in one step by who holds the lock beside it, so that a reader finds the old or the new one whole,
whatever is killed meanwhile. It stands in a folder of its own: where the record may be read by a group, members of that
group may acknowledge and silence, and still change nothing of the record.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import grp
import json
import os
import pwd
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tui.domain.errors import EngineTimeout, HostdeckError
from tui.domain.past import Handling
from tui.domain.plain import decode, encode
from tui.engines.lane import Lane
from tui.record.folder import OF_ROOT, default_folder, has_record
from tui.sampling.handled import MOST_KEPT, bounded, says_nothing

LOOK_SECONDS = 2.0
LOCK_SECONDS = 3.0
LOCK_AGAIN_SECONDS = 0.02
WRITE_DEADLINE_SECONDS = 6.0
LARGEST_FILE_BYTES = 4_000_000
REMEMBERED_SECONDS = 3600.0
"""So long it is kept that something was taken back, so that other viewers see who did it."""

Said = dict[str, Handling]


def folder_of_viewers(uid: int, environ: Mapping[str, str], chosen: str = "") -> Path:
    """Return the folder of the record that viewers share: the one that was chosen, else the host's where there is one.

    A user's own counts where root keeps none, or none that this user may read while there is one.
    """
    if chosen:
        return Path(chosen)
    own = default_folder(uid, environ)
    if uid == 0 or not OF_ROOT.exists():
        return own
    return own if has_record(own) and not os.access(OF_ROOT, os.R_OK | os.X_OK) else OF_ROOT


class HandlingsFile:
    """Reads and replaces the file; reading is never an error.

    Args:
        folder: of the record; made for this account alone when missing.
        utc: wall clock in seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        utc: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self.folder = folder / "handlings"
        self.path = self.folder / "handlings.json"
        self._record_folder = folder
        self._utc = utc
        self._monotonic = monotonic
        self._lock_seconds = lock_seconds
        self._lane = Lane("handlings")
        self._looking: asyncio.Task[None] | None = None
        self._looked_at = monotonic()
        self._seen: tuple[int, ...] = ()
        self._said: Mapping[str, Handling] = {}
        self._look()

    def current(self) -> Mapping[str, Handling]:
        """Return what is said by `Problem.id`; the very same object while nothing changed.

        It is looked for changes off the loop, every `LOOK_SECONDS`.
        """
        now = self._monotonic()
        if now - self._looked_at >= LOOK_SECONDS and self._looking is None:
            self._looked_at = now
            self._looking = asyncio.ensure_future(self._look_again())
            self._looking.add_done_callback(self._looked)
        return self._said

    async def put(self, handling: Handling) -> str:
        """Replace what is said about one problem; return why that failed, or an empty text."""
        try:
            return await self._lane.call(self._put, bounded(handling), deadline=WRITE_DEADLINE_SECONDS)
        except EngineTimeout:
            return f"{self.folder} does not answer: nothing was kept."
        except OSError as error:
            return f"{self._refusal(error)} Nothing was kept."

    def prepare(self) -> str:
        """Make the folder, so that those who share it find it; return why that failed, or an empty text. Blocks."""
        try:
            self._make_folders()
        except OSError as error:
            return self._refusal(error)
        return ""

    def close(self) -> None:
        """Let the thread go."""
        self._lane.close()

    # Reading

    async def _look_again(self) -> None:
        with contextlib.suppress(EngineTimeout):
            await self._lane.call(self._look, deadline=WRITE_DEADLINE_SECONDS)

    def _looked(self, task: asyncio.Task[None]) -> None:
        self._looking = None
        if not task.cancelled():
            task.exception()

    def _look(self) -> None:
        """Take the file where it is another one than before."""
        try:
            found = self.path.stat(follow_symlinks=False)
        except OSError:
            mark: tuple[int, ...] = ()
        else:
            mark = (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)
        if mark != self._seen:
            self._take(self._read(), mark)

    def _take(self, said: Said, mark: tuple[int, ...]) -> None:
        self._seen = mark
        if said != self._said:
            self._said = said

    def _read(self) -> Said:
        document = _document(self.path)
        entries = document.get("handlings") if isinstance(document, dict) else None
        found: Said = {}
        for entry in entries if isinstance(entries, list) else []:
            try:
                handling = bounded(decode(Handling, entry))
            except (HostdeckError, TypeError):
                continue
            found[handling.problem_id] = handling
        return dict(list(found.items())[-MOST_KEPT:])

    # Writing, on the lane's thread

    def _put(self, handling: Handling) -> str:
        self._make_folders()
        with self._locked() as is_mine:
            if not is_mine:
                return f"{self.folder} is locked by another hostdeck that does not end: nothing was kept."
            before = self._read()
            said = {key: one for key, one in before.items() if key != handling.problem_id and self._lasts(one)}
            if not says_nothing(handling) or handling.problem_id in before:
                said[handling.problem_id] = handling
            if said != before:
                self._replace(dict(list(said.items())[-MOST_KEPT:]))
        self._look()
        return ""

    def _lasts(self, handling: Handling) -> bool:
        """Tell whether it is worth keeping: silences end by their time."""
        until = handling.silenced_until_utc_seconds
        if handling.acknowledged or handling.note or (until is not None and until > self._utc()):
            return True
        return self._utc() - handling.at_utc_seconds < REMEMBERED_SECONDS and bool(handling.by)

    def _make_folders(self) -> None:
        self._record_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        record, own = self._record_folder.stat(), self.folder.stat(follow_symlinks=False)
        if own.st_uid == os.geteuid() and stat.S_ISDIR(own.st_mode) and record.st_mode & 0o040:
            wanted = 0o2770
            if own.st_gid != record.st_gid:
                os.chown(self.folder, -1, record.st_gid, follow_symlinks=False)
            if stat.S_IMODE(own.st_mode) != wanted:
                self.folder.chmod(wanted)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[bool]:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(self.folder / "lock", flags, 0o660)
        try:
            self._share(descriptor)
            yield self._wait_for(descriptor)
        finally:
            os.close(descriptor)

    def _wait_for(self, descriptor: int) -> bool:
        until = time.monotonic() + self._lock_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                threading.Event().wait(LOCK_AGAIN_SECONDS)
            else:
                return True

    def _replace(self, said: Said) -> None:
        document = {"version": 1, "handlings": [encode(one) for one in said.values()]}
        content = json.dumps(document, allow_nan=False).encode("ascii")
        if self.path.exists() and _document(self.path) is None:
            self.path.replace(self.path.with_name("handlings.json.bad"))
        descriptor, name = tempfile.mkstemp(prefix=".handlings-", dir=self.folder)  # made with mode 0600
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
                self._share(file.fileno())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _share(self, descriptor: int) -> None:
        """Let the group of the folder read and write a file, where it may do so with the folder."""
        folder, own = self.folder.stat(), os.fstat(descriptor)
        if folder.st_mode & 0o020 and own.st_uid == os.geteuid():
            if own.st_gid != folder.st_gid:
                os.fchown(descriptor, -1, folder.st_gid)
            os.fchmod(descriptor, 0o660)

    # Saying why not

    def _refusal(self, error: OSError) -> str:
        if error.errno in {errno.EACCES, errno.EPERM}:
            return f"You may not write {self.folder}: {self._whose()}."
        if error.errno == errno.EROFS:
            return f"{self.folder} is on a file system that is mounted read-only."
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            return f"There is no room left where {self.folder} is."
        return f"{self.folder} cannot be written: {error.strerror or error}."

    def _whose(self) -> str:
        """Return who may write: the owner, and the group where it may."""
        for folder in (self.folder, self._record_folder, *self._record_folder.parents):
            with contextlib.suppress(OSError):
                found = folder.stat()
                owner = _name(lambda uid: pwd.getpwuid(uid).pw_name, found.st_uid)
                group = _name(lambda gid: grp.getgrgid(gid).gr_name, found.st_gid)
                if folder == self.folder and found.st_mode & 0o020:
                    return f"only {owner} and members of the group {group} may"
                if folder in {self.folder, self._record_folder}:
                    also = " (a group can be named with [record] group)" if not found.st_mode & 0o040 else ""
                    return f"only {owner} may{also}"
                return f"{folder} belongs to {owner}"
        return "it cannot be seen whose it is"


def _document(path: Path) -> Any:
    """Return what a file says; None where it is damaged or cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return json.loads(file.read(LARGEST_FILE_BYTES))
    except (OSError, ValueError, RecursionError):
        return None


def _name(look_up: Callable[[int], str], number: int) -> str:
    try:
        return look_up(number)
    except KeyError:
        return str(number)
