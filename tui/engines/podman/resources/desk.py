"""Questions to one service, each over a connection of its own, and the patience that a long change needs."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from tui.domain.errors import EngineError, EngineTimeout
from tui.domain.identity import InstanceId
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.podman.client import Answer, Params
from tui.engines.podman.errors import exchanging
from tui.engines.podman.inventory import Inventory
from tui.engines.podman.resources.line import answering
from tui.engines.podman.wire import ask

T = TypeVar("T")

LIST_SECONDS = 10.0
LIST_SECONDS_EACH = 0.03  # Docker's list inspects every container: 5 ms each on a quiet machine
PING_SECONDS = 5.0
PING_EVERY_SECONDS = 5.0
CHANGE_SECONDS = 3600.0  # far beyond any change; a service that hangs is found by its pings


class Desk:
    """What all parts share: whom to ask, and for whom.

    Args:
        command_url: the service that shown command lines name; None where plain `podman` means the same one.
        ping_every_seconds: between two looks at the service during something long.
        ping_seconds: how long it may take to answer one.
    """

    def __init__(
        self,
        url: str,
        inventory: Inventory,
        *,
        command_url: str | None = None,
        ping_every_seconds: float = PING_EVERY_SECONDS,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self.url = url
        self.command_url = command_url
        self.version = ""  # of the service; empty before it answered
        self._inventory = inventory
        self._ping_every_seconds = ping_every_seconds
        self._ping_seconds = ping_seconds

    @property
    def user(self) -> str:
        """Return whose service it is."""
        return self._inventory.owner.user

    @property
    def local(self) -> bool:
        """Tell whether the service's files are this host's."""
        return self._inventory.owner.local

    def resource(self, kind: ResourceKind, local: str) -> ResourceId:
        """Name a resource of this engine."""
        owner = self._inventory.owner
        return ResourceId(owner.host_id, owner.engine_id, kind, local)

    def instance(self, local: str) -> InstanceId:
        """Name a container of this engine."""
        return self._inventory.owner.id(local)

    def name_of(self, local: str) -> str:
        """Return a container's name as last heard, its short id where none was."""
        known = self._inventory.find(local)
        return known.name if known is not None else local[:12]

    @property
    def list_seconds(self) -> float:
        """Return how long a list of all containers may take."""
        return LIST_SECONDS + LIST_SECONDS_EACH * len(self._inventory)

    @property
    def release(self) -> tuple[int, int]:
        """Return major and minor version; (0, 0) before the service answered."""
        major, _, rest = self.version.partition(".")
        minor = rest.partition(".")[0]
        return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)

    async def ask(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        body: Any = None,
        *,
        timeout: float = LIST_SECONDS,
    ) -> Answer:
        """Ask one thing.

        Raises:
            EngineError: as `wire.ask`.
        """
        answer = await ask(self.url, method, path, params, body, timeout=timeout)
        self.version = answer.headers.get("libpod-api-version", self.version)
        return answer

    async def read(self, path: str, params: Params | None = None, *, timeout: float = LIST_SECONDS) -> Any:
        """Return the JSON of one answer.

        Raises:
            EngineError: as `ask`, and for what is no JSON.
        """
        return (await self.ask("GET", path, params, timeout=timeout)).json()

    async def docker(self, path: str, params: Params | None = None, *, timeout: float = LIST_SECONDS) -> Any:
        """Return the JSON of one answer of the Docker-compatible API.

        Raises:
            EngineError: as `read`.
        """
        with exchanging(self.url):
            async with asyncio.timeout(timeout), answering(self.url, "GET", path, params, docker=True) as line:
                return Answer(200, {}, await line.rest()).json()

    async def rows(self, path: str, params: Params | None = None) -> tuple[Mapping[str, Any], ...]:
        """Return the objects of a list; Podman's null is an empty one.

        Raises:
            EngineError: as `read`, and for what is no list.
        """
        value = await self.read(path, params)
        if value is not None and not isinstance(value, list):
            raise EngineError("Podman answered nonsense", "A list was asked for, and something else came.")
        return tuple(row for row in value or () if isinstance(row, dict))

    async def inspect(self, path: str) -> dict[str, Any]:
        """Return one object.

        Raises:
            EngineError: as `read`; NotFound when there is none.
        """
        value = await self.read(path)
        return value if isinstance(value, dict) else {}

    async def change(self, method: str, path: str, params: Params | None = None, body: Any = None) -> Answer:
        """Change something; waits as long as the service lives.

        Raises:
            EngineError: as `ask`; EngineTimeout when the service hangs.
        """
        return await self.patiently(self.ask(method, path, params, body, timeout=CHANGE_SECONDS))

    async def patiently(self, work: Awaitable[T]) -> T:
        """Await something long, and ask the service for signs of life meanwhile; a cancellation ends the work first.

        Raises:
            EngineTimeout: the service gave no sign of life; the work was ended.
        """
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=self._ping_every_seconds))[0]:
                await self._ping()
            return task.result()
        finally:
            await end_tasks([task])

    async def _ping(self) -> None:
        try:
            await ask(self.url, "GET", "_ping", timeout=self._ping_seconds)
        except EngineTimeout as error:
            raise EngineTimeout(error.title, f"{self.url} gives no sign of life.") from error
        except EngineError:
            return  # gone: the work finds out by itself


async def end_tasks(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """Cancel what still runs, wait for its end, and leave no exception unread."""
    all_of_them = list(tasks)
    for task in all_of_them:
        task.cancel()
    if all_of_them:
        await asyncio.wait(all_of_them)
    for task in all_of_them:
        if not task.cancelled():
            task.exception()


async def quietly(work: Awaitable[Any]) -> None:
    """Await something whose failure changes nothing any more: tidying after a failure."""
    with suppress(EngineError):
        await work
