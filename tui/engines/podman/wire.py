"""HTTP on the event loop, for what stays open: upgraded connections and endless answers. No thread, no library.

A stream is read only while somebody waits for it; what nobody reads stays in the kernel's socket buffer and at most
some 400 KiB here, and then in the service, which stops reading from the program.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Self

from tui.domain.errors import EngineError, EngineLost
from tui.engines.podman.address import parse_url
from tui.engines.podman.client import Answer, Params, target
from tui.engines.podman.errors import connecting, exchanging, raise_for_status

LIMIT_BYTES = 64 * 1024
HEAD_SECONDS = 5.0
START_SECONDS = 20.0  # a stream's first answer comes when the process has started, which a busy host takes time for
MOST_ANSWER_BYTES = 16 << 20


class Wire:
    """One connection to a service.

    Raises:
        EngineError: from every method: EngineTimeout, EngineLost or what the service answered.
    """

    def __init__(self, url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._url = url
        self._reader = reader
        self._writer = writer
        self._chunks: Chunks | None = None
        self._left: int | None = None  # of an answer with a length
        self._done = False

    @classmethod
    async def connect(cls, url: str, *, timeout: float = HEAD_SECONDS) -> Self:
        """Connect to unix:///PATH or tcp://HOST:PORT."""
        address = parse_url(url)
        with connecting(url):
            async with asyncio.timeout(timeout):
                if address.path is not None:
                    pair = await asyncio.open_unix_connection(address.path, limit=LIMIT_BYTES)
                else:
                    pair = await asyncio.open_connection(address.host, address.port, limit=LIMIT_BYTES)
        pair[1].transport.set_write_buffer_limits(high=0)  # `write` returns when the kernel has it all
        return cls(url, *pair)

    async def request(
        self, method: str, path: str, params: Params | None = None, body: Any = None, *, upgrade: bool = False
    ) -> None:
        """Send one request; its answer ends the connection."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {target(path, params)} HTTP/1.1", "Host: d", f"Content-Length: {len(content)}"]
        lines += ["Content-Type: application/json"] if content else []
        lines += ["Connection: Upgrade", "Upgrade: tcp"] if upgrade else ["Connection: close"]
        with exchanging(self._url):
            self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + content)
            await self._writer.drain()

    async def head(self) -> tuple[int, Mapping[str, str]]:
        """Return status and headers (lower-case names) of the answer; an error's text is read and raised."""
        status, headers = await self.bare_head()
        if status == 101:
            return status, headers
        if headers.get("transfer-encoding", "").lower() == "chunked":
            self._chunks = Chunks()
        elif headers.get("content-length", "").isdigit():
            self._left = int(headers["content-length"])
        if status >= 400:
            raise_for_status(status, await self.rest())
        return status, headers

    async def bare_head(self) -> tuple[int, Mapping[str, str]]:
        """Return status and headers, and leave a body unread: for HEAD, whose answers have none."""
        with exchanging(self._url):
            try:
                return parse_head(await self._reader.readuntil(b"\r\n\r\n"))
            except asyncio.IncompleteReadError as error:
                raise ConnectionResetError from error
            except asyncio.LimitOverrunError as error:
                raise ValueError("an endless head") from error

    async def rest(self) -> bytes:
        """Return the whole body."""
        parts: list[bytes] = []
        size = 0
        while data := await self.body():
            parts.append(data)
            size += len(data)
            if size > MOST_ANSWER_BYTES:
                raise EngineError("Podman answered nonsense", f"More than {MOST_ANSWER_BYTES >> 20} MiB.")
        return b"".join(parts)

    async def body(self) -> bytes:
        """Return the next bytes of the body, b"" at its end."""
        while not self._done and self._left != 0:
            data = await self.read()
            if self._chunks is None:
                return self._counted(data)
            if not data:
                raise EngineLost("the connection to Podman broke", f"{self._url} closed the connection.")
            with exchanging(self._url):
                content = self._chunks.feed(data)
            self._done = self._chunks.done
            if content:
                return content
        return b""

    def _counted(self, data: bytes) -> bytes:
        if self._left is None:
            return data
        if not data:
            raise EngineLost("the connection to Podman broke", f"{self._url} closed the connection.")
        self._left = max(0, self._left - len(data))
        return data

    async def read(self) -> bytes:
        """Return the next raw bytes, at most 64 KiB; b"" when the other side closed."""
        with exchanging(self._url):
            return await self._reader.read(LIMIT_BYTES)

    async def write(self, data: bytes) -> None:
        """Send bytes; return when they fit into the kernel's buffer."""
        with exchanging(self._url):
            self._writer.write(data)
            await self._writer.drain()

    def close(self) -> None:
        """Close at once; who waits in `read` gets b""."""
        self._writer.transport.abort()


