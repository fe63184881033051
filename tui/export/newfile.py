"""A file that is made anew, for its owner alone, and that does not stay when it could not be written whole."""

import contextlib
import errno
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from tui.domain.errors import HostdeckError

_WHY = {
    errno.EEXIST: "it is there already, and nothing is overwritten: choose another name",
    errno.ENOENT: "its folder is not there",
    errno.ENOSPC: "there is no space left; what was written of it is removed",
    errno.EDQUOT: "the quota is used up; what was written of it is removed",
}


class CannotWrite(HostdeckError):  # noqa: N818 - named for what is the case
    """A file could not be written; nothing of it is left."""

    @classmethod
    def because(cls, path: Path, error: OSError) -> Self:
        """Return the sentence for an error of the system."""
        why = _WHY.get(error.errno or 0, error.strerror or str(error))
        return cls("cannot write", f"{path} cannot be written: {why}.")


class NewFile:
    """A new file with mode 0600; leaving the block by an exception removes it again.

    Raises:
        CannotWrite: on entering, for what cannot be made; on leaving, in the place of an `OSError` in the block.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    def __enter__(self) -> BinaryIO:
        """Make it; never follows a link and never opens what is there."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._file = open(os.open(self.path, flags, 0o600), "wb")
        except OSError as error:
            raise CannotWrite.because(self.path, error) from error
        return self._file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, or remove it."""
        try:
            if self._file is not None:
                self._file.close()  # writes what is buffered: this is where a full disk often shows
        except OSError as late:
            error = error or late
        if error is None:
            return
        with contextlib.suppress(OSError):
            self.path.unlink()
        if isinstance(error, OSError):
            raise CannotWrite.because(self.path, error) from error
