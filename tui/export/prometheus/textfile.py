"""A page in a file that node_exporter's textfile collector reads."""

import contextlib
import os
from pathlib import Path

from tui.domain.errors import HostdeckError

ENDING = ".prom"
MODE = 0o644  # node_exporter runs under an account of its own


class Textfile:
    """A file that is replaced whole: who reads it sees the old page or the new one.

    Args:
        path: must end with `ENDING`: node_exporter reads no others.

    Raises:
        HostdeckError: it does not, or its folder is not there.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix != ENDING:
            raise HostdeckError("no .prom file", f"{path} must end with {ENDING}: node_exporter reads no other files.")
        if not path.parent.is_dir():
            raise HostdeckError("no folder", f"{path.parent} is no folder: make it first.")
        self.path = path
        self._new = path.with_name(f".{path.name}.new")  # a name that node_exporter does not read

    def write(self, page: bytes) -> None:
        """Replace the file; what a run that was killed left beside it is removed.

        Raises:
            HostdeckError: that failed; the old page is still there.
        """
        try:
            self._new.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with open(os.open(self._new, flags, MODE), "wb") as file:
                os.fchmod(file.fileno(), MODE)  # whatever the umask is
                file.write(page)
                file.flush()
                os.fsync(file.fileno())
            self._new.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._new.unlink(missing_ok=True)
            raise HostdeckError(
                "cannot write", f"{self.path} cannot be written: {error.strerror or error}. The old page stays."
            ) from error

    def remove(self) -> None:
        """Take the file away: figures that nobody brings up to date any more would look like present ones."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
