"""Metrics over HTTP: what is refused, and what slow and many clients cost."""

import asyncio
import gzip
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tui.domain.errors import HostdeckError
from tui.engines.process import run_program
from tui.export.prometheus.page import Page
from tui.export.prometheus.server import Address, Server, parse_address
from tui.export.prometheus.sheet import OPENMETRICS, PLAIN

BODY = b"x 1.0\n" * 1000


class Maker:
    """Makes the same page, or none."""

    def __init__(self, page: Page | None = None, error: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.page = page or Page(PLAIN, BODY)
        self.is_ready = True
        self.error = error

    async def __call__(self, content_type: str) -> Page | None:
        self.asked.append(content_type)
        if self.error is not None:
            raise self.error
        return self.page if self.is_ready else None


@asynccontextmanager
async def serving(maker: Maker, **more: float) -> AsyncIterator[Address]:
    server = Server(maker, {"kvm01.example"}, **more)  # type: ignore[arg-type]
    try:
        yield await server.start(Address("127.0.0.1", 0))
    finally:
        await server.close()


async def _talk(address: Address, request: bytes) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            answer = await reader.read()
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def _get(path: str = "/metrics", host: str = "127.0.0.1", method: str = "GET", *more: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", *more, "", ""]).encode("latin-1")


async def test_page_is_served_whole_and_closed() -> None:
    async with serving(maker := Maker()) as address:
        status, headers, body = await _talk(address, _get())
    assert (status, body, headers["Content-Type"]) == (200, BODY, PLAIN)
    assert headers["Content-Length"] == str(len(BODY))
    assert headers["Connection"] == "close"
    assert maker.asked == [PLAIN]


async def test_openmetrics_and_gzip_where_they_are_wanted() -> None:
    async with serving(maker := Maker()) as address:
        wants = ("Accept: application/openmetrics-text;version=1.0.0", "Accept-Encoding: br, gzip;q=1.0")
        _, headers, body = await _talk(address, _get("/metrics", "localhost:9750", "GET", *wants))
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == BODY
    assert maker.asked == [OPENMETRICS]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (_get(host="evil.example"), 421),
        (_get(host="evil.example:9750"), 421),
        (_get(host="127.0.0.1.evil.example"), 421),
        (_get(host=""), 421),
        (_get(host="[::1]:9750"), 200),
        (_get(host="192.168.1.5:9750"), 200),
        (_get(host="KVM01.example."), 200),
        (_get(method="POST"), 405),
        (_get(method="OPTIONS"), 405),
        (_get("/"), 200),
        (_get("/metrics?a=b"), 200),
        (_get("/../etc/passwd"), 404),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /metrics FTP/1.0\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431),
    ],
)
async def test_answers(request_: bytes, status: int) -> None:
    async with serving(Maker()) as address:
        found, _, _ = await _talk(address, request_)
    assert found == status


async def test_head_has_no_body() -> None:
    async with serving(Maker()) as address:
        status, headers, body = await _talk(address, _get(method="HEAD"))
    assert (status, body, headers["Content-Length"]) == (200, b"", str(len(BODY)))


async def test_before_the_first_sample_and_after_a_defect() -> None:
    maker = Maker()
    maker.is_ready = False
    async with serving(maker) as address:
        assert (await _talk(address, _get()))[0] == 503
    async with serving(Maker(error=ValueError("secret"))) as address:
        status, _, body = await _talk(address, _get())
    assert status == 500
    assert b"secret" not in body


async def test_who_sends_nothing_is_cut_off() -> None:
    async with serving(Maker(), head_seconds=0.1) as address:
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(b"GET /metrics HTTP/1.1\r\n")
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()
        assert (await _talk(address, _get()))[0] == 200


async def test_who_takes_nothing_is_cut_off_and_room_is_made() -> None:
    huge = Maker(Page(PLAIN, b"x" * 30_000_000))
    async with serving(huge, body_seconds=0.2, most=1) as address:
        reader, writer = await asyncio.open_connection(address.host, address.port, limit=1024)
        writer.write(_get())
        await reader.readexactly(100)  # it is being sent, and now nobody reads on
        assert (await _talk(address, _get("/")))[0] == 503
        async with asyncio.timeout(10):
            while (await _talk(address, _get("/")))[0] != 200:
                pass
        writer.close()


async def test_crowd_is_sent_away_and_room_is_made_again() -> None:
    async with serving(Maker(), most=2) as address:
        idle = [await asyncio.open_connection(address.host, address.port) for _ in range(2)]
        assert (await _talk(address, _get()))[0] == 503
        for _, writer in idle:
            writer.close()
            await writer.wait_closed()
        async with asyncio.timeout(10):
            while (await _talk(address, _get()))[0] != 200:
                pass


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9750", Address("127.0.0.1", 9750)),
        (":9750", Address("127.0.0.1", 9750)),
        ("127.0.0.1:0", Address("127.0.0.1", 0)),
        ("localhost:80", Address("127.0.0.1", 80)),
        ("[::1]:9750", Address("::1", 9750)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text, allow_remote=False) == address


@pytest.mark.parametrize("text", ["0.0.0.0:9750", "[::]:9750", "192.168.1.5:9750", "[::ffff:10.0.0.1]:1"])
def test_addresses_that_others_reach_need_a_word(text: str) -> None:
    with pytest.raises(HostdeckError, match="--allow-remote"):
        parse_address(text, allow_remote=False)
    assert parse_address(text, allow_remote=True).port > 0


@pytest.mark.parametrize("text", ["", "x", "kvm01:9750", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(HostdeckError, match="ADDRESS:PORT"):
        parse_address(text, allow_remote=True)


async def test_port_that_is_taken_is_a_sentence() -> None:
    async with serving(Maker()) as address:
        with pytest.raises(HostdeckError, match="Cannot listen on 127"):
            await Server(Maker()).start(address)


@pytest.mark.parametrize("is_taken", [True, False])
async def test_where_it_cannot_listen_one_sentence_says_so(is_taken: bool, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}" if is_taken else "0.0.0.0:9751"
        given = (
            "export",
            "prometheus",
            "--listen",
            place,
            "--config",
            os.devnull,
            "--podman",
            f"unix://{tmp_path}/none",
        )
        ended = await run_program(sys.executable, "-m", "tui", *given, deadline=60)
    (sentence,) = ended.error.splitlines()
    assert sentence.startswith(f"hostdeck: Cannot listen on {place}: " if is_taken else "hostdeck: 0.0.0.0 can be")
