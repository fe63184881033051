"""A token that stays the same from start to start, in a file that nobody else can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tui.domain.errors import HostdeckError

LEAST_LETTERS = 32
_MOST_BYTES = 4096


def read_token(path: Path) -> str:
    """Return the token.

    Raises:
        HostdeckError: what is wrong with the file, and what mends it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise HostdeckError("token file", f"{path} cannot be read: {error.strerror}.") from None
    try:
        _check(path, os.fstat(descriptor))
        text = os.read(descriptor, _MOST_BYTES).decode("utf-8", "replace").strip()
    finally:
        os.close(descriptor)
    if len(text) < LEAST_LETTERS or not (text.isascii() and text.isprintable()) or " " in text:
        raise HostdeckError(
            "token file",
            f"{path} needs one line of {LEAST_LETTERS} letters or more; `openssl rand -hex 32` makes one.",
        )
    return text


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise HostdeckError("token file", f"{path} is no plain file.")
    if status.st_uid not in {os.getuid(), 0}:
        raise HostdeckError("token file", f"{path} belongs to another user.")
    if status.st_mode & 0o077:
        raise HostdeckError("token file", f"{path} can be read by others: chmod 600 {path}")
