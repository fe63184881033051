"""What an examination found, and how it is told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby

from tui.domain.plain import Plain, encode
from widgets.escape import escape_controls

EXIT_UNWELL = 1


class Condition(StrEnum):
    """How one thing stands."""

    OK = "ok"
    WARN = "warn"  # hostdeck works; some figure, action or comfort is missing
    MISSING = "missing"  # hostdeck or an engine that is installed does not work without it


_SIGNS = {Condition.OK: "ok", Condition.WARN: "!", Condition.MISSING: "x"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        area: "libvirt", "podman", "cgroups", "kernel" or "system".
        name: what was looked at, in a few words.
        found: what is there, with what it means where that is not plain.
        state: how it stands.
        mend: a command, or what to do where no single command does it; empty when nothing is to be done.
    """

    area: str
    name: str
    found: str
    state: Condition = Condition.OK
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All checks, those of one area together."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """Return 0 when everything needed works, else 1; warnings do not count."""
        return EXIT_UNWELL if any(check.state is Condition.MISSING for check in self.checks) else 0

    def to_json(self) -> dict[str, Plain]:
        """Return plain values: schema_version, exit_code and checks[] with area, name, found, state and mend."""
        checks = [encode(asdict(check)) for check in self.checks]
        return {"schema_version": 1, "exit_code": self.exit_code, "checks": checks}

    def to_text(self) -> str:
        """Return a list for people, control characters escaped, with the remedy below what needs one."""
        width = max((len(check.name) for check in self.checks), default=0)
        blocks = [
            "\n".join([area, *(line for check in checks for line in _lines(check, width))])
            for area, checks in groupby(self.checks, key=lambda check: check.area)
        ]
        return "\n\n".join([*blocks, _verdict(self.checks)]) + "\n"


def _lines(check: Check, width: int) -> list[str]:
    lines = [
        f"  {_SIGNS[check.state]:<2}  {escape_controls(check.name):<{width}}  {escape_controls(check.found)}".rstrip()
    ]
    if check.mend:
        lines.append(f"      {'':<{width}}  -> {escape_controls(check.mend)}")
    return lines


def _verdict(checks: Sequence[Check]) -> str:
    missing = sum(check.state is Condition.MISSING for check in checks)
    warnings = sum(check.state is Condition.WARN for check in checks)
    if not missing and not warnings:
        return "Everything is there."
    parts = [f"{missing} missing"] if missing else ["Everything needed is there"]
    if warnings:
        parts.append(f"{warnings} could be better")
    return ", ".join(parts) + "."
