"""Follows the kernel's messages beside the engines.

What was written before hostdeck started comes with the time it was written, as far as the buffer reaches back. The
kernel stamps its messages with a clock that stands still while the machine sleeps: a message from before a sleep gets a
time that is too late by as long as the machine slept since, and says so.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tui.domain.host import EngineState, HostView
from tui.domain.timeline import TimelineEntry
from tui.engines.kernel.findings import Finder, Finding
from tui.engines.kernel.journal import follow_journal, journal_state
from tui.engines.kernel.kmsg import follow, open_kmsg, records
from tui.engines.kernel.records import KernelRecord, from_journal

PATIENCE_SECONDS = 4.0  # an instance that was made a moment ago is not in the view yet
LOOK_SECONDS = 0.5
ASLEEP_SECONDS = 5.0  # less is how far the two clocks drift apart
MOST_WAITING = 256
SLEPT = "; this machine slept, the time may be up to "  # so the doubt begins that stands behind what a message says
FIELDS = "MESSAGE,_TRANSPORT,SYSLOG_FACILITY"

_HELP = "run hostdeck as root, or join the group systemd-journal and log in again"
REFUSED = f"Kernel messages cannot be read, so kills for memory and disk errors are not seen: {_HELP}."
ABSENT = "Kernel messages cannot be read: /dev/kmsg is closed to this user and this host keeps no journal."
ENDED = "Kernel messages cannot be read any more: what gave them ended."


def asleep_seconds() -> float:
    """Return how long the machine has slept since it was started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


class KernelWatch:
    """A `Watch` of kills for memory, failing disks and what hangs.

    Args:
        open_messages: returns a descriptor of the message buffer.
        journalctl: argument list that starts journalctl, for where the buffer is closed.
        root: where the journal is looked for.
        asleep: how long the machine slept since its start, in seconds.
    """

    def __init__(
        self,
        *,
        open_messages: Callable[[], int] = open_kmsg,
        journalctl: Sequence[str] = ("journalctl",),
        root: Path = Path("/"),
        utc: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        asleep: Callable[[], float] = asleep_seconds,
    ) -> None:
        self._open = open_messages
        self._journalctl = journalctl
        self._root = root
        self._utc = utc
        self._monotonic = monotonic
        self._asleep = asleep
        self._finder = Finder()
        self._waiting: list[tuple[float, Finding]] = []
        self._some = asyncio.Event()
        self._put: Callable[[TimelineEntry], None] = lambda _entry: None
        self._view: Callable[[], HostView | None] = lambda: None
        self.gap = ""

    async def run(self, put: Callable[[TimelineEntry], None], view: Callable[[], HostView | None]) -> None:
        """Follow until cancelled."""
        self._put, self._view = put, view
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read())
            group.create_task(self._place_for_ever())

    async def _read(self) -> None:
        try:
            descriptor = self._open()
        except OSError:
            await self._read_journal()
            return
        try:
            await self._read_old(descriptor)
            await follow(descriptor, self._take_new)
            self.gap = ENDED
        except (OSError, EOFError):
            await self._read_journal()
        finally:
            os.close(descriptor)

    async def _read_old(self, descriptor: int) -> None:
        """Tell what stands in the buffer already; a large one takes milliseconds, so another thread reads it."""
        old = asyncio.ensure_future(asyncio.to_thread(self._old, descriptor))
        try:
            found = await asyncio.shield(old)
        except asyncio.CancelledError:
            await asyncio.wait({old})  # before the descriptor is closed
            raise
        for finding in found:
            self._found(finding)

    def _old(self, descriptor: int) -> list[Finding]:
        offset, asleep = self._utc() - self._monotonic(), self._asleep()
        found = (self._finder.take(record, offset + record.monotonic_seconds) for record in records(descriptor))
        return [_doubted(finding, asleep) for finding in found if finding is not None]

    def _take_new(self, found: list[KernelRecord]) -> None:
        now = self._utc()
        for record in found:
            finding = self._finder.take(record, now)
            if finding is not None:
                self._found(finding)

    async def _read_journal(self) -> None:
        state = await asyncio.to_thread(journal_state, self._root)
        if state != "readable":
            self.gap = REFUSED if state == "refused" else ABSENT
            return
        arguments = ("--dmesg", "--boot", "--lines=all", f"--output-fields={FIELDS}")
        with contextlib.suppress(OSError):
            async with contextlib.aclosing(follow_journal(arguments, program=self._journalctl)) as lines:
                async for fields in lines:
                    record = from_journal(fields)
                    utc = (record.utc_seconds if record is not None else None) or self._utc()
                    finding = self._finder.take(record, utc) if record is not None else None
                    if finding is not None:
                        self._found(finding)
        self.gap = ENDED

    # Whose it was

    def _found(self, finding: Finding) -> None:
        """Tell at once what can be told; keep for a moment what may belong to an instance that is not in view yet."""
        view = self._view()
        placed = finding.placed(view) if view is not None else None
        if placed is not None:
            self._put(placed)
        elif finding.may_be_placed and len(self._waiting) < MOST_WAITING:
            self._waiting.append((self._monotonic() + PATIENCE_SECONDS, finding))
            self._some.set()
        else:
            self._put(finding.entry)

    async def _place_for_ever(self) -> None:
        while True:
            await self._some.wait()
            await asyncio.sleep(LOOK_SECONDS)
            self.place_waiting()
            if not self._waiting:
                self._some.clear()

    def place_waiting(self) -> None:
        """Tell what has an instance by now, and what waited long enough for one since engines answer."""
        view, now = self._view(), self._monotonic()
        if view is None or any(source.state is EngineState.CONNECTING for source in view.sources):
            return
        waiting, self._waiting = self._waiting, []
        for until, finding in waiting:
            placed = finding.placed(view)
            if placed is not None or now >= until:
                self._put(placed or finding.entry)
            else:
                self._waiting.append((until, finding))


def _doubted(finding: Finding, asleep: float) -> Finding:
    if asleep < ASLEEP_SECONDS:
        return finding
    note = f"{SLEPT}{asleep / 60:.0f} min too late"
    return replace(finding, entry=replace(finding.entry, detail=finding.entry.detail + note))
