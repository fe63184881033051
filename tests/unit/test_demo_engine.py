"""The demo's engines behave as real ones, and their daemons are a dictionary."""

import asyncio
import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from tests.unit import engine_contract
from tests.unit.engine_contract import RecordingSink, act, assert_reaches, assert_refuses, running
from tests.unit.manual_time import ManualTime
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.errors import EngineError
from tui.domain.host import EngineState
from tui.domain.instance import Kind, Pod, State
from tui.engines.demo import DemoEngine, DemoHost


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


def _host(*, read_only: bool = False) -> DemoHost:
    return DemoHost(seed=7, clock=lambda: 1_750_000_000.0, wait=_at_once, read_only=read_only)


def _engine(host: DemoHost, engine_id: str) -> DemoEngine:
    return next(engine for engine in host.engines if engine.id == engine_id)


def _guests() -> DemoEngine:
    return _engine(_host(), "qemu:///system")


def _containers() -> DemoEngine:
    return _engine(_host(), "podman")


@pytest.fixture(params=["qemu:///system", "podman", "podman:anna", "podman:ci"])
def engine(request: pytest.FixtureRequest) -> DemoEngine:
    return _engine(_host(), request.param)


async def test_statuses_and_inventory_keep_the_contract(engine: DemoEngine) -> None:
    async with running(engine) as sink:
        assert sink.statuses[0].state is EngineState.CONNECTING
        engine_contract.assert_statuses(engine, sink)
        engine_contract.assert_inventory(engine, sink)


async def test_strangers_get_a_sentence(engine: DemoEngine) -> None:
    async with running(engine):
        await engine_contract.assert_knows_no_strangers(engine)


async def test_events_of_the_past_are_in_order_and_of_this_engine(engine: DemoEngine) -> None:
    async with running(engine) as sink:
        times = [event.utc_seconds for event in sink.events]
        assert times == sorted(times)
        assert {event.engine for event in sink.events} <= {engine.id}


GUEST_PATHS: list[tuple[str, list[tuple[Verb, State]]]] = [
    ("test-alma9", [(Verb.START, State.RUNNING), (Verb.STOP, State.STOPPED)]),
    ("web-front", [(Verb.PAUSE, State.PAUSED), (Verb.RESUME, State.RUNNING), (Verb.KILL, State.STOPPED)]),
    ("web-back", [(Verb.RESET, State.RUNNING), (Verb.RESTART, State.RUNNING)]),
    ("staging", [(Verb.START, State.RUNNING)]),
    ("win-legacy", [(Verb.KILL, State.STOPPED), (Verb.START, State.RUNNING)]),
]
CONTAINER_PATHS: list[tuple[str, list[tuple[Verb, State]]]] = [
    ("redis", [(Verb.STOP, State.STOPPED), (Verb.START, State.RUNNING), (Verb.RESTART, State.RUNNING)]),
    ("mqtt", [(Verb.PAUSE, State.PAUSED), (Verb.RESUME, State.RUNNING), (Verb.KILL, State.STOPPED)]),
    ("postgres", [(Verb.STOP, State.STOPPED), (Verb.START, State.RUNNING)]),
    ("api-3", [(Verb.KILL, State.STOPPED)]),
]


@pytest.mark.parametrize(("name", "path"), GUEST_PATHS)
async def test_guests_go_where_they_are_sent(name: str, path: list[tuple[Verb, State]]) -> None:
    await _follow(_guests(), name, path)


@pytest.mark.parametrize(("name", "path"), CONTAINER_PATHS)
async def test_containers_go_where_they_are_sent(name: str, path: list[tuple[Verb, State]]) -> None:
    await _follow(_containers(), name, path)


async def _follow(engine: DemoEngine, name: str, path: list[tuple[Verb, State]]) -> None:
    async with running(engine) as sink:
        for verb, state in path:
            told = len(sink.events)
            await assert_reaches(engine, sink, name, verb, state)
            await sink.until(lambda told=told: len(sink.events) > told, f"an event of {verb}")  # type: ignore[misc]
            engine_contract.assert_inventory(engine, sink)


