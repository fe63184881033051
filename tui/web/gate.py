"""Who may come in: Host, Origin and token, decided without any web server."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

TOKEN_BYTES = 32
NUMBER_BYTES = 16

NOT_KNOWN = "Open the address that hostdeck printed: it carries a token, which this browser does not have yet."
NOT_THE_ONE = "This token is wrong, or hostdeck was started anew since: open the address that it printed last."
WRONG_HOST = "This name is not served here. Behind a proxy, start hostdeck with --public-url."
WRONG_ORIGIN = "Another page asked for this: refused."


class Gate:
    """Knows the token, the browsers that showed it, and the names under which the page may be reached.

    Args:
        token: what a browser has to show once.
        origins: `scheme://host:port` of every way to reach the page.
    """

    def __init__(self, token: str, origins: Iterable[str]) -> None:
        self._token = _digest(token)
        self.origins = frozenset(origins)
        self._hosts = {host_of(origin): origin for origin in sorted(self.origins)}

    def is_token(self, text: str) -> bool:
        """Tell whether a text is the token; any wrong one takes as long."""
        return hmac.compare_digest(_digest(text), self._token)

    def admit(self) -> str:
        """Return what a browser that showed the token keeps in its place: true as long as the token is."""
        number = secrets.token_urlsafe(NUMBER_BYTES)
        return f"{number}.{self._seal(number)}"

    def is_visitor(self, kept: str) -> bool:
        """Tell whether a browser was let in."""
        number, _, seal = kept.partition(".")
        return hmac.compare_digest(_digest(seal), _digest(self._seal(number)))

    def _seal(self, number: str) -> str:
        return hmac.new(self._token, _bytes(number), hashlib.sha256).hexdigest()

    def origin_for(self, host: str) -> str:
        """Return the origin that a Host header stands for, empty where it is none of ours.

        A page elsewhere whose name was made to lead here (DNS rebinding) sends its own name.
        """
        return self._hosts.get(host.lower(), "")

    def is_origin(self, origin: str | None) -> bool:
        """Tell whether a page of ours asks; nothing else may open a connection that stays open."""
        return origin is not None and origin in self.origins


def origins_for(address: str, port: int, public_url: str) -> list[str]:
    """Return the origins of a page that listens at an address, and of the proxy before it."""
    names = _own_names() if _is_any(address) else [address]
    if is_loopback(address) or _is_any(address):
        names += ["127.0.0.1", "localhost", "::1"]
    names = [f"[{name}]" if ":" in name else name.lower() for name in names]
    suffix = "" if port == 80 else f":{port}"
    found = [f"http://{name}{suffix}" for name in names]
    if public_url:
        parts = urlsplit(public_url)
        found.append(f"{parts.scheme}://{parts.netloc.lower()}")
    return list(dict.fromkeys(found))


def host_of(origin: str) -> str:
    """Return what a browser sends as Host for an origin."""
    return origin.partition("://")[2]


def is_loopback(address: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _is_any(address: str) -> bool:
    try:
        return ip_address(address).is_unspecified
    except ValueError:
        return False


def _own_names() -> list[str]:
    """Return the addresses of this machine and its name: a page that listens on all is reached by them."""
    import psutil

    families = (socket.AF_INET, socket.AF_INET6)
    every = [found for addresses in psutil.net_if_addrs().values() for found in addresses]
    return [socket.gethostname(), *(found.address.partition("%")[0] for found in every if found.family in families)]


def new_token() -> str:
    """Return a token nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _digest(text: str) -> bytes:
    """Return what is compared: of one length, whatever was sent."""
    return hashlib.sha256(_bytes(text)).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
