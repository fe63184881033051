"""What may be opened inside a guest, put together for the engine."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.event import Document
from tui.domain.identity import InstanceId
from tui.domain.session import ConsoleDevice, LogChunk, LogRequest, SessionKind, SessionRequest
from tui.engines.lane import Lane
from tui.engines.libvirt import boot, screen
from tui.engines.libvirt.console import ConsoleChannel
from tui.engines.libvirt.console_xml import read_consoles
from tui.engines.libvirt.consoles import Consoles
from tui.engines.libvirt.guest_log import read_log
from tui.engines.libvirt.keys import key_codes, presses
from tui.engines.libvirt.link import Link
from tui.engines.libvirt.serial_xml import ADDED, SerialOffer, store_serial, stored_definition, with_serial
from tui.engines.libvirt.spare import SpareLink
from tui.engines.libvirt.target import Target

ASK_DEADLINE, PICTURE_DEADLINE, PRESS_DEADLINE = 5.0, 10.0, 10.0
PRESSES_AT_ONCE = 32  # of a typed text, between two of which others have their turn on the lane


class GuestSessions:
    """Consoles, keys, screens and logs of the guests of one engine.

    Args:
        opener: opens a connection; blocks.
        shared: as for `SpareLink`.
        acting: the connection that changes things.
        document: asks for a guest's definition.
        name_of: returns the name of a UUID, empty when it is not known.
    """

    def __init__(
        self,
        target: Target,
        *,
        opener: Callable[[], Link],
        shared: Callable[[], Link | None],
        acting: SpareLink,
        document: Callable[[InstanceId], Awaitable[Document]],
        name_of: Callable[[str], str],
        read_only: bool,
    ) -> None:
        self._target = target
        self._read_only = read_only
        self._acting = acting
        self._document = document
        self._name_of = name_of
        self._consoles = Consoles(target.uri, opener)
        self.screen = SpareLink(Lane(f"{target.uri} screens"), opener, shared)

    def _refuse_read_only(self, why: str) -> None:
        if self._read_only:
            raise ActionRefused("read-only", f"hostdeck runs read-only: {why}")

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        """Return a guest's consoles, as the protocol says."""
        return read_consoles((await self._document(target)).text)

    async def open_session(self, target: InstanceId, request: SessionRequest) -> ConsoleChannel:
        """Open a console, as the protocol says."""
        self._refuse_read_only("a console is for those who may change the guest.")
        if request.kind is not SessionKind.CONSOLE:
            raise ActionRefused("not possible", "A guest has consoles; a shell is started in it, or by ssh.")
        try:
            return await self._consoles.open(target, request)
        except NotFound:
            await self._explain(target)
            raise

    async def _explain(self, target: InstanceId) -> None:
        """Say so when there is no console to open: libvirt's own words do not."""
        if not await self.consoles(target):
            raise ActionRefused(
                "no console", "The guest has no console that libvirt can open; a serial one can be added."
            )

    async def open_boot_console(self, target: InstanceId, request: SessionRequest) -> ConsoleChannel:
        """Start a guest paused, open its console, and let it run: nothing it prints is missed.

        An action, for the caller to confirm and to write down. When the console cannot be opened, the guest runs
        without it.

        Raises:
            EngineError: with what is the case now: not started, started without a console, or still paused.
        """
        self._refuse_read_only("nothing is started.")
        await boot.start_paused(self._acting, target)
        try:
            channel = await self.open_session(target, request)
        except EngineError as error:
            await boot.resume(self._acting, target)
            message = f"The guest was started, but its console could not be opened: {error.message}"
            raise EngineError("started without its console", message) from error
        except BaseException:  # cancelled: the guest must not stay behind paused
            await boot.resume(self._acting, target)
            raise
        try:
            await boot.resume(self._acting, target)
        except BaseException:
            await channel.close()
            raise
        return channel

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        """Press keys together, as the protocol says."""
        self._refuse_read_only("no key is pressed.")
        await self._press(target, (tuple(key_codes(keys)),))

    async def type_text(self, target: InstanceId, text: str) -> None:
        """Type a text on a guest's keyboard, as one of the United States has its keys.

        Raises:
            ActionRefused: before anything is typed: a character is not on it.
            EngineError: with its sentence.
        """
        self._refuse_read_only("nothing is typed.")
        pressed = [tuple(key_codes(keys)) for keys in presses(text)]
        for first in range(0, len(pressed), PRESSES_AT_ONCE):
            await self._press(target, tuple(pressed[first : first + PRESSES_AT_ONCE]))

    async def _press(self, target: InstanceId, pressed: tuple[tuple[int, ...], ...]) -> None:
        press = partial(screen.press, uuid=target.local, presses=pressed)
        await self.screen.call(press, deadline=PRESS_DEADLINE)

    async def screenshot(self, target: InstanceId) -> bytes:
        """Return a picture, as the protocol says."""
        self._refuse_read_only("libvirt shows a screen only to those who may change the guest.")
        return await self.screen.call(partial(screen.picture, uuid=target.local), deadline=PICTURE_DEADLINE)

    async def offer_serial(self, target: InstanceId) -> SerialOffer:
        """Return how the stored definition would change for a serial console; changes nothing.

        Raises:
            ActionRefused: it has one, or nothing is stored.
            EngineError: with its sentence.
        """
        stored = partial(stored_definition, uuid=target.local)
        return with_serial(await self._acting.call(stored, deadline=ASK_DEADLINE))

    async def add_serial(self, target: InstanceId) -> str:
        """Add a serial console to the stored definition and say when it works.

        An action, for the caller to confirm and to write down.

        Raises:
            EngineError: as `offer_serial`.
        """
        self._refuse_read_only("the definition stays as it is.")
        await self._acting.call(partial(store_serial, uuid=target.local), deadline=ASK_DEADLINE)
        return ADDED

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Return the lines of the hypervisor's log, as the protocol says."""
        name = self._name_of(target.local)
        if not name:
            raise NotFound("no such guest", "The guest is gone.")
        return read_log(self._target, name, request)

    async def close(self) -> None:
        """End the consoles within two seconds."""
        await self._consoles.close()
