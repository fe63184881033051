"""Where a Podman service listens: a socket of this host, or a TCP port that somebody named."""

import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tui.domain.errors import EngineAbsent, EngineRefused

# who may hold the listening end of a socket whose containers live in this host's /proc; anything else (ssh -L, the
# proxy of a Podman machine) forwards to another host
LOCAL_LISTENERS = ("podman", "systemd")


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed URL; `path` of a Unix socket, or None with `host` and `port`."""

    path: str | None
    host: str = ""
    port: int = 0


def parse_url(url: str) -> Address:
    """Split a URL of a Podman service.

    Raises:
        EngineRefused: ssh, with the way round it.
        EngineAbsent: not a URL that names a service.
    """
    parts = urlsplit(url)
    if parts.scheme in {"unix", "http+unix"}:
        return Address(unquote(parts.netloc + parts.path))
    if parts.scheme in {"ssh", "http+ssh"}:
        raise EngineRefused("Podman over ssh is not used", _ssh_hint(url))
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme in {"tcp", "http"} and parts.hostname and port:
        return Address(None, parts.hostname, port)
    raise EngineAbsent("not a Podman URL", f"{url!r} names no Podman service: use unix:///PATH or tcp://HOST:PORT.")


def _ssh_hint(url: str) -> str:
    parts = urlsplit(url)
    target = parts.netloc.rpartition("@")[2].partition(":")[0] or "HOST"
    who = f"{parts.username}@{target}" if parts.username else target
    port = f"-p {parts.port} " if parts.netloc.rpartition(":")[2].isdigit() and parts.port else ""
    return (
        "Forward the socket with ssh, which checks host keys: "
        f"ssh -nNT {port}-L /tmp/podman.sock:{parts.path or '/run/podman/podman.sock'} {who}  "
        "and then use --podman unix:///tmp/podman.sock"
    )


def listener_is_local(peer: socket.socket) -> bool:
    """Tell whether a connected Unix socket ends at a Podman of this host, and not at something that forwards it.

    The kernel knows who called listen() (SO_PEERCRED, unix(7)); a listener that cannot be looked at counts as local:
    its pids cannot be looked at either.
    """
    pid, _, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    if pid == 0:  # outside of our pid namespace, and so are the containers
        return False
    try:
        name = Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    except OSError:
        return True
    return name.startswith(LOCAL_LISTENERS)
