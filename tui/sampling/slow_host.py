"""What of a host may hang or takes long: read now and then, on threads that nobody waits for."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tui.domain.host import DiskErrors, FailedUnit, Filesystem
from tui.sampling.disk_errors import read_disk_errors
from tui.sampling.failed_units import read_failed_units
from tui.sampling.filesystems import Mount, fill_of, local_mounts

ROUND_SECONDS = 30.0
HANGS_SECONDS = 20.0  # of one round: what it stands at does not answer
MOST_HANGING = 4


class SlowFigures(NamedTuple):
    """What the last round found."""

    filesystems: tuple[Filesystem, ...] = ()
    disk_errors: tuple[DiskErrors, ...] = ()
    failed_units: tuple[FailedUnit, ...] = ()


def read_mounts() -> list[Mount]:
    """Return the local filesystems; see `local_mounts`."""
    try:
        text = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return []
    return local_mounts(text)


class _Round:
    """One look at everything, on a thread of its own.

    Attributes:
        at: the mount that is asked now, None while something else is done.
        found: what came of it, None until it is over.
    """

    def __init__(self, began: float) -> None:
        self.began = began
        self.at: Mount | None = None
        self.found: SlowFigures | None = None
        self.is_over = False


class SlowHost:
    """Keeps the figures of the last round; one call of `look` at a time.

    Args:
        mounts, fill, errors, units: what is read; replaced where there is no such host.
    """

    def __init__(
        self,
        *,
        mounts: Callable[[], Sequence[Mount]] = read_mounts,
        fill: Callable[[Mount], Filesystem | None] = fill_of,
        errors: Callable[[], tuple[DiskErrors, ...]] = read_disk_errors,
        units: Callable[[], tuple[FailedUnit, ...]] = read_failed_units,
    ) -> None:
        self._mounts, self._fill, self._errors, self._units = mounts, fill, errors, units
        self._figures = SlowFigures()
        self._round: _Round | None = None
        self._due = 0.0
        self._hanging: list[_Round] = []

    def look(self, monotonic: float) -> SlowFigures:
        """Return what is known, and begin another round when it is time; never blocks."""
        if any(one.is_over for one in self._hanging):
            self._hanging = [one for one in self._hanging if not one.is_over]
            self._due = 0.0
        if self._round is not None:
            self._follow(self._round, monotonic)
        if self._round is None and monotonic >= self._due and len(self._hanging) < MOST_HANGING:
            self._due = monotonic + ROUND_SECONDS
            self._round = _Round(monotonic)
            skipped = frozenset(one.at.device for one in self._hanging if one.at is not None)
            threading.Thread(target=self._run, args=(self._round, skipped), name="slow host", daemon=True).start()
        return self._figures

    def _follow(self, current: _Round, monotonic: float) -> None:
        if current.is_over:
            self._round = None
            if current.found is not None:
                self._take(current.found)
        elif monotonic - current.began >= HANGS_SECONDS:
            self._round = None
            self._due = 0.0
            self._hanging.append(current)
            self._take(self._figures)

    def _take(self, found: SlowFigures) -> None:
        """Take over figures; what hangs keeps its last ones and says so. The same figures are the same object."""
        hanging = [one.at for one in self._hanging if one.at is not None]
        paths = {mount.path for mount in hanging}
        last = {one.path: one for one in self._figures.filesystems}
        stuck = [replace(last.get(at.path, Filesystem(at.path, at.kind)), answers=False) for at in hanging]
        filesystems = (*[one for one in found.filesystems if one.path not in paths], *stuck)
        figures = found._replace(filesystems=filesystems)
        if figures != self._figures:
            same = {name: mine for name, mine in self._figures._asdict().items() if mine == getattr(figures, name)}
            self._figures = figures._replace(**same)

    def _run(self, current: _Round, skipped: frozenset[str]) -> None:
        """Run on a thread of its own; what it returns late is not taken."""
        try:
            filesystems = []
            for mount in self._mounts():
                if mount.device in skipped:
                    continue
                current.at = mount
                told = self._fill(mount)
                current.at = None
                if told is not None:
                    filesystems.append(told)
            current.found = SlowFigures(tuple(filesystems), self._errors(), self._units())
        finally:
            current.is_over = True
