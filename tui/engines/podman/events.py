"""Podman's event stream: followed in a thread that blocks in a read, ended by shutting its socket down."""

import asyncio
import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tui.domain.errors import EngineError, EngineLost
from tui.engines.podman.client import open_connection, target
from tui.engines.podman.errors import exchanging, raise_for_status
from tui.engines.podman.rows import LATEST_SECONDS

OVERLAP_SECONDS = 1.0
LONGEST_LINE = 1 << 20
RESOURCES = ("image", "volume", "network")
FILTERS = {"type": ["container", "pod", *RESOURCES]}

Raw = dict[str, Any]


@dataclass
class Repeats:
    """Knows what was already heard, so that a stream may start again a little earlier.

    Attributes:
        newest: time of the newest event by the engine's clock; None before the first.
    """

    newest: float | None = None
    _heard: dict[str, float] = field(default_factory=dict)

    def is_repeat(self, event: Raw) -> bool:
        """Tell whether this event was heard before, and remember it."""
        at = event_seconds(event)
        key = f"{at!r} {event.get('Type')} {event.get('Action')} {actor_of(event).get('ID')}"
        if key in self._heard:
            return True
        self._heard[key] = at
        if self.newest is None or at > self.newest:
            self.newest = at
            self._forget(at - 2 * OVERLAP_SECONDS - 1)
        return False

    def _forget(self, before: float) -> None:
        if len(self._heard) > 64:
            self._heard = {key: at for key, at in self._heard.items() if at >= before}

    def __len__(self) -> int:
        return len(self._heard)

    def since(self) -> float | None:
        """Return from when on to ask: the newest event less an overlap."""
        return None if self.newest is None else self.newest - OVERLAP_SECONDS


def event_seconds(event: Raw) -> float:
    """Return the time of an event, 0.0 when it has none."""
    nanoseconds = event.get("timeNano")
    if isinstance(nanoseconds, int) and 0 < nanoseconds < LATEST_SECONDS * 10**9:
        return nanoseconds / 1e9
    seconds = event.get("time")
    return float(seconds) if isinstance(seconds, int | float) and 0 < seconds < LATEST_SECONDS else 0.0


def actor_of(event: Raw) -> Raw:
    """Return what the event is about: "ID" and "Attributes"."""
    actor = event.get("Actor")
    return actor if isinstance(actor, dict) else {}


class Follower:
    """One run of the event stream. Make it and `start` it on the event loop's thread; `close` it there too.

    Args:
        since: Unix time from which events are replayed; None for only new ones.
        on_event: called on the loop's thread for each event.
    """

    def __init__(self, url: str, *, since: float | None, timeout: float, on_event: Callable[[Raw], None]) -> None:
        self._url = url
        self._since = since
        self._timeout = timeout
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = self._loop.create_future()
        self.ended: asyncio.Future[None] = self._loop.create_future()  # always ends in an EngineError
        self._connection: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()
        self._closed = False
        for future in (self.opened, self.ended):
            future.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to look

    def start(self) -> None:
        """Begin to follow."""
        threading.Thread(target=self._run, name=f"events of {self._url}", daemon=True).start()

    def close(self) -> None:
        """End the stream; the thread returns from its read at once."""
        with self._lock:
            self._closed = True
            sock = self._connection.sock if self._connection is not None else None
            if isinstance(sock, socket.socket):
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    # on the stream's own thread

    def _run(self) -> None:
        failure = EngineLost("the event stream ended", f"{self._url} closed the event stream.")
        try:
            self._follow()
        except EngineError as error:
            self._post(_fail, self.opened, error)
            self._post(_fail, self.ended, error)
        else:
            self._post(_fail, self.opened, failure)
            self._post(_fail, self.ended, failure)

    def _follow(self) -> None:
        connection = open_connection(self._url, self._timeout)
        with contextlib.closing(connection), exchanging(self._url):
            with self._lock:
                if self._closed:
                    return
                self._connection = connection
            params: dict[str, Any] = {"stream": "true", "filters": FILTERS}
            if self._since is not None:
                params["since"] = f"{self._since:.6f}"
            connection.request("GET", target("events", params))
            # an answer with "Connection: close" takes the socket away from the connection; close() needs it
            sock = connection.sock
            response = connection.getresponse()
            connection.sock = sock
            self._read(sock, response)

    def _read(self, sock: socket.socket | None, response: http.client.HTTPResponse) -> None:
        if response.status >= 400:
            raise_for_status(response.status, response.read())
        if sock is not None:
            sock.settimeout(None)  # a quiet stream is no failure; whether the service lives is asked elsewhere
        self._post(_succeed, self.opened)
        while line := response.readline(LONGEST_LINE):
            event = _decode(line)
            if event is not None:
                self._post(self._on_event, event)

    def _post(self, function: Callable[..., object], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(function, *args)


def _decode(line: bytes) -> Raw | None:
    """Return the event of one line, None for an empty or torn one."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _fail(future: "asyncio.Future[None]", error: EngineError) -> None:
    if not future.done():
        future.set_exception(error)


def _succeed(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
