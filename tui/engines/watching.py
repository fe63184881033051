"""What sees things happen on a host beside its engines."""

from collections.abc import Callable
from typing import Protocol

from tui.domain.host import HostView
from tui.domain.timeline import TimelineEntry


class Watch(Protocol):
    """Follows one source of entries: the kernel's messages, the journal, other programs' audit lines."""

    @property
    def gap(self) -> str:
        """Return why it sees nothing, in a sentence with what helps; empty while it sees what it should."""

    async def run(self, put: Callable[[TimelineEntry], None], view: Callable[[], HostView | None]) -> None:
        """Follow until cancelled; a defect of the source is a `gap`, never an exception.

        Args:
            put: takes an entry, on the event loop's thread.
            view: gives the newest view, None before the first.
        """
