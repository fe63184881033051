"""Where a record is, what its files are called, and who may read them."""

import grp
import os
import pwd
import re
import stat
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tui.record.reading import RecordError

OF_ROOT: Final = Path("/var/lib/hostdeck")
LOCK_NAME: Final = "recorder.lock"
SIDE_FILES: Final = ("-wal", "-shm", "-journal")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(\.damaged-\d+)?\.sqlite")


def default_folder(uid: int, environ: Mapping[str, str]) -> Path:
    """Return the folder of a user's record; that of root is the host's."""
    if uid == 0:
        return OF_ROOT
    state = environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path(environ.get("HOME") or "/") / ".local" / "state"
    return base / "hostdeck" / "record"


def day_of(utc: float) -> str:
    """Return the day of a time, as its file is called."""
    return datetime.fromtimestamp(utc, UTC).strftime("%Y-%m-%d")


def day_files(folder: Path) -> Sequence[Path]:
    """Return the files of a record, the oldest day first; links and what else is there are not its files.

    Raises:
        OSError: the folder cannot be read.
    """
    with os.scandir(folder) as found:
        names = [one.name for one in found if _DAY.fullmatch(one.name) and one.is_file(follow_symlinks=False)]
    return [folder / name for name in sorted(names)]


def has_record(folder: Path) -> bool:
    """Tell whether there is a file of a record that may be seen."""
    try:
        return bool(day_files(folder))
    except OSError:
        return False


def size_of(path: Path) -> int:
    """Return the bytes that a day takes on the disk, with what SQLite keeps beside it."""
    total = 0
    for name in (str(path), *(f"{path}{side}" for side in SIDE_FILES)):
        try:
            total += os.lstat(name).st_blocks * 512
        except OSError:
            continue
    return total


def delete_day(path: Path) -> None:
    """Delete a day, with what SQLite keeps beside it.

    Raises:
        OSError: it cannot be deleted.
    """
    for name in (str(path), *(f"{path}{side}" for side in SIDE_FILES)):
        Path(name).unlink(missing_ok=True)


class Keeping:
    """The folder that a recorder writes to.

    Args:
        group: whose members may read; empty when nobody else may.

    Raises:
        RecordError: the group or the folder is not to be had, or others may write to it.
    """

    def __init__(self, folder: Path, group: str = "") -> None:
        self.folder = folder
        self._gid = _gid_of(group) if group else None
        try:
            self._prepare()
        except OSError as error:
            raise RecordError("no folder", f"The folder {folder} cannot be used: {error.strerror}.") from error

    def create(self, path: Path) -> None:
        """Make an empty file with the record's mode where there is none yet.

        Raises:
            OSError: it cannot be made, or it is a link.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileExistsError(0, "it is no plain file", str(path))
            self._own(descriptor, 0o600, 0o640)
        finally:
            os.close(descriptor)

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            found = os.fstat(descriptor)
            if found.st_uid == os.geteuid():
                self._own(descriptor, 0o700, 0o750)
            elif os.geteuid() == 0 or found.st_mode & 0o022:
                raise RecordError(
                    "not our folder",
                    f"The folder {self.folder} belongs to {user_name(found.st_uid)}, who could replace what is "
                    "recorded: choose one of your own with --folder.",
                )
        finally:
            os.close(descriptor)

    def _own(self, descriptor: int, alone: int, shared: int) -> None:
        """Give a file or folder the record's group and mode; a chmod that changes nothing is not made."""
        found = os.fstat(descriptor)
        if self._gid is not None and found.st_gid != self._gid:
            os.fchown(descriptor, -1, self._gid)
        mode = alone if self._gid is None else shared
        if stat.S_IMODE(found.st_mode) != mode:
            os.fchmod(descriptor, mode)


def _gid_of(group: str) -> int:
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        raise RecordError("no such group", f'There is no group "{group}" on this host.') from None


def user_name(uid: int) -> str:
    """Return the login name of a user, or the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def why_closed(place: Path) -> str:
    """Return a sentence that says why a record may not be read, and what helps."""
    for path in (place, *place.parents):
        try:
            found = os.stat(path)
        except OSError:
            continue
        owner = user_name(found.st_uid)
        if found.st_mode & 0o050 and found.st_mode & 0o777 != 0o755:
            return (
                f"The record in {place} is for members of the group {_group_name(found.st_gid)}: ask to be added to it "
                f"(`usermod -aG {_group_name(found.st_gid)} {user_name(os.geteuid())}`), then log in again."
            )
        return (
            f"The record in {place} belongs to {owner} and is closed to others: {owner} opens it to a group with "
            "`hostdeck record --group GROUP`, or with `group` in [record] of the configuration."
        )
    return f"The record in {place} cannot be read."


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
