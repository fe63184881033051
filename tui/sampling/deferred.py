"""A host whose parts are made only once something is on the screen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.domain.action import ActionOutcome, Result
from tui.domain.errors import NotFound
from tui.sampling.gaps import KnowsGaps
from tui.sampling.inside import PassesInside
from tui.sampling.keeps import PassesResources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tui.domain.action import ActionRequest
    from tui.domain.event import Document, Event
    from tui.domain.host import HostView
    from tui.domain.identity import InstanceId, StableKey
    from tui.domain.instance import Address
    from tui.domain.past import Handling
    from tui.domain.resource import ResourceKind
    from tui.domain.timeline import TimelineEntry
    from tui.sampling.history import Metric
    from tui.sampling.past import Past
    from tui.sampling.source import HostSource

NOT_YET = "The engines are not started yet."


class DeferredSource(PassesInside, PassesResources):
    """A `HostSource` that makes the real one, and imports what that needs, when it is run.

    Engines and samplers bring libraries whose import takes longer than drawing the first frame does.

    Args:
        make: makes the real one; runs on another thread.
        interval_seconds: of the real one.
    """

    def __init__(self, make: Callable[[], HostSource], interval_seconds: float) -> None:
        self._make = make
        self._interval = interval_seconds
        self._real: HostSource | None = None
        self._attended: frozenset[str] = frozenset()

    @property
    def view(self) -> HostView | None:
        """Return the newest view; None before the first sample."""
        return self._real.view if self._real is not None else None

    @property
    def tick_seconds(self) -> float:
        """Return the time between two values of a series."""
        return self._interval

    async def run(self, publish: Callable[[HostView], None]) -> None:
        """Make the real one and run it until cancelled."""
        real = self._real = await asyncio.to_thread(self._make)
        real.attend(self._attended)
        await real.run(publish)

    def series(self, key: StableKey, metric: Metric, count: int) -> Sequence[float]:
        """Return up to `count` newest values, oldest first, NaN for gaps."""
        return self._real.series(key, metric, count) if self._real is not None else ()

    def events(self, subject: InstanceId | None = None) -> Sequence[Event]:
        """Return remembered events, oldest first."""
        return self._real.events(subject) if self._real is not None else ()

    def timeline(self) -> Sequence[TimelineEntry]:
        """Return what was seen happen since the start."""
        return self._real.timeline() if self._real is not None else ()

    def add_to_timeline(self, entry: TimelineEntry) -> None:
        """Add what a person did here."""
        if self._real is not None:
            self._real.add_to_timeline(entry)

    @property
    def timeline_gaps(self) -> Sequence[str]:
        """Return what the timeline lacks and why, a sentence each."""
        return self._real.timeline_gaps if isinstance(self._real, KnowsGaps) else ()

    @property
    def past(self) -> Past | None:
        """Return the record of this host."""
        return self._real.past if self._real is not None else None

    async def handle(self, handling: Handling) -> str:
        """Acknowledge, silence or note a problem."""
        return await self._real.handle(handling) if self._real is not None else NOT_YET

    def attend(self, keys: Iterable[str]) -> None:
        """Say which row keys a person looks at closely."""
        self._attended = frozenset(keys)
        if self._real is not None:
            self._real.attend(self._attended)

    async def document(self, target: InstanceId) -> Document:
        """Return the raw XML or JSON."""
        return await self._started().document(target)

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Ask a guest's agent for its addresses."""
        return await self._started().ask_agent(target)

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out an action."""
        if self._real is None:
            return ActionOutcome(request, Result.FAILED, NOT_YET)
        return await self._real.perform(request)

    def command(self, request: ActionRequest) -> str:
        """Return the equivalent command line; empty before the start."""
        return self._real.command(request) if self._real is not None else ""

    async def close(self) -> None:
        """End everything that was started."""
        if self._real is not None:
            await self._real.close()

    def resource_engines(self, kind: ResourceKind) -> tuple[str, ...]:
        """Return the ids of the engines that keep a kind; () before the start."""
        return self._real.resource_engines(kind) if self._real is not None else ()

    def _started(self) -> HostSource:
        if self._real is None:
            raise NotFound("not started", NOT_YET)
        return self._real

    def _started_keeper(self) -> HostSource:
        return self._started()