class Chunks:
    """Take the chunked encoding off, whatever pieces it arrives in."""

    def __init__(self) -> None:
        self.done = False
        self._held = b""  # the start of a size line
        self._inside = 0  # bytes of the current chunk yet to come, its CRLF included

    def feed(self, data: bytes) -> bytes:
        """Return the content of the next piece.

        Raises:
            ValueError: not chunked.
        """
        data = self._held + data
        self._held = b""
        out: list[bytes] = []
        at = 0
        while at < len(data) and not self.done:
            if self._inside:
                at += self._take(data, at, out)
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                self._held = data[at:]
                if len(self._held) > 4096:
                    raise ValueError("no chunk size")
                break
            size = int(data[at:end].partition(b";")[0], 16)
            self.done = size == 0
            self._inside = size + 2
            at = end + 2
        return b"".join(out)

    def _take(self, data: bytes, at: int, out: list[bytes]) -> int:
        taken = min(self._inside, len(data) - at)
        content = min(taken, self._inside - 2)
        if content > 0:
            out.append(data[at : at + content])
        self._inside -= taken
        return taken


def parse_head(raw: bytes) -> tuple[int, dict[str, str]]:
    """Return status and headers with lower-case names.

    Raises:
        ValueError: not HTTP.
    """
    first, *lines = raw.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError("no HTTP")
    pairs = (line.partition(":") for line in lines if line)
    return int(rest[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}


async def ask(
    url: str, method: str, path: str, params: Params | None = None, body: Any = None, *, timeout: float = HEAD_SECONDS
) -> Answer:
    """Ask one thing over a connection of its own.

    Args:
        timeout: seconds for connecting, and again for the whole answer.

    Raises:
        EngineError: whatever went wrong, translated.
    """
    wire = await Wire.connect(url, timeout=timeout)
    try:
        with exchanging(url):
            async with asyncio.timeout(timeout):
                await wire.request(method, path, params, body)
                status, headers = await wire.head()
                return Answer(status, headers, await wire.rest())
    finally:
        wire.close()


async def exists(url: str, path: str, params: Params | None = None) -> Mapping[str, str] | None:
    """Return the headers that a HEAD request answers, None for 404.

    Raises:
        EngineError: any other failure.
    """
    wire = await Wire.connect(url)
    try:
        with exchanging(url):
            async with asyncio.timeout(HEAD_SECONDS):
                await wire.request("HEAD", path, params)
                status, headers = await wire.bare_head()
    finally:
        wire.close()
    if status == 404:
        return None
    raise_for_status(status, b"")
    return headers


async def upgrade(url: str, path: str, params: Params | None = None, body: Any = None) -> Wire:
    """Open a raw stream in both directions (101 Switching Protocols).

    Raises:
        EngineError: refused, or no answer in time.
    """
    wire = await Wire.connect(url)
    try:
        with exchanging(url):
            async with asyncio.timeout(START_SECONDS):
                await wire.request("POST", path, params, body, upgrade=True)
                status, _ = await wire.head()
    except BaseException:
        wire.close()
        raise
    if status != 101:
        wire.close()
        raise EngineError("Podman answered nonsense", f"HTTP status {status} for a stream.")
    return wire
