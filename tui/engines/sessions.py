"""The seam for what is opened inside an instance; engines that can do it implement these beside `Engine`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.domain.identity import InstanceId
    from tui.domain.session import ConsoleDevice, LogChunk, LogRequest, SessionEnd, SessionRequest


class Channel(Protocol):
    """An open session: bytes both ways. For the event loop's thread; nothing here blocks it."""

    async def read(self) -> bytes:
        """Return the next bytes, at most 64 KiB; b"" once it has ended, and then `end` is set.

        The other end is read only while this is awaited, so that a flood waits there and not in our memory.
        """

    async def write(self, data: bytes) -> None:
        """Send bytes; returns when the other side took them; does nothing after the end."""

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the new size; does nothing where there is no such thing (a serial console)."""

    async def close(self, *, end_process: bool = False) -> SessionEnd:
        """Leave it, and end the process at the other end if told to and if it can be ended."""

    @property
    def end(self) -> SessionEnd | None:
        """Return how it ended; None while it is open."""


@runtime_checkable
class OpensSessions(Protocol):
    """An engine that can open consoles, shells or attach."""

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        """Return a guest's consoles, of its live definition; () for containers and for guests without one.

        Raises:
            EngineError: with its sentence.
        """

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        """Open a session.

        Raises:
            SessionBusy: another client has the console; the request may be made again with `force`.
            NoShell: no shell of the list exists in the container.
            EngineError: with its sentence.
        """


@runtime_checkable
class SendsKeys(Protocol):
    """An engine that can press keys of a guest's keyboard."""

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        """Press keys together: Linux names ("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE").

        Raises:
            EngineError: with its sentence.
        """

    async def screenshot(self, target: InstanceId) -> bytes:
        """Return a picture of a guest's screen (PPM or PNG).

        Raises:
            EngineError: with its sentence; ActionRefused for a guest without a screen.
        """


@runtime_checkable
class ReadsLogs(Protocol):
    """An engine that can read an instance's log."""

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Return the log's lines in chunks until its end, or for ever when following.

        Raises:
            EngineError: with its sentence, also in the middle when the daemon is lost.
        """


class Offer(Protocol):
    """A change of a guest's definition that was not made yet."""

    @property
    def diff(self) -> str:
        """Return the change as a unified diff."""


@runtime_checkable
class HelpsGuests(Protocol):
    """What else can be done for a person who wants to look into a guest; every method may raise `EngineError`."""

    async def open_boot_console(self, target: InstanceId, request: SessionRequest) -> Channel:
        """Start a guest paused, open its console, and let it run: nothing it prints is missed."""

    async def offer_serial(self, target: InstanceId) -> Offer:
        """Return how the definition would change for a serial console; changes nothing."""

    async def add_serial(self, target: InstanceId) -> str:
        """Add a serial console to the stored definition and return when it works."""

    async def type_text(self, target: InstanceId, text: str) -> None:
        """Type a text on a guest's keyboard."""


@runtime_checkable
class HelpsContainers(Protocol):
    """What else can be done for a person who wants to look into a container; may raise `EngineError`."""

    async def nsenter_command(self, target: InstanceId) -> tuple[str, ...]:
        """Return the argument list of a shell of this host inside a container's namespaces."""

    def read_unit_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Return the journal of the systemd unit that manages a container, as `ReadsLogs.read_log` does."""