@pytest.mark.parametrize(
    ("make", "name", "verb"),
    [
        (_guests, "web-front", Verb.START),
        (_guests, "test-alma9", Verb.STOP),
        (_guests, "test-alma9", Verb.KILL),
        (_guests, "mail01", Verb.PAUSE),
        (_guests, "web-front", Verb.RESUME),
        (_containers, "redis", Verb.START),
        (_containers, "backup", Verb.STOP),
        (_containers, "redis", Verb.RESET),
        (_containers, "redis", Verb.DELETE),
        (_containers, "redis", Verb.AUTOSTART_ON),
    ],
)
async def test_what_makes_no_sense_is_refused(make: Callable[[], DemoEngine], name: str, verb: Verb) -> None:
    engine = make()
    async with running(engine) as sink:
        await assert_refuses(engine, sink, name, verb)


async def test_read_only_refuses_every_verb() -> None:
    engine = _engine(_host(read_only=True), "qemu:///system")
    async with running(engine) as sink:
        for verb in Verb:
            assert (await act(engine, sink, "web-front", verb)).result is Result.REFUSED


async def test_deleted_container_is_gone_and_leaves_its_pod() -> None:
    engine = _containers()
    async with running(engine) as sink:
        await act(engine, sink, "api-1", Verb.STOP)
        assert (await act(engine, sink, "api-1", Verb.DELETE)).result is Result.DONE
        await sink.until(lambda: sink.find("api-1") is None, "api-1 is gone")
        engine_contract.assert_inventory(engine, sink)


async def test_infra_container_goes_with_its_pod_only() -> None:
    engine = _containers()
    async with running(engine) as sink:
        infra = next(one.name for one in sink.instances if one.container and one.container.is_infra)
        await act(engine, sink, infra, Verb.STOP)
        assert (await act(engine, sink, infra, Verb.DELETE)).result is Result.REFUSED


async def test_undefined_running_guest_lives_until_it_stops() -> None:
    engine = _guests()
    async with running(engine) as sink:
        await act(engine, sink, "web-front", Verb.DELETE)
        await sink.until(lambda: _persistent(sink, "web-front") is False, "web-front is transient")
        await act(engine, sink, "web-front", Verb.KILL)
        await sink.until(lambda: sink.find("web-front") is None, "web-front is gone")


def _persistent(sink: RecordingSink, name: str) -> bool | None:
    found = sink.find(name)
    return found.guest.persistent if found and found.guest else None


async def test_addresses_come_back_with_a_start() -> None:
    engine = _guests()
    async with running(engine) as sink:
        before = sink.find("web-front")
        await act(engine, sink, "web-front", Verb.KILL)
        stopped = sink.find("web-front")
        await act(engine, sink, "web-front", Verb.START)
        after = sink.find("web-front")
        assert before is not None
        assert stopped is not None
        assert after is not None
        assert stopped.addresses == ()
        assert after.addresses == before.addresses


async def test_autostart_is_switched() -> None:
    engine = _guests()
    async with running(engine) as sink:
        for verb, wanted in ((Verb.AUTOSTART_ON, True), (Verb.AUTOSTART_OFF, False)):
            await act(engine, sink, "staging", verb)
            found = sink.find("staging")
            assert found is not None
            assert found.guest is not None
            assert found.guest.autostart is wanted


def _pod(sink: RecordingSink, name: str) -> Pod:
    return next(pod for pod in sink.pods if pod.name == name)


