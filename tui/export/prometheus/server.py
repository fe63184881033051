"""Pages over HTTP, for a few scrapers on this machine.

One request a connection, answered at once or not at all: whoever sends slowly, reads slowly or comes in a crowd costs a
connection for a bounded time and nothing else.
"""

import asyncio
import gzip
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from tui.domain.errors import HostdeckError
from tui.export.prometheus.page import Page, wanted_type

MOST_CONNECTIONS = 8
HEAD_SECONDS = 5.0  # to send a request
BODY_SECONDS = 10.0  # to take the answer
LONGEST_HEAD = 8192
PATH = "/metrics"

_HINT = f"hostdeck: the metrics are at {PATH}\n".encode()
_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

MakesPage = Callable[[str], Awaitable[Page | None]]
"""Returns the page of a content type, None before the first sample."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; `host` is an IP address."""

    host: str
    port: int

    @property
    def text(self) -> str:
        """Return it as in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: str, *, allow_remote: bool) -> Address:
    """Return ADDRESS:PORT or PORT, for loopback unless more is allowed.

    Raises:
        HostdeckError: no address, or one that others reach.
    """
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if host == "localhost":
        host = "127.0.0.1"
    try:
        address, number = ipaddress.ip_address(host), int(port)
    except ValueError:
        number = -1
    if not 0 <= number <= 65535:
        raise HostdeckError("no address", f"{text!r} is no ADDRESS:PORT; an example is 127.0.0.1:9750.")
    if not address.is_loopback and not allow_remote:
        raise HostdeckError(
            "not loopback",
            f"{host} can be reached from other machines, and the figures name all that runs here: give --allow-remote"
            " to serve them there, without a password.",
        )
    return Address(host, number)


class Server:
    """Answers GET and HEAD of `PATH`.

    A name in the Host header other than this machine's own is refused: a web page whose name was made to point here
    (DNS rebinding) must not read the figures through its visitor's browser.

    Args:
        make_page: makes what is sent.
        names: host names in the Host header that are served besides addresses and localhost.
        most: connections at the same time; others are sent away.
        head_seconds: how long a request may take to arrive.
        body_seconds: how long the answer may take to be taken.
    """

    def __init__(
        self,
        make_page: MakesPage,
        names: Collection[str] = (),
        *,
        most: int = MOST_CONNECTIONS,
        head_seconds: float = HEAD_SECONDS,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._make_page = make_page
        self._most = most
        self._head_seconds = head_seconds
        self._body_seconds = body_seconds
        self._names = {"localhost", *(name.lower() for name in names)}
        self._server: asyncio.Server | None = None
        self._open = 0

    async def start(self, address: Address) -> Address:
        """Listen; return where, which differs for port 0.

        Raises:
            HostdeckError: that cannot be done.
        """
        try:
            self._server = await asyncio.start_server(
                self._serve, address.host, address.port, limit=LONGEST_HEAD, reuse_address=True
            )
        except OSError as error:
            raise HostdeckError(
                "cannot listen", f"Cannot listen on {address.text}: {error.strerror or error}."
            ) from error
        return Address(address.host, self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Listen no more; what is being answered is cut off."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            async with asyncio.timeout(self._head_seconds):
                answer = await self._answer_to(reader)
            writer.write(answer)
            async with asyncio.timeout(self._body_seconds):
                await writer.drain()
                writer.write_eof()
                writer.close()
                await writer.wait_closed()
        except (TimeoutError, OSError):
            writer.transport.abort()  # slow, or gone
        finally:
            self._open -= 1
            writer.close()

    async def _answer_to(self, reader: asyncio.StreamReader) -> bytes:
        if self._open > self._most:
            return _answer(503, b"too many connections\n", {"Retry-After": "5"})
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return _answer(431, b"the request is too long\n")
        except asyncio.IncompleteReadError:
            return _answer(400, b"no whole request\n")
        request = _parse(head)
        if request is None:
            return _answer(400, b"no HTTP request\n")
        return await self._respond(request)

    async def _respond(self, request: "_Request") -> bytes:
        if not self._is_ours(request.headers.get("host", "")):
            return _answer(421, b"this name is not served here: use an address or localhost\n")
        if request.method not in {"GET", "HEAD"}:
            return _answer(405, b"only GET and HEAD\n", {"Allow": "GET, HEAD"})
        whole = request.method == "GET"
        path = request.path.partition("?")[0]
        if path != PATH:
            return _answer(200 if path == "/" else 404, _HINT, whole=whole)
        try:
            page = await self._make_page(wanted_type(request.headers.get("accept", "")))
        except Exception as error:  # noqa: BLE001 - a defect of ours: the scraper is told, the next one is served
            return _answer(500, f"hostdeck failed to make the page: {type(error).__name__}\n".encode())
        if page is None:
            return _answer(503, b"no sample yet\n", {"Retry-After": "5"})
        headers = {"Content-Type": page.content_type, "Vary": "Accept, Accept-Encoding"}
        body = page.body
        if _takes_gzip(request.headers.get("accept-encoding", "")):
            body = await asyncio.to_thread(gzip.compress, body, 1)
            headers["Content-Encoding"] = "gzip"
        return _answer(200, body, headers, whole=whole)

    def _is_ours(self, host: str) -> bool:
        name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name.lower().rstrip(".") in self._names
        return True


def own_names() -> set[str]:
    """Return the names under which others on the network may know this machine."""
    name = socket.gethostname()
    return {name, name.partition(".")[0]}


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]


def _parse(head: bytes) -> _Request | None:
    """Return a request; None for what is none. The names of headers are in small letters."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return None
    pairs = (line.partition(":") for line in lines if ":" in line)
    return _Request(words[0], words[1], {name.strip().lower(): value.strip() for name, _, value in pairs})


def _takes_gzip(accepted: str) -> bool:
    return any(entry.partition(";")[0].strip().lower() == "gzip" for entry in accepted.split(","))


def _answer(status: int, body: bytes, headers: Mapping[str, str] | None = None, *, whole: bool = True) -> bytes:
    fields = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
        "X-Content-Type-Options": "nosniff",
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status} {_REASONS[status]}", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + (body if whole else b"")
