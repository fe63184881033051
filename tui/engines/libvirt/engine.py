"""The libvirt engine: connect, list, follow, act."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from importlib import import_module

from tui.domain.action import ActionOutcome, ActionRequest, Result
from tui.domain.errors import ActionRefused, EngineError, EngineLost, EngineTimeout
from tui.domain.event import Document
from tui.domain.host import EngineState, EngineStatus
from tui.domain.identity import InstanceId
from tui.domain.instance import Address, Instance
from tui.engines.base import EngineSink
from tui.engines.lane import Lane
from tui.engines.libvirt import actions, asking, commands
from tui.engines.libvirt.book import GuestBook
from tui.engines.libvirt.failures import hung_message
from tui.engines.libvirt.instances import Mapper
from tui.engines.libvirt.inventory import Looker
from tui.engines.libvirt.late import LateCall, let_go
from tui.engines.libvirt.late_parts import LateParts
from tui.engines.libvirt.link import Link, open_link
from tui.engines.libvirt.listener import Heard, Listener
from tui.engines.libvirt.pool_fills import PoolFills
from tui.engines.libvirt.slow import SlowStatistics
from tui.engines.libvirt.spare import SpareLink
from tui.engines.libvirt.status import StatusBoard, retry_delay
from tui.engines.libvirt.target import parse_uri
from tui.engines.libvirt.words import closed_words

CONNECT_DEADLINE, LOOK_DEADLINE, DOCUMENT_DEADLINE, AGENT_DEADLINE = 10.0, 10.0, 5.0, 15.0
RECONCILE_SECONDS = 60.0
ADDRESS_SECONDS = 10.0
GATHER_SECONDS = 0.03  # one start is several events
LOOK_SPACING_SECONDS = 0.3
CLOSE_SECONDS = 1.5


class LibvirtEngine(LateParts):
    """One libvirt URI.

    Args:
        uri: also the engine's id.
        host_id: machine-id of the host hostdeck runs on; instances of every URI carry it.
        read_only: connect so that the daemon itself refuses changes.
        required: as in `EngineStatus`.
    """

    def __init__(self, uri: str, *, host_id: str, read_only: bool = False, required: bool = True) -> None:
        self._target = parse_uri(uri)
        self._read_only = read_only
        self._board = StatusBoard(EngineStatus(uri, "libvirt", uri, EngineState.CONNECTING, required=required))
        mapper = Mapper(self._target, host_id=host_id, engine_id=uri)
        self._book = GuestBook(mapper, engine_id=uri)
        self._looker = Looker(self._target)
        self._lane = Lane(f"{uri} inventory")
        self._opener = opener = partial(open_link, self._target, read_only=read_only)
        self._host_id = host_id
        self._acting = SpareLink(Lane(f"{uri} actions"), opener, self._shared_link)
        self._asking = SpareLink(Lane(f"{uri} statistics"), opener, self._shared_link)
        self._pools = PoolFills(self._target, SpareLink(Lane(f"{uri} pools"), opener, self._shared_link), self._board)
        self._slow = SlowStatistics(self._target, self._asking, self._book, mapper, self._board)
        self._sink: EngineSink | None = None
        self._link: Link | None = None
        self._lost: str | None = None
        self._wake = asyncio.Event()
        self._closing: set[asyncio.Future[None]] = set()
        self._shown: tuple[Instance, ...] | None = None

    @property
    def id(self) -> str:
        """Return the URI."""
        return self._target.uri

    @property
    def _abandoned(self) -> int:
        lanes = (self._lane, *(line.lane for line in self._lines()))
        kept = self.resources.around.abandoned if self._is_loaded("resources") else 0
        return sum(lane.abandoned for lane in lanes) + kept

    def _lines(self) -> list[SpareLink]:
        """Return the connections beside the first, those of resources left out."""
        lines = [self._acting, self._asking, self._pools.line]
        return [*lines, self.sessions.screen] if self._is_loaded("sessions") else lines

    def _shared_link(self) -> Link | None:
        return self._link if self._target.one_connection else None

    async def run(self, sink: EngineSink) -> None:
        """Follow the daemon for ever, as the protocol says."""
        self._sink = sink
        self._board.attach(sink)
        self._board.connecting()
        slow = asyncio.create_task(self._slow.run(sink, self._show), name=f"{self.id} statistics")
        pools = asyncio.create_task(self._pools.run(), name=f"{self.id} pools")
        try:
            failures = 0
            while True:
                error, was_ready = await self._connect_and_follow()
                failures = 1 if was_ready else failures + 1
                delay = retry_delay(failures)
                self._board.failed(error, retry_in=delay, abandoned=self._abandoned)
                await self._rest(delay)
        finally:
            for part in (slow, pools):
                part.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await part

    async def _connect_and_follow(self) -> tuple[EngineError, bool]:
        """Stay with one connection for as long as it lasts; return why it ended and whether it ever answered."""
        self._wake.clear()
        self._lost = None
        try:
            link = self._link = await LateCall(
                partial(self._open, asyncio.get_running_loop()), dispose=Link.close, bell=self._wake.set
            ).on(self._lane, deadline=CONNECT_DEADLINE)
        except EngineTimeout as error:
            return EngineTimeout(error.title, hung_message(self._target)), False
        except EngineError as error:
            return error, False
        try:
            return await self._follow(link), True
        finally:
            self._link = None
            self._let_go(link)

    def _open(self, loop: asyncio.AbstractEventLoop) -> Link:
        """Connect and register for everything, on the lane's thread."""
        link = open_link(self._target, read_only=self._read_only)
        try:
            link.on_close(lambda reason: _tell(loop, partial(self._closed, link, reason)))
            Listener(loop, self._heard).register(link)
        except EngineError:
            link.close()
            raise
        return link

    def _closed(self, link: Link, reason: int) -> None:
        if link is self._link:
            self._lost = closed_words(reason)
            self._wake.set()

    def _heard(self, heard: Heard) -> None:
        event = self._book.heard(heard)
        if event is not None and self._sink is not None:
            self._sink.put_event(event)
        self._wake.set()

    async def _follow(self, link: Link) -> EngineError:
        """Look, wait for a reason to look again, and so on; return when the connection is lost."""
        last_full = float("-inf")
        self._book.stale.update(self._book.look.guests)  # nobody told what was changed while nobody listened
        hears = False
        while self._lost is None:
            full = time.monotonic() - last_full >= RECONCILE_SECONDS
            try:
                await self._look(link, full=full)
            except EngineLost as error:
                return error
            except EngineError as error:
                message = hung_message(self._target) if isinstance(error, EngineTimeout) else error.message
                self._board.stalled(message, retry_in=LOOK_DEADLINE, abandoned=self._abandoned)
                await self._rest(LOOK_DEADLINE)
                continue
            last_full = time.monotonic() if full else last_full
            if not hears:
                hears = await self._hear_of_resources(link)
            await self._wait_for_reason(last_full)
        return EngineLost("connection lost", f"{self._lost} ({self._target.uri})")

    async def _hear_of_resources(self, link: Link) -> bool:
        """Register for what is kept beside guests, once the guests are shown; return whether that came about."""
        await asyncio.to_thread(import_module, "tui.engines.libvirt.resources.keeper")
        listen = partial(self.resources.listen, asyncio.get_running_loop(), link)
        try:
            await LateCall(listen).on(self._lane, deadline=LOOK_DEADLINE)
        except EngineError:
            return False  # the next look says what is the matter
        self.resources.note_change()  # nobody told what was changed before
        return True

    async def _look(self, link: Link, *, full: bool) -> None:
        stale = frozenset(self._book.stale)
        look = partial(self._looker.look, before=self._book.look, stale=stale, full=full)
        found = await LateCall(lambda: link.run(look), bell=self._wake.set).on(self._lane, deadline=LOOK_DEADLINE)
        self._book.absorb(found, stale)
        self._board.answered(version=link.version, abandoned=self._abandoned)
        self._show()
        self._slow.look_changed()
        if not found.complete:
            self._wake.set()

    def _show(self) -> None:
        """Put the inventory out if it is another one."""
        instances = self._book.instances()
        if instances != self._shown and self._sink is not None:
            self._shown = instances
            self._sink.put_inventory(self.id, instances)

    async def _wait_for_reason(self, last_full: float) -> None:
        """Return when something happened, gathered with what happens right after it, or when the next look is due."""
        looked = time.monotonic()
        due = last_full + RECONCILE_SECONDS - looked
        if self._book.waits_for_addresses():
            due = min(due, ADDRESS_SECONDS)
        if await self._rest(due) and self._lost is None:
            await asyncio.sleep(max(GATHER_SECONDS, looked + LOOK_SPACING_SECONDS - time.monotonic()))
        if self._lost is None:
            self._wake.clear()

    async def _rest(self, seconds: float) -> bool:
        """Wait; return True when woken before the time."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):  # wait_for() of 3.11 may swallow a cancellation
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out one action, as the protocol says."""
        if self._read_only:
            return ActionOutcome(request, Result.REFUSED, "hostdeck runs read-only.")
        call: LateCall[Result] | None = None
        deadline = actions.DEADLINES.get(request.verb, actions.DEADLINE)
        try:
            link = await self._acting.ready()
            call = LateCall(partial(actions.carry_out, link, request, self._target.driver), bell=self._wake.set)
            return ActionOutcome(request, await call.on(self._acting.lane, deadline=deadline))
        except ActionRefused as error:
            return ActionOutcome(request, Result.REFUSED, error.message)
        except (EngineTimeout, EngineLost) as error:
            if call is None or not call.begun:
                return ActionOutcome(request, Result.FAILED, error.message)
            return ActionOutcome(request, Result.UNKNOWN, f"Outcome unknown: {error.message} It is looked up again.")
        except EngineError as error:
            return ActionOutcome(request, Result.FAILED, error.message)
        finally:
            self._touched(request.target.local)

    def _touched(self, uuid: str) -> None:
        """Look at a guest again at once: autostart, among others, is no event."""
        self._book.stale.add(uuid)
        self._wake.set()

    def command(self, request: ActionRequest) -> str:
        """Return the virsh command line, as the protocol says."""
        return commands.virsh(self._target.uri, self._target.driver, request, self._name_of(request.target.local))

    def _name_of(self, uuid: str) -> str:
        record = self._book.look.guests.get(uuid)
        return record.name if record else ""

    async def document(self, target: InstanceId) -> Document:
        """Return the XML, without secrets, as the protocol says."""
        link = self._link
        if link is None:
            raise EngineLost("not connected", self._board.status.message or f"{self.id} is not connected.")
        call = LateCall(lambda: link.run(partial(asking.definition, uuid=target.local)))
        return Document(await call.on(self._lane, deadline=DOCUMENT_DEADLINE), "xml")

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Ask the guest agent for addresses, as the protocol says."""
        question = partial(asking.agent_addresses, uuid=target.local)
        return await self._asking.call(question, deadline=AGENT_DEADLINE)

    def _let_go(self, link: Link) -> None:
        closing = let_go(link)
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """End threads and connections, within two seconds even when the daemon hangs."""
        lasting = (*self._lines(), *(self.resources.around.lines if self._is_loaded("resources") else ()))
        links = [self._link, *(line.take() for line in lasting)]
        self._link = None
        for link in links:
            if link is not None:
                self._let_go(link)
        ends = set(self._closing)
        if self._is_loaded("sessions"):
            ends.add(asyncio.ensure_future(self.sessions.close()))
        if ends:
            await asyncio.wait(ends, timeout=CLOSE_SECONDS)
        for lane in (self._lane, *(line.lane for line in lasting)):
            lane.close()


def _tell(loop: asyncio.AbstractEventLoop, function: partial[None]) -> None:
    """Call on the loop's thread, from another one."""
    with contextlib.suppress(RuntimeError):  # the loop is closed: hostdeck ends
        loop.call_soon_threadsafe(function)
