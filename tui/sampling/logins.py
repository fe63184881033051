"""When a person was here before.

The newest login of this person is the one they are in; the one before it is their last. It comes from wtmp(5), from
wtmpdb where a distribution has that instead, else from what logind told the journal.
"""

from __future__ import annotations

import asyncio
import json
import platform
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engines.process import run_program

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

USER_PROCESS = 7  # utmp(5)
LOGIN_TYPE = 3  # of wtmpdb: a user's session
MOST_BYTES = 8 << 20
LOGIND_SESSION = "8d45620c1a4348dbb17410da57c60c66"  # message id of logind: a session began
SAME_LOGIN_SECONDS = 2.0  # one login may be written down by several programs
JOURNAL_SECONDS = 5.0

_HEAD = "=h2xi32s4s32s"  # type, pid, line, id, user
_WIDE = {"x86_64", "i686", "ppc64le", "ppc64", "armv7l", "i386"}
"""Machines whose utmp has 32-bit times for the sake of old programs; the others have 64-bit ones."""


async def last_login(
    login: str, *, root: Path = Path("/"), journal: Callable[[str], Awaitable[str]] | None = None
) -> float | None:
    """Return when a person logged in before the present session, in UTC seconds; None when nothing tells.

    Args:
        journal: returns the lines of the journal for a login name; None asks journalctl.
    """
    found = await asyncio.to_thread(logins_in_files, login, root, platform.machine())
    if len(found) < 2:
        found += logins_in_journal(await (journal or ask_journal)(login))
    return before_the_last(found)


def logins_in_files(login: str, root: Path, machine: str) -> list[float]:
    """Return the times at which a person logged in, as far as files tell.

    Args:
        machine: as uname(2) names it: their records differ.
    """
    return _wtmp(login, root, machine) or _wtmpdb(login, root)


def before_the_last(moments: list[float]) -> float | None:
    """Return the second newest of some moments; those close together are one."""
    apart: list[float] = []
    for moment in sorted(moments, reverse=True):
        if not apart or apart[-1] - moment > SAME_LOGIN_SECONDS:
            apart.append(moment)
    return apart[1] if len(apart) > 1 else None


def _wtmp(login: str, root: Path, machine: str) -> list[float]:
    found: list[float] = []
    for name in ("var/log/wtmp.1", "var/log/wtmp"):
        found += logins_of(_tail(root / name), login, machine)
    return found


def _tail(path: Path) -> bytes:
    """Return a file whose records are counted from its beginning, or its last bytes, whole records of any size."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, (size - MOST_BYTES) // (384 * 400) * (384 * 400)))
            return file.read(MOST_BYTES + 384 * 400)
    except OSError:
        return b""


def logins_of(raw: bytes, login: str, machine: str) -> list[float]:
    """Return the times at which a person logged in, from the records of wtmp(5)."""
    size, time_form, time_at = (384, "=i", 340) if machine in _WIDE else (400, "=q", 344)
    wanted, found = login.encode(), []
    for at in range(0, len(raw) - size + 1, size):
        kind, _pid, _line, _id, user = struct.unpack_from(_HEAD, raw, at)
        if kind == USER_PROCESS and user.rstrip(b"\0") == wanted[:32]:
            found.append(float(struct.unpack_from(time_form, raw, at + time_at)[0]))
    return found


def _wtmpdb(login: str, root: Path) -> list[float]:
    path = root / "var/lib/wtmpdb/wtmp.db"
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1.0)) as database:
            rows = database.execute(
                "SELECT Login FROM wtmp WHERE Type = ? AND User = ? ORDER BY Login DESC LIMIT 16", (LOGIN_TYPE, login)
            ).fetchall()
    except sqlite3.Error:
        return []
    return [row[0] / 1e6 for row in rows if isinstance(row[0], int)]


def logins_in_journal(text: str) -> list[float]:
    """Return the times of lines of the journal; what is no line of it is passed over."""
    found = []
    for line in text.splitlines():
        try:
            found.append(int(json.loads(line)["__REALTIME_TIMESTAMP"]) / 1e6)
        except (ValueError, KeyError, TypeError):
            continue
    return found


async def ask_journal(login: str) -> str:
    """Return what the journal says of the sessions of a person, one JSON object a line; empty where there is none."""
    command = ["journalctl", "--no-pager", "--quiet", "--output=json", "--output-fields=USER_ID", "--lines=8"]
    command += [f"MESSAGE_ID={LOGIND_SESSION}", f"USER_ID={login}"]
    try:
        return (await run_program(*command, deadline=JOURNAL_SECONDS)).output
    except (OSError, TimeoutError):
        return ""
