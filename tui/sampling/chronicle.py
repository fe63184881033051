"""What was seen happen since the start: one line of time from the views and what engines told."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.domain.host import HostView
    from tui.domain.timeline import TimelineEntry

MOST_ENTRIES = 20_000


class Chronicle:
    """Entries of this run, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[TimelineEntry] = deque(maxlen=MOST_ENTRIES)

    def take(self, view: HostView) -> None:
        """Note what is different from the view before."""

    def add(self, entry: TimelineEntry) -> None:
        """Note what somebody else saw."""
        self._entries.append(entry)

    @property
    def entries(self) -> Sequence[TimelineEntry]:
        """Return all, oldest first."""
        return tuple(self._entries)
