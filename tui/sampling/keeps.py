"""What a screen may ask of what the engines of a host keep beside instances.

Light on purpose: it is imported before the first frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.domain.instance import Instance
    from tui.domain.network import HostInterface
    from tui.domain.operation import Operation, OperationOutcome, ProgressSink
    from tui.domain.resource import ResourceKind, Stock
    from tui.engines.resources import ResourceKeeper


class InterfaceReader(Protocol):
    """Reads the host's own interfaces. Synchronous: it runs on a thread of its own."""

    def read(
        self, instances: Sequence[Instance], stocks: Sequence[Stock], monotonic: float
    ) -> tuple[HostInterface, ...]:
        """Read all of them; rates are of the time since the call before."""

    def close(self) -> None:
        """Give back every descriptor."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """What is known of one engine's resources.

    Attributes:
        stock: the newest answer for each kind that was ever asked for.
        problem: why the last question was not answered; empty when it was. `stock` is then what was known before.
    """

    stock: Stock
    problem: str = ""


class KeepsResources(Protocol):
    """The part of a `HostSource` that is about images, volumes, pools and networks."""

    def resource_engines(self, kind: ResourceKind) -> tuple[str, ...]:
        """Return the ids of the engines that keep a kind."""

    def keeper(self, engine: str) -> ResourceKeeper:
        """Return what asks and changes one engine's resources; changes go through `operate` below.

        Raises:
            EngineError: there is no such engine, or it keeps nothing.
        """

    @property
    def shelf(self) -> Mapping[str, Shelved]:
        """Return what is known, by engine id."""

    async def restock(self, kinds: Iterable[ResourceKind], engines: Iterable[str] | None = None) -> None:
        """Ask the engines anew, all at once; never raises: what failed is in `shelf`.

        Args:
            engines: ids; None for all that keep one of the kinds.
        """

    async def interfaces(self) -> tuple[HostInterface, ...]:
        """Read the host's interfaces now.

        Raises:
            EngineError: with its sentence.
        """

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        """Carry out an operation; refused when read-only; raises only for a cancellation."""

    def operation_command(self, operation: Operation) -> str:
        """Return the equivalent command line, for showing only; empty when there is no such engine."""


class PassesResources:
    """A source in front of another one."""

    def _started_keeper(self) -> KeepsResources:
        raise NotImplementedError

    def resource_engines(self, kind: ResourceKind) -> tuple[str, ...]:
        """Return the ids of the engines that keep a kind."""
        return self._started_keeper().resource_engines(kind)

    def keeper(self, engine: str) -> ResourceKeeper:
        """Return what asks and changes one engine's resources."""
        return self._started_keeper().keeper(engine)

    @property
    def shelf(self) -> Mapping[str, Shelved]:
        """Return what is known, by engine id."""
        return self._started_keeper().shelf

    async def restock(self, kinds: Iterable[ResourceKind], engines: Iterable[str] | None = None) -> None:
        """Ask the engines anew."""
        await self._started_keeper().restock(kinds, engines)

    async def interfaces(self) -> tuple[HostInterface, ...]:
        """Read the host's interfaces now."""
        return await self._started_keeper().interfaces()

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        """Carry out an operation."""
        return await self._started_keeper().operate(operation, progress)

    def operation_command(self, operation: Operation) -> str:
        """Return the equivalent command line."""
        return self._started_keeper().operation_command(operation)
