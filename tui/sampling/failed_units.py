"""Units of containers that systemd gave up: their containers are often gone, so that no engine tells of them."""

import asyncio
import os
from collections.abc import Iterator, Sequence

from tui.domain.host import FailedUnit
from tui.engines.process import has_systemd, run_program

ANSWER_SECONDS = 5.0
MOST_UNITS = 100
_FAILED = ("list-units", "--type=service", "--state=failed", "--plain", "--full", "--no-legend")


def read_failed_units() -> tuple[FailedUnit, ...]:
    """Ask the system's manager, and a user's own where that is not root; may take seconds."""
    if not has_systemd():
        return ()
    found = list(_failed((), ""))
    if os.geteuid() != 0:
        found += _failed(("--user",), _login())
    return tuple(found)


def _failed(scope: Sequence[str], user: str) -> Iterator[FailedUnit]:
    names = names_of(_ask(*scope, *_FAILED))[:MOST_UNITS]
    if names:
        shown = _ask(*scope, "show", "--property=Id,Result,SourcePath,ExecStart", "--", *names)
        yield from units_of(shown, user)


def names_of(listed: str) -> list[str]:
    """Return the names of units in what `systemctl list-units --plain --no-legend` prints."""
    return [line.split()[0] for line in listed.splitlines() if line.split()]


def units_of(shown: str, user: str) -> Iterator[FailedUnit]:
    """Yield the units of containers in what `systemctl show` prints.

    Those are made by Podman's generator from a file of a folder of its own, or run podman.
    """
    for block in shown.split("\n\n"):
        rows = dict(line.partition("=")[::2] for line in block.splitlines())
        is_ours = "/containers/systemd/" in rows.get("SourcePath", "") or "podman" in rows.get("ExecStart", "")
        if rows.get("Id") and is_ours:
            yield FailedUnit(rows["Id"], user, rows.get("Result", ""))


def _ask(*arguments: str) -> str:
    """Run systemctl on this thread; empty where it does not answer."""
    program = run_program("systemctl", "--no-pager", "--no-ask-password", *arguments, deadline=ANSWER_SECONDS)
    try:
        return asyncio.run(program).output
    except (OSError, TimeoutError):
        return ""


def _login() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
