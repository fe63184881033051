"""A host that moves only when a test says so: the demo host behind the real seam, with clocks that stand still."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from textual.pilot import Pilot

from tui.app import HostdeckApp
from tui.audit import AuditEntry
from tui.config import Config
from tui.domain.action import ActionOutcome, ActionRequest, Result
from tui.domain.event import Document, Event
from tui.domain.host import EngineStatus, HostView, InstanceView, Problem
from tui.domain.identity import InstanceId, StableKey
from tui.domain.instance import Address, Instance
from tui.domain.past import Handling
from tui.domain.timeline import TimelineEntry
from tui.engines.base import Engine
from tui.engines.demo import DemoHost
from tui.engines.lane import Lane
from tui.jobs import Jobs
from tui.record.reading import RecordReader
from tui.sampling.board import Board
from tui.sampling.chronicle import Chronicle
from tui.sampling.handled import HandledProblems, MemoryHandlings
from tui.sampling.history import History, Metric
from tui.sampling.inside import RoutesInside
from tui.sampling.keeps import InterfaceReader
from tui.sampling.ledger import make_ledger
from tui.sampling.past import Past
from tui.sampling.problems import ProblemBoard
from tui.sampling.shelf import RoutesResources, Shelf
from tui.state import StateFile

UTC = 1_760_000_000.0
FIRST_TICKS = 20
DEADLINE_SECONDS = 10.0


class StillHost(RoutesInside, RoutesResources):
    """A `HostSource` over the demo host; `step` makes the next second.

    Attributes:
        change: turns a view into the one that is published, for what the demo host does not do by itself.
        attended: what the screen said it looks at.
    """

    def __init__(
        self,
        *,
        read_only: bool = False,
        engines_answer: bool = True,
        ticks: int = FIRST_TICKS,
        tick_seconds: float = 1.0,
    ) -> None:
        self.tick_seconds = tick_seconds
        self.now = 1000.0
        self._tick = 0
        self.view: HostView | None = None
        self.change: Callable[[HostView], HostView] = lambda view: view
        self.attended: frozenset[str] = frozenset()
        self.performed: list[ActionRequest] = []
        self.obeys = True
        self.answers: asyncio.Event | None = None  # until it is set, nothing that is asked for is answered
        self.work: asyncio.Event | None = None  # until it is set, what takes time on the demo host stands still
        self._read_only = read_only
        self._engines_answer = engines_answer
        self._ticks = ticks
        self._demo = DemoHost(clock=self.utc, monotonic=lambda: self.now, wait=self._no_time)
        self._engines: Mapping[str, Engine] = {engine.id: engine for engine in self._demo.engines}
        self._shelf = Shelf()
        self._interface_reader: InterfaceReader | None = getattr(self._demo, "interface_reader", None)
        self._interface_lane = Lane("interfaces")
        self._chronicle = Chronicle()
        self._board = Board(lambda: None, lambda _memory: None, self._chronicle.heard)
        self._problems = ProblemBoard()
        self._history = History()
        self.past: Past | None = None
        self.handled: list[Handling] = []
        self.handlings = MemoryHandlings()
        self.refusal = ""  # why nothing can be said about problems
        self._handled = HandledProblems(self.handlings, self._chronicle.add)
        self.change_problems: Callable[[tuple[Problem, ...]], tuple[Problem, ...]] = lambda problems: problems
        self._publish: Callable[[HostView], None] = lambda _view: None

    def utc(self) -> float:
        return UTC + self.now - 1000.0

    async def _no_time(self, _seconds: float) -> None:
        await asyncio.sleep(0)
        if self.work is not None:
            await self.work.wait()

    async def run(self, publish: Callable[[HostView], None]) -> None:
        self._publish = publish
        async with asyncio.TaskGroup() as group:
            if self._engines_answer:
                for engine in self._engines.values():
                    group.create_task(engine.run(self._board))
                group.create_task(self._demo.watch.run(self._chronicle.add, lambda: self.view))
            await asyncio.sleep(0)
            for _ in range(self._ticks - 1):
                self.step(published=False)
            self.step()
            await asyncio.Event().wait()

    def step(self, *, published: bool = True) -> None:
        self.now += self.tick_seconds
        self._tick += 1
        instances = self._board.instances
        usages = self._demo.sampler.sample(instances, self.attended, self.now)
        host = self._demo.host_sampler.sample(self.now)
        views = tuple(InstanceView(item, usages[item.key]) for item in instances)
        keys = [item.instance.stable_key for item in views]
        self._history.append(self._tick, keys, [item.usage for item in views])
        if not published:  # what must stand for a while stands when the first moment is shown
            self._problems.judge(views, self._board.statuses, host, utc=self.utc(), stale_seconds=0.0)
        else:
            view = HostView(
                host_id="host",
                host_name="kvm01",
                taken_utc_seconds=self.utc(),
                taken_monotonic_seconds=self.now,
                tick=self._tick,
                usage=host,
                ledger=make_ledger(views, host),
                sources=self._board.statuses or (_connecting(),),
                instances=views,
                pods=self._board.pods,
                is_demo=True,
                read_only=self._read_only,
            )
            view = self.change(view)
            problems = self._problems.judge(view.instances, view.sources, view.usage, utc=self.utc(), stale_seconds=0.0)
            problems = self.change_problems(problems)
            problems = self._handled.apply(problems, view.sources, utc=self.utc(), monotonic=self.now)
            self.view = replace(view, problems=problems)
            self._chronicle.take(self.view)
            self._publish(self.view)

    def _engines_now(self) -> Iterable[Engine]:
        return self._engines.values()

    def _instances_now(self) -> Sequence[Instance]:
        return self._board.instances

    def _monotonic(self) -> float:
        return self.now

    @property
    def _is_read_only(self) -> bool:
        return self._read_only

    def _engine_of(self, target: InstanceId) -> Engine:
        return self._engines[target.engine]

    def series(self, key: StableKey, metric: Metric, count: int) -> Sequence[float]:
        return self._history.series(key, metric, count)

    def events(self, subject: InstanceId | None = None) -> Sequence[Event]:
        return self._board.events(subject)

    def timeline(self) -> Sequence[TimelineEntry]:
        return self._chronicle.entries

    def add_to_timeline(self, entry: TimelineEntry) -> None:
        self._chronicle.add(entry)

    async def handle(self, handling: Handling) -> str:
        if self.refusal:
            return self.refusal
        self.handled.append(handling)
        return await self.handlings.put(handling)

    def attend(self, keys: Iterable[str]) -> None:
        self.attended = frozenset(keys)

    async def document(self, target: InstanceId) -> Document:
        return await self._engines[target.engine].document(target)

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        return await self._engines[target.engine].ask_agent(target)

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        self.performed.append(request)
        if self.answers is not None:
            await self.answers.wait()
        if not self.obeys:
            return ActionOutcome(request, Result.REQUESTED)
        return await self._engines[request.target.engine].perform(request)

    def command(self, request: ActionRequest) -> str:
        return self._engines[request.target.engine].command(request)

    async def close(self) -> None:
        for engine in self._engines.values():
            await engine.close()


def _connecting() -> EngineStatus:
    from tui.domain.host import EngineState

    return EngineStatus("qemu:///system", "libvirt", "qemu:///system", EngineState.CONNECTING)


class Memory:
    """An audit trail in memory."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def intent(self, entry: AuditEntry) -> str:
        self.lines.append(("intent", entry.name))
        return ""

    def result(self, entry: AuditEntry, result: Result, message: str) -> str:
        self.lines.append((result.value, entry.name))
        return ""


