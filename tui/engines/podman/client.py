"""HTTP to one Podman service, over a Unix socket or TCP; every call blocks and belongs on a lane.

The standard library's http.client is used on purpose: podman-py brings requests, urllib3 and charset_normalizer, 10 MB
and a quarter of a second, and neither lets another thread end a blocked stream nor tells whether a request was sent.
"""

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tui.domain.errors import EngineError, EngineLost
from tui.engines.podman.address import Address, listener_is_local, parse_url
from tui.engines.podman.errors import ConnectionGoneError, connecting, exchanging, raise_for_status

# the oldest API with everything used here; Podman 4 and 5 both answer it
API = "/v4.0.0/libpod/"

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer below status 400; `headers` with lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the decoded body.

        Raises:
            EngineError: it is no JSON.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise EngineError("Podman answered nonsense", f"No JSON: {error}") from error


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("d", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect, or raise OSError with the descriptor closed."""
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(self.timeout)
            sock.connect(self._path)
        except OSError:
            sock.close()
            raise
        self.sock = sock


def open_connection(url: str, timeout: float) -> http.client.HTTPConnection:
    """Connect to a service.

    Raises:
        EngineError: EngineAbsent, EngineRefused or EngineTimeout, each with what helps.
    """
    address = parse_url(url)
    connection = _connection(address, timeout)
    with connecting(url):
        connection.connect()
    return connection


def _connection(address: Address, timeout: float) -> http.client.HTTPConnection:
    if address.path is not None:
        return UnixConnection(address.path, timeout)
    return http.client.HTTPConnection(address.host, address.port, timeout=timeout)


def target(path: str, params: Params | None = None) -> str:
    """Return the request target of an API path; lists and mappings become JSON, as Podman's filters want."""
    if not params:
        return API + quote(path)
    plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in params.items()}
    return f"{API}{quote(path)}?{urlencode(plain)}"


class Client:
    """Ask one service; keeps one connection for reading. Not for two threads at once, `close` apart.

    Args:
        timeout: seconds that connecting or one silence of the service may last.
    """

    def __init__(self, url: str, *, timeout: float) -> None:
        self.url = url
        self.timeout = timeout
        self.is_local: bool | None = None  # None before the first connection
        self._kept: http.client.HTTPConnection | None = None
        self._closed = False
        self._lock = threading.Lock()

    def get(self, path: str, params: Params | None = None) -> Answer:
        """Read something.

        Raises:
            EngineError: whatever went wrong, translated.
        """
        reused = self._kept is not None and self._kept.sock is not None
        try:
            return self._get(path, params)
        except ConnectionGoneError:
            if not reused:
                raise
        return self._get(path, params)  # a service that ended when idle closes what was kept; reading twice is harmless

    def _get(self, path: str, params: Params | None) -> Answer:
        connection = self._kept
        if connection is None or connection.sock is None:  # closed after a failure or by "Connection: close"
            connection = self._keep(self._open(self.timeout))
        return self._exchange(connection, "GET", target(path, params))

    def _keep(self, connection: http.client.HTTPConnection) -> http.client.HTTPConnection:
        """Keep a new connection, unless `close` was called meanwhile from another thread."""
        with self._lock:
            self._kept = connection
            if not self._closed:
                return connection
        connection.close()
        raise EngineLost("closed", "hostdeck closed the connection.")

    def send(self, method: str, path: str, params: Params | None = None, *, timeout: float) -> Answer:
        """Change something, once, over a connection of its own.

        Raises:
            EngineTimeout: no answer in time: the outcome is unknown.
            EngineLost: the connection broke after the request was sent: the same.
            EngineError: refused, or never sent.
        """
        connection = self._open(self.timeout)
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        with contextlib.closing(connection):
            return self._exchange(connection, method, target(path, params))

    def _open(self, timeout: float) -> http.client.HTTPConnection:
        connection = open_connection(self.url, timeout)
        if self.is_local is None:
            self.is_local = _is_local(connection)
        return connection

    def _exchange(self, connection: http.client.HTTPConnection, method: str, where: str) -> Answer:
        try:
            with exchanging(self.url):
                connection.request(method, where, headers={"Accept": "application/json"})
                response = connection.getresponse()
                body = response.read()
        except BaseException:
            connection.close()
            raise
        raise_for_status(response.status, body)
        return Answer(response.status, {key.lower(): value for key, value in response.getheaders()}, body)

    def close(self) -> None:
        """Close the kept connection, for good; a thread that waits for its answer returns at once."""
        with self._lock:
            self._closed = True
            kept = self._kept
        sock = kept.sock if kept is not None else None
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if kept is not None:
            kept.close()


def _is_local(connection: http.client.HTTPConnection) -> bool:
    sock = connection.sock
    return isinstance(sock, socket.socket) and sock.family == socket.AF_UNIX and listener_is_local(sock)
