"""The server as a process: how it ends, and that nothing of it stays."""

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar

from tests.ui.web.served import Served, served

DEADLINE_SECONDS = 30.0


async def look(client: ClientSession, site: Served) -> ClientWebSocketResponse:
    """Open the dashboard and wait for its first figures."""
    async with client.get(site.dash):
        pass
    socket = await client.ws_connect(f"{site.base}/ws/dash", headers={"Origin": site.base})
    await socket.send_json(["resize", {"width": 100, "height": 30}])
    drawn = b""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while b"build-7" not in drawn:
            drawn += await socket.receive_bytes()
    return socket


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)]
)
async def test_its_end_is_the_end_of_all_sessions(tmp_path: Path, number: signal.Signals, status: int) -> None:
    with served(home=tmp_path) as site:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
            socket = await look(client, site)
            (child,) = psutil.Process(site.process.pid).children()
            watched = os.pidfd_open(child.pid)
            os.kill(site.process.pid, number)
            assert await asyncio.to_thread(site.process.wait, 20) == status
            await asyncio.to_thread(_wait_for_end, watched)
            await socket.close()
        assert "Traceback" not in site.errors()


def _wait_for_end(descriptor: int) -> None:
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    assert poll.poll(20_000), "the session outlives its server"
    os.close(descriptor)


async def test_the_token_is_not_on_the_command_line_of_what_is_started(tmp_path: Path) -> None:
    with served(home=tmp_path) as site:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
            socket = await look(client, site)
            (child,) = psutil.Process(site.process.pid).children()
            shown = site.dash.rpartition("=")[2]
            assert shown not in " ".join(child.cmdline())
            assert shown not in str(child.environ())
            assert child.cmdline()[-3:] == ["dash", "--rotate", "20"]
            await socket.close()