def make_app(
    host: StillHost,
    config: Config | None = None,
    kept: StateFile | None = None,
    open_record: Callable[[], tuple[RecordReader, str]] | None = None,
) -> HostdeckApp:
    jobs = Jobs(host, Memory(), stop_patience_seconds=10.0, monotonic=lambda: host.now, utc=host.utc)
    return HostdeckApp(host, jobs, config=config, kept=kept, monotonic=lambda: host.now, open_record=open_record)


async def until(pilot: Pilot[None], condition: Callable[[], bool], what: str = "") -> None:
    """Wait for a condition, letting the application work; fails after a deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DEADLINE_SECONDS
    while not condition():
        assert loop.time() < deadline, what or "waited in vain"
        await pilot.pause(0.01)
    await pilot.pause()


async def ready(pilot: Pilot[None], app: HostdeckApp) -> None:
    """Wait for the first view to be on the screen."""
    await until(pilot, lambda: app.view is not None, "no view came")


async def step(pilot: Pilot[None], host: StillHost, times: int = 1) -> None:
    """Let seconds pass and the screen draw them."""
    for _ in range(times):
        host.step()
        await pilot.pause()


def named(host: StillHost, name: str) -> Instance:
    assert host.view is not None
    return next(item.instance for item in host.view.instances if item.instance.name == name)


def screen_text(app: HostdeckApp) -> str:
    """Return what stands on the screen."""
    with contextlib.suppress(AttributeError):
        return "\n".join(strip.text for strip in app.screen._compositor.render_strips())
    return ""
