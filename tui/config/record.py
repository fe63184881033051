"""Read `[record]` of the configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Wrong = Callable[[tuple[str, ...], str], None]  # path below this table, and what is wrong there


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """Where the record is and how long it is kept.

    Attributes:
        folder: empty for the usual one.
        days: days that are kept.
        max_mib: size of all files together; the oldest day is deleted first.
        interval_seconds: time between two recorded samples.
        group: whose members may read it; empty for that of the process.
    """

    folder: str = ""
    days: int = 7
    max_mib: int = 1024
    interval_seconds: float = 5.0
    group: str = ""


def read(table: Mapping[str, Any], wrong: Wrong) -> RecordSettings:
    """Return what the table says; everything that is wrong with it is told."""
    for key in table:
        wrong((key,), "there is no such preference")
    return RecordSettings()
