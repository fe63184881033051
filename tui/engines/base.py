"""The seam between hostdeck and whatever runs instances."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tui.domain.action import ActionOutcome, ActionRequest
from tui.domain.event import Document, Event
from tui.domain.host import EngineStatus
from tui.domain.identity import InstanceId
from tui.domain.instance import Address, Instance, Pod


@dataclass(frozen=True, slots=True)
class GuestMemory:
    """What a guest tells through its balloon; None where it does not tell."""

    used_bytes: int | None
    available_bytes: int | None


class EngineSink(Protocol):
    """Where an engine puts what it learns; called on the event loop's thread only, every method returns at once."""

    def put_status(self, status: EngineStatus) -> None:
        """Replace the state of the engine `status.id`."""

    def put_inventory(self, engine_id: str, instances: tuple[Instance, ...], pods: tuple[Pod, ...] = ()) -> None:
        """Replace all instances of one engine; called when something changed, not on a clock."""

    def put_event(self, event: Event) -> None:
        """Append one event."""

    def put_guest_memory(self, engine_id: str, memory: Mapping[InstanceId, GuestMemory]) -> None:
        """Replace what the guests of one engine tell about their memory."""


class Engine(Protocol):
    """One connection to one daemon.

    Nothing here blocks the event loop: what blocks runs on the engine's own lanes (`tui.engines.lane`).
    """

    @property
    def id(self) -> str:
        """Return the id that its statuses and instances carry."""

    async def run(self, sink: EngineSink) -> None:
        """Connect, list, follow events, reconcile slowly, reconnect with growing delays; return only by cancellation.

        Never raises for what a daemon does: that is a status with a sentence. The last inventory stays while a daemon
        is away; it is replaced when the daemon is back.
        """

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out one action; never raises, a failure is an outcome with its sentence."""

    def command(self, request: ActionRequest) -> str:
        """Return the equivalent virsh or podman command line, quoted for a shell, for showing and the audit only."""

    async def document(self, target: InstanceId) -> Document:
        """Return the raw XML or JSON of an instance.

        Raises:
            EngineError: with its sentence.
        """

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Ask the guest agent for addresses, because a person asked for it; () where there is no such thing.

        Raises:
            EngineError: with its sentence.
        """

    async def close(self) -> None:
        """End what it started (threads, connections, a private service) within two seconds."""