async def test_pod_is_stopped_started_and_deleted_as_a_whole() -> None:
    engine = _containers()
    async with running(engine) as sink:
        pod = _pod(sink, "observability")
        for verb, state in ((Verb.PAUSE, "Paused"), (Verb.RESUME, "Running"), (Verb.STOP, "Exited")):
            assert (await engine.perform(ActionRequest(verb, pod.id))).result is Result.DONE
            assert _pod(sink, "observability").state == state
        assert engine.command(ActionRequest(Verb.STOP, pod.id)) == "podman pod stop --time 10 observability"
        assert json.loads((await engine.document(pod.id)).text)["NumContainers"] == 4
        assert await engine.ask_agent(pod.id) == ()
        assert (await engine.perform(ActionRequest(Verb.DELETE, pod.id))).result is Result.DONE
        assert [one.name for one in sink.pods] == ["api"]
        assert sink.find("loki") is None
        engine_contract.assert_inventory(engine, sink)


@pytest.mark.parametrize("verb", [Verb.DELETE, Verb.START, Verb.AUTOSTART_ON])
async def test_running_pod_is_not_deleted_or_started(verb: Verb) -> None:
    engine = _containers()
    async with running(engine) as sink:
        before = sink.instances
        outcome = await engine.perform(ActionRequest(verb, _pod(sink, "observability").id))
        assert outcome.result in {Result.FAILED, Result.REFUSED}
        assert outcome.message
        assert sink.instances == before


async def test_pod_state_follows_its_containers() -> None:
    engine = _containers()
    async with running(engine) as sink:
        watch = next(pod for pod in sink.pods if pod.name == "observability")
        assert watch.state == "Running"
        await act(engine, sink, "loki", Verb.STOP)
        assert next(pod.state for pod in sink.pods if pod.name == "observability") == "Degraded"


async def test_shutdown_is_only_asked_for_and_takes_its_time() -> None:
    time = ManualTime()
    engine = _engine(DemoHost(seed=7, clock=time.utc, monotonic=time.monotonic, wait=time.wait), "qemu:///system")
    async with running(engine) as sink:
        assert (await act(engine, sink, "web-front", Verb.STOP)).result is Result.REQUESTED
        await time.advance(1)
        assert sink.state_of("web-front") is State.RUNNING
        await time.advance(9)
        assert sink.state_of("web-front") is State.STOPPED


async def test_guest_without_acpi_goes_on_after_a_shutdown() -> None:
    time = ManualTime()
    engine = _engine(DemoHost(seed=7, clock=time.utc, monotonic=time.monotonic, wait=time.wait), "qemu:///system")
    async with running(engine) as sink:
        assert (await act(engine, sink, "win-legacy", Verb.STOP)).result is Result.REQUESTED
        await time.advance(600)
        assert sink.state_of("win-legacy") is State.RUNNING


async def test_container_that_ignores_sigterm_is_killed_at_its_timeout() -> None:
    time = ManualTime()
    engine = _engine(DemoHost(seed=7, clock=time.utc, monotonic=time.monotonic, wait=time.wait), "podman:anna")
    async with running(engine) as sink:
        stopping = asyncio.ensure_future(act(engine, sink, "devdb", Verb.STOP, timeout_seconds=20))
        await time.advance(19)
        assert sink.state_of("devdb") is State.STOPPING
        await time.advance(1)
        assert (await stopping).result is Result.DONE
        found = sink.find("devdb")
        assert found is not None
        assert found.reason == "exit 137"


async def test_stop_that_is_given_up_leaves_the_container_as_it_was() -> None:
    time = ManualTime()
    engine = _engine(DemoHost(seed=7, clock=time.utc, monotonic=time.monotonic, wait=time.wait), "podman")
    async with running(engine) as sink:
        stopping = asyncio.ensure_future(act(engine, sink, "redis", Verb.STOP))
        await time.advance(0)
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
        assert sink.state_of("redis") is State.RUNNING


async def test_guest_with_a_full_disk_pauses_again_after_resume() -> None:
    time = ManualTime()
    engine = _engine(DemoHost(seed=7, clock=time.utc, monotonic=time.monotonic, wait=time.wait), "qemu:///system")
    async with running(engine) as sink:
        resuming = asyncio.ensure_future(act(engine, sink, "mail01", Verb.RESUME))
        await time.advance(1)
        assert (await resuming).result is Result.DONE
        assert sink.state_of("mail01") is State.RUNNING
        await time.advance(5)
        found = sink.find("mail01")
        assert found is not None
        assert (found.state, found.reason) == (State.PAUSED, "I/O error on vda (no space)")
        assert sink.events[-1].what == "paused"


