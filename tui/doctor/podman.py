"""Whether containers can be seen: program, runtime, the sockets of root and users, and an answer."""

import asyncio
import os
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from tui.doctor.machine import Machine, last_line
from tui.doctor.report import Check, Condition

AREA = "podman"
ROOT_SOCKET = "/run/podman/podman.sock"
_UNITS = "podman.socket podman.service"
# In a process of its own, as libvirt's: what it loads costs memory, and a hung service must not hang the doctor.
_VERSION = """
import sys
try:
    from podman import PodmanClient
    print(PodmanClient(base_url=sys.argv[1], timeout=30).version()["Version"])
except Exception as error:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__
    sys.exit(f"{type(error).__name__}: {error}")
"""


async def examine_podman(machine: Machine, urls: Sequence[str]) -> list[Check]:
    """Return the checks of Podman.

    Args:
        urls: services to try; empty means CONTAINER_HOST, else the sockets of root and users.
    """
    named = list(urls) or [url for url in [machine.environ.get("CONTAINER_HOST", "")] if url]
    checks = [] if named and machine.which("podman") is None else await _program(machine)
    if named:
        return checks + [await _named(machine, url) for url in named]
    if machine.which("podman") is None:
        return checks
    return checks + await _sockets(machine)


async def _program(machine: Machine) -> list[Check]:
    if machine.which("podman") is None:
        note = "not installed; hostdeck shows guests alone"
        return [Check(AREA, "program", note, Condition.WARN, machine.install("podman", "podman"))]
    return [await _version(machine), _runtime(machine)]


async def _version(machine: Machine) -> Check:
    try:
        ended = await machine.run("podman", "--version", deadline=machine.deadline)
    except TimeoutError:
        return Check(AREA, "program", f"podman --version takes over {machine.deadline:g} s", Condition.MISSING)
    except OSError as error:
        return Check(AREA, "program", f"podman does not start: {error.strerror}", Condition.MISSING)
    if ended.exit_code != 0:
        mend = machine.install("--reinstall podman", "podman")
        return Check(AREA, "program", ended.error.strip() or "podman fails", Condition.MISSING, mend)
    return Check(AREA, "program", ended.output.strip())


def _runtime(machine: Machine) -> Check:
    found = [runtime for runtime in ("crun", "runc") if machine.which(runtime)]
    if found:
        return Check(AREA, "runtime", ", ".join(found))
    return Check(AREA, "runtime", "neither crun nor runc", Condition.MISSING, machine.install("crun", "crun"))


async def _sockets(machine: Machine) -> list[Check]:
    users = (_user_socket(machine, uid) for uid in user_ids(machine))
    return await asyncio.gather(_root_socket(machine), *users)


def user_ids(machine: Machine) -> list[int]:
    """Return the users whose own containers could be seen: the one who asks, for root all that are logged in."""
    if machine.uid != 0:
        return [machine.uid]
    try:
        names = [entry.name for entry in machine.path("/run/user").iterdir()]
    except OSError:
        return []
    return sorted(int(name) for name in names if name.isdecimal() and name != "0")


async def _root_socket(machine: Machine) -> Check:
    socket, name = machine.path(ROOT_SOCKET), "socket of root"
    enable = machine.as_root("systemctl enable --now podman.socket")
    if machine.uid != 0 and not machine.may_use(socket):
        note = "not for other users: containers of root stay unseen"
        return Check(AREA, name, note, Condition.WARN, "sudo hostdeck")
    if not machine.is_socket(socket):
        note = "none listens; hostdeck starts a private service while it runs"
        return Check(AREA, name, note, Condition.WARN, enable if machine.has_systemd else _serve(machine, ROOT_SOCKET))
    restart = machine.as_root(f"systemctl restart {_UNITS}")
    return await _answer(machine, name, f"unix://{socket}", restart if machine.has_systemd else "")


async def _user_socket(machine: Machine, uid: int) -> Check:
    place = f"/run/user/{uid}/podman/podman.sock"
    socket, own = machine.path(place), uid == machine.uid
    name = f"socket of user {uid}"
    manager = "systemctl --user" if own else f"systemctl --user -M {uid}@"
    if machine.is_socket(socket):
        restart = f"{manager} restart {_UNITS}" if machine.has_systemd else ""
        return await _answer(machine, name, f"unix://{socket}", restart)
    note = "none listens; hostdeck starts a private service while it runs"
    if not own:
        note = "none listens; containers of this user, if any, stay unseen"
    mend = f"{manager} enable --now podman.socket" if machine.has_systemd else _serve_user(machine, uid, place)
    return Check(AREA, name, note, Condition.WARN, mend)


def _serve(machine: Machine, place: str) -> str:
    """Return what makes a service listen where systemd is not in charge; podman makes no folder for its socket."""
    folder = os.path.dirname(place)
    steps = [] if machine.path(folder).is_dir() else [f"mkdir -p {folder}"]
    return " && ".join(map(machine.as_root, [*steps, _service(f"unix://{place}")]))


def _serve_user(machine: Machine, uid: int, place: str) -> str:
    """Return the same for a user, whose runtime folder a session manager would have made."""
    runtime, folder = f"/run/user/{uid}", os.path.dirname(place)
    make = [] if machine.path(runtime).is_dir() else [machine.as_root(f"install -d -m 700 -o {uid} {runtime}")]
    steps = [f"mkdir -p {folder}", _service(f"unix://{place}")]
    return " && ".join([*make, *(steps if uid == machine.uid else [machine.as_user(uid, step) for step in steps])])


def _service(url: str) -> str:
    return f"podman system service --time=0 {url}"


async def _named(machine: Machine, url: str) -> Check:
    """Try what was named; a forwarded or ssh service is opened by hostdeck itself."""
    name, parts = f"service {url}", urlsplit(url)
    if parts.scheme not in {"unix", "http+unix", "tcp", "http"}:
        return Check(AREA, name, "neither a socket nor tcp: not tried here")
    if parts.scheme in {"tcp", "http"}:
        return await _answer(machine, name, url)
    socket = machine.path(unquote(parts.netloc + parts.path))
    if not machine.is_socket(socket):
        return Check(AREA, name, "nothing listens there", Condition.MISSING, _service(url))
    return await _answer(machine, name, f"unix://{socket}")


async def _answer(machine: Machine, name: str, url: str, restart: str = "") -> Check:
    """Ask a service for its version (GET /version), by the library and not by hostdeck's own client.

    Args:
        restart: what restarts it; empty where no unit is known that would.
    """
    mend = restart or f"end the process that listens there, then {_service(url)}"
    ended = await machine.run_python(_VERSION, url)
    if isinstance(ended, str):
        return Check(AREA, name, ended, Condition.MISSING, mend)
    if ended.exit_code == 0:
        return Check(AREA, name, f"answers, Podman {ended.output.strip()}")
    error = last_line(ended.error)
    if "Permission denied" in error:
        return Check(AREA, name, f"{machine.login} may not use it", Condition.MISSING, "sudo hostdeck")
    if "No module named" in error:
        return Check(AREA, name, f"not asked: {error}", Condition.WARN, f"{machine.python} -m pip install podman")
    return Check(AREA, name, f"does not answer as Podman does: {error}", Condition.MISSING, mend)
