"""What a time that is over answers to whoever wants to change it or look into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from tui.domain.action import ActionOutcome, Result
from tui.domain.errors import ActionRefused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from tui.domain.action import ActionRequest
    from tui.domain.event import Document
    from tui.domain.identity import InstanceId
    from tui.domain.instance import Address
    from tui.domain.network import HostInterface
    from tui.domain.operation import Operation, OperationOutcome, ProgressSink
    from tui.domain.past import Handling
    from tui.domain.resource import ResourceKind
    from tui.domain.session import ConsoleDevice, LogChunk, LogRequest, SessionRequest
    from tui.domain.timeline import TimelineEntry
    from tui.engines.resources import ResourceKeeper
    from tui.engines.sessions import Channel, HelpsContainers, HelpsGuests
    from tui.sampling.keeps import Shelved


class Refuses:
    """The part of a `HostSource` that a replay does not have: every question is answered by the same sentence."""

    @property
    def refusal(self) -> str:
        """Return the sentence."""
        raise NotImplementedError

    def _refuse(self, more: str = "") -> NoReturn:
        raise ActionRefused("a replay", f"{self.refusal} {more}".rstrip())

    async def handle(self, handling: Handling) -> str:  # noqa: ARG002 - the seam's parameters, here and below
        """Refuse: a problem that is over needs nobody."""
        return self.refusal

    def add_to_timeline(self, entry: TimelineEntry) -> None:
        """Leave the past as it was."""

    async def document(self, target: InstanceId) -> Document:  # noqa: ARG002
        """Refuse: descriptions are not recorded."""
        self._refuse("Raw descriptions are not recorded.")

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Refuse."""
        return ActionOutcome(request, Result.REFUSED, self.refusal)

    def command(self, request: ActionRequest) -> str:  # noqa: ARG002
        """Return nothing: no command does it."""
        return ""

    # Resources

    def resource_engines(self, kind: ResourceKind) -> tuple[str, ...]:  # noqa: ARG002
        """Return no engine: what they keep is not recorded."""
        return ()

    def keeper(self, engine: str) -> ResourceKeeper:  # noqa: ARG002
        """Refuse."""
        self._refuse("Images, volumes, pools and networks are not recorded.")

    @property
    def shelf(self) -> Mapping[str, Shelved]:
        """Return nothing."""
        return {}

    async def restock(self, kinds: Iterable[ResourceKind], engines: Iterable[str] | None = None) -> None:
        """Do nothing: there is nobody to ask."""

    async def interfaces(self) -> tuple[HostInterface, ...]:
        """Refuse."""
        self._refuse("The host's interfaces are not recorded.")

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:  # noqa: ARG002
        """Refuse."""
        from tui.domain.operation import OperationOutcome

        return OperationOutcome(operation, Result.REFUSED, self.refusal)

    def operation_command(self, operation: Operation) -> str:  # noqa: ARG002
        """Return nothing: no command does it."""
        return ""

    # The inside of instances

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    async def screenshot(self, target: InstanceId) -> bytes:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:  # noqa: ARG002
        """Refuse: logs are kept by the engines, not by the record."""
        self._refuse("Logs are not recorded.")

    def guest_help(self, target: InstanceId) -> HelpsGuests:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def container_help(self, target: InstanceId) -> HelpsContainers:  # noqa: ARG002
        """Refuse."""
        self._refuse()
