"""HTTP to a service that tears, hangs, lies or is not there."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.unit.podman_fake import FakePodman, hang, raw, reply, serving, short_folder
from tui.domain.errors import EngineAbsent, EngineError, EngineLost, EngineRefused, EngineTimeout, NotFound
from tui.engines.podman.address import Address, listener_is_local, parse_url
from tui.engines.podman.client import Client, target
from tui.engines.podman.errors import ConflictError, connecting, error_text, raise_for_status


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as made:
        yield made


@pytest.fixture
async def podman() -> AsyncIterator[FakePodman]:
    async with serving() as fake:
        yield fake


@pytest.fixture
async def client(podman: FakePodman) -> AsyncIterator[Client]:
    made = Client(podman.url, timeout=2.0)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("unix:///run/podman/podman.sock", Address("/run/podman/podman.sock")),
        ("http+unix:///run/podman/podman.sock", Address("/run/podman/podman.sock")),
        ("unix:///run/a%20b.sock", Address("/run/a b.sock")),
        ("tcp://kvm02:8080", Address(None, "kvm02", 8080)),
        ("http://[::1]:8080", Address(None, "::1", 8080)),
    ],
)
def test_urls(url: str, address: Address) -> None:
    assert parse_url(url) == address


@pytest.mark.parametrize("url", ["", "podman", "tcp://kvm02", "tcp://kvm02:x", "tcp://kvm02:99999", "ftp://x:1"])
def test_what_is_no_url_is_said(url: str) -> None:
    with pytest.raises(EngineAbsent, match="names no Podman service"):
        parse_url(url)


def test_ssh_is_refused_with_the_line_that_helps() -> None:
    with pytest.raises(EngineRefused) as caught:
        parse_url("ssh://root@kvm02:2222/run/podman/podman.sock")
    assert "ssh -nNT -p 2222 -L /tmp/podman.sock:/run/podman/podman.sock root@kvm02 " in caught.value.message
    with pytest.raises(EngineRefused, match=r"podman\.sock kvm02 "):
        parse_url("ssh://kvm02")


def test_filters_become_json() -> None:
    assert target("containers/json", {"all": "true", "filters": {"id": ["a"]}}) == (
        "/v4.0.0/libpod/containers/json?all=true&filters=%7B%22id%22%3A+%5B%22a%22%5D%7D"
    )
    assert target("containers/a b/json") == "/v4.0.0/libpod/containers/a%20b/json"


async def test_one_connection_serves_many_questions(podman: FakePodman, client: Client) -> None:
    podman.routes["info"] = reply({"a": 1})
    for _ in range(3):
        assert (await asyncio.to_thread(client.get, "info")).json() == {"a": 1}
    assert podman.connections == 1


async def test_a_kept_connection_that_the_service_closed_is_made_anew(podman: FakePodman, client: Client) -> None:
    podman.routes["info"] = reply({"a": 1})
    await asyncio.to_thread(client.get, "info")
    await podman.stop()
    await podman.start()
    assert (await asyncio.to_thread(client.get, "info")).json() == {"a": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n[",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[",
    ],
)
async def test_a_torn_answer_is_a_broken_connection(podman: FakePodman, client: Client, data: bytes) -> None:
    podman.routes["info"] = raw(data)
    with pytest.raises(EngineLost):
        await asyncio.to_thread(client.get, "info")
    podman.routes["info"] = reply([])
    assert (await asyncio.to_thread(client.get, "info")).json() == []


async def test_closing_ends_a_call_that_waits_and_opens_nothing_anew(podman: FakePodman, client: Client) -> None:
    podman.routes["info"] = reply([])
    await asyncio.to_thread(client.get, "info")
    arrived = asyncio.Event()

    async def arrive_and_hang(writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await hang(writer)

    podman.routes["info"] = arrive_and_hang
    waiting = asyncio.ensure_future(asyncio.to_thread(client.get, "info"))
    await arrived.wait()
    client.close()
    with pytest.raises(EngineLost):
        await asyncio.wait_for(waiting, 1.0)


async def test_an_answer_that_is_no_json_is_an_error(podman: FakePodman, client: Client) -> None:
    podman.routes["info"] = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n[", then_close=False)
    answer = await asyncio.to_thread(client.get, "info")
    with pytest.raises(EngineError, match="No JSON"):
        answer.json()


async def test_a_service_that_hangs_is_a_timeout(podman: FakePodman) -> None:
    podman.routes["info"] = hang
    impatient = Client(podman.url, timeout=0.2)
    with pytest.raises(EngineTimeout):
        await asyncio.to_thread(impatient.get, "info")
    impatient.close()


async def test_what_changes_something_is_never_sent_twice(podman: FakePodman, client: Client) -> None:
    podman.routes["containers/a/stop"] = raw(b"")
    with pytest.raises(EngineLost):
        await asyncio.to_thread(lambda: client.send("POST", "containers/a/stop", {"t": "1"}, timeout=1.0))
    assert podman.asked == ["POST containers/a/stop?t=1"]


def test_no_socket(folder: Path) -> None:
    with pytest.raises(
        EngineAbsent,
        match=r"does not exist. (Start it: (sudo systemctl|podman system service)|Podman is not installed)",
    ):
        Client(f"unix://{folder}/none.sock", timeout=1.0).get("info")


def test_a_stale_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "stale.sock"))
    with pytest.raises(EngineAbsent, match="Nothing listens"):
        Client(f"unix://{folder}/stale.sock", timeout=1.0).get("info")


@pytest.mark.parametrize(
    ("url", "help_text"),
    [
        ("unix:///run/podman/podman.sock", "Run hostdeck with sudo, or let a group in"),
        ("unix:///run/user/1000/podman/podman.sock", "run hostdeck as that user or with sudo"),
    ],
)
def test_no_permission_says_what_helps(url: str, help_text: str) -> None:
    with pytest.raises(EngineRefused, match=help_text), connecting(url):
        raise PermissionError


def test_statuses_become_errors() -> None:
    raise_for_status(304, b"")
    with pytest.raises(NotFound, match="no container"):
        raise_for_status(404, b'{"cause":"no such container","message":"no container","response":404}')
    with pytest.raises(ConflictError, match="already paused"):
        raise_for_status(500, b'{"cause":"container state improper","message":"already paused","response":500}')
    with pytest.raises(ConflictError):
        raise_for_status(409, b"<html>")
    with pytest.raises(EngineError, match="HTTP status 500"):
        raise_for_status(500, b"[]")


def test_the_errors_of_a_pods_members_are_one_sentence() -> None:
    assert error_text(b'{"Errs":["a failed","b failed"],"Id":"x"}') == ("", "a failed; b failed")


def test_a_socket_that_another_program_forwards_is_not_local(folder: Path) -> None:
    """The listener here is Python, as it would be ssh -L: its containers may be anywhere."""
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as peer:
        server.bind(str(folder / "forwarded.sock"))
        server.listen()
        peer.connect(str(folder / "forwarded.sock"))
        assert not listener_is_local(peer)
