"""What every engine owes to whoever runs it, as assertions that demo and real engines are held to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest

from tui.domain.action import ActionOutcome, ActionRequest, Result, Verb
from tui.domain.errors import EngineError
from tui.domain.event import Event
from tui.domain.host import EngineState, EngineStatus
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, Kind, Pod, State
from tui.engines.base import Engine, GuestMemory

DEADLINE_SECONDS = 30.0
CLOSE_SECONDS = 2.0


class RecordingSink:
    """An `EngineSink` that keeps everything and lets a test wait for what it looks for."""

    def __init__(self) -> None:
        self.statuses: list[EngineStatus] = []
        self.inventories: dict[str, tuple[tuple[Instance, ...], tuple[Pod, ...]]] = {}
        self.events: list[Event] = []
        self.guest_memory: dict[str, Mapping[InstanceId, GuestMemory]] = {}
        self._news = asyncio.Event()

    def put_status(self, status: EngineStatus) -> None:
        self.statuses.append(status)
        self._news.set()

    def put_inventory(self, engine_id: str, instances: tuple[Instance, ...], pods: tuple[Pod, ...] = ()) -> None:
        self.inventories[engine_id] = (instances, pods)
        self._news.set()

    def put_event(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    def put_guest_memory(self, engine_id: str, memory: Mapping[InstanceId, GuestMemory]) -> None:
        self.guest_memory[engine_id] = memory
        self._news.set()

    @property
    def instances(self) -> tuple[Instance, ...]:
        return tuple(instance for listed, _ in self.inventories.values() for instance in listed)

    @property
    def pods(self) -> tuple[Pod, ...]:
        return tuple(pod for _, listed in self.inventories.values() for pod in listed)

    def find(self, name: str) -> Instance | None:
        return next((instance for instance in self.instances if instance.name == name), None)

    def state_of(self, name: str) -> State | None:
        found = self.find(name)
        return found.state if found else None

    async def until(self, condition: Callable[[], bool], what: str, deadline: float = DEADLINE_SECONDS) -> None:
        """Wait until `condition` holds; it is looked at after every piece of news."""
        try:
            async with asyncio.timeout(deadline):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f"waited {deadline:g} s for: {what}; statuses {self.statuses[-2:]}, events {self.events[-5:]}")


@asynccontextmanager
async def running(engine: Engine) -> AsyncIterator[RecordingSink]:
    """Run an engine until it is ready and has listed; afterwards it must end within two seconds, without an error."""
    sink = RecordingSink()
    task = asyncio.ensure_future(engine.run(sink))
    try:
        await sink.until(
            lambda: (
                bool(sink.statuses) and sink.statuses[-1].state is EngineState.READY and engine.id in sink.inventories
            ),
            f"{engine.id} is ready and has listed",
        )
        yield sink
    finally:
        task.cancel()
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        async with asyncio.timeout(CLOSE_SECONDS):
            await engine.close()
    assert isinstance(outcome, asyncio.CancelledError), repr(outcome)


def assert_statuses(engine: Engine, sink: RecordingSink) -> None:
    """Every status is this engine's; a ready one carries a version and the time of the answer."""
    assert {status.id for status in sink.statuses} == {engine.id}
    ready = [status for status in sink.statuses if status.state is EngineState.READY]
    assert ready
    for status in ready:
        assert status.version
        assert status.kind
        assert status.url
        assert status.answered_monotonic_seconds is not None
        assert not status.message


def assert_inventory(engine: Engine, sink: RecordingSink) -> None:
    """Instances are complete, unique, and belong to this engine; pods name what is listed."""
    assert set(sink.inventories) == {engine.id}
    keys = [instance.key for instance in sink.instances]
    assert len(keys) == len(set(keys))
    for instance in sink.instances:
        _assert_instance(engine, instance)
    for pod in sink.pods:
        assert pod.id.engine == engine.id
        assert set(pod.member_ids) <= set(keys)
        assert all(_pod_of(sink, key) == pod.id.local for key in pod.member_ids)


def _assert_instance(engine: Engine, instance: Instance) -> None:
    assert instance.id.engine == engine.id
    assert instance.id.host
    assert instance.id.local
    assert instance.name
    assert instance.driver
    assert (instance.guest is not None) == (instance.kind is Kind.GUEST)
    assert (instance.container is not None) == (instance.kind is Kind.CONTAINER)
    if not instance.state.is_active:
        assert instance.pid is None
    if instance.state is State.RUNNING and instance.local and instance.driver != "test":
        assert instance.pid
        assert instance.started_unix_seconds


def _pod_of(sink: RecordingSink, key: str) -> str | None:
    container = next(instance.container for instance in sink.instances if instance.key == key)
    assert container is not None
    return container.pod_id


async def act(
    engine: Engine, sink: RecordingSink, name: str, verb: Verb, timeout_seconds: float = 10.0
) -> ActionOutcome:
    """Carry out a verb on the instance of a name; the equivalent command must exist and name it or its unit."""
    instance = sink.find(name)
    assert instance is not None
    request = ActionRequest(verb, instance.id, timeout_seconds=timeout_seconds)
    words = engine.command(request)
    unit = instance.container.unit if instance.container else ""
    assert name in words or instance.id.local in words or (unit and unit in words)
    return await engine.perform(request)


async def assert_reaches(engine: Engine, sink: RecordingSink, name: str, verb: Verb, state: State) -> None:
    """A verb succeeds and the instance gets to a state, with a new inventory."""
    outcome = await act(engine, sink, name, verb)
    assert outcome.result in {Result.DONE, Result.REQUESTED}, outcome.message
    await sink.until(lambda: sink.state_of(name) is state, f"{name} is {state} after {verb}")


async def assert_refuses(engine: Engine, sink: RecordingSink, name: str, verb: Verb) -> None:
    """A verb that makes no sense ends in a sentence and changes nothing."""
    before = sink.find(name)
    outcome = await act(engine, sink, name, verb)
    assert outcome.result in {Result.FAILED, Result.REFUSED}
    assert outcome.message
    assert sink.find(name) == before


async def assert_knows_no_strangers(engine: Engine) -> None:
    """What is gone gives an outcome and an error with a sentence, never a crash."""
    stranger = InstanceId("nohost", engine.id, "00000000-0000-4000-8000-000000000000")
    for verb in Verb:
        outcome = await engine.perform(ActionRequest(verb, stranger))
        assert outcome.result in {Result.FAILED, Result.REFUSED}
        assert outcome.message
    with pytest.raises(EngineError) as caught:
        await engine.document(stranger)
    assert caught.value.message
