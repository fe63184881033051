"""From the arguments of `hostdeck dash --web` to a server that listens."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from argparse import Namespace
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from tui.domain.errors import HostdeckError
from tui.web.command import commands, environment, may_change
from tui.web.gate import Gate, is_loopback, new_token, origins_for
from tui.web.server import Offer, PageServer
from tui.web.token_file import read_token

END_SECONDS = 8.0


async def serve(arguments: Namespace) -> int:
    """Listen until cancelled; the address with its token is printed once.

    Raises:
        HostdeckError: what was asked for cannot or must not be.
    """
    _check(arguments)
    token = read_token(arguments.token_file) if arguments.token_file is not None else new_token()
    listener = _listen(arguments.listen, arguments.port)
    port = listener.getsockname()[1]
    origins = origins_for(arguments.listen, port, arguments.public_url)
    offer = Offer(
        commands=commands(arguments),
        environ=environment(os.environ),
        most_sessions=arguments.sessions,
        port=port,
    )
    runner = web.AppRunner(
        PageServer(Gate(token, origins), offer).application(),
        access_log=None,  # it would write the token down
        logger=server_log(),
        shutdown_timeout=END_SECONDS,
    )
    try:
        await runner.setup()
        await web.SockSite(runner, listener).start()
        _tell(arguments, origins, token)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        listener.close()
    return 0


def server_log() -> logging.Logger:
    """Return a log that tells of our defects, not of what strangers send that is no request: 400 is their answer."""
    log = logging.getLogger("hostdeck.web")
    log.addFilter(_is_ours)
    return log


def _is_ours(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _check(arguments: Namespace) -> None:
    if not is_loopback(arguments.listen) and not arguments.allow_remote:
        raise HostdeckError(
            "address",
            f"Others could reach {arguments.listen}, unencrypted. Put a proxy with TLS and authentication before "
            "127.0.0.1, or say --allow-remote.",
        )
    if arguments.public_url:
        parts = urlsplit(arguments.public_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.username:
            raise HostdeckError(
                "address", "--public-url is an address without a path, such as https://deck.example.org"
            )


def _listen(address: str, port: int) -> socket.socket:
    try:
        family, *_, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(where[:2], family=family)
    except OSError as error:
        raise HostdeckError("address", f"Cannot listen on {address}, port {port}: {error.strerror or error}.") from None


def _tell(arguments: Namespace, origins: list[str], token: str) -> None:
    shown = token if arguments.token_file is None else f"(what is in {arguments.token_file})"
    base = origins[-1] if arguments.public_url else origins[0]
    rights = "Changes are allowed in the browser." if may_change(arguments) else "Read-only."
    sys.stdout.write(
        f"dashboard  {base}/?token={shown}\n"
        f"hostdeck   {base}/full?token={shown}\n"
        f"{rights} Who has the token can look. Ctrl-C ends it.\n"
    )
    sys.stdout.flush()
    if not is_loopback(arguments.listen):
        sys.stderr.write(
            f"warning: others can reach {arguments.listen}; what goes over it, the token too, can be read on the way.\n"
        )
