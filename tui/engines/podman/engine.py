"""One Podman service as an engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tui.domain.action import ActionOutcome, ActionRequest
from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.event import Document
from tui.domain.identity import InstanceId
from tui.domain.instance import Address
from tui.engines.base import EngineSink
from tui.engines.lane import Lane
from tui.engines.podman.actions import Actions
from tui.engines.podman.client import Client
from tui.engines.podman.document import readable
from tui.engines.podman.inventory import Inventory
from tui.engines.podman.private import PrivateService
from tui.engines.podman.rows import Owner
from tui.engines.podman.shells import SHELLS
from tui.engines.podman.standing import Standing
from tui.engines.podman.units import Unit
from tui.engines.podman.watch import Watch
from tui.engines.sessions import Channel

if TYPE_CHECKING:
    from tui.domain.session import ConsoleDevice, LogChunk, LogRequest, SessionRequest
    from tui.engines.podman.resources import PodmanKeeper
    from tui.engines.podman.sessions import Sessions

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
STEADY_SECONDS = 10.0  # a connection that lasted this long starts the delays anew
DOCUMENT_TIMEOUT_SECONDS = 5.0


class PodmanEngine:
    """Follow one Podman service and act on its containers.

    Args:
        url: unix:///PATH or tcp://HOST:PORT.
        user: login name whose containers it lists.
        required: as in `EngineStatus.required`.
        is_own: plain `podman` on this person's command line means the same containers.
        service: a private service that listens at `url` while the engine runs.
        shells: paths or names of shells to open, the wanted one first.
    """

    def __init__(
        self,
        url: str,
        *,
        engine_id: str,
        host_id: str,
        user: str,
        read_only: bool = False,
        required: bool = True,
        is_own: bool = False,
        service: PrivateService | None = None,
        shells: Sequence[str] = SHELLS,
    ) -> None:
        self.url = url
        self.user = user
        self.service = service
        self._inventory = Inventory(Owner(host_id, engine_id, user))
        self._sink: EngineSink | None = None
        self._standing = Standing(
            engine_id, url, user, required, publish=self._publish, abandoned=lambda: self.abandoned
        )
        self._watch = Watch(url, self._inventory, self._standing)
        self._read_only = read_only
        self._command_url = None if is_own or service is not None else url
        self._actions = Actions(
            url,
            self._inventory,
            read_only=read_only,
            look_again=self._watch.look_again,
            command_url=self._command_url,
        )
        self._keeper: PodmanKeeper | None = None
        self._documents = Lane(f"{url} documents")
        self._shells = shells

    @property
    def id(self) -> str:
        """Return the id that its statuses and instances carry."""
        return self._inventory.owner.engine_id

    @property
    def abandoned(self) -> int:
        """Return how many threads hang in calls past their deadline."""
        return self._watch.abandoned + self._actions.abandoned + self._documents.abandoned

    @cached_property
    def _sessions(self) -> Sessions:
        """Load what opens shells when the first one is asked for."""
        from tui.engines.podman.sessions import Sessions

        return Sessions(self.url, self._inventory, read_only=self._read_only, shells=self._shells)

    @property
    def resources(self) -> PodmanKeeper:
        """Return what keeps its images, volumes and networks; loaded when first looked at."""
        if self._keeper is None:
            from tui.engines.podman.resources import PodmanKeeper

            self._keeper = PodmanKeeper(
                self.url,
                self._inventory,
                events=lambda: self._watch.resource_events,
                command_url=self._command_url,
                read_only=self._read_only,
                look_again=self._watch.look_again,
            )
        return self._keeper

    def _publish(self, status: Any) -> None:
        if self._sink is not None:
            self._sink.put_status(status)

    async def run(self, sink: EngineSink) -> None:
        """Follow the service for ever; see `Engine.run`."""
        self._sink = sink
        loop = asyncio.get_running_loop()
        delay = FIRST_DELAY_SECONDS
        while True:
            self._standing.connecting()
            began = loop.time()
            try:
                if self.service is not None:
                    await self.service.ensure()
                await self._watch.stay_connected(sink)
            except EngineError as error:
                if loop.time() - began > STEADY_SECONDS:
                    delay = FIRST_DELAY_SECONDS
                self._standing.away(error, delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out one action; see `Engine.perform`."""
        return await self._actions.perform(request)

    def command(self, request: ActionRequest) -> str:
        """Return the equivalent podman or systemctl command line."""
        return self._actions.command(request)

    async def document(self, target: InstanceId) -> Document:
        """Return what `podman inspect` shows, as JSON with the environment's secrets masked.

        Raises:
            EngineError: with its sentence.
        """
        kind = "pods" if self._inventory.find_pod(target.local) is not None else "containers"
        client = Client(self.url, timeout=DOCUMENT_TIMEOUT_SECONDS)
        try:
            answer = await self._documents.call(
                lambda: client.get(f"{kind}/{target.local}/json"), deadline=2 * DOCUMENT_TIMEOUT_SECONDS + 1
            )
        except NotFound as error:
            raise NotFound("no longer there", "It is no longer there.") from error
        finally:
            client.close()
        return Document(readable(answer.json()), "json")

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:  # noqa: ARG002 - the protocol's, for guests
        """Return (): containers have no agent."""
        return ()

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:  # noqa: ARG002 - the protocol's
        """Return (): containers have no consoles."""
        return ()

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        """Open a shell or attach to the main process; see `OpensSessions`.

        Raises:
            NoShell: no shell of the list exists in the container.
            EngineError: with its sentence.
        """
        return await self._sessions.open(target, request)

    async def nsenter_command(self, target: InstanceId) -> tuple[str, ...]:
        """Return the argument list of a shell of this host in a container's namespaces, for one without a shell.

        Raises:
            EngineError: with its sentence; ActionRefused where it is not permitted.
        """
        return await self._sessions.nsenter_command(target)

    def read_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Read a container's log; see `ReadsLogs`."""
        return self._sessions.read_log(target, request)

    def read_unit_log(self, target: InstanceId, request: LogRequest) -> AsyncIterator[LogChunk]:
        """Read the journal of the systemd unit that manages a container; see `HelpsContainers`."""
        owner, known = self._inventory.owner, self._inventory.find(target.local)
        unit = known.container.unit if known is not None and known.container is not None else ""
        if not unit or not owner.local:
            raise ActionRefused("no unit", "No systemd unit of this host manages it.")
        from tui.engines.podman.units_log import read_unit_log

        return read_unit_log(Unit(unit, "" if owner.user == "root" else owner.user), request)

    async def close(self) -> None:
        """End threads, connections and the private service within two seconds."""
        if "_sessions" in self.__dict__:
            self._sessions.close()
        self._watch.close()
        self._actions.close()
        self._documents.close()
        if self._keeper is not None:
            await self._keeper.close()
        if self.service is not None:
            await self.service.stop()
