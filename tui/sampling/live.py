"""A host that is sampled here and now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.domain.action import ActionOutcome, ActionRequest, Result
from tui.domain.errors import NotFound
from tui.domain.event import Document
from tui.domain.host import EngineState, EngineStatus, HostView, Problem
from tui.domain.identity import InstanceId, StableKey
from tui.domain.instance import Address, Instance
from tui.engines.base import Engine
from tui.engines.lane import Lane
from tui.rules.model import Scope
from tui.sampling.board import Board
from tui.sampling.chronicle import Chronicle
from tui.sampling.clocks import Clocks
from tui.sampling.handled import HandledProblems
from tui.sampling.history import History, Metric
from tui.sampling.host_name import HostName
from tui.sampling.inside import RoutesInside
from tui.sampling.keeps import InterfaceReader
from tui.sampling.ledger import LedgerKeeper
from tui.sampling.pace import Pace
from tui.sampling.past import Handlings, Past
from tui.sampling.problems import ProblemBoard
from tui.sampling.readings import Readings
from tui.sampling.recall import BELIEVED_SECONDS, recall
from tui.sampling.roll import Roll
from tui.sampling.shelf import RoutesResources, Shelf
from tui.sampling.source import HostSampler, InstanceSampler
from tui.sampling.tells import TellsWhatHappened

if TYPE_CHECKING:
    from tui.domain.past import Handling
    from tui.engines.watching import Watch

RESCAN_SECONDS = 30.0
RECALL_SECONDS = 3.0  # where nothing runs there are no first figures to wait for
CLOSE_SECONDS = 2.0


class LiveSource(TellsWhatHappened, RoutesInside, RoutesResources):
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
        self._interval = interval_seconds
        self._clocks = clocks or Clocks()
        self._readings = Readings(
            sampler, host_sampler, interval_seconds=interval_seconds, deadline_seconds=sample_deadline_seconds
        )
        self._pace = Pace(
            interval_seconds,
            self._clocks,
            has_newcomers=self._has_newcomers,
            has_read_once=lambda: bool(self._readings.read_once),
        )
        self._find_more = find_more
        self._chronicle = Chronicle()
        self._board = Board(self._pace.hurry, sampler.set_guest_memory, self._chronicle.heard)
        self._problems = ProblemBoard(rules)
        self._ledger = LedgerKeeper()
        self._watches = watches
        self._watch_defects = []
        self._past = past
        self._handlings = handlings
        self._handled = HandledProblems(handlings, self._chronicle.add)
        self._history = History()
        self._has_recalled = False
        self._roll = Roll()
        self._shelf = Shelf()
        self._interface_reader = interface_reader
        self._interface_lane = Lane("interfaces")
        self._attended: frozenset[str] = frozenset()
        self._tasks: set[asyncio.Task[None]] = set()
        self._view: HostView | None = None

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

    def seed(self, problems: Iterable[Problem]) -> None:
        """Take since when problems stand, and their peaks, from the newest view of who looked on before."""
        known = tuple(problems)
        self._problems.seed(known)
        self._chronicle.recall(known)

    async def seed_from_past(self, seconds: float) -> None:
        """Take the problems of the record before the first view, for who will not look on for long; at most `seconds`.

        Without it a rule that takes time is never judged by two samples.
        """
        if self._past is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                self.seed(await self._past.problems(self._clocks.utc() - BELIEVED_SECONDS))

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
            self._spawn(self._follow(watch, lambda: self._view))
        self._pace.begin()
        while True:
            now = self._clocks.monotonic()
            regular = False
            if self._pace.is_due(now):
                regular = await self._readings.read(self._board.instances, self._active(), self._attended, now)
            self._view = self._make_view(self._clocks.monotonic())
            self._chronicle.take(self._view)
            if regular:
                self._remember()
            publish(self._view)
            if self._past is not None and not self._has_recalled and self._is_time_to_recall(now):
                self._has_recalled = True
                self._spawn(self._recall(self._past))
            await self._pace.rest()

    async def close(self) -> None:
        """End the engines, all at once, within `CLOSE_SECONDS`."""
        for task in self._tasks:
            task.cancel()
        ends = [asyncio.ensure_future(engine.close()) for engine in self._engines.values()]
        if ends:
            await asyncio.wait(ends, timeout=CLOSE_SECONDS)
        if self._past is not None:
            await self._past.close()
        self._readings.close()
        self._close_shelf()

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

    async def _look_for_more(self, find: Callable[[], Sequence[Engine]]) -> None:
        while True:
            await asyncio.sleep(RESCAN_SECONDS)
            for engine in find():
                if engine.id not in self._engines:
                    self._engines[engine.id] = engine
                    self._start(engine)

    def _has_newcomers(self) -> bool:
        return bool(self._active() - self._readings.were_read)

    def _active(self) -> frozenset[str]:
        return self._present().active

    def _present(self) -> Roll:
        """Return who is there by what the engines said last."""
        if self._roll.instances is not self._board.instances:
            self._roll = Roll(self._board.instances, self._roll)
        return self._roll

    def _make_view(self, monotonic: float) -> HostView:
        utc, readings = self._clocks.utc(), self._readings
        instances = self._present().take(readings.usages)
        statuses = self._board.statuses
        ledger = self._ledger.keep(instances, readings.host)
        problems = self._problems.judge(
            instances,
            statuses,
            readings.host,
            utc=utc,
            monotonic=monotonic,
            stale_seconds=readings.stale_seconds(monotonic),
            defect=readings.defect,
            ledger=ledger,
            kills=self._chronicle.kills,
        )
        return HostView(
            host_id=self._host.id,
            host_name=self._host.name,
            taken_utc_seconds=utc,
            taken_monotonic_seconds=monotonic,
            tick=readings.tick,
            usage=readings.host,
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
        return self._history.is_filled or self._pace.elapsed(now) > RECALL_SECONDS

    async def _recall(self, past: Past) -> None:
        clocks = self._clocks
        await recall(
            past, self._history, self.seed, utc=clocks.utc, monotonic=clocks.monotonic, tick_seconds=self._interval
        )

    def _remember(self) -> None:
        self._history.append(self._readings.tick, self._roll.stable_keys, self._roll.running_usages)
