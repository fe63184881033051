"""The tables of a moment: their columns, and a row for each thing in it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from operator import attrgetter
from types import MappingProxyType

from tui.domain.host import EngineStatus, HostUsage, HostView, InstanceView, Ledger, Problem
from tui.domain.instance import Pod
from tui.domain.plain import encode
from tui.domain.timeline import TimelineEntry
from tui.domain.usage import Usage
from tui.export.writers import Cell, Row


def time_text(utc: float) -> str:
    """Return a time as it stands in the first column of every table: ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(utc, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        columns: the first one is `time`, when the figures were read.
        rows: of one moment.
    """

    columns: Sequence[str]
    rows: Callable[[HostView], Iterable[Row]]


def _cell(value: object) -> Cell:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    return json.dumps(encode(value))  # a list of things: it has no cells of its own


def _names(kind: type, prefix: str = "") -> Iterable[str]:
    """Return the dotted paths of the plain values in a dataclass."""
    for field in fields(kind):
        default = field.default
        if is_dataclass(default):
            yield from _names(type(default), f"{prefix}{field.name}.")
        elif field.name != "unknown":
            yield f"{prefix}{field.name}"


_INSTANCE = ("id", "name", "kind", "engine", "user", "state", "state_reason", "pid", "started_unix_seconds")
_OF_CONTAINER = ("image", "pod_id", "health", "restarts", "exit_code", "unit")
_OF_GUEST = ("vcpus", "memory_max_bytes", "autostart", "persistent")
_USAGE = tuple(_names(Usage))
_HOST = tuple(_names(HostUsage))
_LEDGER = tuple(_names(Ledger))
_ENGINE = tuple(_names(EngineStatus))
_PROBLEM = tuple(_names(Problem))
_ENTRY = tuple(_names(TimelineEntry))


def _flat(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(path.replace(".", "_") for path in paths)


def _getter(paths: Sequence[str]) -> Callable[[object], list[Cell]]:
    get = attrgetter(*paths)
    return lambda value: [_cell(one) for one in get(value)]


_usage_of, _host_of, _ledger_of = _getter(_USAGE), _getter(_HOST), _getter(_LEDGER)
_engine_of, _problem_of, _entry_of = _getter(_ENGINE), _getter(_PROBLEM), _getter(_ENTRY)
_container_of, _guest_of = _getter(_OF_CONTAINER), _getter(_OF_GUEST)


def _instances(view: HostView) -> Iterable[Row]:
    time = time_text(view.taken_utc_seconds)
    for item in view.instances:
        yield [time, *_facts(item), *_usage_of(item.usage)]


def _facts(item: InstanceView) -> list[Cell]:
    one = item.instance
    return [
        one.key, one.name, one.kind.value, one.id.engine, one.user, one.state.value, one.reason, one.pid,
        one.started_unix_seconds,
        *(_container_of(one.container) if one.container is not None else [None] * len(_OF_CONTAINER)),
        *(_guest_of(one.guest) if one.guest is not None else [None] * len(_OF_GUEST)),
    ]  # fmt: skip


def _host(view: HostView) -> Iterable[Row]:
    time = time_text(view.taken_utc_seconds)
    yield [time, view.host_id, view.host_name, *_host_of(view.usage), *_ledger_of(view.ledger)]


def _pod(pod: Pod) -> list[Cell]:
    return [pod.key, pod.name, pod.id.engine, pod.user, pod.state, len(pod.member_ids)]


def _each(columns: Sequence[str], things: Callable[[HostView], Iterable[object]], row: Callable[..., Row]) -> Table:
    def rows(view: HostView) -> Iterable[Row]:
        time = time_text(view.taken_utc_seconds)
        for thing in things(view):
            yield [time, *row(thing)]

    return Table(("time", *columns), rows)


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "instances": Table(("time", *_INSTANCE, *_OF_CONTAINER, *_OF_GUEST, *_flat(_USAGE)), _instances),
        "problems": _each(_flat(_PROBLEM), attrgetter("problems"), _problem_of),
        "host": Table(("time", "host_id", "host_name", *_flat(_HOST), *(f"ledger_{name}" for name in _LEDGER)), _host),
        "sources": _each(_flat(_ENGINE), attrgetter("sources"), _engine_of),
        "pods": _each(("id", "name", "engine", "user", "state", "members"), attrgetter("pods"), _pod),
        "timeline": Table(("time", *_flat(_ENTRY)), lambda _view: ()),
    }
)
"""By name. The timeline has no rows of a moment: its entries have times of their own."""


def entry_row(entry: TimelineEntry) -> Row:
    """Return an entry as a row of the table "timeline"."""
    return [time_text(entry.utc_seconds), *_entry_of(entry)]
