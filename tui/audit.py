"""A line for every action, before and after it, in a file that only grows.

One JSON object a line. The line before (`phase` "intent") is there even when hostdeck dies in the middle; the lines
after (`phase` "result") say what came of it. JSON escapes control characters, so names cannot forge lines.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import getpass
import json
import os
import pwd
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from platformdirs import user_state_path

from tui.domain.action import Result, Verb
from tui.domain.identity import InstanceId
from tui.domain.instance import Kind

if TYPE_CHECKING:
    from tui.domain.resource import ResourceKind

MOST_BYTES = 5_000_000
"""A file that has grown to this becomes `audit.jsonl.1`, in the place of the one before."""

_NO_LOGIN = 0xFFFFFFFF  # /proc/self/loginuid of a process that no login started (kernel: AUDIT_UID_UNSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What is asked for.

    Attributes:
        job: number of the job within this run of hostdeck.
        owner: login name of whose instance it is; empty for guests of the system.
        command: the equivalent virsh or podman command line.
    """

    job: int
    action: Verb | str
    target: InstanceId
    name: str
    kind: Kind | ResourceKind | str
    owner: str = ""
    host_name: str = ""
    command: str = ""


class AuditTrail(Protocol):
    """Where actions are written down."""

    def intent(self, entry: AuditEntry) -> str:
        """Write that something is about to be asked; returns why that failed, or an empty text."""

    def result(self, entry: AuditEntry, result: Result, message: str) -> str:
        """Write what came of it; returns why that failed, or an empty text."""


class NoAudit:
    """Write nothing: for a demo, where nothing real is done."""

    def intent(self, entry: AuditEntry) -> str:  # noqa: ARG002 - nothing is written
        """Do nothing."""
        return ""

    def result(self, entry: AuditEntry, result: Result, message: str) -> str:  # noqa: ARG002 - the same
        """Do nothing."""
        return ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `login` is the person who logged in, `effective` the account the process has."""

    login: str
    effective: str


def current_actor(loginuid_path: Path = Path("/proc/self/loginuid")) -> Actor:
    """Find the person behind this process.

    sudo tells in SUDO_USER, the kernel's audit system in /proc/self/loginuid (kept through su and sudo, absent without
    audit support), else LOGNAME counts. The first is believed only for root, for anybody may set the variable.
    """
    effective = _account(os.geteuid())
    sudo_user = os.environ.get("SUDO_USER", "") if os.geteuid() == 0 else ""
    login = sudo_user or _audit_login(loginuid_path)
    if not login:
        with contextlib.suppress(KeyError, OSError):
            login = getpass.getuser()
    return Actor(login or effective, effective)


def _audit_login(path: Path) -> str:
    try:
        uid = int(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return ""
    return "" if uid == _NO_LOGIN else _account(uid)


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def default_path() -> Path:
    """Return the audit file in $XDG_STATE_HOME."""
    return user_state_path("hostdeck", appauthor=False) / "audit.jsonl"


class AuditLog:
    """Append lines to the audit file.

    A line that cannot be written does not stop the action: a full disk is no reason to leave a host unmanaged. The
    person is told once, and again when it fails for another reason.

    Args:
        path: the file; its folder is made for the person alone.
        on_problem: called with a sentence when writing begins to fail.
        utc: wall clock in seconds.
        actor: who acts; found when not given.
        most_bytes: size at which the file is set aside.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        on_problem: Callable[[str], None] | None = None,
        utc: Callable[[], float] = time.time,
        actor: Actor | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.path = path or default_path()
        self.on_problem = on_problem
        self._utc = utc
        self._actor = actor or current_actor()
        self._most_bytes = most_bytes
        self._problem = ""
        self._torn = False

    def intent(self, entry: AuditEntry) -> str:
        """Write that something is about to be asked; returns why that failed, or an empty text."""
        return self._write(self._record(entry, "intent"))

    def result(self, entry: AuditEntry, result: Result, message: str) -> str:
        """Write what came of it; returns why that failed, or an empty text."""
        return self._write({**self._record(entry, "result"), "result": result.value, "message": message})

    def _record(self, entry: AuditEntry, phase: str) -> dict[str, object]:
        moment = datetime.fromtimestamp(self._utc(), UTC)
        return {
            "version": 1,
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "phase": phase,
            "process": os.getpid(),
            "job": entry.job,
            "user": self._actor.login,
            "effective_user": self._actor.effective,
            "host": entry.target.host,
            "host_name": entry.host_name,
            "engine": entry.target.engine,
            "kind": str(entry.kind),
            "id": entry.target.local,
            "name": entry.name,
            "owner": entry.owner,
            "action": str(entry.action),
            "command": entry.command,
        }

    def _write(self, record: dict[str, object]) -> str:
        line = json.dumps(record).encode("ascii") + b"\n"
        try:
            self._append(line)
        except OSError as error:
            problem = (
                f"The audit file {self.path} cannot be written: {error.strerror or error}. Actions go on without it."
            )
        else:
            problem = ""
        if problem and problem != self._problem and self.on_problem is not None:
            self.on_problem(problem)
        self._problem = problem
        return problem

    def _append(self, line: bytes) -> None:
        """Write one line with one call, so that two programs never mix theirs."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._is_full():
            self._set_aside()
        descriptor = self._open()
        try:
            written = os.write(descriptor, b"\n" + line if self._torn else line)
        finally:
            os.close(descriptor)
        self._torn = written < len(line)
        if self._torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _is_full(self) -> bool:
        try:
            return self.path.stat().st_size >= self._most_bytes
        except FileNotFoundError:
            return False

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.open(self.path, flags, 0o600)

    def _set_aside(self) -> None:
        """Rename a full file, unless another program is doing or has just done it."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            opened = os.fstat(descriptor)
            if opened.st_size >= self._most_bytes and os.path.samestat(opened, self.path.stat()):
                self.path.replace(self.path.with_name(self.path.name + ".1"))
        except (BlockingIOError, FileNotFoundError):
            return
        finally:
            os.close(descriptor)
