"""Daemons of engines that start, stop and fail, as the journal tells it; without one the engine's own state does.

podman.service ends by itself when nobody asks it anything, so only its failures are told.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tui.domain.host import HostView, Severity
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.kernel.journal import follow_journal, journal_state
from tui.engines.kernel.records import message_of, utc_of

UNITS: Mapping[str, str] = {
    "libvirtd.service": "libvirt",
    "virtqemud.service": "libvirt",
    "virtlxcd.service": "libvirt",
    "podman.service": "podman",
}
MOST_OLD = 200  # entries of before
# message ids of systemd (sd-messages.h), stable since they exist
STARTED = "39f53479d3a045ac8e11786248231fbf"
STOPPED = "9d1aaa27d60140bd96365438aad20286"
START_FAILED = "be02cf6855d2428ba40df7e9d022f03d"
FAILED = "d9b373ed55a64feb8242e02dbe79a49c"

_WHAT = {STARTED: "started", STOPPED: "stopped", START_FAILED: "did not start", FAILED: "failed"}
_FAILURES = frozenset({START_FAILED, FAILED})
FIELDS = "MESSAGE,MESSAGE_ID,UNIT,UNIT_RESULT"


def daemon_entry(fields: Mapping[str, Any], view: HostView | None) -> TimelineEntry | None:
    """Return what a line of systemd tells of a daemon; None for what nobody has to know."""
    unit, message_id, utc = str(fields.get("UNIT", "")), str(fields.get("MESSAGE_ID", "")), utc_of(fields)
    what, kind = _WHAT.get(message_id), UNITS.get(unit)
    is_failure = message_id in _FAILURES
    if what is None or kind is None or utc is None or (kind == "podman" and not is_failure):
        return None
    engine = next((one.id for one in view.sources if one.kind == kind), "") if view is not None else ""
    return TimelineEntry(
        utc_seconds=utc,
        kind=EntryKind.DAEMON,
        what=what,
        subject=engine,
        lasting=engine,
        name=unit,
        subject_kind="engine",
        engine=engine,
        detail=message_of(fields) if is_failure else "",
        severity=Severity.CRITICAL if is_failure else None,
    )


class DaemonWatch:
    """A `Watch` of the units that engines are reached through."""

    gap = ""  # without a journal an engine's own state tells the same

    def __init__(
        self, *, journalctl: Sequence[str] = ("journalctl",), root: Path = Path("/"), after_seconds: float = 1.0
    ) -> None:
        self._journalctl = journalctl
        self._root = root
        self._after = after_seconds

    async def run(self, put: Callable[[TimelineEntry], None], view: Callable[[], HostView | None]) -> None:
        """Follow until cancelled; who only wants one look at the host is done before a program is started."""
        await asyncio.sleep(self._after)
        if await asyncio.to_thread(journal_state, self._root) != "readable":
            return
        chosen = [f"UNIT={unit}" for unit in UNITS]
        arguments = (f"--lines={MOST_OLD}", f"--output-fields={FIELDS}", "_PID=1", *chosen)
        with contextlib.suppress(OSError):
            async with contextlib.aclosing(follow_journal(arguments, program=self._journalctl)) as lines:
                async for fields in lines:
                    entry = daemon_entry(fields, view())
                    if entry is not None:
                        put(entry)
