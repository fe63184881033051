"""The web server: every request passes the gate first."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web

from tui.web import pages
from tui.web.command import Served
from tui.web.gate import NOT_KNOWN, NOT_THE_ONE, WRONG_HOST, WRONG_ORIGIN, Gate
from tui.web.messages import MOST_BYTES, pass_on
from tui.web.session import Session

STATIC = Path(textual_serve.__file__).parent / "static"
HEARTBEAT_SECONDS = 15.0
START_SECONDS = 10.0
"""A browser that has not told its size by then holds no place any longer."""

KEPT_SECONDS = 30 * 86_400
PATHS = {Served.DASH: "/", Served.FULL: "/full"}
HEADERS = {
    "Server": "hostdeck",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is served.

    Attributes:
        commands: the argument list of each application.
        environ: the environment of what is started.
        most_sessions: open at the same time.
        port: part of the cookie's name, because browsers do not tell ports of a machine apart.
    """

    commands: Mapping[Served, Sequence[str]]
    environ: Mapping[str, str]
    most_sessions: int
    port: int


class PageServer:
    """The page, its files, and the connections of its terminals."""

    def __init__(self, gate: Gate, offer: Offer) -> None:
        self._gate = gate
        self._offer = offer
        self._cookie = f"hostdeck-{offer.port}"
        self._sockets: set[web.WebSocketResponse] = set()
        self._sessions: set[Session] = set()

    @property
    def sessions(self) -> frozenset[Session]:
        """Return those that are open."""
        return frozenset(self._sessions)

    def application(self) -> web.Application:
        """Return the application for a server to run."""
        app = web.Application(middlewares=[self._gatekeeper], client_max_size=1024)
        for served, path in PATHS.items():
            app.router.add_get(path, self._page(served))
            app.router.add_get(f"/ws/{served.value}", self._socket(served))
        app.router.add_get("/alive", self._alive)
        app.router.add_get("/page/{name}", self._own_file)
        app.router.add_static("/static", STATIC, show_index=False, follow_symlinks=False)
        app.on_response_prepare.append(self._add_headers)
        app.on_shutdown.append(self._close_all)
        return app

    # Before everything else

    @web.middleware
    async def _gatekeeper(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._origin(request):
            return _say(421, WRONG_HOST)
        token = request.query.get("token")
        if token is not None and request.path in PATHS.values():
            return self._let_in(request) if self._gate.is_token(token) else _say(403, NOT_THE_ONE)
        if not self._gate.is_visitor(request.cookies.get(self._cookie, "")):
            return _say(403, NOT_KNOWN)
        return await handler(request)

    def _let_in(self, request: web.Request) -> web.Response:
        response = web.Response(text=pages.come_in(request.path), content_type="text/html")
        response.set_cookie(
            self._cookie,
            self._gate.admit(),
            httponly=True,
            samesite="Strict",
            path="/",
            max_age=KEPT_SECONDS,
            secure=self._origin(request).startswith("https:"),
        )
        return response

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(HEADERS)
        origin = self._origin(request)
        sockets = origin.replace("http", "ws", 1)
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' "
            f"data:; connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    def _origin(self, request: web.Request) -> str:
        """Return which of our origins a request came to, empty for none; without a Host it is none."""
        return self._gate.origin_for(request.headers.get("Host", ""))

    # What there is

    def _page(self, served: Served) -> Handler:
        title = "hostdeck dash" if served is Served.DASH else "hostdeck"

        async def show(request: web.Request) -> web.StreamResponse:
            if self._is_full:
                return _say(503, self._full_words, again=True)
            url = f"{self._origin(request).replace('http', 'ws', 1)}/ws/{served.value}"
            return web.Response(text=pages.terminal_page(title, url), content_type="text/html")

        return show

    async def _alive(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    async def _own_file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in pages.OWN_FILES:
            return _say(404, "There is no such file.")
        return web.Response(text=pages.own_file(name), content_type=pages.OWN_FILES[name])

    def _socket(self, served: Served) -> Handler:
        async def connect(request: web.Request) -> web.StreamResponse:
            if not self._gate.is_origin(request.headers.get("Origin")):
                return _say(403, WRONG_ORIGIN)
            if self._is_full:
                return _say(503, self._full_words)
            return await self._attend(request, self._offer.commands[served])

        return connect

    # Sessions

    @property
    def _is_full(self) -> bool:
        return len(self._sockets) >= self._offer.most_sessions

    @property
    def _full_words(self) -> str:
        return f"{self._offer.most_sessions} sessions are open. Close one, or start hostdeck with a greater --sessions."

    async def _attend(self, request: web.Request, argv: Sequence[str]) -> web.WebSocketResponse:
        """Start a process for a browser and carry what both say until one of them is gone."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=MOST_BYTES)
        self._sockets.add(socket)  # before anything is waited for: others must not pass the limit meanwhile
        session = Session(argv, self._offer.environ, write=socket.send_bytes, close=socket.close)
        self._sessions.add(session)
        try:
            await socket.prepare(request)
            async with asyncio.timeout(START_SECONDS) as patience:
                async for message in socket:
                    answer = await pass_on(message.data, session) if message.type is WSMsgType.TEXT else None
                    if session.is_started:
                        patience.reschedule(None)
                    if answer is not None:
                        await socket.send_json(answer)
        except (ConnectionError, TimeoutError):
            pass  # the browser left in the middle of a word, or said nothing at all
        finally:
            await asyncio.shield(self._end(session, socket))
        return socket

    async def _end(self, session: Session, socket: web.WebSocketResponse) -> None:
        try:
            await session.stop()
        finally:
            self._sessions.discard(session)
            self._sockets.discard(socket)

    async def _close_all(self, _app: web.Application) -> None:
        """End all sessions; nobody else waits for those whose browser has just left."""
        for socket in list(self._sockets):
            with contextlib.suppress(ConnectionError, RuntimeError):
                await socket.close(code=WSCloseCode.GOING_AWAY, message=b"hostdeck ends")
        await asyncio.gather(*(session.stop() for session in self._sessions), return_exceptions=True)


def _say(status: int, text: str, *, again: bool = False) -> web.Response:
    return web.Response(status=status, text=pages.sentence(text, again=again), content_type="text/html")
