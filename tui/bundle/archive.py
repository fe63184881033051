"""The tar file: safe names, plain modes, removed where it could not be written whole."""

import io
import re
import tarfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tui.export.newfile import NewFile

LONGEST_NAME = 100
_PLAIN = re.compile(r"[^A-Za-z0-9._@+-]+")


def plain_name(text: str) -> str:
    """Return foreign text as one part of a path: never empty, no folder, not hidden, the same for the same text."""
    name = _PLAIN.sub("_", text)[:LONGEST_NAME].strip(".")
    return name or "_"


class Archive:
    """A new .tar.gz of mode 0600; leaving the block by an exception removes it.

    Synchronous: a method at a time, on any thread.

    Args:
        folder: everything in it is below this one, so that unpacking litters nothing.
        made_at: time of every file in it, in UTC seconds.

    Raises:
        CannotWrite: it cannot be made, or there is no space for it.
    """

    def __init__(self, path: Path, folder: str, made_at: float) -> None:
        self._new = NewFile(path)
        self._folder = plain_name(folder)
        self._made_at = int(made_at)
        self._names: set[str] = set()
        self._tar: tarfile.TarFile | None = None

    def __enter__(self) -> Self:
        """Make the file."""
        file = self._new.__enter__()
        try:
            self._tar = tarfile.open(fileobj=file, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT)
        except BaseException as error:
            self._new.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish it, or remove it."""
        try:
            if self._tar is not None and error is None:
                self._tar.close()
        except OSError as late:
            self._new.__exit__(type(late), late, late.__traceback__)
            raise
        self._new.__exit__(kind, error, trace)

    def add(self, name: str, content: bytes) -> str:
        """Add a file and return the name it got.

        Args:
            name: of parts that are plain names, with / between them; a second one of a name gets a number.
        """
        if self._tar is None:
            raise ValueError("the archive is not open")
        name = self._free(name)
        entry = tarfile.TarInfo(f"{self._folder}/{name}")
        entry.size, entry.mtime, entry.mode = len(content), self._made_at, 0o600
        self._tar.addfile(entry, io.BytesIO(content))
        return name

    def _free(self, name: str) -> str:
        parts = [plain_name(part) for part in name.split("/") if part]
        stem, dot, ending = (parts or ["_"])[-1].rpartition(".")
        place = "/".join(parts[:-1])
        number, found = 1, "/".join(parts or ["_"])
        while found.casefold() in self._names:  # also where who unpacks it tells no capitals apart
            number += 1
            last = f"{stem}-{number}{dot}{ending}" if stem else f"{ending}-{number}"
            found = f"{place}/{last}" if place else last
        self._names.add(found.casefold())
        return found
