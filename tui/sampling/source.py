"""What a screen may ask of a host: live, demo, replayed or remote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.sampling.inside import OpensInside
from tui.sampling.keeps import KeepsResources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tui.domain.action import ActionOutcome, ActionRequest
    from tui.domain.event import Document, Event
    from tui.domain.host import HostUsage, HostView
    from tui.domain.identity import InstanceId, StableKey
    from tui.domain.instance import Address, Instance
    from tui.domain.past import Handling
    from tui.domain.timeline import TimelineEntry
    from tui.domain.usage import Usage
    from tui.engines.base import GuestMemory
    from tui.sampling.history import Metric
    from tui.sampling.past import Past


class InstanceSampler(Protocol):
    """Gives the figures of instances. Synchronous: it runs on the sampling thread."""

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        """Read every target once.

        Args:
            targets: all instances of the host, active or not.
            attended: row keys that a person looks at closely; theirs are all figures on every tick.
            monotonic: time of this tick in seconds.

        Returns:
            Usage by row key, for every target.
        """

    def set_guest_memory(self, memory: Mapping[str, GuestMemory]) -> None:
        """Take what guests tell about their memory, by row key; replaces what an engine told before.

        Called on the event loop's thread; shows in the next sample.
        """

    def close(self) -> None:
        """Give back every descriptor."""


class HostSampler(Protocol):
    """Gives the figures of the host. Synchronous: it runs on the sampling thread."""

    def sample(self, monotonic: float) -> HostUsage:
        """Read the host once; rates are None on the first call."""


class HostSource(OpensInside, KeepsResources, Protocol):
    """One host. All methods are for the event loop's thread."""

    @property
    def view(self) -> HostView | None:
        """Return the newest view; None before the first sample."""

    async def run(self, publish: Callable[[HostView], None]) -> None:
        """Sample until cancelled; `publish` is called with every new view, on the event loop."""

    def series(self, key: StableKey, metric: Metric, count: int) -> Sequence[float]:
        """Return up to `count` newest values, oldest first, NaN for gaps, one a tick."""

    @property
    def tick_seconds(self) -> float:
        """Return the time between two values of a series."""

    def events(self, subject: InstanceId | None = None) -> Sequence[Event]:
        """Return remembered events, oldest first: of one instance, or all."""

    def timeline(self) -> Sequence[TimelineEntry]:
        """Return what was seen happen since the start, oldest first and bounded; what was before is in `past`."""

    def add_to_timeline(self, entry: TimelineEntry) -> None:
        """Add what a person did here."""

    @property
    def past(self) -> Past | None:
        """Return the record of this host; None where there is none and none is looked for."""

    async def handle(self, handling: Handling) -> str:
        """Acknowledge, silence or note a problem, for all viewers; return why that failed, or an empty text."""

    def attend(self, keys: Iterable[str]) -> None:
        """Say which row keys a person looks at closely; replaces what was said before."""

    async def document(self, target: InstanceId) -> Document:
        """Return the raw XML or JSON.

        Raises:
            EngineError: with its sentence.
        """

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Ask a guest's agent for its addresses, because a person asked.

        Raises:
            EngineError: with its sentence.
        """

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out an action; never raises."""

    def command(self, request: ActionRequest) -> str:
        """Return the equivalent command line, for showing only."""

    async def close(self) -> None:
        """End everything within two seconds."""
