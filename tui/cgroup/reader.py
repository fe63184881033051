"""Kernel files that are read again and again: kept open and read by pread, parsed only when their bytes changed."""

import contextlib
import errno
import os
import resource
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

RESERVED_DESCRIPTORS = 256  # for connections, logs and the terminal
MOST_DESCRIPTORS = 32_768  # the kernel keeps a page of text for each: 128 MiB is enough
_GONE = frozenset({errno.ENODEV, errno.ENOENT, errno.ESRCH})
_FULL = frozenset({errno.EMFILE, errno.ENFILE})
_SIZE = 4096
_SMALL = 64
_MOST_BYTES = 1 << 20


class GoneError(Exception):
    """The cgroup or the process behind a file is no more, or another one has taken its path."""


class Reading(Protocol[T_co]):
    """A value that can be read again.

    `read` returns the very same object as long as the kernel's bytes stay the same, so `is` tells whether anything
    changed. It returns None for what cannot be read, and raises `GoneError`.
    """

    def read(self) -> T_co | None:
        """Read now."""

    def close(self) -> None:
        """Give the descriptor back; twice does no harm."""


class Budget:
    """How many descriptors may still be kept: for files, and apart from them for directories of files that got none.

    Past both, files are opened by their path for each reading.
    """

    def __init__(self, allowed: int) -> None:
        self.directories = max(0, allowed) // 8
        self.files = max(0, allowed) - self.directories

    @classmethod
    def of_process(cls) -> "Budget":
        """Raise the soft RLIMIT_NOFILE to the hard one and leave the reserve to others."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != hard:
            with contextlib.suppress(ValueError, OSError):  # refused: then the soft limit is what there is
                resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
                soft = hard
        allowed = MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(MOST_DESCRIPTORS, soft)
        return cls(allowed - RESERVED_DESCRIPTORS)


class KeptFile(Generic[T]):
    """One file behind a kept descriptor, which never reads another cgroup's file of the same path."""

    __slots__ = ("_budget", "_fd", "_parse", "_raw", "_size", "value")

    def __init__(self, fd: int, parse: Callable[[bytes], T | None], budget: Budget) -> None:
        self._fd = fd
        self._parse = parse
        self._budget = budget
        self._size = _SIZE
        self._raw: bytes | None = None
        self.value: T | None = None

    def read(self) -> T | None:
        """Return the value, the same object while the bytes are the same."""
        try:
            raw = os.pread(self._fd, self._size, 0)
        except OSError as error:
            self._raw, self.value = None, None
            _refused(error)
            return None
        if raw == self._raw:
            return self.value
        return self._take(raw)

    def _take(self, raw: bytes) -> T | None:
        """Parse new text, and ask for little more than it next time: a small buffer is a cheap one."""
        while len(raw) >= self._size and self._size < _MOST_BYTES:
            self._size *= 4
            raw = os.pread(self._fd, self._size, 0)
        if self._raw is None:
            self._size = max(_SMALL, 2 * len(raw))
        self._raw = raw
        self.value = self._parse(raw)
        return self.value

    def close(self) -> None:
        """Close the descriptor."""
        if self._fd >= 0:
            os.close(self._fd)
            self._budget.files += 1
            self._fd = -1


class PassingFile(Generic[T]):
    """One file opened for each reading; its inode tells whether it is still the same cgroup's."""

    __slots__ = ("_directory", "_inode", "_name", "_parse", "_raw", "value")

    def __init__(self, directory: "Directory", name: str, inode: int, parse: Callable[[bytes], T | None]) -> None:
        self._directory = directory
        self._name = name
        self._inode = inode
        self._parse = parse
        self._raw: bytes | None = None
        self.value: T | None = None

    def read(self) -> T | None:
        """Return the value, the same object while the bytes are the same."""
        try:
            fd = self._directory.open_file(self._name)
            try:
                if os.fstat(fd).st_ino != self._inode:
                    raise GoneError(self._name)
                raw = read_all(fd)
            finally:
                os.close(fd)
        except OSError as error:
            self._raw, self.value = None, None
            _refused(error)
            return None
        if raw != self._raw:
            self._raw = raw
            self.value = self._parse(raw)
        return self.value

    def close(self) -> None:
        """Nothing is kept."""


class Directory:
    """One cgroup directory while its files are opened; keeps a descriptor only where its files cannot keep theirs.

    Attributes:
        inode: (device, inode): another one at the same path is another cgroup, with counters of its own.

    Raises:
        GoneError: there is no such directory.
        OSError: it may not be opened.
    """

    def __init__(self, path: str, budget: Budget) -> None:
        self.path = path
        self._budget = budget
        try:
            self._fd = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            _refused(error)
            raise
        self._counted = False
        self._passing = False
        status = os.fstat(self._fd)
        self.inode = (status.st_dev, status.st_ino)

    def open_file(self, name: str) -> int:
        """Return a new descriptor of a file; raises OSError."""
        if self._fd >= 0:
            return os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._fd)
        return os.open(f"{self.path}/{name}", os.O_RDONLY | os.O_CLOEXEC)

    def reading(self, name: str, parse: Callable[[bytes], T | None]) -> Reading[T] | None:
        """Return a reading of a file, None where the kernel has no such file here or does not let it be read."""
        try:
            fd = self.open_file(name)
        except OSError as error:
            if error.errno in _FULL:
                raise
            return None
        if self._budget.files > 0:
            self._budget.files -= 1
            return KeptFile(fd, parse, self._budget)
        inode = os.fstat(fd).st_ino
        os.close(fd)
        self._passing = True
        return PassingFile(self, name, inode, parse)

    def settle(self) -> None:
        """Say that all files were opened: keeps the directory only for files that have no descriptor of their own."""
        if self._passing and not self._counted and self._budget.directories > 0:
            self._budget.directories -= 1
            self._counted = True
        if not self._counted:
            self._release()

    def close(self) -> None:
        """Give everything back."""
        if self._counted:
            self._budget.directories += 1
            self._counted = False
        self._release()

    def _release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _refused(error: OSError) -> None:
    """Raise `GoneError` for what is no more; everything else (no permission, not supported) is a value that is None."""
    if error.errno in _GONE:
        raise GoneError(os.strerror(error.errno or 0)) from error


def read_all(fd: int) -> bytes:
    """Return a whole file: files with many records come in several pieces."""
    piece = os.read(fd, _SIZE)
    if len(piece) < _SIZE // 2:
        return piece
    pieces = [piece]
    while piece and len(pieces) * _SIZE < _MOST_BYTES:
        piece = os.read(fd, _SIZE)
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
        _refused(error)
        raise


def read_value(path: str, parse: Callable[[bytes], T | None]) -> T | None:
    """Open, read, parse and close; None for every file that cannot be read, a vanished one included."""
    try:
        return parse(read_path(path))
    except (OSError, GoneError):
        return None
