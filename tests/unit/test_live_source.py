import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.unit.build import container, guest
from tests.unit.scripted import CountingSampler, FixedHost, ScriptedEngine
from tests.views import Views, watching
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.errors import NotFound
from tui.domain.event import Event
from tui.domain.host import EngineState, HostView, Problem, Severity
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, State
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.domain.usage import NO_USAGE, Pressure, Usage
from tui.engines.base import EngineSink, GuestMemory
from tui.engines.kernel.findings import KILLED
from tui.sampling.clocks import Clocks
from tui.sampling.history import Metric
from tui.sampling.host_name import HostName
from tui.sampling.live import LiveSource

WEB, VM = container("web", pid=1), guest("vm", pid=2)


@asynccontextmanager
async def running(
    *engines: ScriptedEngine, sampler: CountingSampler | None = None, read_only: bool = False
) -> AsyncIterator[tuple[LiveSource, Views]]:
    source = LiveSource(
        HostName("host", "kvm01", read_only=read_only),
        engines,
        sampler or CountingSampler(),
        FixedHost(),
        interval_seconds=0.05,
        sample_deadline_seconds=0.2,
    )
    async with watching(source) as views:
        yield source, views


def lists(*instances: object) -> Callable[[EngineSink], None]:
    return lambda sink: sink.put_inventory("podman", instances)  # type: ignore[arg-type]


async def test_a_view_joins_all_engines_and_their_figures() -> None:
    podman = ScriptedEngine("podman", lists(WEB))
    libvirt = ScriptedEngine("qemu:///system", lambda sink: sink.put_inventory("qemu:///system", (VM,)))
    async with running(podman, libvirt) as (_, views):
        view = await views.until(
            lambda view: all(v.usage.cpu.cores_used for v in view.instances) and view.instances != ()
        )
        assert {item.instance.name for item in view.instances} == {"web", "vm"}
        assert [status.id for status in view.sources] == ["podman", "qemu:///system"]
        assert view.host_name == "kvm01"
        assert view.ledger.vcpus_promised == 2


class Waiting(CountingSampler):
    """Sees that all wait for a processor, once it is told so."""

    waits = False

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        usages = super().sample(targets, attended, monotonic)
        return {key: replace(one, pressure=Pressure(cpu_some=99.0 * self.waits)) for key, one in usages.items()}


async def test_a_problem_that_a_record_knows_is_raised_no_second_time() -> None:
    sampler, ahead = Waiting(), [0.0]
    source = LiveSource(
        HostName("host", "kvm01"),
        [ScriptedEngine("podman", lists(WEB))],
        sampler,
        FixedHost(),
        interval_seconds=0.05,
        clocks=Clocks(lambda: time.time() + ahead[0], lambda: time.monotonic() + ahead[0]),
    )
    since = time.time() - 300.0
    source.seed(
        [
            Problem(
                Severity.WARNING,
                "gone",
                "web",
                "container",
                "",
                rule="pressure-cpu",
                lasting=WEB.stable_key.text,
                since_utc_seconds=since,
            )
        ]
    )
    async with watching(source) as views:
        await views.until(lambda view: bool(view.instances))
        ahead[0] = 10.0  # what stands is seen only when the first seconds are over
        sampler.waits = True
        await views.until(
            lambda view: [one.since_utc_seconds for one in view.problems if one.rule == "pressure-cpu"] == [since]
        )
        assert [entry.what for entry in source.timeline() if entry.rule == "pressure-cpu"] == []


async def test_the_first_view_does_not_wait_for_engines() -> None:
    async with running(ScriptedEngine()) as (_, views):
        view = await views.until(lambda _: True)
        assert view.instances == ()
        assert view.usage.cores == 16


async def test_history_has_one_value_a_tick() -> None:
    async with running(ScriptedEngine("podman", lists(WEB))) as (source, views):
        first = await views.until(lambda view: bool(view.instances))
        await views.until(lambda view: view.tick >= first.tick + 4)
        series = source.series(WEB.stable_key, Metric.CPU_CORES, 100)
        ticks = {view.tick for view in views.all if view.instances}
        assert 4 <= len(series) <= len(ticks) + 1


