"""What gives a pane its rows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Generic

from tui.domain.host import HostView
from tui.sampling.source import HostSource
from widgets.live_table.model import R, Row


class Lister(Generic[R]):
    """Turns moments into rows; a pane has one of its own, so it may remember.

    Attributes:
        engines: ids of the engines the rows come from; a pane tells them where there are several.
        users: owners of the rows, likewise.
        longest: cells of the longest text by column key: a flexible column of that key asks for no more. What it does
            not name is bounded by its own width alone.
        asks_every_seconds: how old what was asked for may become; None where the moments say everything.
    """

    asks_every_seconds: ClassVar[float | None] = None

    engines: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    longest: Mapping[str, int] = MappingProxyType({})

    def rows(self, view: HostView, *, problems_only: bool = False) -> list[Row[R]]:
        """Return the rows of a moment."""
        raise NotImplementedError

    async def ask(self, source: HostSource) -> None:
        """Ask the host for what its moments do not carry, and remember it for the next rows.

        Raises:
            HostdeckError: with the sentence that is shown.
        """
