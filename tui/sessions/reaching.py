"""How a person on another machine, or with a display, gets to a guest's screen."""

import getpass
import shlex
import shutil
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from tui.domain.display import Display

_ANYWHERE = frozenset({"0.0.0.0", "::", "[::]", ""})  # noqa: S104 - looked for, not listened on
SOCKET_PORT = 5900
"""The port of the person's own machine that stands for a socket of the host."""


def ssh_login(uri: str, environment: Mapping[str, str]) -> list[str]:
    """Return how ssh is told the host of a URI: that one's own user, host and port, or the host hostdeck runs on.

    This host's address is the one that the person's own ssh has reached it at, where it did.
    """
    parts = urlsplit(uri)
    if parts.hostname:
        user = f"{parts.username}@" if parts.username else ""
        uses_ssh = "ssh" in parts.scheme
        port = ["-p", str(parts.port)] if uses_ssh and parts.port and parts.port != 22 else []
        return [*port, f"{user}{parts.hostname}"]
    reached = environment.get("SSH_CONNECTION", "").split()
    if len(reached) != 4:
        return [_with_user(socket.gethostname())]
    _, _, here, ssh_port = reached
    return [*(["-p", ssh_port] if ssh_port != "22" else []), _with_user(here)]


def _with_user(here: str) -> str:
    try:
        return f"{getpass.getuser()}@{here}"
    except (KeyError, OSError):  # no such user in the password file
        return here


def ssh_line(display: Display, login: list[str]) -> str:
    """Return the command that brings a screen to the person's own machine; empty when it has no address."""
    if display.socket:
        return shlex.join(["ssh", "-N", "-L", f"{SOCKET_PORT}:{display.socket}", *login])
    host = display.host
    inside = "localhost" if host in _ANYWHERE else f"[{host}]" if ":" in host else host
    forwards = [f"{port}:{inside}:{port}" for port in (display.port, display.tls_port) if port]
    if not forwards:
        return ""
    return shlex.join(["ssh", "-N", *(word for forward in forwards for word in ("-L", forward)), *login])


def address_there(display: Display) -> str:
    """Return what a viewer on the person's own machine is given while the ssh command runs."""
    port = SOCKET_PORT if display.socket else display.port
    if not port and display.tls_port:
        return f"{display.kind}://localhost?tls-port={display.tls_port}"
    return f"{display.kind}://localhost:{port}" if port else ""


def viewer_list(uri: str, uuid: str, displays: tuple[Display, ...], environment: Mapping[str, str]) -> list[str]:
    """Return the argument list of virt-viewer; empty where it, or a display to show it on, is not there."""
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return []
    program = shutil.which("virt-viewer", path=environment.get("PATH"))
    if program is None or not displays:
        return []
    by_libvirt = all(display.socket or not display.listens for display in displays)
    return [program, "--connect", uri, *(["--attach"] if by_libvirt else []), "--uuid", uuid]
