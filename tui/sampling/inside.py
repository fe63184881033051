"""What a host source passes on to the one engine that can open, read or press it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.domain.errors import ActionRefused
from tui.engines.sessions import HelpsContainers, HelpsGuests, OpensSessions, ReadsLogs, SendsKeys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.domain.identity import InstanceId
    from tui.domain.session import ConsoleDevice, LogChunk, LogRequest, SessionRequest
    from tui.engines.base import Engine
    from tui.engines.sessions import Channel


class OpensInside(Protocol):
    """The part of a `HostSource` that is about the inside of an instance; every method may raise `EngineError`."""

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        """Return a guest's consoles; () for containers."""

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        """Open a console, a shell or attach."""

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        """Press keys of a guest's keyboard together, by their Linux names."""

    async def screenshot(self, target: InstanceId) -> bytes:
        """Return a picture of a guest's screen (PPM or PNG)."""

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Return an instance's log in chunks."""

    def guest_help(self, target: InstanceId) -> HelpsGuests:
        """Return what else can be done for who wants to look into a guest."""

    def container_help(self, target: InstanceId) -> HelpsContainers:
        """Return what else can be done for who wants to look into a container."""


class RoutesInside:
    """A source that has engines: each question goes to the engine of the instance, if it can answer it."""

    def _engine_of(self, target: InstanceId) -> Engine:
        raise NotImplementedError

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        """Return a guest's consoles."""
        return await self._opener(target).consoles(target)

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        """Open a console, a shell or attach."""
        return await self._opener(target).open_session(target, request)

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        """Press keys of a guest's keyboard."""
        await self._presser(target).send_keys(target, keys)

    async def screenshot(self, target: InstanceId) -> bytes:
        """Return a picture of a guest's screen."""
        return await self._presser(target).screenshot(target)

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Return an instance's log in chunks."""
        engine = self._engine_of(target)
        if not isinstance(engine, ReadsLogs):
            raise ActionRefused("no log", f"{engine.id} has no logs that hostdeck can read.")
        return engine.read_log(target, request)

    def guest_help(self, target: InstanceId) -> HelpsGuests:
        """Return what else can be done for who wants to look into a guest."""
        engine = self._engine_of(target)
        for one in (engine, getattr(engine, "sessions", None)):
            if isinstance(one, HelpsGuests):
                return one
        raise ActionRefused("not possible", f"{engine.id} has no guests to be started or changed from here.")

    def container_help(self, target: InstanceId) -> HelpsContainers:
        """Return what else can be done for who wants to look into a container."""
        engine = self._engine_of(target)
        if not isinstance(engine, HelpsContainers):
            raise ActionRefused("not possible", f"{engine.id} has no units and namespaces of this host.")
        return engine

    def _opener(self, target: InstanceId) -> OpensSessions:
        engine = self._engine_of(target)
        if not isinstance(engine, OpensSessions):
            raise ActionRefused("not possible", f"{engine.id} opens no consoles and shells.")
        return engine

    def _presser(self, target: InstanceId) -> SendsKeys:
        engine = self._engine_of(target)
        if not isinstance(engine, SendsKeys):
            raise ActionRefused("not possible", f"{engine.id} has no keyboards and screens.")
        return engine


class PassesInside:
    """A source in front of another one."""

    def _started(self) -> OpensInside:
        raise NotImplementedError

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        """Return a guest's consoles."""
        return await self._started().consoles(target)

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        """Open a console, a shell or attach."""
        return await self._started().open_session(target, request)

    async def send_keys(self, target: InstanceId, keys: tuple[str, ...]) -> None:
        """Press keys of a guest's keyboard."""
        await self._started().send_keys(target, keys)

    async def screenshot(self, target: InstanceId) -> bytes:
        """Return a picture of a guest's screen."""
        return await self._started().screenshot(target)

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Return an instance's log in chunks."""
        return self._started().read_log(target, request)

    def guest_help(self, target: InstanceId) -> HelpsGuests:
        """Return what else can be done for who wants to look into a guest."""
        return self._started().guest_help(target)

    def container_help(self, target: InstanceId) -> HelpsContainers:
        """Return what else can be done for who wants to look into a container."""
        return self._started().container_help(target)
