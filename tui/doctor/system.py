"""What hostdeck itself needs: libraries, limits, folders, and a terminal."""

import os
import resource
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from platformdirs import user_config_path, user_state_path

from tui.doctor.machine import Machine
from tui.doctor.report import Check, Condition

AREA = "system"
LEAST_PYTHON = (3, 11)
LEAST_COLUMNS, LEAST_ROWS = 60, 15
FILES_PER_INSTANCE = 5
_LIBRARIES = ("textual", "psutil", "podman", "humanize", "platformdirs")
_ENOUGH_FILES = 1000 * FILES_PER_INSTANCE + 256


def examine_system(machine: Machine) -> list[Check]:
    """Return the checks of interpreter, libraries, limits, folders and terminal."""
    return [
        _python(),
        *map(_library, _LIBRARIES),
        _systemd(machine),
        _open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        _folder("configuration folder", user_config_path("hostdeck"), machine),
        _folder("state folder", user_state_path("hostdeck"), machine),
        *_terminal(machine),
    ]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return Check(AREA, "Python", found, Condition.OK if sys.version_info >= LEAST_PYTHON else Condition.MISSING)


def _library(name: str) -> Check:
    """Look a library up by its metadata; nothing is imported."""
    wanted = _requirement(name)
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(
            AREA, f"library {name}", "not installed", Condition.MISSING, f"{sys.executable} -m pip install '{wanted}'"
        )
    pinned = wanted.partition("==")[2]
    if pinned and found != pinned:
        mend = f"{sys.executable} -m pip install '{wanted}'"
        return Check(AREA, f"library {name}", f"{found}, but hostdeck is made for {pinned}", Condition.WARN, mend)
    return Check(AREA, f"library {name}", found)


def _requirement(name: str) -> str:
    """Return what hostdeck asks for ("textual==8.2.8"), the bare name where hostdeck is not installed as a package."""
    try:
        requirements = metadata.requires("hostdeck") or []
    except metadata.PackageNotFoundError:
        return name
    mine = (one.partition(";")[0].strip() for one in requirements)
    return next((one for one in mine if one.startswith(name) and not one[len(name) : len(name) + 1].isalnum()), name)


def _systemd(machine: Machine) -> Check:
    if machine.has_systemd:
        return Check(AREA, "systemd", "in charge")
    note = "not in charge: no units, no Quadlets, no user managers"
    return Check(AREA, "systemd", note, Condition.WARN)


def _open_files(hard: int) -> Check:
    if hard == resource.RLIM_INFINITY:
        return Check(AREA, "open files", "unlimited")
    if hard >= _ENOUGH_FILES:
        return Check(AREA, "open files", f"up to {hard}")
    instances = max(0, (hard - 256) // FILES_PER_INSTANCE)
    found = f"up to {hard}: beyond {instances} instances files are opened anew on every tick"
    mend = f"raise `hard nofile` in /etc/security/limits.conf to {_ENOUGH_FILES * 2}, then log in again"
    return Check(AREA, "open files", found, Condition.WARN, mend)


def _folder(name: str, path: Path, machine: Machine) -> Check:
    """The folder itself need not exist yet: then the nearest one above it has to be writable."""
    # os.path.exists says no where Path.exists raises: below a folder that may not be entered
    standing = next((place for place in (path, *path.parents) if os.path.exists(place)), path)
    if standing.is_dir() and machine.may_use(standing):
        return Check(AREA, name, str(path) if standing == path else f"{path} (made when needed)")
    mend = machine.as_root(f"install -d -o {machine.login} {path}")
    return Check(AREA, name, f"{standing} is not writable: nothing is remembered", Condition.WARN, mend)


def _terminal(machine: Machine) -> Iterator[Check]:
    term = machine.environ.get("TERM", "")
    if term in {"", "dumb"}:
        note = f"TERM is {term or 'not set'}: no screen can be drawn"
        yield Check(AREA, "terminal", note, Condition.WARN, "export TERM=xterm-256color")
    else:
        yield Check(AREA, "terminal", f"{term}, {_colours(machine, term)}")
    yield _locale(machine)
    yield _size()


def _colours(machine: Machine, term: str) -> str:
    if machine.environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if machine.environ.get("COLORTERM") in {"truecolor", "24bit"}:
        return "16 million colours"
    return "256 colours" if "256" in term else "16 colours"


def _locale(machine: Machine) -> Check:
    """The first that is set of LC_ALL, LC_CTYPE, LANG decides (locale(7))."""
    value = next((machine.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if machine.environ.get(name)), "")
    if value.lower().replace("-", "").endswith("utf8"):
        return Check(AREA, "locale", value)
    note = f"{value or 'not set'}: drawn in ASCII"
    return Check(AREA, "locale", note, Condition.WARN, "export LC_ALL=C.UTF-8")


def _size() -> Check:
    try:
        columns, rows = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1)
    except (OSError, ValueError):
        return Check(AREA, "size", "output is no terminal")
    if columns >= LEAST_COLUMNS and rows >= LEAST_ROWS:
        return Check(AREA, "size", f"{columns}x{rows}")
    note = f"{columns}x{rows}, at least {LEAST_COLUMNS}x{LEAST_ROWS} is needed"
    return Check(AREA, "size", note, Condition.WARN, "make the window larger")
