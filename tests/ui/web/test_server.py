"""The server, asked as a browser and as an attacker would ask it."""

import asyncio
import contextlib
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Callable

import psutil
import pytest
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestServer, unused_port
from multidict import CIMultiDict

from tui.web.command import Served, environment
from tui.web.gate import Gate, origins_for
from tui.web.server import Offer, PageServer

SHOWN = "the-token-of-this-test"
DEADLINE_SECONDS = 20.0

ECHO = """
import os, sys
out = lambda kind, text: os.write(1, kind + len(text).to_bytes(4, "big") + text)
os.write(1, b"__GANGLION__\\n")
size = os.environ["COLUMNS"] + "x" + os.environ["ROWS"]
out(b"D", f"argv {sys.argv[1:]!r} size {size} pid {os.getpid()}".encode())
while kind := sys.stdin.buffer.read(1):
    text = sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), "big"))
    out(b"D", kind + text)
    if text == b"boom":
        sys.exit(3)
    if b'"quit"' in text and "--deaf" not in sys.argv:
        sys.exit(0)
"""
"""Says what it was started with and what it is told, as an application would draw."""


class Asker:
    """A browser of the test's own."""

    def __init__(self, server: TestServer, pages: PageServer, client: ClientSession) -> None:
        self.pages = pages
        self.base = f"http://127.0.0.1:{server.port}"
        self._client = client

    async def get(self, path: str, **headers: str) -> ClientResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self._client.get(self.base + path, headers=named, allow_redirects=False)
        await answer.read()
        return answer

    async def come_in(self) -> ClientResponse:
        answer = await self.get(f"/?token={SHOWN}")
        assert answer.status == 200
        return answer

    async def connect(self, path: str = "/ws/dash", origin: str | None = "own") -> ClientWebSocketResponse:
        headers = {} if origin is None else {"Origin": self.base if origin == "own" else origin}
        return await self._client.ws_connect(self.base + path, headers=headers)

    async def refused(self, path: str = "/ws/dash", origin: str | None = "own") -> int:
        with pytest.raises(WSServerHandshakeError) as caught:
            await self.connect(path, origin)
        return caught.value.status


@contextlib.asynccontextmanager
async def asking(*argv: str, most_sessions: int = 2, public_url: str = "") -> AsyncIterator[Asker]:
    """Serve a program that says what it is told, and ask."""
    port = unused_port()
    commands = {
        Served.DASH: [sys.executable, "-c", ECHO, "dash", *argv],
        Served.FULL: [sys.executable, "-c", ECHO, "full", *argv],
    }
    offer = Offer(commands=commands, environ=environment(os.environ), most_sessions=most_sessions, port=port)
    pages = PageServer(Gate(SHOWN, origins_for("127.0.0.1", port, public_url)), offer)
    server = TestServer(pages.application(), host="127.0.0.1", port=port)
    await server.start_server(access_log=None)
    try:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
            yield Asker(server, pages, client)
    finally:
        await server.close()


async def read_until(socket: ClientWebSocketResponse, text: str) -> str:
    drawn = ""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while text not in drawn:
            message = await socket.receive()
            assert message.type is WSMsgType.BINARY, (message, drawn)
            drawn += message.data.decode()
    return drawn


async def begin(socket: ClientWebSocketResponse, width: object = 100, height: object = 30) -> str:
    await socket.send_json(["resize", {"width": width, "height": height}])
    return await read_until(socket, "pid ")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what ends is another process
            await asyncio.sleep(0.02)


def pid_in(drawn: str) -> int:
    return int(drawn.rpartition("pid ")[2].split()[0])


@pytest.mark.parametrize(
    "path", ["/", "/full", "/alive", "/ws/dash", "/page/page.js", "/static/js/textual.js", "/nothing"]
)
async def test_without_a_token_nothing_is_given(path: str) -> None:
    async with asking() as asker:
        answer = await asker.get(path)
        assert answer.status == 403
        assert "address that hostdeck printed" in await answer.text()


@pytest.mark.parametrize("wrong", ["", "x", SHOWN + "x", SHOWN.upper(), "%00", "%ff"])
async def test_a_wrong_token_is_refused_and_gives_no_cookie(wrong: str) -> None:
    async with asking() as asker:
        answer = await asker.get(f"/?token={wrong}")
        assert (answer.status, dict(answer.cookies)) == (403, {})


async def test_the_token_is_taken_once_and_a_cookie_kept_in_its_place() -> None:
    async with asking() as asker:
        answer = await asker.come_in()
        (cookie,) = answer.headers.getall("Set-Cookie")
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert SHOWN not in cookie
        assert 'content="0;url=/"' in await answer.text()
        page = await asker.get("/")
        assert page.status == 200
        assert SHOWN not in await page.text()
        assert (await asker.get("/alive")).status == 204


async def test_a_token_somewhere_else_than_on_a_page_opens_nothing() -> None:
    async with asking() as asker:
        assert (await asker.get(f"/static/js/textual.js?token={SHOWN}")).status == 403
        assert await asker.refused(f"/ws/dash?token={SHOWN}") == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:80"])
async def test_a_foreign_host_is_refused_even_with_the_token(host: str) -> None:
    async with asking() as asker:
        await asker.come_in()
        for path in (f"/?token={SHOWN}", "/", "/alive"):
            assert (await asker.get(path, Host=host)).status == 421


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1"])
async def test_a_connection_that_no_page_of_ours_asks_for_is_refused(origin: str | None) -> None:
    async with asking() as asker:
        await asker.come_in()
        assert await asker.refused(origin=origin) == 403
        assert asker.pages.sessions == frozenset()


