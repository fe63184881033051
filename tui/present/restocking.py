"""When a pane asks the engines anew for what they keep."""

from __future__ import annotations

from collections.abc import Mapping

from tui.domain.resource import ResourceKind
from tui.sampling.keeps import Shelved
from tui.sampling.source import HostSource


class Restocking:
    """Asks for some kinds when an event said that something changed, and slowly besides.

    Args:
        every_seconds: how old an answer may become without an event.
    """

    def __init__(self, kinds: frozenset[ResourceKind], every_seconds: float) -> None:
        self._kinds = kinds
        self._every_seconds = every_seconds
        self._source: HostSource | None = None
        self._asked_at: float | None = None
        self._changed: dict[str, int] = {}

    def look(self, source: HostSource) -> None:
        """Take what the engines answered before, without asking them."""
        self._source = source

    async def ask(self, source: HostSource) -> None:
        """Ask the engines when it is time."""
        self.look(source)
        now = source.view.taken_monotonic_seconds if source.view is not None else 0.0
        changed = {engine: source.keeper(engine).changed for engine in self._engines(source)}
        if self._asked_at is None or now - self._asked_at >= self._every_seconds or changed != self._changed:
            await source.restock(self._kinds)
            self._asked_at, self._changed = now, changed  # only now: a question that was given up is asked again

    @property
    def shelf(self) -> Mapping[str, Shelved]:
        """Return what the engines answered last."""
        return self._source.shelf if self._source is not None else {}

    @property
    def awaited(self) -> list[str]:
        """Return the ids of the engines that were asked and have not answered yet."""
        if self._source is None:
            return []
        return [engine for engine in self._engines(self._source) if engine not in self.shelf]

    def _engines(self, source: HostSource) -> list[str]:
        return sorted({engine for kind in self._kinds for engine in source.resource_engines(kind)})
