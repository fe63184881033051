"""A host that is sampled here and now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.domain.action import ActionOutcome, ActionRequest, Result
from tui.domain.errors import EngineTimeout, NotFound
from tui.domain.event import Document, Event
from tui.domain.host import EngineState, EngineStatus, HostUsage, HostView, Problem
from tui.domain.identity import InstanceId, StableKey
from tui.domain.instance import Address, Instance
from tui.domain.usage import Usage
from tui.engines.base import Engine
from tui.engines.lane import Lane
from tui.rules.model import Scope
from tui.sampling.board import Board
from tui.sampling.chronicle import Chronicle
from tui.sampling.handled import HandledProblems
from tui.sampling.history import History, Metric
from tui.sampling.inside import RoutesInside
from tui.sampling.keeps import InterfaceReader
from tui.sampling.ledger import LedgerKeeper
from tui.sampling.past import Handlings, Past
from tui.sampling.problems import ProblemBoard
from tui.sampling.recall import recall
from tui.sampling.roll import Roll
from tui.sampling.shelf import RoutesResources, Shelf
from tui.sampling.source import HostSampler, InstanceSampler

if TYPE_CHECKING:
    from tui.domain.past import Handling
    from tui.domain.timeline import TimelineEntry
    from tui.engines.watching import Watch

# From the first sight of an instance to its second sample: two of the periods in which the kernel metes out quotas, so
# that a container held to half a core is seen to use half a core wherever the window begins.
EARLY_SECONDS = 0.2
EARLY_PHASE_SECONDS = 10.0  # after the start; later newcomers wait for the tick, so that a restart loop costs nothing
BURST_SECONDS = 0.05  # news that arrive together are drawn together
RESCAN_SECONDS = 30.0
RECALL_SECONDS = 3.0  # where nothing runs there are no first figures to wait for
CLOSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class HostName:
    """Who the host is: `id` its machine-id, `name` for persons."""

    id: str
    name: str
    is_demo: bool = False
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Clocks:
    """Wall clock and monotonic clock in seconds; replaced where a moment must stand still."""

    utc: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


class LiveSource(RoutesInside, RoutesResources):
    """Joins engines, samplers and history to one `HostView` a tick.

    Args:
        sample_deadline_seconds: how long one reading of the kernel's files may take; past it the last figures stay.
        find_more: asked now and then for engines that appeared since (a user's socket that began to listen).
        interface_reader: reads the host's interfaces; None where there are none to read.
        past: a record of this host; None where none is looked for.
        handlings: what persons said about problems; None where nothing is kept.
        rules: what a person wants otherwise than the usual rules, the later over the earlier.
        watches: what else sees things happen here; they begin once engines were asked.
    """

    def __init__(
        self,
        host: HostName,
        engines: Sequence[Engine],
        sampler: InstanceSampler,
        host_sampler: HostSampler,
        *,
        interval_seconds: float = 1.0,
        sample_deadline_seconds: float = 5.0,
        clocks: Clocks | None = None,
        find_more: Callable[[], Sequence[Engine]] | None = None,
        interface_reader: InterfaceReader | None = None,
        past: Past | None = None,
        handlings: Handlings | None = None,
        rules: Sequence[Scope] = (),
        watches: Sequence[Watch] = (),
    ) -> None:
        self._host = host
        self._engines = {engine.id: engine for engine in engines}
        self._sampler = sampler
        self._host_sampler = host_sampler
        self._interval = interval_seconds
        self._deadline = sample_deadline_seconds
        self._clocks = clocks or Clocks()
        self._find_more = find_more
        self._chronicle = Chronicle()
        self._board = Board(self._hurry, sampler.set_guest_memory, self._chronicle.heard)
        self._problems = ProblemBoard(rules)
        self._ledger = LedgerKeeper()
        self._watches = watches
        self._watch_defects: list[str] = []
        self._past = past
        self._handlings = handlings
        self._handled = HandledProblems(handlings, self._chronicle.add)
        self._history = History()
        self._has_recalled = False
        self._roll = Roll()
        self._shelf = Shelf()
        self._interface_reader = interface_reader
        self._interface_lane = Lane("interfaces")
        self._lane = Lane("sampling")
        self._attended: frozenset[str] = frozenset()
        self._wake = asyncio.Event()
        self._were_read: frozenset[str] = frozenset()
        self._read_once: frozenset[str] = frozenset()
        self._tasks: set[asyncio.Task[None]] = set()
        self._view: HostView | None = None
        self._host_usage = HostUsage(cores=1)
        self._usages: Mapping[str, Usage] = {}
        self._sampled_at: float | None = None
        self._defect = ""
        self._started_at = 0.0
        self._due = 0.0
        self._tick = 0

    @property
    def view(self) -> HostView | None:
        """Return the newest view; None before the first sample."""
        return self._view

    @property
    def tick_seconds(self) -> float:
        """Return the time between two values of a series."""
        return self._interval

    def series(self, key: StableKey, metric: Metric, count: int) -> Sequence[float]:
        """Return up to `count` newest values, oldest first, NaN for gaps."""
        return self._history.series(key, metric, count)

    def events(self, subject: InstanceId | None = None) -> Sequence[Event]:
        """Return remembered events, oldest first."""
        return self._board.events(subject)

    def timeline(self) -> Sequence[TimelineEntry]:
        """Return what was seen happen since the start, oldest first."""
        return self._chronicle.entries

    def add_to_timeline(self, entry: TimelineEntry) -> None:
        """Add what a person did here."""
        self._chronicle.add(entry)

    @property
    def chronicle(self) -> Chronicle:
        """Return what `timeline` comes from, for who takes only what is new in it."""
        return self._chronicle

    @property
    def timeline_gaps(self) -> Sequence[str]:
        """Return what the timeline lacks and why, a sentence each."""
        return [*(watch.gap for watch in self._watches if watch.gap), *self._watch_defects]

    def seed(self, problems: Iterable[Problem]) -> None:
        """Take since when problems stand, and their peaks, from the newest view of who looked on before."""
        self._problems.seed(problems)

    @property
    def past(self) -> Past | None:
        """Return the record of this host."""
        return self._past

    async def handle(self, handling: Handling) -> str:
        """Acknowledge, silence or note a problem, for all viewers."""
        if self._host.read_only:
            return "hostdeck was started with --read-only."
        if self._handlings is None:
            return "Nothing is kept here."
        return await self._handlings.put(handling)

    def attend(self, keys: Iterable[str]) -> None:
        """Say which row keys a person looks at closely."""
        self._attended = frozenset(keys)

    async def document(self, target: InstanceId) -> Document:
        """Return the raw XML or JSON."""
        return await self._engine_of(target).document(target)

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Ask a guest's agent for its addresses."""
        return await self._engine_of(target).ask_agent(target)

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out an action; refused when read-only."""
        if self._host.read_only:
            return ActionOutcome(request, Result.REFUSED, "hostdeck was started with --read-only.")
        try:
            engine = self._engine_of(request.target)
        except NotFound as error:
            return ActionOutcome(request, Result.FAILED, error.message)
        return await engine.perform(request)

    def command(self, request: ActionRequest) -> str:
        """Return the equivalent command line; empty when the engine is gone."""
        engine = self._engines.get(request.target.engine)
        return engine.command(request) if engine else ""

    async def run(self, publish: Callable[[HostView], None]) -> None:
        """Start the engines and sample until cancelled."""
        for engine in self._engines.values():
            self._start(engine)
        if self._find_more is not None:
            self._spawn(self._look_for_more(self._find_more))
        for watch in self._watches:
            self._spawn(self._follow(watch))
        self._started_at = self._clocks.monotonic()
        while True:
            now = self._clocks.monotonic()
            regular = False
            if now >= self._due:
                regular = await self._sample(now)
            self._view = self._make_view(self._clocks.monotonic())
            self._chronicle.take(self._view)
            if regular:
                self._remember()
            publish(self._view)
            if self._past is not None and not self._has_recalled and self._is_time_to_recall(now):
                self._has_recalled = True
                self._spawn(self._recall(self._past))
            await self._rest()

    async def close(self) -> None:
        """End the engines, all at once, within `CLOSE_SECONDS`."""
        for task in self._tasks:
            task.cancel()
        ends = [asyncio.ensure_future(engine.close()) for engine in self._engines.values()]
        if ends:
            await asyncio.wait(ends, timeout=CLOSE_SECONDS)
        if self._past is not None:
            await self._past.close()
        self._lane.close()
        self._close_shelf()
        if not self._lane.abandoned:
            self._sampler.close()

    def _engine_of(self, target: InstanceId) -> Engine:
        engine = self._engines.get(target.engine)
        if engine is None:
            raise NotFound("gone", f"The engine {target.engine} is not connected any more.")
        return engine

    def _engines_now(self) -> Sequence[Engine]:
        return tuple(self._engines.values())

    def _instances_now(self) -> Sequence[Instance]:
        return self._board.instances

    def _monotonic(self) -> float:
        return self._clocks.monotonic()

    @property
    def _is_read_only(self) -> bool:
        return self._host.read_only

    def _start(self, engine: Engine) -> None:
        self._spawn(self._guard(engine))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, engine: Engine) -> None:
        """Keep a defect in one engine from ending the rest; it shows as that engine's state."""
        try:
            await engine.run(self._board)
        except Exception as error:  # noqa: BLE001 - a defect of ours: said on screen, the other engines go on
            text = f"hostdeck failed here: {type(error).__name__}: {error}"
            self._board.put_status(EngineStatus(engine.id, "", "", EngineState.LOST, message=text))

    async def _follow(self, watch: Watch) -> None:
        """Keep a defect in one watch from ending the rest; it shows as a gap of the timeline."""
        try:
            await watch.run(self._chronicle.add, lambda: self._view)
        except Exception as error:  # noqa: BLE001 - a defect of ours: said on screen, everything else goes on
            self._watch_defects.append(f"hostdeck failed to follow {type(watch).__name__}: {error}")

    async def _look_for_more(self, find: Callable[[], Sequence[Engine]]) -> None:
        while True:
            await asyncio.sleep(RESCAN_SECONDS)
            for engine in find():
                if engine.id not in self._engines:
                    self._engines[engine.id] = engine
                    self._start(engine)

    def _hurry(self) -> None:
        self._wake.set()

    async def _rest(self) -> None:
        """Wait for the next tick, or until an engine has news, which are shown at once and together."""
        now = self._clocks.monotonic()
        if self._due <= now:
            self._due = self._next_sample(now)
        try:
            async with asyncio.timeout(max(self._due - now, 0.001)):
                await self._wake.wait()
        except TimeoutError:
            return
        if self._has_newcomers() and self._is_early():
            self._due = 0.0  # at once: until their second sample there is nothing to see
        else:
            await asyncio.sleep(min(BURST_SECONDS, max(self._due - self._clocks.monotonic(), 0)))
        self._wake.clear()

    def _next_sample(self, now: float) -> float:
        """Return when to read again: at whole multiples of the interval, so that no tick is skipped by drift.

        In the first seconds a second sample follows early, because rates need two. Never sooner than that: a rate over
        a few milliseconds says nothing. What is late for that reason still counts for its tick.
        """
        regular = (int(now / self._interval) + 1) * self._interval
        soonest = now + min(EARLY_SECONDS, self._interval / 2)
        if not self._is_early():
            return max(regular, soonest)
        if self._has_newcomers():
            return now  # they came while the others were read
        return soonest if self._read_once else max(regular, soonest)

    def _is_early(self) -> bool:
        return self._clocks.monotonic() - self._started_at < EARLY_PHASE_SECONDS

    def _has_newcomers(self) -> bool:
        return bool(self._active() - self._were_read)

    def _active(self) -> frozenset[str]:
        return self._present().active

    def _present(self) -> Roll:
        """Return who is there by what the engines said last."""
        if self._roll.instances is not self._board.instances:
            self._roll = Roll(self._board.instances, self._roll)
        return self._roll

    async def _sample(self, monotonic: float) -> bool:
        """Read host and instances; return whether this is the first sample of its tick."""
        if self._lane.abandoned:
            return False
        instances, active = self._board.instances, self._active()
        try:
            host, usages = await self._lane.call(
                self._read, instances, self._attended, monotonic, deadline=self._deadline
            )
        except EngineTimeout:
            return False
        except Exception as error:  # noqa: BLE001 - a defect of ours: said on screen, engines and keys go on
            self._defect = f"hostdeck failed to read the figures: {type(error).__name__}: {error}"
            return False
        self._defect = ""
        self._read_once, self._were_read = active - self._were_read, active
        self._host_usage, self._usages, self._sampled_at = host, usages, monotonic
        tick = int(monotonic / self._interval)
        first = tick != self._tick
        self._tick = tick
        return first

    def _read(
        self, instances: Sequence[Instance], attended: frozenset[str], monotonic: float
    ) -> tuple[HostUsage, Mapping[str, Usage]]:
        """Run on the sampling thread."""
        return self._host_sampler.sample(monotonic), self._sampler.sample(instances, attended, monotonic)

    def _make_view(self, monotonic: float) -> HostView:
        utc = self._clocks.utc()
        instances = self._present().take(self._usages)
        statuses = self._board.statuses
        ledger = self._ledger.keep(instances, self._host_usage)
        problems = self._problems.judge(
            instances,
            statuses,
            self._host_usage,
            utc=utc,
            monotonic=monotonic,
            stale_seconds=0.0 if self._sampled_at is None else monotonic - self._sampled_at,
            defect=self._defect,
            ledger=ledger,
        )
        return HostView(
            host_id=self._host.id,
            host_name=self._host.name,
            taken_utc_seconds=utc,
            taken_monotonic_seconds=monotonic,
            tick=self._tick,
            usage=self._host_usage,
            ledger=ledger,
            sources=statuses,
            instances=instances,
            pods=self._board.pods,
            problems=self._handled.apply(problems, statuses, utc=utc, monotonic=monotonic),
            is_demo=self._host.is_demo,
            read_only=self._host.read_only,
        )

    def _is_time_to_recall(self, now: float) -> bool:
        """Tell whether the first figures are out; nobody waits for the past before."""
        return self._history.is_filled or now - self._started_at > RECALL_SECONDS

    async def _recall(self, past: Past) -> None:
        clocks = self._clocks
        await recall(
            past, self._history, self.seed, utc=clocks.utc, monotonic=clocks.monotonic, tick_seconds=self._interval
        )

    def _remember(self) -> None:
        self._history.append(self._tick, self._roll.stable_keys, self._roll.running_usages)