async def test_a_proxy_is_let_through_by_its_public_url() -> None:
    async with asking(public_url="https://deck.example.org") as asker:
        answer = await asker.get(f"/?token={SHOWN}", Host="deck.example.org")
        assert answer.status == 200
        assert "Secure" in answer.headers["Set-Cookie"]
        await asker.come_in()
        page = await asker.get("/", Host="deck.example.org")
        assert "wss://deck.example.org/ws/dash" in await page.text()
        socket = await asker.connect(origin="https://deck.example.org")
        await socket.close()


@pytest.mark.parametrize("path", ["/", "/full", "/alive", "/static/js/textual.js", "/nothing", "/page/x"])
async def test_every_answer_has_its_headers(path: str) -> None:
    async with asking() as asker:
        await asker.come_in()
        headers: CIMultiDict[str] = CIMultiDict((await asker.get(path)).headers)
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert "aiohttp" not in headers["Server"]


async def test_the_page_names_no_other_machine() -> None:
    async with asking() as asker:
        await asker.come_in()
        for path in ("/", "/full", "/page/page.css", "/page/page.js"):
            text = await (await asker.get(path)).text()
            assert set(re.findall(r"(?:\w+:)?//[\w.:]+", text)) <= {f"ws:{asker.base.removeprefix('http:')}"}


@pytest.mark.parametrize("path", ["/static/", "/static/../server.py", "/static/%2e%2e/server.py", "/page/..%2fgate.py"])
async def test_only_the_files_of_the_page_are_given(path: str) -> None:
    async with asking() as asker:
        await asker.come_in()
        assert (await asker.get(path)).status in {403, 404}


async def test_what_is_served_is_constant_whatever_the_address_says() -> None:
    async with asking() as asker:
        await asker.come_in()
        socket = await asker.connect("/ws/dash?width=7;reboot&height=9&command=reboot&argv=--allow")
        drawn = await begin(socket)
        assert "argv ['dash'] size 100x30" in drawn
        other = await asker.connect("/ws/full")
        assert "argv ['full']" in await begin(other)


@pytest.mark.parametrize(
    ("width", "height", "size"), [(100, 30, "100x30"), (1, -5, "10x5"), (10**9, 10**9, "1000x400")]
)
async def test_a_size_has_bounds(width: int, height: int, size: str) -> None:
    async with asking() as asker:
        await asker.come_in()
        socket = await asker.connect()
        assert f"size {size} " in await begin(socket, width, height)


async def test_nonsense_is_left_out_and_what_is_typed_arrives() -> None:
    async with asking() as asker:
        await asker.come_in()
        socket = await asker.connect()
        for text in (
            "",
            "{",
            "[]",
            "[1]",
            '["resize"]',
            '["resize", {"width": true, "height": "9"}]',
            '["stdin", "early"]',
        ):
            await socket.send_str(text)
        await socket.send_str("[" * 5000)
        await begin(socket)
        for text in ('["stdin"]', '["stdin", 7]', '["deliver_file_start", "x"]', '["quit"]', '["meta", "exit"]'):
            await socket.send_str(text)
        await socket.send_json(["stdin", "hi \u00e9"])
        drawn = await read_until(socket, "Dhi \u00e9")
        assert "early" not in drawn
        assert "exit" not in drawn
        await socket.send_json(["resize", {"width": 90, "height": 20}])
        await read_until(socket, json.dumps({"type": "resize", "width": 90, "height": 20}))


async def test_a_session_dies_with_its_browser() -> None:
    async with asking() as asker:
        await asker.come_in()
        socket = await asker.connect()
        pid = pid_in(await begin(socket))
        assert psutil.pid_exists(pid)
        await socket.close()
        await until(lambda: not psutil.pid_exists(pid))
        await until(lambda: not asker.pages.sessions)


async def test_a_browser_hears_that_its_program_ended_badly() -> None:
    async with asking() as asker:
        await asker.come_in()
        socket = await asker.connect()
        await begin(socket)
        await socket.send_json(["stdin", "boom"])
        async with asyncio.timeout(DEADLINE_SECONDS):
            while (message := await socket.receive()).type is WSMsgType.BINARY:
                pass
        assert message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED}


async def test_no_more_sessions_than_allowed_and_a_place_is_free_again() -> None:
    async with asking(most_sessions=1) as asker:
        await asker.come_in()
        socket = await asker.connect()
        await begin(socket)
        assert await asker.refused() == 503
        page = await asker.get("/")
        assert (page.status, "1 sessions" in await page.text()) == (503, True)
        assert 'http-equiv="refresh"' in await page.text(), "a wall asks again by itself"
        await socket.close()
        await until(lambda: not asker.pages.sessions)
        await begin(await asker.connect())


async def test_the_end_of_the_server_ends_its_sessions() -> None:
    async with asking() as asker:
        await asker.come_in()
        pid = pid_in(await begin(await asker.connect()))
    assert not psutil.pid_exists(pid)


async def test_a_program_that_does_not_listen_is_killed() -> None:
    async with asking("--deaf") as asker:
        await asker.come_in()
        socket = await asker.connect()
        pid = pid_in(await begin(socket))
        await socket.close()
        await until(lambda: not psutil.pid_exists(pid))
