"""Read `[record]` of the configuration."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tui.config.checks import Check, near, number, shown

Wrong = Callable[[tuple[str, ...], str], None]  # path below this table, and what is wrong there


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """Where the record is and how long it is kept.

    Attributes:
        folder: empty for the usual one.
        days: days with a record that are kept.
        max_mib: size of all files together; the oldest day is deleted first.
        interval_seconds: time between two recorded samples.
        group: whose members may read it; empty when only who records may.
    """

    folder: str = ""
    days: int = 7
    max_mib: int = 1024
    interval_seconds: float = 5.0
    group: str = ""


def _folder(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError(f"must be a text, is {shown(value)}")
    if not value.startswith(("/", "~/")):
        raise ValueError(f"must be a whole path, like /var/lib/hostdeck, is {shown(value)}")
    return os.path.expanduser(value)


def _group(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not value or any(map(str.isspace, value)):
        raise ValueError(f"must be the name of a group, is {shown(value)}")
    return value


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "folder": _folder,
        "days": number(1, 3650, whole=True),
        "max_mib": number(16, 1 << 20, whole=True),
        "interval_seconds": number(0.5, 60),
        "group": _group,
    }
)


def read(table: Mapping[str, Any], wrong: Wrong) -> RecordSettings:
    """Return what the table says; everything that is wrong with it is told."""
    chosen: dict[str, Any] = {}
    for key, value in table.items():
        check = _CHECKS.get(key)
        if check is None:
            wrong((key,), f"there is no such preference{near(key, _CHECKS)}")
            continue
        try:
            chosen[key] = check(value)
        except ValueError as error:
            wrong((key,), str(error))
    return RecordSettings(**chosen)
