"""Kernel files that are read again and again: kept open and read by pread, parsed only when their bytes changed."""

import errno
import os
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, Generic, Protocol, TypeVar

from tui.cgroup.budget import Budget
from tui.cgroup.once import MOST_BYTES, SIZE, GoneError, raise_if_gone, read_all

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_FULL = frozenset({errno.EMFILE, errno.ENFILE})
_SMALL = 64
_FROM_START = repeat(0)


class Reading(Protocol[T_co]):
    """A value that can be read again.

    None stands for what cannot be read. The object stays the very same as long as the kernel's bytes do.
    """

    def read(self) -> T_co | None:
        """Read now; raises `GoneError`."""

    def sample(self) -> T_co | None:
        """Return what the last reading of its files gave."""

    def close(self) -> None:
        """Give the descriptor back; twice does no harm."""


class KeptFile(Generic[T]):
    """One file behind a kept descriptor, which never reads another cgroup's file of the same path.

    Attributes:
        fd: the descriptor, -1 once closed.
        size: how much is asked for: a small buffer is a cheap one.
        raw: the bytes of the last reading.
        value: what they said.
    """

    __slots__ = ("_budget", "_parse", "fd", "raw", "size", "value")

    def __init__(self, fd: int, parse: Callable[[bytes], T | None], budget: Budget) -> None:
        self.fd = fd
        self.size = SIZE
        self.raw: bytes | None = None
        self.value: T | None = None
        self._parse = parse
        self._budget = budget

    def read(self) -> T | None:
        """Return the value, the same object while the bytes are the same."""
        self.refresh()
        return self.value

    def sample(self) -> T | None:
        """Return the last value."""
        return self.value

    def refresh(self) -> bool:
        """Read, and tell whether the bytes changed; raises `GoneError`."""
        try:
            raw = os.pread(self.fd, self.size, 0)
        except OSError as error:
            was_known, self.raw, self.value = self.raw is not None, None, None
            raise_if_gone(error)
            return was_known
        if raw == self.raw:
            return False
        self.take(raw)
        return True

    def take(self, raw: bytes) -> None:
        """Parse new bytes, after asking for the rest of them where they filled the buffer."""
        while len(raw) >= self.size and self.size < MOST_BYTES:
            self.size *= 4
            raw = os.pread(self.fd, self.size, 0)
        if self.raw is None:
            self.size = max(_SMALL, 2 * len(raw))
        self.raw = raw
        self.value = self._parse(raw)

    def close(self) -> None:
        """Close the descriptor."""
        if self.fd >= 0:
            os.close(self.fd)
            self._budget.files += 1
            self.fd = -1


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
        self.refresh()
        return self.value

    def sample(self) -> T | None:
        """Return the last value."""
        return self.value

    def refresh(self) -> bool:
        """Read, and tell whether the bytes changed; raises `GoneError`."""
        try:
            raw = self._bytes()
        except OSError as error:
            was_known, self._raw, self.value = self._raw is not None, None, None
            raise_if_gone(error)
            return was_known
        if raw == self._raw:
            return False
        self._raw = raw
        self.value = self._parse(raw)
        return True

    def _bytes(self) -> bytes:
        fd = self._directory.open_file(self._name)
        try:
            if os.fstat(fd).st_ino != self._inode:
                raise GoneError(self._name)
            return read_all(fd)
        finally:
            os.close(fd)

    def close(self) -> None:
        """Nothing is kept."""


File = KeptFile[T] | PassingFile[T]


class FileGroup:
    """Files that are read together, each under one bit of what it tells about."""

    __slots__ = ("_bits", "_fds", "_files", "_passing", "_raws", "_sizes")

    def __init__(self) -> None:
        self._files: list[KeptFile[Any]] = []
        self._bits: list[int] = []
        self._fds: list[int] = []
        self._sizes: list[int] = []
        self._raws: list[bytes | None] = []
        self._passing: list[tuple[PassingFile[Any], int]] = []

    def add(self, file: File[Any], bit: int) -> None:
        """Read a file with the others from now on."""
        if isinstance(file, KeptFile):
            self._files.append(file)
            self._bits.append(bit)
            self._note()
        else:
            self._passing.append((file, bit))

    def remove(self, file: File[Any]) -> None:
        """Leave a file out from now on."""
        kept = [(one, bit) for one, bit in zip(self._files, self._bits, strict=True) if one is not file]
        self._files, self._bits = [one for one, _ in kept], [bit for _, bit in kept]
        self._note()
        self._passing = [entry for entry in self._passing if entry[0] is not file]

    def refresh(self) -> int:
        """Read all of them and return the bits of those whose bytes changed; raises `GoneError`."""
        # This is most of what a tick costs: of what stands still, C alone reads and compares.
        try:
            raws: list[bytes | None] = list(map(os.pread, self._fds, self._sizes, _FROM_START))
            changed = self._take(raws) if raws != self._raws else 0
        except OSError:
            return self._refresh_each()
        return changed | _refresh_passing(self._passing) if self._passing else changed

    def _take(self, raws: Sequence[bytes | None]) -> int:
        changed = 0
        for place, raw in enumerate(raws):
            if raw is not None and raw != self._raws[place]:
                file = self._files[place]
                file.take(raw)
                self._raws[place], self._sizes[place] = file.raw, file.size
                changed |= self._bits[place]
        return changed

    def _refresh_each(self) -> int:
        """Read one after the other, so that one that fails does not hide the rest."""
        changed = 0
        for file, bit in zip(self._files, self._bits, strict=True):
            if file.refresh():
                changed |= bit
        self._note()
        return changed | _refresh_passing(self._passing)

    def _note(self) -> None:
        """Note of every file what the fast way needs."""
        self._fds = [file.fd for file in self._files]
        self._sizes = [file.size for file in self._files]
        self._raws = [file.raw for file in self._files]


def _refresh_passing(files: Sequence[tuple[PassingFile[Any], int]]) -> int:
    changed = 0
    for file, bit in files:
        if file.refresh():
            changed |= bit
    return changed


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
            raise_if_gone(error)
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

    def reading(self, name: str, parse: Callable[[bytes], T | None]) -> File[T] | None:
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
