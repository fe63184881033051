"""What a libvirt URI says about where its guests live."""

import os
import pwd
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SYSTEM_RUN_FOLDER = Path("/run/libvirt")


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed URI.

    Attributes:
        uri: as the person named it.
        open_uri: what is handed to libvirt; ssh must never ask for a password on the terminal that shows the screen.
        driver: "qemu", "lxc", "test", or the scheme's name of any other driver.
        session: guests of one login user.
        local: guests are processes of this host. A host part always means remote, even "localhost".
        user: login name for a session, empty for the system's guests.
        run_folders: where the daemon may keep its pid files, most likely first; empty for remote ones.
        ssh_to: the command line that logs in at the other host, where libvirt goes by ssh; empty otherwise.
    """

    uri: str
    open_uri: str
    driver: str
    session: bool
    local: bool
    user: str
    run_folders: tuple[Path, ...]
    ssh_to: str = ""

    @property
    def has_processes(self) -> bool:
        """Tell whether its guests have processes in this host's /proc."""
        return self.local and self.driver in {"qemu", "lxc"}

    @property
    def one_connection(self) -> bool:
        """Tell whether a second connection would show another world: the test driver keeps guests in its process."""
        return self.driver == "test"


def parse_uri(uri: str) -> Target:
    """Read a URI; never fails: what makes no sense is for libvirt to refuse.

    https://libvirt.org/uri.html
    """
    parts = urlsplit(uri)
    driver, _, transport = parts.scheme.partition("+")
    query = parse_qs(parts.query)
    local = bool(driver) and not parts.netloc and transport in {"", "unix"}
    session = parts.path.rstrip("/") == "/session"
    by_ssh = transport in {"ssh", "libssh", "libssh2"}
    return Target(
        uri=uri,
        open_uri=_quiet_ssh(uri, query) if by_ssh else uri,
        driver=driver or "unknown",
        session=session,
        local=local,
        user=_user_of(query) if session and local else "",
        ssh_to=_ssh_line(parts.netloc) if by_ssh else "",
        run_folders=_run_folders(query, session=session) if local else (),
    )


def _quiet_ssh(uri: str, query: dict[str, list[str]]) -> str:
    if "no_tty" in query:
        return uri
    return f"{uri}{'&' if query else '?'}no_tty=1"


def _run_folders(query: dict[str, list[str]], *, session: bool) -> tuple[Path, ...]:
    """Return the daemon's state folders: its socket lies in the same one."""
    socket = query.get("socket", [""])[0]
    beside_socket = (Path(socket).parent,) if socket.startswith("/") else ()
    if not session:
        return (*beside_socket, SYSTEM_RUN_FOLDER)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")  # virGetUserRuntimeDirectory()'s fallback
    return (*beside_socket, *((Path(runtime) / "libvirt",) if runtime else ()), cache / "libvirt")


def _ssh_line(netloc: str) -> str:
    login, _, port = netloc.rpartition(":")
    if not port.isdecimal():  # none, or the end of an IPv6 address
        login, port = netloc, ""
    words = ["ssh", *(["-p", port] if port else []), re.sub(r"[][]", "", login)]
    return shlex.join(words)


def _user_of(query: dict[str, list[str]]) -> str:
    """Return whose session it is: the owner of a named socket, else who asks."""
    try:
        uid = os.stat(query["socket"][0]).st_uid
    except (KeyError, OSError, ValueError):
        uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
