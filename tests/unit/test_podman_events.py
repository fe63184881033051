"""The event stream: what is heard, heard once, and what it means."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.unit.podman_fake import FakePodman, chunk, hang, raw, reply, serving
from tui.domain.errors import EngineError, EngineLost, EngineTimeout
from tui.domain.instance import Health
from tui.engines.podman.events import Follower, Raw, Repeats
from tui.engines.podman.history import Heard, heard, line_of
from tui.engines.podman.rows import Owner

OWNER = Owner("host", "podman", "root")


def event(action: str, *, at: float = 1795500650.0, local: str = "b" * 64, **attributes: str) -> Raw:
    return {
        "status": action,
        "id": local,
        "Type": "container",
        "Action": action,
        "Actor": {"ID": local, "Attributes": {"containerExitCode": "0", "name": "web", "podId": "", **attributes}},
        "time": int(at),
        "timeNano": int(at * 1e9),
    }


@pytest.fixture
async def podman() -> AsyncIterator[FakePodman]:
    async with serving() as fake:
        yield fake


Follow = Callable[..., tuple[Follower, "asyncio.Queue[Raw]"]]


@pytest.fixture
async def follow(podman: FakePodman) -> AsyncIterator[Follow]:
    made: list[Follower] = []

    def start(since: float | None = None, timeout: float = 2.0) -> tuple[Follower, asyncio.Queue[Raw]]:
        queue: asyncio.Queue[Raw] = asyncio.Queue()
        follower = Follower(podman.url, since=since, timeout=timeout, on_event=queue.put_nowait)
        follower.start()
        made.append(follower)
        return follower, queue

    yield start
    for follower in made:
        follower.close()
        with pytest.raises(EngineError):
            await asyncio.wait_for(follower.ended, 2.0)


async def test_events_arrive_and_only_of_what_is_shown_are_asked_for(podman: FakePodman, follow: Follow) -> None:
    follower, queue = follow(since=12.5)
    await asyncio.wait_for(follower.opened, 5.0)
    podman.emit(event("start"))
    assert (await asyncio.wait_for(queue.get(), 5.0))["Action"] == "start"
    wanted = quote_plus('{"type": ["container", "pod", "image", "volume", "network"]}')
    assert podman.asked == [f"GET events?stream=true&filters={wanted}&since=12.500000"]


async def test_closing_ends_a_quiet_stream_at_once(follow: Follow) -> None:
    follower, _ = follow()
    await asyncio.wait_for(follower.opened, 5.0)
    follower.close()
    with pytest.raises(EngineLost):
        await asyncio.wait_for(follower.ended, 2.0)


async def test_a_service_that_ends_is_a_broken_connection(podman: FakePodman, follow: Follow) -> None:
    follower, _ = follow()
    await asyncio.wait_for(follower.opened, 5.0)
    await podman.stop()
    with pytest.raises(EngineLost):
        await asyncio.wait_for(follower.ended, 5.0)


async def test_a_torn_chunk_ends_the_stream_and_what_came_before_it_counts(podman: FakePodman, follow: Follow) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    podman.routes["events"] = raw(head + chunk(event("start")) + b"5\r\n{}\n\r\n" + b"ff\r\n{ torn")
    follower, queue = follow()
    with pytest.raises(EngineLost):
        await asyncio.wait_for(follower.ended, 5.0)
    assert (await asyncio.wait_for(queue.get(), 5.0))["Action"] == "start"


async def test_garbage_between_events_is_skipped(podman: FakePodman, follow: Follow) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    garbage = b"9\r\n\xff\xfe{\n[1]\n\n\r\n"
    podman.routes["events"] = raw(head + garbage + chunk(event("died")), then_close=False)
    _, queue = follow()
    assert (await asyncio.wait_for(queue.get(), 5.0))["Action"] == "died"


async def test_a_stream_that_never_opens_is_a_timeout(podman: FakePodman, follow: Follow) -> None:
    podman.routes["events"] = hang
    follower, _ = follow(timeout=0.2)
    with pytest.raises(EngineTimeout):
        await asyncio.wait_for(follower.opened, 5.0)


async def test_an_error_instead_of_a_stream_is_told(podman: FakePodman, follow: Follow) -> None:
    podman.routes["events"] = reply({"cause": "x", "message": "no events backend", "response": 500}, 500)
    follower, _ = follow()
    with pytest.raises(EngineError, match="no events backend"):
        await asyncio.wait_for(follower.opened, 5.0)


def test_repeats_after_a_reconnect_are_dropped() -> None:
    repeats = Repeats()
    first = [event("start", at=100.0), event("died", at=101.0), event("start", at=101.0)]
    assert [repeats.is_repeat(one) for one in first] == [False, False, False]
    assert repeats.since() == 100.0
    assert [repeats.is_repeat(one) for one in first] == [True, True, True]
    assert not repeats.is_repeat(event("died", at=101.5))


def test_repeats_forget_what_cannot_come_again() -> None:
    repeats = Repeats()
    for number in range(10_000):
        assert not repeats.is_repeat(event("start", at=1000.0 + number))
    assert len(repeats) < 200
    assert Repeats().since() is None


def test_died_carries_its_exit_code() -> None:
    told = heard(event("died", containerExitCode="137"))
    assert told is not None
    assert told.exit_code == 137
    line = line_of(told, OWNER)
    assert line is not None
    assert (line.what, line.detail, line.name, line.utc_seconds) == ("died", "exit 137", "web", 1795500650.0)
    assert line.subject == OWNER.id("b" * 64)


def test_health_is_told_where_this_podman_tells_it() -> None:
    with_value = heard({**event("health_status"), "HealthStatus": "unhealthy"})
    assert with_value is not None
    assert with_value.health is Health.UNHEALTHY
    without = heard(event("health_status"))
    assert without is not None
    assert without.health is None


@pytest.mark.parametrize(
    ("action", "looks", "what"),
    [
        ("create", True, "created"),
        ("init", True, None),
        ("start", True, "started"),
        ("pause", True, "paused"),
        ("unpause", True, "resumed"),
        ("rename", True, "renamed"),
        ("remove", True, "removed"),
        ("cleanup", True, None),
        ("exec", False, None),
        ("exec_died", False, None),
        ("mount", False, None),
        ("attach", False, "attached"),
    ],
)
def test_what_events_mean(action: str, looks: bool, what: str | None) -> None:
    told = heard(event(action))
    assert told is not None
    line = line_of(told, OWNER)
    assert (told.needs_look, line.what if line else None) == (looks, what)


def test_pods_are_told_apart() -> None:
    told = heard({**event("stop"), "Type": "pod"})
    assert told == Heard("b" * 64, is_pod=True, action="stop", name="web", utc_seconds=1795500650.0)


@pytest.mark.parametrize(
    "value",
    [{}, {"Type": "image", "Action": "pull", "Actor": {"ID": "x"}}, {"Type": "container", "Action": "start"}],
)
def test_what_is_of_nothing_shown_is_dropped(value: dict[str, Any]) -> None:
    assert heard(value) is None
