"""One message of the kernel, from /dev/kmsg or from the journal; pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FACILITY_SHIFT = 3  # of a syslog priority; below are the eight levels

_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


@dataclass(frozen=True, slots=True)
class KernelRecord:
    """One line.

    Attributes:
        sequence: counts up by one within a boot; None where it is not told.
        monotonic_seconds: by the kernel's log clock, which stands still while the machine sleeps.
        utc_seconds: when it was received by the journal, None from /dev/kmsg.
    """

    text: str
    sequence: int | None = None
    monotonic_seconds: float = 0.0
    utc_seconds: float | None = None


def from_kmsg(raw: bytes) -> KernelRecord | None:
    r"""Take a record of /dev/kmsg apart (Documentation/ABI/testing/dev-kmsg); None when the kernel did not write it.

    `6,1234,5678901,-;text\n KEY=value`: priority with facility, sequence, microseconds, flags, then more fields that
    later kernels may add.
    """
    head, found, rest = raw.partition(b";")
    fields = head.split(b",")
    if not found or len(fields) < 3 or not all(field.isdigit() for field in fields[:3]):
        return None
    priority, sequence, microseconds = (int(field) for field in fields[:3])
    if priority >> FACILITY_SHIFT:
        return None
    return KernelRecord(unescaped(rest.split(b"\n", 1)[0]), sequence, microseconds / 1e6)


def unescaped(raw: bytes) -> str:
    r"""Return a line of /dev/kmsg, which spells every byte beyond printable ASCII, and the backslash, as `\xNN`."""
    if b"\\x" in raw:
        raw = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), raw)
    return raw.decode("utf-8", "replace")


def journal_fields(line: bytes | str) -> dict[str, Any] | None:
    """Return the fields of one line of `journalctl -o json`; None when it is none."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def from_journal(fields: Mapping[str, Any]) -> KernelRecord | None:
    """Return a kernel message of the journal; None when the kernel did not write it."""
    if fields.get("_TRANSPORT") != "kernel" or fields.get("SYSLOG_FACILITY", "0") != "0":
        return None
    text = message_of(fields)
    return KernelRecord(text, utc_seconds=utc_of(fields)) if text else None


def message_of(fields: Mapping[str, Any]) -> str:
    """Return the text of a journal line; the journal gives bytes as a list of numbers where they are no text."""
    message = fields.get("MESSAGE")
    if isinstance(message, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in message):
        return bytes(message).decode("utf-8", "replace")
    return message if isinstance(message, str) else ""


def utc_of(fields: Mapping[str, Any]) -> float | None:
    """Return when the journal took a line, None when it does not tell."""
    stamp = fields.get("__REALTIME_TIMESTAMP")
    return int(stamp) / 1e6 if isinstance(stamp, str) and stamp.isdigit() else None
