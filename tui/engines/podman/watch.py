"""Keeps the inventory of one service true: connect, list, follow events, look again, ask for signs of life."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from tui.domain.errors import EngineError, EngineLost, EngineTimeout
from tui.domain.event import Event
from tui.engines.base import EngineSink
from tui.engines.lane import Lane
from tui.engines.podman import reader
from tui.engines.podman.client import Client
from tui.engines.podman.events import RESOURCES, Follower, Raw, Repeats
from tui.engines.podman.history import Heard, health_line, heard, line_of, oom_line
from tui.engines.podman.inventory import Changes, Inventory
from tui.engines.podman.parts import first_failure
from tui.engines.podman.pending import Pending, Work
from tui.engines.podman.standing import Standing

T = TypeVar("T")

PING_TIMEOUT_SECONDS = 2.5
PING_EVERY_SECONDS = 2.0
LIST_TIMEOUT_SECONDS = 5.0
# of a whole look, which is several exchanges; each has its own timeout below this
LOOK_DEADLINE_SECONDS = 20.0
RECONCILE_SECONDS = 60.0
REFRESH_GAP_SECONDS = 0.3
# what a look costs the service in processor time for each container: a whole list, and a few inspections
LIST_COST_SECONDS, LOOK_COST_SECONDS = 0.0005, 0.002
# a look is followed by a rest of this many times its cost: a storm of events takes a tenth of a core at most
REST_FACTOR = 9.0
DETAILS_AT_ONCE = 32
HEALTH_DELAY_SECONDS = 0.5
PASSING = frozenset({"mount", "unmount", "save", "push"})  # of images and volumes: nothing is another after it
PAST_SECONDS = 900.0  # of history asked for at the first connection


class Watch:
    """Follow one service. Everything runs on the event loop's thread, the questions on two lanes."""

    def __init__(self, url: str, inventory: Inventory, standing: Standing) -> None:
        self._url = url
        self._inventory = inventory
        self._standing = standing
        self._lane, self._ping_lane = Lane(f"{url} inventory"), Lane(f"{url} signs of life")
        self._client = Client(url, timeout=LIST_TIMEOUT_SECONDS)
        self._pinger = Client(url, timeout=PING_TIMEOUT_SECONDS)
        self._repeats = Repeats()
        self._pending = Pending()
        self._sink: EngineSink | None = None
        self._follower: Follower | None = None
        self._connected_at = 0.0
        self._version = ""
        self.resource_events = 0  # that changed what is kept beside containers

    @property
    def abandoned(self) -> int:
        """Return how many threads hang."""
        return self._lane.abandoned + self._ping_lane.abandoned

    def look_again(self, local: str) -> None:
        """Ask for a fresh look at one container or pod, soon."""
        if self._inventory.find_pod(local) is None:
            self._pending.container(local)
        self._pending.pods()

    async def stay_connected(self, sink: EngineSink) -> None:
        """Connect and stay connected; never returns.

        Raises:
            EngineError: the connection could not be made, or broke.
        """
        self._sink = sink
        self._version = await self._ping()
        self._inventory.set_local(local=bool(self._pinger.is_local))
        follower = await self._follow()
        try:
            await self._look(self._pending.take_now(), everything=True)
            self._standing.ready(self._version)
            await first_failure(
                self._look_for_ever(), self._ping_for_ever(), self._reconcile_for_ever(), follower.ended
            )
        finally:
            follower.close()

    async def _ping(self) -> str:
        try:
            return await self._ping_lane.call(reader.read_version, self._pinger, deadline=2 * PING_TIMEOUT_SECONDS + 1)
        except EngineTimeout:
            self._pinger.close()  # its thread may still hold it
            self._pinger = Client(self._url, timeout=PING_TIMEOUT_SECONDS)
            raise

    async def _ask(self, function: Callable[[Client], T]) -> T:
        try:
            return await self._lane.call(function, self._client, deadline=LOOK_DEADLINE_SECONDS)
        except EngineTimeout:
            self._client.close()  # as above
            self._client = Client(self._url, timeout=LIST_TIMEOUT_SECONDS)
            raise

    async def _follow(self) -> Follower:
        """Open the event stream, before the first list, so that nothing falls between the two."""
        self._connected_at = time.time()
        since = self._repeats.since()
        if since is None and self._inventory.owner.local:  # another host's clock may differ from this one's
            since = self._connected_at - PAST_SECONDS
        follower = Follower(self._url, since=since, timeout=LIST_TIMEOUT_SECONDS, on_event=self._on_event)
        self._follower = follower
        follower.start()
        try:
            await follower.opened
        except BaseException:
            follower.close()
            raise
        return follower

    # what events do

    def _on_event(self, raw: Raw) -> None:
        if self._repeats.is_repeat(raw):
            return
        if raw.get("Type") in RESOURCES:
            self.resource_events += raw.get("Action") not in PASSING
            return
        event = heard(raw)
        if event is None:
            return
        self._tell(line_of(event, self._inventory.owner))
        if self._is_past(event):
            return
        if event.action == "health_status":
            self._note_health(event)
        elif event.needs_look:
            self._note(event)

    def _note_health(self, event: Heard) -> None:
        """Take the result of a health check from its event; Podman 4 tells the one before, so look a little later."""
        if event.health is None or self._version.startswith("4."):
            asyncio.get_running_loop().call_later(HEALTH_DELAY_SECONDS, self._pending.container, event.id)
        elif (news := self._inventory.set_health(event.id, event.health)) is not None:
            self._tell(health_line(news, event.utc_seconds))
            self._put()

    def _is_past(self, event: Heard) -> bool:
        """Tell whether the list that follows a connection says it anyway."""
        return self._inventory.owner.local and event.utc_seconds < self._connected_at - 5.0

    def _note(self, event: Heard) -> None:
        if event.is_pod:
            self._pending.pods()
            return
        self._pending.container(event.id, event if event.exit_code else None)
        if event.pod_id or self._inventory.is_in_pod(event.id):
            self._pending.pods()

    def _tell(self, event: Event | None) -> None:
        if event is not None and self._sink is not None:
            self._sink.put_event(event)

    def _put(self) -> None:
        if self._sink is not None:
            self._sink.put_inventory(
                self._inventory.owner.engine_id, self._inventory.instances(), self._inventory.pods()
            )

    # looking again

    async def _look_for_ever(self) -> None:
        """Look at what changed: at once after a quiet time, then once in a gap; the last change is never lost."""
        await self._guarded(self._explain())
        while True:
            work = await self._pending.take()
            succeeded = await self._guarded(self._look(work))
            rest = self._rest_after(work) if succeeded else LIST_TIMEOUT_SECONDS
            await asyncio.sleep(min(max(REFRESH_GAP_SECONDS, rest), LIST_TIMEOUT_SECONDS))

    def _rest_after(self, work: Work) -> float:
        listed = len(self._inventory) if work.everything else 0
        return REST_FACTOR * (LIST_COST_SECONDS * listed + LOOK_COST_SECONDS * len(work.containers))

    async def _look(self, work: Work, *, everything: bool = False) -> None:
        if everything or work.everything:
            self._apply(await self._ask(reader.read_all))
            self._inventory.doubt(work.containers)
        else:
            known = [local for local in work.containers if self._inventory.knows(local)]
            new = [local for local in work.containers if not self._inventory.knows(local)]
            self._apply(await self._ask(partial(reader.read_some, known=known, new=new, with_pods=work.pods)))
        if not everything:
            await self._explain()
        self._tell_oom(work)

    def _apply(self, changes: Changes) -> None:
        news = self._inventory.apply(changes)
        self._put()
        for instance in news:
            self._tell(health_line(instance, time.time()))

    async def _explain(self) -> None:
        """Inspect what was not inspected since its last start or end, a few at a time."""
        wanted = self._inventory.unexplained()
        for first in range(0, len(wanted), DETAILS_AT_ONCE):
            few = wanted[first : first + DETAILS_AT_ONCE]
            self._apply(await self._ask(partial(reader.read_some, known=few, new=(), with_pods=False)))

    def _tell_oom(self, work: Work) -> None:
        for local, died in work.containers.items():
            if died is not None and self._inventory.was_oom_killed(local):
                self._tell(oom_line(died, self._inventory.owner))

    async def _guarded(self, look: Awaitable[None]) -> bool:
        """Await one look; an answer that is late or an error is a status, only a broken connection is raised."""
        try:
            await look
        except EngineLost:
            raise
        except EngineError as error:
            late = isinstance(error, EngineTimeout)
            self._standing.missed("list", "Podman does not list its containers." if late else error.message)
            self._pending.everything()
            return False
        self._standing.answered("list")
        return True

    async def _reconcile_for_ever(self) -> None:
        while True:
            await asyncio.sleep(RECONCILE_SECONDS)
            self._pending.everything()

    async def _ping_for_ever(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_SECONDS)
            try:
                await self._ping()
            except EngineTimeout as error:
                self._standing.missed("service", error.message)
                continue
            if "service" in self._standing.silent:
                self._pending.everything()
            self._standing.answered("service")

    def close(self) -> None:
        """End the stream, the connections and the lanes' threads."""
        if self._follower is not None:
            self._follower.close()
        for lane, client in ((self._lane, self._client), (self._ping_lane, self._pinger)):
            lane.close()
            client.close()
