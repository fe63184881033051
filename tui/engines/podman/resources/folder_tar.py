"""A volume's files as a tar archive, read on a thread. What is in a volume belongs to containers and is not trusted.

Folders are opened relative to their parents and never through links, so that a link that is put in the place of a
folder meanwhile leads nowhere else.
"""

import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
HEAD_BYTES = 1024


class Stopped(Exception):  # noqa: N818 - it is no error
    """Nobody wants the archive any more."""


class Archiver:
    """Writes one archive.

    Args:
        read: called with the bytes of each piece; raises `Stopped` to end early.
    """

    def __init__(self, read: Callable[[int], None]) -> None:
        self._read = read
        self._known: dict[tuple[int, int], str] = {}  # of files with several names
        self.changed = 0  # files that became shorter while they were read
        self.left_out = 0  # sockets, and what vanished meanwhile

    def write(self, folder: str, into: BinaryIO) -> None:
        """Write all below a folder; blocks.

        Raises:
            OSError: of the folder, or of the file it is written to.
            Stopped: as told.
        """
        with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for place, folders, files, at in os.fwalk(folder, follow_symlinks=False, onerror=_raise):
                inside = os.path.relpath(place, folder)
                folders.sort()
                if inside == ".":
                    archive.addfile(_info("./", os.fstat(at)))
                for name in [*folders, *sorted(files)]:
                    self._add(archive, name if inside == "." else f"{inside}/{name}", name, at)

    def _add(self, archive: tarfile.TarFile, path: str, name: str, at: int) -> None:
        self._read(0)
        try:
            facts = os.stat(name, dir_fd=at, follow_symlinks=False)
            info = _info(path, facts)
            if stat.S_ISLNK(facts.st_mode):
                info.linkname = os.readlink(name, dir_fd=at)
        except FileNotFoundError:
            self.left_out += 1
            return
        if stat.S_ISSOCK(facts.st_mode):
            self.left_out += 1
        elif stat.S_ISREG(facts.st_mode):
            self._add_file(archive, info, facts, name, at)
        else:
            archive.addfile(info)

    def _add_file(
        self, archive: tarfile.TarFile, info: tarfile.TarInfo, facts: os.stat_result, name: str, at: int
    ) -> None:
        key = (facts.st_dev, facts.st_ino)
        if facts.st_nlink > 1 and key in self._known:
            info.type, info.linkname, info.size = tarfile.LNKTYPE, self._known[key], 0
            archive.addfile(info)
            return
        try:
            file = os.fdopen(os.open(name, OPEN_FILE, dir_fd=at), "rb", buffering=0)
        except FileNotFoundError:
            self.left_out += 1
            return
        with file:
            now = os.fstat(file.fileno())
            if (now.st_dev, now.st_ino) != key:  # another file took its name
                self.left_out += 1
                return
            info.size = now.st_size
            self._known[key] = info.name
            archive.addfile(info, _Exactly(file, now.st_size, self))

    def read(self, size: int) -> None:
        """Count bytes."""
        self._read(size)


class _Exactly:
    """A file that has as many bytes as its head says: what it lost meanwhile is read as zeros."""

    def __init__(self, file: BinaryIO, size: int, archiver: Archiver) -> None:
        self._file = file
        self._left = size
        self._archiver = archiver
        self._ended = False

    def read(self, size: int = 0, /) -> bytes:
        """Return the next bytes."""
        size = min(size, self._left)
        data = b"" if self._ended else self._file.read(size)
        if not data and size:
            self._archiver.changed += not self._ended
            self._ended = True
            data = b"\0" * size
        self._left -= len(data)
        self._archiver.read(len(data))
        return data + self.read(size - len(data)) if len(data) < size else data


def _info(path: str, facts: os.stat_result) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path)
    info.mode, info.uid, info.gid = stat.S_IMODE(facts.st_mode), facts.st_uid, facts.st_gid
    info.mtime = facts.st_mtime
    for test, kind in (
        (stat.S_ISDIR, tarfile.DIRTYPE),
        (stat.S_ISLNK, tarfile.SYMTYPE),
        (stat.S_ISFIFO, tarfile.FIFOTYPE),
        (stat.S_ISCHR, tarfile.CHRTYPE),
        (stat.S_ISBLK, tarfile.BLKTYPE),
    ):
        if test(facts.st_mode):
            info.type = kind
    if info.type in {tarfile.CHRTYPE, tarfile.BLKTYPE}:
        info.devmajor, info.devminor = os.major(facts.st_rdev), os.minor(facts.st_rdev)
    return info


def _raise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def folder_bytes(folder: str) -> int:
    """Return about how long the archive of a folder will be; blocks.

    Raises:
        OSError: it cannot be read.
    """
    total = 0
    os.close(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    for place, folders, files in os.walk(folder, onerror=_raise):
        total += HEAD_BYTES * (len(folders) + len(files) + 1)
        for name in files:
            facts = Path(place, name).lstat()
            total += facts.st_size if stat.S_ISREG(facts.st_mode) else 0
    return total
