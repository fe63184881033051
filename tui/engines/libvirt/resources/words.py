"""Sentences and command lines that several changes share."""

import re
import shlex
from collections.abc import Iterable

from tui.domain.storage import DiskUser

_BAD_NAME = re.compile(r"[/\x00-\x1f\x7f]|^[.-]")


def script(*commands: Iterable[str]) -> tuple[str]:
    """Return several of virsh's commands as its one argument, quoted as virsh reads it."""
    return ("; ".join(shlex.join(command) for command in commands),)


def name_problem(name: str, what: str) -> str:
    """Say why something new cannot have this name; "" when it can."""
    if not name.strip():
        return f"The {what} needs a name."
    if _BAD_NAME.search(name):
        return f'The name of the {what} must have no "/" and no control characters, and not begin with "." or "-".'
    return ""


def user_line(user: DiskUser, what: str = "") -> str:
    """Name one guest that needs a disk."""
    state = "running" if user.active else "off"
    how = "through an overlay" if user.through else f"as {user.target}" if user.target else ""
    return ", ".join(part for part in (f"guest {user.name}", state, how) if part) + (f": {what}" if what else "")


def names_of(users: Iterable[DiskUser]) -> str:
    """Name guests in a sentence, each once, at most three."""
    names = list(dict.fromkeys(user.name for user in users))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def os_sentence(error: OSError) -> str:
    """Say what this host's own system refused."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}."


def size(count: int) -> str:
    """Return bytes for a sentence: "1.5 GiB"."""
    value = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"
