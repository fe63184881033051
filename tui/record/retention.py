"""How long a record is kept: whole days, the oldest first.

Days are counted by their files, not by the clock: a clock that was set to another year by mistake costs no record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.record.folder import day_files, delete_day, size_of

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept: `days` with a record, and `max_mib` of files."""

    days: int
    max_mib: int


def superfluous(folder: Path, limits: Limits, open_day: Path | None) -> Sequence[Path]:
    """Return which days are to be deleted, the oldest first.

    The open day is among them only where it alone is too much.

    Raises:
        OSError: the folder cannot be read.
    """
    sizes = {path: size_of(path) for path in day_files(folder)}
    others = [path for path in sizes if path != open_day]
    room = limits.max_mib * MIB - (sizes.get(open_day, 0) if open_day is not None else 0)
    keep = limits.days - (open_day is not None)
    too_many = max(len(others) - keep, 0)
    found, others = others[:too_many], others[too_many:]
    while others and sum(sizes[path] for path in others) > max(room, 0):
        found.append(others.pop(0))
    if open_day is not None and room < 0:
        found.append(open_day)
    return found


def delete_days(paths: Sequence[Path]) -> str:
    """Delete days; return why some stay, or an empty text."""
    for path in paths:
        try:
            delete_day(path)
        except OSError as error:
            return f"{path.name} cannot be deleted: {error.strerror or error}."
    return ""
