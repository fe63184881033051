"""Kernel files that are read once, and what it means when one is not there."""

import errno
import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SIZE = 4096
MOST_BYTES = 1 << 20
_GONE = frozenset({errno.ENODEV, errno.ENOENT, errno.ESRCH})


class GoneError(Exception):
    """The cgroup or the process behind a file is no more, or another one has taken its path."""


def raise_if_gone(error: OSError) -> None:
    """Raise `GoneError` for what is no more; everything else (no permission, not supported) is a value that is None."""
    if error.errno in _GONE:
        raise GoneError(os.strerror(error.errno or 0)) from error


def read_all(fd: int) -> bytes:
    """Return a whole file: files with many records come in several pieces."""
    piece = os.read(fd, SIZE)
    if len(piece) < SIZE // 2:
        return piece
    pieces = [piece]
    while piece and len(pieces) * SIZE < MOST_BYTES:
        piece = os.read(fd, SIZE)
        pieces.append(piece)
    return b"".join(pieces)


def read_path(path: str) -> bytes:
    """Open, read and close; raises `GoneError` or OSError."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return read_all(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise_if_gone(error)
        raise


def read_value(path: str, parse: Callable[[bytes], T | None]) -> T | None:
    """Open, read, parse and close; None for every file that cannot be read, a vanished one included."""
    try:
        return parse(read_path(path))
    except (OSError, GoneError):
        return None