async def test_an_unchanged_row_is_the_same_object() -> None:
    class Still(CountingSampler):
        usage = None

        def sample(self, targets, attended, monotonic):  # type: ignore[no-untyped-def]
            self.usage = self.usage or super().sample(targets, attended, monotonic)
            return self.usage

    sampler = Still()
    async with running(ScriptedEngine("podman", lists(WEB)), sampler=sampler) as (_, views):
        first = await views.until(lambda view: bool(view.instances) and view.instances[0].usage is not NO_USAGE)
        later = await views.until(lambda view: view.tick >= first.tick + 3)
        assert first.instances[0] is later.instances[0]


async def test_a_defect_in_one_engine_is_its_state_and_the_rest_goes_on() -> None:
    def defect(_: EngineSink) -> None:
        raise ZeroDivisionError("oops")

    async with running(ScriptedEngine("bad", defect), ScriptedEngine("podman", lists(WEB))) as (_, views):
        view = await views.until(lambda view: len(view.instances) == 1 and len(view.problems) == 1)
        assert view.problems[0].text == "hostdeck failed here: ZeroDivisionError: oops"
        assert {status.id: status.state for status in view.sources} == {
            "bad": EngineState.LOST,
            "podman": EngineState.READY,
        }


async def test_a_kernel_read_that_hangs_leaves_the_last_figures_and_their_age() -> None:
    release = threading.Event()

    def hang() -> None:
        release.wait(20)

    sampler = CountingSampler()
    async with running(ScriptedEngine("podman", lists(WEB)), sampler=sampler) as (_, views):
        await views.until(lambda view: bool(view.instances) and view.instances[0].usage.cpu.cores_used is not None)
        sampler.before = hang
        try:
            before = len(views.all)
            await views.until(lambda view: views.all.index(view) > before + 2)
            assert views.all[-1].instances[0].usage.cpu.cores_used is not None
        finally:
            release.set()


async def test_a_defect_in_a_sampler_is_said_and_goes_by() -> None:
    def defect() -> None:
        raise ZeroDivisionError("oops")

    sampler = CountingSampler()
    sampler.before = defect
    async with running(ScriptedEngine("podman", lists(WEB)), sampler=sampler) as (_, views):
        view = await views.until(lambda view: bool(view.problems) and bool(view.instances))
        assert view.problems[0].text == "hostdeck failed to read the figures: ZeroDivisionError: oops"
        sampler.before = lambda: None
        await views.next_until(lambda view: not view.problems and bool(view.instances[0].usage.cpu.cores_used))


async def test_actions_go_to_the_engine_that_listed_the_instance() -> None:
    engine = ScriptedEngine("podman", lists(WEB))
    async with running(engine) as (source, _):
        request = ActionRequest(Verb.STOP, WEB.id)
        assert (await source.perform(request)).result is Result.DONE
        assert engine.performed == [request]
        assert source.command(request) == "podman stop web"
        assert (await source.document(WEB.id)).text == "web"
        assert (await source.ask_agent(WEB.id))[0].source == "agent"


async def test_an_engine_that_left_fails_in_words() -> None:
    gone = InstanceId("host", "nowhere", "x")
    async with running(ScriptedEngine()) as (source, _):
        outcome = await source.perform(ActionRequest(Verb.STOP, gone))
        assert outcome.result is Result.FAILED
        assert "nowhere" in outcome.message
        with pytest.raises(NotFound, match="nowhere"):
            await source.document(gone)
        assert source.command(ActionRequest(Verb.STOP, gone)) == ""


async def test_read_only_reaches_no_engine() -> None:
    engine = ScriptedEngine("podman", lists(WEB))
    async with running(engine, read_only=True) as (source, views):
        assert (await views.until(lambda _: True)).read_only
        outcome = await source.perform(ActionRequest(Verb.START, WEB.id))
        assert outcome.result is Result.REFUSED
        assert "--read-only" in outcome.message
        assert engine.performed == []


