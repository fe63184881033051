"""What a recorder is told again after it was started: a record has each thing once.

The kernel's messages, the journal, Podman's events and the audit file are read from some time back at each start, and
most of that an earlier run has written down. Times are worked out anew, and an instance that had a name may be gone by
now: so a thing is known by what the source itself says of it, at nearly the same time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tui.domain.timeline import EntryKind
from tui.engines.kernel.watch import SLEPT
from tui.record.dayreader import DayReader
from tui.record.folder import day_files
from tui.record.run import Makes
from tui.sampling.flood import WINDOW_SECONDS
from tui.sampling.oneline import REPEAT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tui.domain.timeline import TimelineEntry

_TOLD_AGAIN: Final = frozenset({EntryKind.EVENT, EntryKind.KERNEL, EntryKind.DAEMON, EntryKind.ACTION})
EVENT_SECONDS: Final = 3600.0
"""Engines tell what happened in the last quarter of an hour; older events are not looked up, there may be very many."""

KERNEL_SECONDS: Final = 60.0
"""The kernel's own clock drifts away from the wall clock by seconds a day; a message has the number of a process or a
sector, so that two of them are hardly the same."""

_COUNT: Final = re.compile(r"^[\d,]+ more ")  # how many were counted depends on which of them were kept


class ToldAgain:
    """Knows the entries of a record from before a recorder began.

    Args:
        folder: of the record.
        began: when the recorder was started, in UTC seconds.
    """

    def __init__(self, folder: Path, began: float) -> None:
        self._folder = folder
        self._began = began
        self._known: dict[tuple[str, ...], list[float]] | None = None

    def new(self, entries: Sequence[TimelineEntry]) -> Sequence[TimelineEntry]:
        """Return the entries that the record lacks; each recorded one stands for one of them."""
        if self._known is None:
            self._known = self._read()
        return [entry for entry in entries if not self._is_known(entry, self._known)]

    def _is_known(self, entry: TimelineEntry, known: dict[tuple[str, ...], list[float]]) -> bool:
        if entry.kind not in _TOLD_AGAIN or not known:
            return False
        slack = KERNEL_SECONDS if entry.kind is EntryKind.KERNEL else 0.0
        if entry.utc_seconds >= self._began + slack and SLEPT not in entry.detail:
            return False
        times = known.get(_identity(entry), [])
        nearest = min(times, key=lambda utc: abs(utc - entry.utc_seconds), default=None)
        if nearest is None or abs(nearest - entry.utc_seconds) > _reach(entry):
            return False
        times.remove(nearest)
        return True

    def _read(self) -> dict[tuple[str, ...], list[float]]:
        """Read what was recorded; what cannot be read is not known."""
        known: defaultdict[tuple[str, ...], list[float]] = defaultdict(list)
        for entry in self._recorded():
            is_old_event = entry.kind is EntryKind.EVENT and entry.utc_seconds < self._began - EVENT_SECONDS
            if entry.kind in _TOLD_AGAIN and not is_old_event:
                known[_identity(entry)].append(entry.utc_seconds)
        return dict(known)

    def _recorded(self) -> Iterator[TimelineEntry]:
        try:
            paths = day_files(self._folder)
        except OSError:
            return
        for path in paths:
            day = DayReader(path, Makes())
            try:
                yield from day.entries(0.0, self._began + KERNEL_SECONDS)
            except OSError:
                continue  # it went away, or may not be read
            finally:
                day.close()


def _reach(entry: TimelineEntry) -> float:
    """Return how far apart the times of one thing may be that was told twice, in seconds."""
    if entry.kind is EntryKind.KERNEL:
        return float("inf") if SLEPT in entry.detail else KERNEL_SECONDS
    return WINDOW_SECONDS if _COUNT.match(entry.detail) else REPEAT_SECONDS


def _identity(entry: TimelineEntry) -> tuple[str, ...]:
    detail = _COUNT.sub("more ", entry.detail.partition(SLEPT)[0])
    if entry.kind is EntryKind.KERNEL:  # whose it was is worked out anew, and may not be found any more
        return (entry.kind, entry.what, detail)
    if entry.kind is EntryKind.DAEMON:  # which engine is reached through a unit is not known while none is connected
        return (entry.kind, entry.what, entry.name, detail)
    return (entry.kind, entry.what, entry.subject or entry.name, detail, entry.who, entry.command)
