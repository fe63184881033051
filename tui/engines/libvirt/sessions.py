"""What may be opened inside a guest, put together for the engine."""

from collections.abc import Callable
from functools import partial

from tui.domain.errors import ActionRefused
from tui.domain.identity import InstanceId
from tui.domain.session import ConsoleDevice, SessionKind, SessionRequest
from tui.engines.libvirt import asking
from tui.engines.libvirt.console import ConsoleChannel
from tui.engines.libvirt.console_xml import read_consoles
from tui.engines.libvirt.consoles import Consoles
from tui.engines.libvirt.link import Link
from tui.engines.libvirt.spare import SpareLink
from tui.engines.libvirt.target import Target

ASK_DEADLINE = 5.0


class GuestSessions:
    """Consoles, keys, screens and logs of the guests of one engine.

    Args:
        opener: opens a connection; blocks.
        shared: as for `SpareLink`.
        acting: the connection that changes things.
    """

    def __init__(
        self,
        target: Target,
        *,
        opener: Callable[[], Link],
        shared: Callable[[], Link | None],
        acting: SpareLink,
        read_only: bool,
    ) -> None:
        self._target = target
        self._read_only = read_only
        self._acting = acting
        self._consoles = Consoles(target.uri, opener, shared)

    def _refuse_read_only(self, why: str) -> None:
        if self._read_only:
            raise ActionRefused("read-only", f"hostdeck runs read-only; {why}")

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        """Return a guest's consoles, as the protocol says."""
        question = partial(asking.definition, uuid=target.local)
        return read_consoles(await self._acting.call(question, deadline=ASK_DEADLINE))

    async def open(self, target: InstanceId, request: SessionRequest) -> ConsoleChannel:
        """Open a console, as the protocol says."""
        self._refuse_read_only("libvirt opens a console only for who may change the guest.")
        if request.kind is not SessionKind.CONSOLE:
            raise ActionRefused("not possible", "A guest has consoles; a shell in it is found there, or by ssh.")
        return await self._consoles.open(target, request)

    async def close(self) -> None:
        """End everything within two seconds."""
        await self._consoles.close()
