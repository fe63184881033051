"""QEMU's log of a guest, which libvirt keeps on the guest's host."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.session import LogChunk, LogRequest
from tui.engines.lane import Lane
from tui.engines.libvirt.log_lines import GrowingFile
from tui.engines.libvirt.target import SYSTEM_RUN_FOLDER, Target

PROC = Path("/proc")
SYSTEM_LOG_FOLDER = Path("/var/log/libvirt")
READ_DEADLINE = 10.0
LOOK_SECONDS = 1.0
_DAEMONS = ("libvirtd", "virtqemud", "virtlxcd")
# "2024-05-01 10:00:00.123+0000: starting up" of libvirt, "2024-05-01T10:00:00.123456Z qemu-system-x86_64: " of QEMU
_TIME = re.compile(rb"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|\+0000)")

Line = tuple[float | None, bool, bytes]


def log_paths(target: Target, name: str, *, proc: Path = PROC) -> Iterator[Path]:
    """Return where the log may be, most likely first; none for guests of another host and of drivers without logs."""
    if not target.local or target.driver not in {"qemu", "lxc"} or "/" in name or "\0" in name:
        return
    if target.session:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")  # virGetUserCacheDirectory()
        yield cache / "libvirt" / target.driver / "log" / f"{name}.log"
        return
    below = Path(target.driver) / f"{name}.log"
    for folder in target.run_folders:
        root = _root_of_daemon(folder, proc) if folder != SYSTEM_RUN_FOLDER else None
        if root is not None:
            yield root / SYSTEM_LOG_FOLDER.relative_to("/") / below
    yield SYSTEM_LOG_FOLDER / below


def _root_of_daemon(run_folder: Path, proc: Path) -> Path | None:
    """Return / as a daemon with a run folder of its own sees it: it may live in another mount namespace."""
    for daemon in _DAEMONS:
        try:
            pid = int((run_folder.parent / f"{daemon}.pid").read_text("ascii"))
            alive = (proc / str(pid) / "comm").read_text("utf-8", errors="replace").strip() == daemon
        except (OSError, ValueError):
            continue
        if alive:
            return proc / str(pid) / "root"
    return None


def time_of(line: bytes) -> float | None:
    """Return the seconds since the epoch that a line begins with, None when it begins otherwise."""
    match = _TIME.match(line)
    if match is None:
        return None
    text = f"{match[1].decode()}T{match[2].decode()}"
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:  # digits that are no date
        return None


def open_log(target: Target, name: str, *, proc: Path = PROC) -> GrowingFile:
    """Open the first one that is there; blocks.

    Raises:
        EngineError: with its sentence.
    """
    paths = tuple(log_paths(target, name, proc=proc))
    if not paths:
        where = "It lies on the other host." if not target.local else "This kind of guest has none."
        raise ActionRefused("no log", f"The log of {name} cannot be read here. {where}")
    for path in paths:
        try:
            return GrowingFile(path)
        except FileNotFoundError:
            continue
        except PermissionError as error:
            raise ActionRefused("not permitted", f"{path} may be read by root only.") from error
        except OSError as error:
            raise EngineError("log unreadable", f"{path} cannot be read: {error.strerror}.") from error
    raise NotFound("no log yet", f"{name} has no log at {paths[-1]}: it has never run, or its log was deleted.")


async def read_log(target: Target, name: str, request: LogRequest, *, proc: Path = PROC) -> AsyncIterator[LogChunk]:
    """Read on a thread of its own; following looks once a second.

    Lines without a time belong to the last line that has one, when only newer ones are asked for.

    Raises:
        EngineError: with its sentence.
    """
    lane = Lane(f"log of {name}")
    file = await lane.call(lambda: open_log(target, name, proc=proc), deadline=READ_DEADLINE)
    since = _Since(request.since_utc_seconds)
    try:
        if request.tail is not None:
            await lane.call(file.skip_to_last, request.tail, deadline=READ_DEADLINE)
        while True:
            lines = await lane.call(file.more, deadline=READ_DEADLINE)
            if not lines and not request.follow:
                break
            if chunk := since.newer(lines):
                yield LogChunk(name, chunk)
            if not lines:
                await asyncio.sleep(LOOK_SECONDS)
        if chunk := since.newer(file.last()):
            yield LogChunk(name, chunk)
    except OSError as error:
        raise EngineError("log unreadable", f"The log of {name} cannot be read: {error.strerror}.") from error
    finally:
        file.close()
        lane.close()


class _Since:
    """Leave out what is older than a time."""

    def __init__(self, utc_seconds: float | None) -> None:
        self._from = utc_seconds
        self._last: float | None = None

    def newer(self, lines: list[bytes]) -> tuple[Line, ...]:
        return tuple(self._kept(lines))

    def _kept(self, lines: list[bytes]) -> Iterator[Line]:
        for line in lines:
            when = time_of(line)
            self._last = self._last if when is None else when
            if self._from is None or (self._last is not None and self._last > self._from):
                yield when, False, line.removesuffix(b"\r")
