"""What every change of libvirt's stands in: whose it is, connections to ask on, and a few words."""

import asyncio
import shlex
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from tui.domain.errors import EngineLost, EngineTimeout
from tui.domain.identity import InstanceId
from tui.domain.resource import ResourceId, ResourceKind
from tui.domain.storage import Disk, StoragePool
from tui.engines.lane import Lane
from tui.engines.libvirt.link import Link
from tui.engines.libvirt.resources.failures import OutcomeUnknown, understood
from tui.engines.libvirt.spare import SpareLink
from tui.engines.libvirt.target import Target

T = TypeVar("T")

DEADLINE_SECONDS = 20.0  # of a call that should take milliseconds; long work names its own
MOST_HUNG_LINES = 4
POOLS_AT_ONCE = 2


class Surroundings:
    """One libvirt, as changes and questions see it.

    Attributes:
        target: the parsed URI; whether paths are files of this host tells `has_files_here`.
        networks: connection and lane of networks, quick questions and changes.
        guests: the same for definitions of guests; never for what waits for a QEMU.
        pools: the same for what storage is there; a hung pool may hold it, so nothing else is asked on it.
        known_pools: by name, as they were listed last.
        known_disks: by pool and name, likewise.
        pool_places: how many pools may be read at once.

    Args:
        opener: opens one more connection; blocks.
        shared: as in `SpareLink`.
        name_of: the name of a guest by UUID, "" when not known; asks nobody.
        touched: to be called with the UUID of a guest that was changed or made: it is looked at again at once.
    """

    def __init__(
        self,
        target: Target,
        *,
        host_id: str,
        opener: Callable[[], Link],
        shared: Callable[[], Link | None],
        name_of: Callable[[str], str],
        touched: Callable[[str], None],
        version: Callable[[], str],
    ) -> None:
        self.target = target
        self.name_of = name_of
        self.touched = touched
        self._host_id = host_id
        self._opener = opener
        self._shared = shared
        self._version = version
        self._left: list[Lane] = []
        self._pool_lanes: dict[str, Lane] = {}
        self.known_pools: dict[str, StoragePool] = {}
        self.known_disks: dict[tuple[str, str], Disk] = {}
        self.pool_places = asyncio.Semaphore(POOLS_AT_ONCE)
        self.networks, self.guests, self.pools = (self._new_line(name) for name in ("networks", "guests", "pools"))

    def _new_line(self, name: str) -> SpareLink:
        return SpareLink(Lane(f"{self.target.uri} {name}"), self._opener, self._shared)

    @property
    def lines(self) -> tuple[SpareLink, ...]:
        """Return the connections that last."""
        return (self.networks, self.guests, self.pools)

    @property
    def has_files_here(self) -> bool:
        """Tell whether its paths and interfaces are those of this host; the test driver makes them up."""
        return self.target.local and self.target.driver != "test"

    @property
    def version(self) -> tuple[int, ...]:
        """Return the daemon's version, (9, 0, 0); () while it is not known."""
        words = self._version().split(".")
        return tuple(int(word) for word in words) if all(word.isdigit() for word in words) else ()

    @property
    def abandoned(self) -> int:
        """Return how many threads still hang in a call."""
        lanes = (*self._left, *self._pool_lanes.values(), *(line.lane for line in self.lines))
        return sum(lane.abandoned for lane in lanes)

    @property
    def hung_pools(self) -> int:
        """Return in how many calls about the disks of a pool a thread hangs."""
        return sum(lane.abandoned for lane in self._pool_lanes.values())

    def pool_lane(self, name: str) -> Lane:
        """Return the thread on which one pool's disks are read."""
        return self._pool_lanes.setdefault(name, Lane(f"{self.target.uri} pool {name}"))

    async def ask(self, line: SpareLink, function: Callable[[Any, Any], T], *, deadline: float = DEADLINE_SECONDS) -> T:
        """Call `function(libvirt, connection)` on a line.

        Raises:
            EngineError: translated, about pools, disks and networks too.
        """
        return await line.call(understood(function), deadline=deadline)

    async def change(
        self, line: SpareLink, function: Callable[[Any, Any], T], *, deadline: float = DEADLINE_SECONDS
    ) -> T:
        """Call as `ask` does, for a function that changes something.

        Raises:
            OutcomeUnknown: it had begun, and its answer did not come.
            EngineError: as in `ask`.
        """
        begun = threading.Event()

        def call(libvirt: Any, connection: Any) -> T:
            begun.set()
            return function(libvirt, connection)

        try:
            return await self.ask(line, call, deadline=deadline)
        except (EngineTimeout, EngineLost) as error:
            if not begun.is_set():
                raise
            raise OutcomeUnknown(error.title, error.message) from error

    @asynccontextmanager
    async def line(self, name: str) -> AsyncIterator[SpareLink]:
        """Give a connection and a thread for one piece of work alone, so that others neither wait for it nor hang.

        Raises:
            EngineTimeout: too many such threads hang already.
        """
        self._left = [lane for lane in self._left if lane.abandoned]
        if len(self._left) >= MOST_HUNG_LINES:
            raise EngineTimeout(
                "storage hangs",
                f"{len(self._left)} calls to {self.target.uri} hang; nothing more is begun until one ends.",
            )
        line = self._new_line(name)
        try:
            yield line
        finally:
            line.drop()
            line.lane.close()
            self._left.append(line.lane)

    def resource(self, kind: ResourceKind, local: str) -> ResourceId:
        """Return the id of something this libvirt keeps."""
        return ResourceId(self._host_id, self.target.uri, kind, local)

    def guest(self, uuid: str) -> InstanceId:
        """Return the id of a guest."""
        return InstanceId(self._host_id, self.target.uri, uuid)

    def virsh(self, words: Iterable[str]) -> str:
        """Return a command line for showing: "virsh -c URI WORDS", or another program when the words name it first.

        Words that begin with "!" name the program: ("!virt-install", "--name", ...).
        """
        listed = list(words)
        if listed and listed[0].startswith("!"):
            return shlex.join([listed[0][1:], *listed[1:]])
        return shlex.join(["virsh", "-c", self.target.uri, *listed])
