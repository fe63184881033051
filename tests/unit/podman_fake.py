"""A Podman service that says what a test wants, over a real Unix socket."""

import asyncio
import json
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.engines.podman.client import API

Writer = asyncio.StreamWriter
Route = Callable[[Writer], Awaitable[None]]

DOCKER_API = "/v1.40/"
VERSION_HEADER = "Libpod-Api-Version"


def reply(value: Any = None, status: int = 200) -> Route:
    """Answer with JSON."""
    body = b"" if value is None else json.dumps(value).encode()

    async def write(writer: Writer) -> None:
        head = f"HTTP/1.1 {status} Said\r\n{VERSION_HEADER}: 4.3.1\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return write


def sign_of_life(version: str) -> Route:
    return raw(
        f"HTTP/1.1 200 OK\r\n{VERSION_HEADER}: {version}\r\nContent-Length: 2\r\n\r\nOK".encode(), then_close=False
    )


def raw(data: bytes, *, then_close: bool = True) -> Route:
    """Answer with these bytes, whatever they are."""

    async def write(writer: Writer) -> None:
        writer.write(data)
        await writer.drain()
        if then_close:
            writer.close()

    return write


async def hang(_writer: Writer) -> None:
    """Never answer."""
    await asyncio.Event().wait()


def chunk(event: Mapping[str, Any]) -> bytes:
    line = json.dumps(event).encode() + b"\n"
    return b"%x\r\n%s\r\n" % (len(line), line)


@dataclass
class FakePodman:
    """Answers by the path below the API's prefix, without the query; 404 for what has no route.

    Attributes:
        asked: "METHOD path?query" of every request, in order.
        bodies: what came with the requests that had a body, in order.
        readers: of every connection that is open, for routes that go on after their answer.
        streams: writers of the event streams that are open.
        connections: how many were accepted.
    """

    path: Path
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    readers: dict[Writer, asyncio.StreamReader] = field(default_factory=dict)
    streams: list[Writer] = field(default_factory=list)
    connections: int = 0
    version: str = "4.3.1"
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _tasks: set["asyncio.Task[None] | asyncio.Task[Any]"] = field(default_factory=set)
    _writers: set[Writer] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    async def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self.path)

    async def until_asked(self, words: str, times: int = 1) -> None:
        """Wait until requests with these words have come."""
        async with asyncio.timeout(20):
            while sum(words in request for request in self.asked) < times:
                self._news.clear()
                await self._news.wait()

    def emit(self, event: Mapping[str, Any]) -> None:
        for writer in self.streams:
            writer.write(chunk(event))

    async def stop(self) -> None:
        """Break all connections and listen no more."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        self._writers.clear()
        self.streams.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.readers[writer] = reader
        self.connections += 1
        try:
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                if length := re.search(rb"(?i)content-length: ([1-9]\d*)", head):
                    self.bodies.append(json.loads(await reader.readexactly(int(length[1]))))
                await self._answer(head.split(b"\r\n")[0].decode(), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self.readers.pop(writer, None)
            self._tasks.discard(task)

    async def _answer(self, request: str, writer: Writer) -> None:
        method, where, _ = request.split(" ")
        assert where.startswith((API, DOCKER_API))  # a path of Docker's is kept whole
        where = where.removeprefix(API)
        self.asked.append(f"{method} {where}")
        self._news.set()
        path = where.partition("?")[0]
        route = self.routes.get(f"{method} {path}") or self.routes.get(path)
        if route is None and path == "_ping":
            route = sign_of_life(self.version)
        elif route is None and path == "events":
            route = self._stream
        await (route or reply({"cause": "no such container", "message": f"no {path}", "response": 404}, 404))(writer)

    async def _stream(self, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await writer.drain()
        self.streams.append(writer)
        await asyncio.Event().wait()


@contextmanager
def short_folder() -> Iterator[Path]:
    """Make a folder for sockets, whose paths may have 107 bytes only; pytest's own folders are named after tests."""
    with tempfile.TemporaryDirectory(prefix="hd-", dir="/tmp") as folder:
        yield Path(folder)


@asynccontextmanager
async def serving() -> AsyncIterator[FakePodman]:
    """Run a fake service."""
    with short_folder() as folder:
        fake = FakePodman(folder / "podman.sock")
        await fake.start()
        yield fake
        await fake.stop()
