"""One connection for what the API's JSON does not cover: a file as body, Docker's paths, answers in pieces."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

from tui.engines.podman.client import Params, target
from tui.engines.podman.errors import exchanging
from tui.engines.podman.wire import Wire

DOCKER_API = "/v1.40/"
LONGEST_LINE = 1 << 20


class Line(Wire):
    """A `Wire` that sends a head of any kind; bytes of a body follow by `write`."""

    async def begin(self, method: str, where: str, *, length: int = 0, kind: str = "") -> None:
        """Send a request's head.

        Args:
            where: whole request target.
            length: bytes of the body that follows.
            kind: its content type.
        """
        lines = [f"{method} {where} HTTP/1.1", "Host: d", f"Content-Length: {length}", "Connection: close"]
        lines += [f"Content-Type: {kind}"] if kind else []
        with exchanging(self._url):
            self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            await self._writer.drain()


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Line]:
    """Open a connection and close it at the end, however that comes."""
    line = await Line.connect(url)
    try:
        yield line
    finally:
        line.close()


def docker_target(path: str, params: Params | None = None) -> str:
    """Return the request target of a path of the Docker-compatible API."""
    return f"{DOCKER_API}{quote(path)}?{urlencode(params or {})}"


@asynccontextmanager
async def answering(
    url: str, method: str, path: str, params: Params | None = None, *, docker: bool = False
) -> AsyncIterator[Line]:
    """Send a request without a body and give the connection at the beginning of its answer's body.

    Raises:
        EngineError: whatever the service says, or that it says nothing.
    """
    async with connected(url) as line:
        await line.begin(method, docker_target(path, params) if docker else target(path, params))
        await line.head()
        yield line


async def items(line: Line) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the JSON objects of an answer, one a line; what is none is left out."""
    held = b""
    while data := await line.body():
        *whole, held = (held + data).split(b"\n")
        for text in whole:
            if (item := _item(text)) is not None:
                yield item
        held = held[-LONGEST_LINE:]
    if (item := _item(held)) is not None:
        yield item


def _item(text: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
