"""Whether containers can be seen: program, runtime, the sockets of root and users, and an answer."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tui.doctor.machine import Machine
from tui.doctor.report import Check, Condition

AREA = "podman"
ROOT_SOCKET = "/run/podman/podman.sock"
_PING = b"GET /libpod/_ping HTTP/1.0\r\nHost: d\r\n\r\n"
_MOST_BYTES = 4096


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
        return Check(AREA, name, note, Condition.WARN, enable if machine.has_systemd else _serve(ROOT_SOCKET))
    return await _ping(machine, name, socket)


async def _user_socket(machine: Machine, uid: int) -> Check:
    place = f"/run/user/{uid}/podman/podman.sock"
    socket, own = machine.path(place), uid == machine.uid
    name = f"socket of user {uid}"
    if machine.is_socket(socket):
        return await _ping(machine, name, socket)
    enable = "systemctl --user enable --now podman.socket"
    if own:
        note = "none listens; hostdeck starts a private service while it runs"
        return Check(AREA, name, note, Condition.WARN, enable if machine.has_systemd else _serve(place))
    note = "none listens; containers of this user, if any, stay unseen"
    return Check(AREA, name, note, Condition.WARN, f"systemctl --user -M {uid}@ enable --now podman.socket")


def _serve(place: str) -> str:
    return f"podman system service --time=0 unix://{place}"


async def _named(machine: Machine, url: str) -> Check:
    """Try what was named; only local sockets are tried, others are opened by hostdeck itself."""
    name, parts = f"service {url}", urlsplit(url)
    if parts.scheme not in {"unix", "http+unix"}:
        return Check(AREA, name, "not a local socket: not tried here")
    socket = machine.path(unquote(parts.netloc + parts.path))
    if not machine.is_socket(socket):
        return Check(AREA, name, "nothing listens there", Condition.MISSING, f"podman system service --time=0 {url}")
    return await _ping(machine, name, socket)


async def _ping(machine: Machine, name: str, socket: Path) -> Check:
    """Ask a service whether it is there (GET /libpod/_ping)."""
    restart = "podman.socket podman.service"
    mend = (
        machine.as_root(f"systemctl restart {restart}")
        if name.endswith("root")
        else f"systemctl --user restart {restart}"
    )
    try:
        async with asyncio.timeout(machine.deadline):
            answer = await _ask(socket)
    except TimeoutError:
        return Check(AREA, name, f"no answer within {machine.deadline:g} s", Condition.MISSING, mend)
    except PermissionError:
        return Check(AREA, name, f"{machine.login} may not use it", Condition.MISSING, "sudo hostdeck")
    except OSError as error:
        return Check(AREA, name, f"does not answer: {error.strerror or error}", Condition.MISSING, mend)
    status = re.match(rb"HTTP/1\.[01] (\d+)", answer)
    if status is None or status[1] != b"200":
        return Check(AREA, name, "answers, but not as Podman does", Condition.MISSING, mend)
    version = re.search(rb"(?im)^libpod-api-version:\s*(\S+)", answer)
    return Check(AREA, name, f"answers, API {version[1].decode(errors='replace')}" if version else "answers")


async def _ask(socket: Path) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(socket))
    try:
        writer.write(_PING)
        await writer.drain()
        return await reader.read(_MOST_BYTES)
    finally:
        writer.close()
