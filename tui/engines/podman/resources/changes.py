"""What each kind of change is made of; the modules' tables are put together by the keeper."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.resource import ResourceId
from tui.engines.podman.resources.desk import Desk


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a change that succeeded; as in `OperationOutcome`."""

    message: str = ""
    made: ResourceId | InstanceId | None = None


def always(_desk: Desk) -> str:
    """Return no objection."""
    return ""


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of operation; the functions take operations of that kind only.

    Attributes:
        preview: says what it would touch.
        carry_out: does it, or raises an `EngineError`; leaves nothing half-made when cancelled.
        words: the podman command line after "podman"; secrets masked.
        objection: why this service cannot do it at all; empty when it can.
    """

    preview: Callable[[Desk, Any], Awaitable[Preview]]
    carry_out: Callable[[Desk, Any, ProgressSink], Awaitable[Done]]
    words: Callable[[Desk, Any], list[str]]
    objection: Callable[[Desk], str] = always


Table = Mapping[type[Operation], Change]


def refuse(preview: Preview) -> None:
    """Raise what a preview made just now says against it.

    Raises:
        ActionRefused: it has a refusal.
    """
    if preview.refusal:
        raise ActionRefused("not possible", preview.refusal)


def size_text(size_bytes: float) -> str:
    """Return bytes for a person."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def count_text(number: int, what: str) -> str:
    """Return "1 image", "3 images"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
