"""Read `[notify]` of the configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Wrong = Callable[[tuple[str, ...], str], None]  # path below this table, and what is wrong there


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """Who is told of problems, and how."""


def read(table: Mapping[str, Any], wrong: Wrong) -> NotifySettings:
    """Return what the table says; everything that is wrong with it is told."""
    for key in table:
        wrong((key,), "there is no such preference")
    return NotifySettings()