async def test_events_are_kept_for_all_and_for_one() -> None:
    def script(sink: EngineSink) -> None:
        sink.put_event(Event(1.0, "podman", WEB.id, "web", "started"))
        sink.put_event(Event(2.0, "podman", None, "podman", "connected"))

    async with running(ScriptedEngine("podman", script)) as (source, views):
        await views.until(lambda view: view.sources != ())
        assert [event.what for event in source.events()] == ["started", "connected"]
        assert [event.what for event in source.events(WEB.id)] == ["started"]


async def test_what_guests_tell_and_what_a_person_looks_at_reach_the_sampler() -> None:
    sampler = CountingSampler()
    engine = ScriptedEngine("podman", lambda sink: sink.put_guest_memory("podman", {VM.id: GuestMemory(5, 9)}))
    async with running(engine, sampler=sampler) as (source, views):
        source.attend([WEB.key])
        first = await views.until(lambda view: view.sources != ())
        await views.until(lambda view: view.tick > first.tick + 1)
        assert sampler.memory == {VM.key: GuestMemory(5, 9)}
        assert sampler.attended == {WEB.key}


async def test_closing_ends_engines_and_gives_back_descriptors() -> None:
    engine, sampler = ScriptedEngine(), CountingSampler()
    async with running(engine, sampler=sampler) as (_, views):
        await views.until(lambda _: True)
    assert engine.closed
    assert sampler.closed


class Saying:
    """A watch that tells one thing, then does as a test says."""

    def __init__(self, gap: str = "", defect: Exception | None = None) -> None:
        self.gap = gap
        self._defect = defect

    async def run(self, put: Callable[[TimelineEntry], None], view: Callable[[], HostView | None]) -> None:
        put(TimelineEntry(utc_seconds=1.0, kind=EntryKind.KERNEL, what="disk error", name="sda"))
        if self._defect is not None:
            raise self._defect


async def test_what_watches_see_and_lack_is_told() -> None:
    watches = [Saying(), Saying(gap="Nothing is seen here."), Saying(defect=ValueError("broken"))]
    source = LiveSource(
        HostName("host", "kvm01"), [], CountingSampler(), FixedHost(), interval_seconds=0.05, watches=watches
    )
    async with watching(source) as views:
        await views.until(lambda _: len(source.timeline_gaps) == 2 and len(source.timeline()) == 3)
        assert source.timeline_gaps == ["Nothing is seen here.", "hostdeck failed to follow Saying: broken"]
    assert {entry.name for entry in source.timeline()} == {"sda"}


async def test_engines_events_reach_the_timeline() -> None:
    podman = ScriptedEngine("podman", lists(WEB))
    async with running(podman) as (source, views):
        await views.until(lambda view: bool(view.instances))
        assert podman.sink is not None
        podman.sink.put_event(Event(5.0, "podman", WEB.id, "web", "died", "exit 1"))
        await views.until(lambda _: bool(source.timeline()))
        assert source.timeline()[0].lasting == WEB.stable_key.text


async def test_a_container_that_a_watch_saw_killed_is_a_problem() -> None:
    class Killing:
        gap = ""

        def __init__(self) -> None:
            self.put: Callable[[TimelineEntry], None] = lambda _entry: None

        async def run(self, put: Callable[[TimelineEntry], None], view: Callable[[], HostView | None]) -> None:
            self.put = put
            await asyncio.Event().wait()

    watch, podman = Killing(), ScriptedEngine("podman", lists(WEB))
    source = LiveSource(
        HostName("host", "kvm01"), [podman], CountingSampler(), FixedHost(), interval_seconds=0.05, watches=[watch]
    )
    async with watching(source) as views:
        await views.until(lambda view: bool(view.instances))
        watch.put(TimelineEntry(utc_seconds=time.time(), kind=EntryKind.KERNEL, what=KILLED, subject=WEB.key))
        assert podman.sink is not None
        ended = container("web", state=State.STOPPED, exit_code=137, reason="exit 137")
        podman.sink.put_inventory("podman", (ended,))
        view = await views.until(lambda view: bool(view.problems))
        assert [problem.text for problem in view.problems] == ["killed by the kernel: out of memory"]