async def test_restart_loop_dies_comes_back_and_counts() -> None:
    time = ManualTime()
    engine = _engine(DemoHost(seed=7, clock=time.utc, monotonic=time.monotonic, wait=time.wait), "podman")
    async with running(engine) as sink:
        seen = []
        for _ in range(8):
            found = sink.find("api-3")
            assert found is not None
            assert found.container is not None
            seen.append((found.state, found.container.restarts))
            await time.advance(11)
            engine.refresh()
    assert {state for state, _ in seen} == {State.RUNNING, State.RESTARTING}
    assert [restarts for _, restarts in seen] == sorted(restarts for _, restarts in seen)
    assert seen[-1][1] > seen[0][1]
    assert {"died", "started"} <= {event.what for event in sink.events if event.name == "api-3"}


async def test_stopped_restart_loop_stays_stopped() -> None:
    time = ManualTime()
    engine = _engine(DemoHost(seed=7, clock=time.utc, monotonic=time.monotonic, wait=time.wait), "podman")
    async with running(engine) as sink:
        stopping = asyncio.ensure_future(act(engine, sink, "api-3", Verb.STOP))
        await time.advance(200)
        await stopping
        engine.refresh()
        assert sink.state_of("api-3") is State.STOPPED


async def test_failing_health_check_is_told_when_it_begins_to_fail() -> None:
    time = ManualTime()
    engine = _engine(DemoHost(seed=7, clock=time.utc, monotonic=time.monotonic, wait=time.wait), "podman")
    async with running(engine) as sink:
        await time.advance(120)
        engine.refresh()
        assert [event.name for event in sink.events if event.what == "became unhealthy"] == ["search"]


async def test_documents_are_what_the_daemons_give() -> None:
    host = _host()
    for engine in host.engines:
        for instance in engine.instances:
            document = await engine.document(instance.id)
            if instance.kind is Kind.GUEST:
                assert document.language == "xml"
                assert ElementTree.fromstring(document.text).findtext("name") == instance.name  # noqa: S314 - ours
            else:
                assert document.language == "json"
                assert json.loads(document.text)["Id"] == instance.id.local


async def test_agent_answers_only_where_it_runs() -> None:
    host = _host()
    guests, containers = _engine(host, "qemu:///system"), _engine(host, "podman")
    by_name = {instance.name: instance.id for instance in host.instances()}
    assert {address.source for address in await guests.ask_agent(by_name["web-front"])} == {"agent"}
    assert await containers.ask_agent(by_name["redis"]) == ()
    for name in ("vpn", "test-alma9"):
        with pytest.raises(EngineError, match="agent"):
            await guests.ask_agent(by_name[name])


@pytest.mark.parametrize(
    ("name", "verb", "command"),
    [
        ("web-front", Verb.STOP, "virsh -c qemu:///system shutdown web-front"),
        ("web-front", Verb.KILL, "virsh -c qemu:///system destroy web-front"),
        ("staging", Verb.DELETE, "virsh -c qemu:///system undefine staging --keep-nvram"),
        ("staging", Verb.AUTOSTART_OFF, "virsh -c qemu:///system autostart --disable staging"),
        ("redis", Verb.STOP, "podman stop --time 10 redis"),
        ("redis", Verb.RESUME, "podman unpause redis"),
        ("postgres", Verb.STOP, "systemctl stop -- postgres.service"),
        ("postgres", Verb.KILL, "podman kill postgres"),
        ("devdb", Verb.DELETE, "sudo -u anna podman rm devdb"),
    ],
)
def test_commands_are_those_of_virsh_and_podman(name: str, verb: Verb, command: str) -> None:
    host = _host()
    target = next(instance.id for instance in host.instances() if instance.name == name)
    assert _engine(host, target.engine).command(ActionRequest(verb, target)) == command
