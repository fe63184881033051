"""The preferences there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tui.config.notify import NotifySettings
    from tui.config.record import RecordSettings
    from tui.config.rules import RuleSettings

PANES = ("overview", "guests", "containers", "images", "networks")


def _nothing() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Preferences of a person; every field has the value of an empty file.

    Attributes:
        connect: libvirt URIs; () for the usual ones.
        podman: Podman URLs; () for the usual ones.
        interval_seconds: time between two samples.
        theme: name of a theme; empty for the one chosen last.
        ascii_only: draw with ASCII characters only; "auto" decides by the terminal.
        stop_timeout_seconds: how long a container may take to stop before Podman kills it.
        stop_patience_seconds: how long a guest may take to obey before killing it is offered.
        read_only: nothing is changed.
        confirm_delete_count: deleting more than these asks to type their number.
        shells: paths or names of shells to open in containers, the wanted one first; () for the usual ones.
        log_memory_mib: memory for the lines of one log; the oldest are dropped.
        keys: names of keys by id of an action, only those that differ from the table of actions.
        columns: names of columns by pane, only those that differ from the usual ones.
        low_bandwidth: draw little: no small charts, a sample every 5 s.
        rules: what differs from the usual rules; None for those.
        notify: who is told of problems, and how; None tells nobody.
        record: where the record is and how long it is kept; None for the usual ones.
    """

    connect: tuple[str, ...] = ()
    podman: tuple[str, ...] = ()
    interval_seconds: float = 1.0
    theme: str = ""
    ascii_only: Literal["auto"] | bool = "auto"
    stop_timeout_seconds: float = 10.0
    stop_patience_seconds: float = 30.0
    read_only: bool = False
    confirm_delete_count: int = 10
    shells: tuple[str, ...] = ()
    log_memory_mib: int = 64
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    low_bandwidth: bool = False
    rules: RuleSettings | None = None
    notify: NotifySettings | None = None
    record: RecordSettings | None = None
