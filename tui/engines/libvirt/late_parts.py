"""What of an engine is loaded when it is first needed: the first figures on the screen do not wait for it."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tui.domain.event import Document
    from tui.domain.identity import InstanceId
    from tui.domain.session import ConsoleDevice, LogChunk, LogRequest, SessionRequest
    from tui.engines.libvirt.link import Link
    from tui.engines.libvirt.resources.keeper import LibvirtResources
    from tui.engines.libvirt.sessions import GuestSessions
    from tui.engines.libvirt.spare import SpareLink
    from tui.engines.libvirt.status import StatusBoard
    from tui.engines.libvirt.target import Target
    from tui.engines.sessions import Channel


class LateParts:
    """The part of `LibvirtEngine` that opens what is inside guests and keeps what is beside them."""

    _target: Target
    _host_id: str
    _read_only: bool
    _board: StatusBoard
    _acting: SpareLink
    _opener: Callable[[], Link]

    @abstractmethod
    async def document(self, target: InstanceId) -> Document:
        """Return the XML, as the protocol says."""

    @abstractmethod
    def _shared_link(self) -> Link | None:
        """Return the connection that all share; None where each has its own."""

    @abstractmethod
    def _name_of(self, uuid: str) -> str:
        """Return a guest's name; empty when it is gone."""

    @abstractmethod
    def _touched(self, uuid: str) -> None:
        """Look at a guest again at once."""

    @cached_property
    def sessions(self) -> GuestSessions:
        """Return consoles, keys, screens and logs, and more about them than the protocols name."""
        from tui.engines.libvirt.sessions import GuestSessions

        return GuestSessions(
            self._target,
            opener=self._opener,
            shared=self._shared_link,
            acting=self._acting,
            document=self.document,
            name_of=self._name_of,
            read_only=self._read_only,
        )

    @cached_property
    def resources(self) -> LibvirtResources:
        """Return pools, disks, networks and snapshots: `tui.engines.resources`."""
        from tui.engines.libvirt.resources.around import Surroundings
        from tui.engines.libvirt.resources.keeper import LibvirtResources

        around = Surroundings(
            self._target,
            host_id=self._host_id,
            opener=self._opener,
            shared=self._shared_link,
            name_of=self._name_of,
            touched=self._touched,
            version=lambda: self._board.status.version,
        )
        return LibvirtResources(around, read_only=self._read_only)

    def _is_loaded(self, part: str) -> bool:
        return part in self.__dict__

    # what may be opened inside: tui.engines.sessions.OpensSessions, SendsKeys and ReadsLogs

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        """Return a guest's consoles."""
        return await self.sessions.consoles(target)

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        """Open a console."""
        return await self.sessions.open_session(target, request)

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        """Press keys together."""
        await self.sessions.send_keys(target, keys)

    async def screenshot(self, target: InstanceId) -> bytes:
        """Return a picture of the screen."""
        return await self.sessions.screenshot(target)

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Return the lines of QEMU's log."""
        return self.sessions.read_log(target, request)
