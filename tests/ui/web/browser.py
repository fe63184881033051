"""A browser without a screen, driven over its own protocol."""

import asyncio
import base64
import contextlib
import itertools
import shutil
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

DEADLINE_SECONDS = 30.0
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--window-size=1280,800",
)


class Page:
    """One page.

    Attributes:
        asked: addresses that were asked for.
        drawn: what came over the page's own connections, as the terminal gets it.
        logged: what the page's console said.
        statuses: answers by address; of the connection that stays open too.
    """

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self.asked: list[str] = []
        self.drawn = b""
        self.logged: list[str] = []
        self.statuses: dict[str, int] = {}

    async def listen(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self._hear(message.json())

    def _hear(self, told: dict[str, Any]) -> None:
        if "id" in told:
            self._answers.pop(told["id"]).set_result(told)
            return
        method, about = told["method"], told["params"]
        if method == "Network.requestWillBeSent":
            self.asked.append(about["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.asked.append(about["url"])
        elif method == "Network.responseReceived":
            self.statuses[about["response"]["url"]] = about["response"]["status"]
        elif method == "Network.webSocketFrameReceived" and about["response"]["opcode"] == 2:
            self.drawn += base64.b64decode(about["response"]["payloadData"])
        elif method == "Log.entryAdded":
            self.logged.append(about["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.logged.append(str(about["exceptionDetails"]))
        self._news.set()

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(DEADLINE_SECONDS):
            told = await answer
        assert "error" not in told, told
        result: dict[str, Any] = told["result"]
        return result

    async def open(self, url: str) -> None:
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.call("Page.navigate", url=url)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{what}: {self.asked} {self.logged} {self.drawn[-300:]!r}") from None

    async def evaluate(self, script: str) -> Any:
        found = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return found["result"].get("value")

    async def press(self, key: str) -> None:
        code = key.upper()
        about = {"key": key, "code": f"Key{code}", "windowsVirtualKeyCode": ord(code)}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=key, **about)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def click(self, x: int, y: int) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def picture(self) -> bytes:
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


@contextlib.asynccontextmanager
async def a_page() -> AsyncIterator[Page]:
    """Start a browser and give its page."""
    program = shutil.which("chromium")
    assert program is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        argv = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        browser = await asyncio.create_subprocess_exec(*argv, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
        try:
            async with ClientSession() as client, client.ws_connect(await _socket_of(client, Path(folder))) as socket:
                page = Page(socket)
                ear = asyncio.create_task(page.listen())
                yield page
                ear.cancel()
        finally:
            browser.terminate()
            await browser.wait()


async def _socket_of(client: ClientSession, folder: Path) -> str:
    """Return the address of the page's own protocol, once the browser has written down its port."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            with contextlib.suppress(OSError, IndexError):
                port = (folder / "DevToolsActivePort").read_text().split()[0]
                async with client.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [item for item in await answer.json() if item["type"] == "page"]
                    return str(pages[0]["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)
