"""Where a guest's screen can be reached over the network, from its definition."""

import getpass
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree

_ANYWHERE = frozenset({"0.0.0.0", "::", "[::]", ""})  # noqa: S104 - looked for, not listened on
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class ScreenAddress:
    """One VNC or SPICE server of a guest.

    Attributes:
        kind: "vnc" or "spice".
        host: the address it listens at; empty when it is a socket, or when the guest does not run.
        port: 0 when it has none.
        tls_port: of SPICE, 0 when it has none.
        socket: path of its Unix socket, else empty.
    """

    kind: str
    host: str = ""
    port: int = 0
    tls_port: int = 0
    socket: str = ""

    @property
    def text(self) -> str:
        """Return the address as viewers take it; empty when there is none, as of a guest that does not run."""
        if self.socket:
            return f"{self.kind}+unix://{self.socket}"
        if not (self.port or self.tls_port):
            return ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        tls = f"?tls-port={self.tls_port}" if self.tls_port else ""
        return f"{self.kind}://{host}{f':{self.port}' if self.port else ''}{tls}"

    @property
    def is_open_to_the_network(self) -> bool:
        """Tell whether others than this host may reach it."""
        return bool(self.port or self.tls_port) and self.host not in _LOOPBACK

    def ssh_line(self, login: str) -> str:
        """Return the command that brings it to the person's own machine; empty when there is no address.

        Args:
            login: how that machine names this host to ssh ("root@kvm01").
        """
        if self.socket:
            return shlex.join(["ssh", "-N", "-L", f"5900:{self.socket}", login])
        inside = "localhost" if self.host in _ANYWHERE else f"[{self.host}]" if ":" in self.host else self.host
        forwards = [f"{port}:{inside}:{port}" for port in (self.port, self.tls_port) if port]
        if not forwards:
            return ""
        return shlex.join(["ssh", "-N", *(word for forward in forwards for word in ("-L", forward)), login])


def read_graphics(text: str) -> tuple[ScreenAddress, ...]:
    """Return the VNC and SPICE servers of a definition; only a running guest's has ports."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - libvirt wrote it; expat bounds what entities may expand to
    except ElementTree.ParseError:
        return ()
    found = root.iterfind("devices/graphics")
    return tuple(_address(element) for element in found if element.get("type") in {"vnc", "spice"})


def _address(element: ElementTree.Element) -> ScreenAddress:
    listen = element.find("listen")
    listen = ElementTree.Element("listen") if listen is None else listen
    socket = element.get("socket") or listen.get("socket") or ""
    return ScreenAddress(
        kind=element.get("type", ""),
        host="" if socket else element.get("listen") or listen.get("address") or "",
        port=_port(element.get("port")),
        tls_port=_port(element.get("tlsPort")),
        socket=socket,
    )


def _port(text: str | None) -> int:
    """Read a port; -1 means that libvirt chooses one at the start."""
    return int(text) if text and text.isdigit() else 0


def login_of(uri: str, *, here: str) -> str:
    """Return how ssh reaches the host of a URI: its own user and host, or this host's.

    Args:
        here: this host's name, for a URI without one.
    """
    parts = urlsplit(uri)
    if parts.hostname:
        return f"{parts.username}@{parts.hostname}" if parts.username else parts.hostname
    try:
        return f"{getpass.getuser()}@{here}"
    except (KeyError, OSError):  # no such user in the password file
        return here


def viewer_command(uri: str, uuid: str, environment: Mapping[str, str]) -> str:
    """Return the virt-viewer command line; empty where there is no display to show it on."""
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return ""
    return shlex.join(["virt-viewer", "--connect", uri, "--uuid", uuid])
