"""The engine against a scripted service: connect, follow, stall, lose, come back."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.unit.engine_contract import RecordingSink, act, assert_inventory, assert_statuses, running
from tests.unit.podman_fake import FakePodman, hang, raw, reply, serving
from tests.unit.test_podman_events import event
from tests.unit.test_podman_rows import ID, INSPECTED, ROW_4_3
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.host import EngineState
from tui.domain.identity import InstanceId
from tui.domain.instance import Health, State
from tui.engines.podman import PodmanEngine

STOPPED = {**ROW_4_3, "State": "exited", "Exited": True, "ExitedAt": 1795500700, "ExitCode": 3, "Pid": 0}
DIED = {
    **INSPECTED,
    "State": {**INSPECTED["State"], "Status": "exited", "ExitCode": 3, "FinishedAt": "2026-11-24T06:12:00Z"},
}


@pytest.fixture
async def podman() -> AsyncIterator[FakePodman]:
    async with serving() as fake:
        list_of(fake, ROW_4_3)
        yield fake


def list_of(fake: FakePodman, *rows: dict[str, Any], inspected: dict[str, Any] = INSPECTED) -> None:
    fake.routes["containers/json"] = reply(list(rows))
    fake.routes["pods/json"] = reply([])
    for row in rows:
        fake.routes[f"containers/{row['Id']}/json"] = reply({**inspected, "Id": row["Id"], "Name": row["Names"][0]})


def engine_of(fake: FakePodman, **options: Any) -> PodmanEngine:
    return PodmanEngine(fake.url, engine_id="podman", host_id="host", user="root", **options)


def state_of(sink: RecordingSink) -> EngineState:
    return sink.statuses[-1].state


def health_of(sink: RecordingSink) -> Health | None:
    container = sink.instances[0].container
    assert container is not None
    return container.health


async def test_it_lists_and_explains(podman: FakePodman) -> None:
    engine = engine_of(podman)
    async with running(engine) as sink:
        await sink.until(lambda: bool(sink.instances[0].addresses), "addresses")
        assert_statuses(engine, sink)
        assert_inventory(engine, sink)
        assert sink.statuses[-1].version == "4.3.1"


async def test_the_stream_is_open_before_the_list_is_asked_for(podman: FakePodman) -> None:
    async with running(engine_of(podman)):
        words = [line.partition("?")[0] for line in podman.asked]
        assert words.index("GET events") < words.index("GET containers/json")


async def test_an_event_brings_one_look_at_that_container_only(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        await sink.until(lambda: bool(sink.instances[0].addresses), "addresses")
        podman.asked.clear()
        podman.routes[f"containers/{ID}/json"] = reply(DIED)
        podman.emit(event("died", local=ID, containerExitCode="3"))
        await sink.until(lambda: sink.state_of("web") is State.STOPPED, "stopped")
        assert podman.asked == [f"GET containers/{ID}/json"]
        assert [(one.what, one.detail) for one in sink.events] == [("died", "exit 3")]


async def test_a_burst_of_events_ends_with_the_last_state(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        await sink.until(lambda: bool(sink.instances[0].addresses), "addresses")
        podman.asked.clear()
        for number in range(200):
            podman.emit(event("start", local=ID, at=1795500700.0 + number / 1000))
        await sink.until(lambda: len(sink.events) == 200, "all events")
        podman.routes[f"containers/{ID}/json"] = reply(DIED)
        podman.emit(event("died", local=ID, containerExitCode="3", at=1795500701.0))
        await sink.until(lambda: sink.state_of("web") is State.STOPPED, "stopped")
        assert len(podman.asked) < 10


async def test_many_changed_containers_are_one_list(podman: FakePodman) -> None:
    rows = [{**ROW_4_3, "Id": f"{number:064x}", "Names": [f"c{number}"]} for number in range(30)]
    list_of(podman, *rows)
    async with running(engine_of(podman)) as sink:
        await sink.until(lambda: all(one.addresses for one in sink.instances), "explained")
        podman.asked.clear()
        list_of(podman, *({**row, "Names": ["new" + row["Names"][0]]} for row in rows))
        for number in range(30):
            podman.emit(event("rename", local=f"{number:064x}"))
        await sink.until(lambda: all(one.name.startswith("new") for one in sink.instances), "renamed")
        assert 1 <= sum(line.startswith("GET containers/json") for line in podman.asked) <= 3


async def test_a_new_container_is_asked_for_by_id(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        new = {**ROW_4_3, "Id": "e" * 64, "Names": ["new"]}
        list_of(podman, new)
        podman.emit(event("create", local="e" * 64))
        await sink.until(lambda: sink.find("new") is not None, "new")
        assert sink.find("web") is not None
        assert any("filters=" in line and "containers/json" in line for line in podman.asked)


async def test_what_vanished_between_two_reads_is_forgotten(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        await sink.until(lambda: bool(sink.instances[0].addresses), "addresses")
        del podman.routes[f"containers/{ID}/json"]
        podman.emit(event("start", local=ID))
        await sink.until(lambda: sink.instances == (), "gone")


async def test_a_health_event_of_podman_5_asks_nothing(podman: FakePodman) -> None:
    podman.version = "5.4.2"
    async with running(engine_of(podman)) as sink:
        await sink.until(lambda: bool(sink.instances[0].addresses), "addresses")
        podman.asked.clear()
        podman.emit({**event("health_status", local=ID), "HealthStatus": "unhealthy"})
        podman.emit({**event("health_status", local=ID, at=1795500651.0), "HealthStatus": "unhealthy"})
        podman.emit(event("attach", local=ID, at=1795500652.0))
        await sink.until(lambda: len(sink.events) >= 2, "events")
        assert [one.what for one in sink.events] == ["became unhealthy", "attached"]
        assert health_of(sink) is Health.UNHEALTHY
        assert podman.asked in ([], ["GET _ping"])


async def test_a_health_event_of_podman_4_tells_the_past_and_is_looked_up(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        await sink.until(lambda: bool(sink.instances[0].addresses), "addresses")
        ill = {**INSPECTED, "State": {**INSPECTED["State"], "Health": {"Status": "unhealthy"}}}
        podman.routes[f"containers/{ID}/json"] = reply(ill)
        podman.emit({**event("health_status", local=ID), "HealthStatus": "starting"})
        await sink.until(lambda: health_of(sink) is Health.UNHEALTHY, "unhealthy")
        await sink.until(lambda: [one.what for one in sink.events] == ["became unhealthy"], "its event")


async def test_an_oom_kill_is_told_though_podman_has_no_event_for_it(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        await sink.until(lambda: bool(sink.instances[0].addresses), "addresses")
        killed = {**DIED, "State": {**DIED["State"], "OOMKilled": True, "ExitCode": 137}}
        podman.routes[f"containers/{ID}/json"] = reply(killed)
        podman.emit(event("died", local=ID, containerExitCode="137"))
        await sink.until(lambda: any(one.what == "OOM-killed" for one in sink.events), "OOM-killed")
        assert sink.instances[0].reason == "OOM-killed, exit 137"


async def test_a_hung_service_stalls_keeps_its_values_and_recovers(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        answered = sink.statuses[-1].answered_monotonic_seconds
        podman.routes["_ping"] = hang
        await sink.until(lambda: state_of(sink) is EngineState.STALLED, "stalled", deadline=8.0)
        status = sink.statuses[-1]
        assert "did not answer in time" in status.message
        assert answered is not None
        assert status.answered_monotonic_seconds is not None
        assert status.answered_monotonic_seconds < asyncio.get_running_loop().time()
        assert sink.find("web") is not None
        del podman.routes["_ping"]
        await sink.until(lambda: state_of(sink) is EngineState.READY, "ready again")


async def test_a_list_that_fails_is_a_status_and_not_the_end(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        podman.routes[f"containers/{ID}/json"] = reply({"cause": "x", "message": "netns is broken"}, 500)
        podman.emit(event("start", local=ID))
        await sink.until(lambda: state_of(sink) is EngineState.STALLED, "stalled")
        assert "netns is broken" in sink.statuses[-1].message
        assert sink.find("web") is not None


async def test_a_service_that_went_away_is_followed_again_from_where_it_was(podman: FakePodman) -> None:
    async with running(engine_of(podman)) as sink:
        podman.emit(event("pause", local=ID, at=1795500650.0))
        await sink.until(lambda: len(sink.events) == 1, "first event")
        await podman.stop()
        await sink.until(lambda: state_of(sink) is EngineState.LOST, "lost")
        assert sink.statuses[-1].retry_at_monotonic_seconds is not None
        assert sink.find("web") is not None
        podman.asked.clear()
        await podman.start()
        await sink.until(lambda: state_of(sink) is EngineState.READY, "ready again")
        assert any("since=1795500649.000000" in line for line in podman.asked)
        podman.emit(event("pause", local=ID, at=1795500650.0))
        podman.emit(event("unpause", local=ID, at=1795500651.0))
        await sink.until(lambda: len(sink.events) >= 2, "second event")
        assert [one.what for one in sink.events] == ["paused", "resumed"]


@pytest.mark.parametrize(
    ("required", "state"), [(True, EngineState.LOST), (False, EngineState.ABSENT)], ids=["required", "optional"]
)
async def test_no_socket_is_said(required: bool, state: EngineState) -> None:
    url = "unix:///tmp/hd-there-is-none.sock"
    engine = PodmanEngine(url, engine_id=url, host_id="host", user="", required=required)
    sink = RecordingSink()
    task = asyncio.ensure_future(engine.run(sink))
    await sink.until(lambda: len(sink.statuses) > 1, "a status")
    assert sink.statuses[-1].state is state
    assert "does not exist" in sink.statuses[-1].message
    assert re.search("sudo|podman system service", sink.statuses[-1].message)  # how to start it, or to install it
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await engine.close()


async def test_a_url_that_is_not_used_is_refused_in_a_sentence() -> None:
    engine = PodmanEngine("ssh://root@kvm02", engine_id="x", host_id="host", user="")
    sink = RecordingSink()
    task = asyncio.ensure_future(engine.run(sink))
    await sink.until(lambda: len(sink.statuses) > 1, "a status")
    assert sink.statuses[-1].state is EngineState.REFUSED
    assert "ssh -nNT" in sink.statuses[-1].message
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await engine.close()


async def test_an_action_without_an_answer_is_unknown_looked_up_and_never_repeated(podman: FakePodman) -> None:
    podman.routes[f"containers/{ID}/stop"] = raw(b"")
    engine = engine_of(podman)
    async with running(engine) as sink:
        outcome = await act(engine, sink, "web", Verb.STOP)
        assert outcome.result is Result.UNKNOWN
        assert outcome.message.endswith("Looked up again: it is running.")
        assert sum(line.startswith("POST") for line in podman.asked) == 1


async def test_actions_do_not_wait_for_one_another(podman: FakePodman) -> None:
    list_of(podman, ROW_4_3, {**ROW_4_3, "Id": "e" * 64, "Names": ["slow"]})
    podman.routes[f"containers/{'e' * 64}/stop"] = hang
    podman.routes[f"containers/{ID}/pause"] = reply(None, 204)
    engine = engine_of(podman)
    async with running(engine) as sink:
        slow = asyncio.ensure_future(act(engine, sink, "slow", Verb.STOP))
        assert (await act(engine, sink, "web", Verb.PAUSE)).result is Result.DONE
        assert not slow.done()
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)


async def test_read_only_refuses_everything(podman: FakePodman) -> None:
    engine = engine_of(podman, read_only=True)
    async with running(engine) as sink:
        for verb in Verb:
            outcome = await act(engine, sink, "web", verb)
            assert (outcome.result, "--read-only" in outcome.message) == (Result.REFUSED, True)
        assert not [line for line in podman.asked if not line.startswith("GET")]


async def test_a_stranger_is_no_longer_there(podman: FakePodman) -> None:
    engine = engine_of(podman)
    async with running(engine):
        outcome = await engine.perform(ActionRequest(Verb.STOP, InstanceId("host", "podman", "x")))
        assert (outcome.result, outcome.message) == (Result.FAILED, "It is no longer there.")
