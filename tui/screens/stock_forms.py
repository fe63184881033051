"""What the texts of forms mean: sizes, ports, mounts, lists; each says in a sentence what cannot be read."""

from __future__ import annotations

import ipaddress
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

from tui.domain.instance import Port
from tui.domain.operation.images import Mount

_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*([KMGTP]?)(?:i?B)?", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DISK_NAME = re.compile(r"(?!\.{1,2}$)[^\s/\x00-\x1f\x7f][^/\x00-\x1f\x7f]*")
_BETWEEN_MOUNTS = re.compile(r",?\s+|,(?=[^,\s]*:)")  # a comma also stands between options: data:/data:ro,Z
LARGEST_SIZE = 1 << 60
LARGEST_COUNT = 1 << 22
"""Most tasks a kernel can have; vCPUs are fewer anyway."""
ABSOLUTE = "write the whole path, from / or ~ on"
SIZE_HINT = "20G, 512M; units of 1024"


def read_size(text: str) -> int:
    """Return bytes.

    Raises:
        ValueError: with a sentence.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"is no size such as {SIZE_HINT}")
    value = float(found[1].replace(",", ".")) * _UNITS[found[2].upper()]
    if value > LARGEST_SIZE:
        raise ValueError("is more than any host has")
    return int(value)


def read_ports(text: str) -> tuple[Port, ...]:
    """Return published ports of `8080:80, 127.0.0.1:53:53/udp`.

    Raises:
        ValueError: with a sentence.
    """
    return tuple(_port(word) for word in _words(text))


def _port(word: str) -> Port:
    rest, _, protocol = word.partition("/")
    protocol = protocol or "tcp"
    if protocol not in {"tcp", "udp", "sctp"}:
        raise ValueError(f"{word}: the protocol is tcp, udp or sctp")
    host, _, ports = rest.rpartition(":")
    address, _, published = host.rpartition(":")
    if not host:
        published, address = ports, ""
    address = address.strip("[]")
    if address:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise ValueError(f"{word}: {address} is no IP address") from None
    try:
        outer, inner = int(published), int(ports)
    except ValueError:
        raise ValueError(f"{word}: write HOST:CONTAINER, such as 8080:80") from None
    if not (0 < outer < 65536 and 0 < inner < 65536):
        raise ValueError(f"{word}: ports go from 1 to 65535")
    return Port(address, outer, inner, protocol)


def read_mounts(text: str) -> tuple[Mount, ...]:
    """Return mounts of `data:/var/lib/data, /srv/www:/www:ro`.

    Raises:
        ValueError: with a sentence.
    """
    found = []
    for word in filter(None, _BETWEEN_MOUNTS.split(text.strip(" ,"))):
        parts = word.split(":")
        if len(parts) not in {2, 3} or not parts[0] or not parts[1].startswith("/"):
            raise ValueError(f"{word}: write VOLUME:/PATH or /FOLDER:/PATH, with :ro behind it if wanted")
        source = read_path(parts[0]) if parts[0].startswith("~") else parts[0]
        found.append(Mount(source, parts[1], parts[2] if len(parts) == 3 else ""))
    return tuple(found)


def read_assignments(text: str) -> tuple[str, ...]:
    """Return NAME=VALUE words, quoted as in a shell.

    Raises:
        ValueError: with a sentence.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"quotes do not match: {error}") from None
    for word in words:
        name, equals, _ = word.partition("=")
        if not equals or not name or any(letter.isspace() for letter in name):
            raise ValueError(f"{word}: write NAME=VALUE, with quotes around blanks")
    return tuple(words)


def read_path(text: str) -> str:
    """Return the path of a file of this machine, with a person's own folder in the place of ~."""
    return os.path.expanduser(text)  # pathlib raises for a ~user that does not exist


def read_reference(text: str) -> str:
    """Return what to pull, with ~ expanded in the path of an archive or folder: `oci-archive:~/web.tar`."""
    transport, colon, rest = text.partition(":")
    return f"{transport}:{read_path(rest)}" if colon and rest.startswith("~") else text


def read_command(text: str) -> tuple[str, ...]:
    """Return an argument list, quoted as in a shell; no shell runs it.

    Raises:
        ValueError: with a sentence.
    """
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise ValueError(f"quotes do not match: {error}") from None


def read_number(text: str, least: float = 0.0) -> float:
    """Return a number above `least`.

    Raises:
        ValueError: with a sentence.
    """
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError("is no number") from None
    if not value > least:
        raise ValueError(f"must be above {least:g}")
    if value > LARGEST_COUNT:
        raise ValueError("is more than any host has")
    return value


def read_count(text: str) -> int:
    """Return a whole number from 1 on.

    Raises:
        ValueError: with a sentence.
    """
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:20]) <= LARGEST_COUNT:
        raise ValueError(f"is no whole number from 1 to {LARGEST_COUNT}")
    return int(text)


def problem_of(read: Callable[[str], object]) -> Callable[[str], str]:
    """Return a field's check made of a reader: its sentence, or nothing."""

    def check(text: str) -> str:
        try:
            read(text)
        except ValueError as error:
            return str(error)
        return ""

    return check


def name_problem(text: str) -> str:
    """Return why a text is no name of a container, volume, guest or pool."""
    return "" if _NAME.fullmatch(text) else "letters, digits, . _ - only, and no . _ - at the beginning"


def disk_name_problem(text: str) -> str:
    """Return why a text is no name of a disk."""
    return "" if _DISK_NAME.fullmatch(text) else "no slash in it, and no blank at the beginning"


def new_file_problem(text: str) -> str:
    """Return why a file cannot be made there, as far as it can be told without making it."""
    path = Path(read_path(text))
    if not path.is_absolute():
        return ABSOLUTE
    try:
        if path.exists():
            return "exists already, and is not overwritten"
        return "" if path.parent.is_dir() else f"the folder {path.parent} does not exist"
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"


def file_problem(text: str) -> str:
    """Return why a file cannot be read there."""
    path = Path(read_path(text))
    if not path.is_absolute():
        return ABSOLUTE
    try:
        return "" if path.is_file() else "there is no such file"
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text.strip()) if word]
