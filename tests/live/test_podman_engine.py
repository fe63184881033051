"""The engine against a real Podman: inventory, events, every action, and a service that hangs or dies."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.live.harness.podman import IDLE, POLITE, PodmanHost
from tests.live.harness.processes import Daemon
from tests.unit.engine_contract import (
    RecordingSink,
    act,
    assert_inventory,
    assert_knows_no_strangers,
    assert_reaches,
    assert_refuses,
    assert_statuses,
    running,
)
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.host import EngineState
from tui.domain.instance import ContainerFacts, Health, Instance, Port, State
from tui.engines.podman import PodmanEngine

NO_NETWORK = ["--network", "none"]


def engine_of(host: PodmanHost, **options: Any) -> PodmanEngine:
    return PodmanEngine(host.url, engine_id="podman", host_id="host", user="root", **options)


@asynccontextmanager
async def following(host: PodmanHost, **options: Any) -> AsyncIterator[tuple[PodmanEngine, RecordingSink]]:
    engine = engine_of(host, **options)
    async with running(engine) as sink:
        yield engine, sink


async def run(host: PodmanHost, name: str, *args: str, options: list[str] | None = None) -> str:
    return await asyncio.to_thread(host.run, name, *args, options=options or NO_NETWORK)


async def cli(host: PodmanHost, *args: str) -> str:
    return await asyncio.to_thread(host.cli, *args)


def facts(sink: RecordingSink, name: str) -> ContainerFacts:
    found = sink.find(name)
    assert found is not None
    assert found.container is not None
    return found.container


def get(sink: RecordingSink, name: str) -> Instance:
    found = sink.find(name)
    assert found is not None
    return found


def words(sink: RecordingSink, name: str) -> list[str]:
    """Return what happened to the newest container of a name, under whatever name it had then."""
    subject = [event.subject for event in sink.events if event.name == name][-1:]
    return [f"{event.what} {event.detail}".strip() for event in sink.events if event.subject in subject]


async def test_inventory(clean_podman: PodmanHost) -> None:
    hostile = "[red]x[/]\x1b[31m \u202e\n'\"; $(id)"
    clean_podman.run("web", options=["--publish", "127.0.0.1:28080-28081:80-81", "--label", f"evil={hostile}"])
    clean_podman.cli("create", "--name", "made", *NO_NETWORK, clean_podman.image)
    clean_podman.cli("run", "--name", "ok", *NO_NETWORK, clean_podman.image, "true")
    clean_podman.run("bad", "sh", "-c", "exit 7", options=NO_NETWORK)
    clean_podman.wait_state("bad", "exited")
    async with following(clean_podman) as (engine, sink):
        await sink.until(lambda: bool(get(sink, "web").addresses), "the address")
        assert_statuses(engine, sink)
        assert_inventory(engine, sink)
        web = get(sink, "web")
        assert (web.state, web.pid, web.local) == (State.RUNNING, clean_podman.pid("web"), True)
        assert web.labels["evil"] == hostile
        assert web.addresses[0].ip.startswith("10.")
        assert facts(sink, "web").ports == (Port("127.0.0.1", 28080, 80, "tcp"), Port("127.0.0.1", 28081, 81, "tcp"))
        assert facts(sink, "web").image == "localhost/bb:latest"
        assert facts(sink, "web").command == "/bin/sleep 1000000"
        assert get(sink, "made").state is State.CREATED
        assert (get(sink, "ok").state, get(sink, "ok").reason, facts(sink, "ok").exit_code) == (State.STOPPED, "", 0)
        assert (get(sink, "bad").state, get(sink, "bad").reason, facts(sink, "bad").exit_code) == (
            State.STOPPED,
            "exit 7",
            7,
        )
        assert "4." in sink.statuses[-1].version or "5." in sink.statuses[-1].version
        await assert_knows_no_strangers(engine)


async def test_what_others_do_is_seen(clean_podman: PodmanHost) -> None:
    async with following(clean_podman) as (_, sink):
        await run(clean_podman, "one", *IDLE)
        await sink.until(lambda: sink.state_of("one") is State.RUNNING, "running")
        await cli(clean_podman, "pause", "one")
        await sink.until(lambda: sink.state_of("one") is State.PAUSED, "paused")
        await cli(clean_podman, "unpause", "one")
        await sink.until(lambda: sink.state_of("one") is State.RUNNING, "running again")
        await cli(clean_podman, "rename", "one", "two")
        await sink.until(lambda: sink.state_of("two") is State.RUNNING, "renamed")
        await cli(clean_podman, "kill", "two")
        await sink.until(lambda: sink.state_of("two") is State.STOPPED, "killed")
        await sink.until(lambda: get(sink, "two").reason == "exit 137", "the reason")
        await cli(clean_podman, "rm", "two")
        await sink.until(lambda: sink.find("two") is None, "removed")
        await sink.until(lambda: "removed" in words(sink, "two"), "the last event")
        told = words(sink, "two")
        expected = ["created", "started", "paused", "resumed", "renamed now two", "killed", "died exit 137", "removed"]
        assert [word for word in expected if word not in told] == []


async def test_restarts_are_counted(clean_podman: PodmanHost) -> None:
    async with following(clean_podman) as (_, sink):
        await run(clean_podman, "loop", "sh", "-c", "exit 3", options=["--restart", "on-failure:3", *NO_NETWORK])
        await sink.until(lambda: words(sink, "loop").count("died exit 3") == 4, "four deaths")
        await sink.until(
            lambda: (sink.state_of("loop"), facts(sink, "loop").restarts) == (State.STOPPED, 3), "three restarts"
        )
        assert get(sink, "loop").reason == "exit 3"


async def test_health_is_seen(clean_podman: PodmanHost) -> None:
    check = ["--health-cmd", "test -e /tmp/well", "--health-interval", "1h", "--health-retries", "1", *NO_NETWORK]
    async with following(clean_podman) as (_, sink):
        await run(clean_podman, "sick", *IDLE, options=check)
        await sink.until(lambda: sink.state_of("sick") is State.RUNNING, "running")
        with pytest.raises(AssertionError):
            await cli(clean_podman, "healthcheck", "run", "sick")
        await sink.until(lambda: facts(sink, "sick").health is Health.UNHEALTHY, "unhealthy")
        await cli(clean_podman, "exec", "sick", "touch", "/tmp/well")
        await cli(clean_podman, "healthcheck", "run", "sick")
        await sink.until(lambda: facts(sink, "sick").health is Health.HEALTHY, "healthy")
        assert words(sink, "sick")[-2:] == ["became unhealthy", "became healthy"]


async def test_the_oom_killer_is_named_where_podman_noticed_it(clean_podman: PodmanHost) -> None:
    options = ["--memory", "24m", "--memory-swap", "24m", *NO_NETWORK]
    async with following(clean_podman) as (_, sink):
        await run(clean_podman, "fat", "sh", "-c", "tail /dev/zero; exit $?", options=options)
        await sink.until(lambda: sink.state_of("fat") is State.STOPPED, "ended")
        state = clean_podman.inspect("fat")["State"]
        assert isinstance(state, dict)
        if not state["OOMKilled"]:  # conmon does not notice it on hybrid cgroups
            await sink.until(lambda: get(sink, "fat").reason == "exit 137", "the exit code")
            return
        await sink.until(lambda: "OOM-killed out of memory" in words(sink, "fat"), "the event")
        await sink.until(lambda: get(sink, "fat").reason == "OOM-killed, exit 137", "the reason")


async def test_every_action_on_a_container(clean_podman: PodmanHost) -> None:
    clean_podman.cli("create", "--name", "one", *NO_NETWORK, clean_podman.image, *POLITE)
    async with following(clean_podman) as (engine, sink):
        await assert_reaches(engine, sink, "one", Verb.START, State.RUNNING)
        first = get(sink, "one").pid
        await assert_reaches(engine, sink, "one", Verb.PAUSE, State.PAUSED)
        await assert_reaches(engine, sink, "one", Verb.RESUME, State.RUNNING)
        await assert_reaches(engine, sink, "one", Verb.RESTART, State.RUNNING)
        await sink.until(lambda: get(sink, "one").pid not in {None, first}, "a new process")
        await assert_refuses(engine, sink, "one", Verb.DELETE)
        await assert_reaches(engine, sink, "one", Verb.STOP, State.STOPPED)
        again = await act(engine, sink, "one", Verb.STOP)
        assert (again.result, again.message) == (Result.DONE, "It was stopped already.")
        await assert_reaches(engine, sink, "one", Verb.START, State.RUNNING)
        await assert_reaches(engine, sink, "one", Verb.KILL, State.STOPPED)
        outcome = await act(engine, sink, "one", Verb.KILL)
        assert outcome.result is Result.FAILED
        assert "running" in outcome.message
        assert (await act(engine, sink, "one", Verb.DELETE)).result is Result.DONE
        await sink.until(lambda: sink.find("one") is None, "gone")
        assert await asyncio.to_thread(clean_podman.state, "one") == ""


async def test_what_podman_has_not_is_refused(clean_podman: PodmanHost) -> None:
    clean_podman.run("one", *IDLE, options=NO_NETWORK)
    async with following(clean_podman) as (engine, sink):
        await sink.until(lambda: sink.state_of("one") is State.RUNNING, "running")
        for verb in (Verb.RESET, Verb.AUTOSTART_ON, Verb.AUTOSTART_OFF):
            assert (await act(engine, sink, "one", verb)).result is Result.REFUSED


async def test_a_paused_container_that_is_stopped_says_what_helps(clean_podman: PodmanHost) -> None:
    clean_podman.run("one", *POLITE, options=NO_NETWORK)
    clean_podman.cli("pause", "one")
    async with following(clean_podman) as (engine, sink):
        await sink.until(lambda: sink.state_of("one") is State.PAUSED, "paused")
        outcome = await act(engine, sink, "one", Verb.STOP, timeout_seconds=1.0)
        if outcome.result is not Result.DONE:  # Podman 4 refuses
            assert outcome.message.endswith("It is paused: resume it first.")


async def test_a_service_over_tcp_is_another_host(clean_podman: PodmanHost) -> None:
    clean_podman.run("one", *IDLE, options=NO_NETWORK)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"tcp://127.0.0.1:{port}"
    daemon = Daemon(
        ["podman", "system", "service", "--time=0", f"tcp:127.0.0.1:{port}"],
        log=clean_podman.folder / "tcp.log",
        ready=lambda: _accepts(port),
        env=clean_podman.env,
    )
    await asyncio.to_thread(daemon.start)
    engine = PodmanEngine(url, engine_id=url, host_id="host", user="")
    try:
        async with running(engine) as sink:
            assert_inventory(engine, sink)
            one = get(sink, "one")
            assert (one.state, one.local, one.pid) == (State.RUNNING, False, None)
            await assert_reaches(engine, sink, "one", Verb.PAUSE, State.PAUSED)
            await assert_reaches(engine, sink, "one", Verb.RESUME, State.RUNNING)
    finally:
        await asyncio.to_thread(daemon.stop)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_a_stop_kills_after_its_time_and_is_seen_stopping(clean_podman: PodmanHost) -> None:
    clean_podman.run("stubborn", *IDLE, options=NO_NETWORK)
    async with following(clean_podman) as (engine, sink):
        await sink.until(lambda: sink.state_of("stubborn") is State.RUNNING, "running")
        stopping = asyncio.ensure_future(act(engine, sink, "stubborn", Verb.STOP, timeout_seconds=3.0))
        await sink.until(lambda: sink.state_of("stubborn") is State.STOPPING, "stopping")
        assert (await stopping).result is Result.DONE
        await sink.until(lambda: get(sink, "stubborn").reason == "exit 137", "killed")


async def test_pods(clean_podman: PodmanHost) -> None:
    async with following(clean_podman) as (engine, sink):
        pod_id = await asyncio.to_thread(clean_podman.pod, "grp", "--network", "none")
        await run(clean_podman, "member", *POLITE, options=["--pod", "grp"])
        await sink.until(lambda: sink.state_of("member") is State.RUNNING and bool(sink.pods), "the pod")
        await sink.until(lambda: [pod.state for pod in sink.pods] == ["Running"], "the pod runs")
        await sink.until(lambda: len(sink.pods[0].member_ids) == 2, "two members")
        assert_inventory(engine, sink)
        assert facts(sink, "member").pod_id == pod_id
        assert [one.container.is_infra for one in sink.instances if one.container and one.name != "member"] == [True]
        pod = sink.pods[0]
        assert engine.command(ActionRequest(Verb.PAUSE, pod.id)).endswith("podman.sock pod pause grp")
        for verb, state in ((Verb.PAUSE, "Paused"), (Verb.RESUME, "Running"), (Verb.STOP, "Exited")):
            outcome = await engine.perform(ActionRequest(verb, pod.id, timeout_seconds=2.0))
            assert outcome.result is Result.DONE, outcome.message
            await sink.until(lambda state=state: sink.pods[0].state == state, f"the pod is {state}")  # type: ignore[misc]
        assert (await engine.perform(ActionRequest(Verb.START, pod.id))).result is Result.DONE
        await sink.until(lambda: sink.pods[0].state == "Running", "the pod runs again")
        refused = await engine.perform(ActionRequest(Verb.DELETE, pod.id))
        assert (refused.result, refused.message) == (Result.REFUSED, "It is running: stop it first.")
        assert (await engine.perform(ActionRequest(Verb.KILL, pod.id))).result is Result.DONE
        await sink.until(lambda: sink.pods[0].state == "Exited", "the pod is killed")
        deleted = await engine.perform(ActionRequest(Verb.DELETE, pod.id))
        assert deleted.result is Result.DONE, deleted.message
        await sink.until(lambda: (sink.pods, sink.instances) == ((), ()), "all gone")


async def test_what_is_removed_meanwhile_is_a_sentence(clean_podman: PodmanHost) -> None:
    clean_podman.run("one", *IDLE, options=NO_NETWORK)
    async with following(clean_podman) as (engine, sink):
        await sink.until(lambda: sink.find("one") is not None, "listed")
        request = ActionRequest(Verb.STOP, get(sink, "one").id)
        await asyncio.to_thread(clean_podman.remove, "one")
        outcome = await engine.perform(request)
        assert outcome.result is Result.FAILED
        assert outcome.message
        await sink.until(lambda: sink.find("one") is None, "gone")


async def test_a_document_hides_secrets(clean_podman: PodmanHost) -> None:
    clean_podman.run("one", *IDLE, options=["--env", "DB_PASSWORD=hunter2", "--env", "COLOUR=red", *NO_NETWORK])
    async with following(clean_podman) as (engine, sink):
        document = await engine.document(get(sink, "one").id)
        assert document.language == "json"
        assert "COLOUR=red" in document.text
        assert "DB_PASSWORD=********" in document.text
        assert "hunter2" not in document.text


async def test_a_unit_without_systemd_is_said(clean_podman: PodmanHost) -> None:
    clean_podman.run("one", *POLITE, options=["--label", "PODMAN_SYSTEMD_UNIT=one.service", *NO_NETWORK])
    async with following(clean_podman) as (engine, sink):
        await sink.until(lambda: sink.state_of("one") is State.RUNNING, "running")
        assert (facts(sink, "one").unit, facts(sink, "one").unit_is_user) == ("one.service", False)
        outcome = await act(engine, sink, "one", Verb.KILL)
        assert outcome.result is Result.DONE
        assert "the systemd unit one.service manages it" in outcome.message


async def test_a_service_that_was_restarted_is_followed_from_where_it_was(clean_podman: PodmanHost) -> None:
    await run(clean_podman, "one", *IDLE)
    async with following(clean_podman) as (_, sink):
        await cli(clean_podman, "pause", "one")
        await sink.until(lambda: sink.state_of("one") is State.PAUSED, "paused")
        await asyncio.to_thread(clean_podman.kill_service)
        await sink.until(lambda: sink.statuses[-1].state is EngineState.LOST, "lost", deadline=5.0)
        assert sink.state_of("one") is State.PAUSED
        await cli(clean_podman, "unpause", "one")
        await asyncio.to_thread(clean_podman.start_service)
        await sink.until(lambda: sink.statuses[-1].state is EngineState.READY, "ready again")
        await sink.until(lambda: sink.state_of("one") is State.RUNNING, "what happened meanwhile")
        await sink.until(lambda: "resumed" in words(sink, "one"), "its event")
        assert words(sink, "one").count("paused") == 1


async def test_a_hung_service_stalls_and_holds_up_nothing(clean_podman: PodmanHost) -> None:
    await run(clean_podman, "one", *IDLE)
    async with following(clean_podman) as (_, sink):
        clean_podman.hang_service()
        await sink.until(lambda: sink.statuses[-1].state is EngineState.STALLED, "stalled", deadline=8.0)
        assert sink.find("one") is not None
        clean_podman.resume_service()
        await sink.until(lambda: sink.statuses[-1].state is EngineState.READY, "ready again")
        await cli(clean_podman, "pause", "one")
        await sink.until(lambda: sink.state_of("one") is State.PAUSED, "events again")


async def test_a_hung_service_does_not_hold_up_the_end(clean_podman: PodmanHost) -> None:
    async with following(clean_podman):
        clean_podman.hang_service()
    assert clean_podman.service_alive


async def test_an_action_on_a_hung_service_has_an_unknown_outcome(clean_podman: PodmanHost) -> None:
    await run(clean_podman, "one", *IDLE)
    async with following(clean_podman) as (engine, sink):
        clean_podman.hang_service()
        acting = asyncio.ensure_future(act(engine, sink, "one", Verb.PAUSE))
        await sink.until(lambda: sink.statuses[-1].state is EngineState.STALLED, "stalled", deadline=8.0)
        clean_podman.kill_service()
        outcome = await acting
        assert outcome.result is Result.UNKNOWN
        assert outcome.message.endswith("Its state cannot be looked up now.")
