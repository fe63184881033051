"""The columns of the tables: what each shows, how important it is, how it is ordered."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tui.domain.instance import Kind
from tui.present import cells, figures
from tui.present.entry import Entry
from tui.present.sparks import CELLS, Sparks
from tui.present.state import state_cell, state_rank
from tui.present.steady import Steady
from widgets.live_table.model import Cell, Column

OVERVIEW = "overview"
GUESTS = "guests"
CONTAINERS = "containers"


@dataclass(slots=True)
class Moment:
    """What cells read beside their line; the screen brings it up to date before it hands over new lines.

    Attributes:
        utc_seconds: time of the view, for uptimes.
        tick: number of the view's sample.
        monotonic: the clock by which rows keep their places after a movement.
    """

    sparks: Sparks
    steady: Steady = field(default_factory=Steady)
    utc_seconds: float = 0.0
    tick: int = 0
    ascii_only: bool = False
    monotonic: Callable[[], float] = time.monotonic


ROOMY_FROM_COLUMNS = 120


def columns(
    pane: str,
    moment: Moment,
    *,
    chosen: Sequence[str] | None = None,
    several_engines: bool = False,
    several_users: bool = False,
    roomy: bool = False,
) -> tuple[Column[Entry], ...]:
    """Return the columns of a pane, in order.

    Args:
        chosen: keys of the columns a person wants, in that order; None for the usual ones.
        several_engines: also tell which engine a line comes from.
        several_users: whose a container is counts as much as its state: the same name may stand there twice.
        roomy: names and states get more room before the least important columns get any.
    """
    make = {OVERVIEW: _overview, GUESTS: _guests, CONTAINERS: _containers}[pane]
    found = make(moment, roomy)
    engine = _text("engine", "ENGINE", lambda entry: entry.engine, 11, 9, most=20)
    if chosen:
        known = {column.key: column for column in (*found, engine, _user(6))}
        return tuple(known[key] for key in chosen if key in known) or tuple(found)
    if several_users and pane != GUESTS:
        found = _with_user(found, 3 if pane == OVERVIEW else 1)
    return (*found, engine) if several_engines else tuple(found)


def _with_user(found: Sequence[Column[Entry]], priority: int) -> list[Column[Entry]]:
    """Put the owner behind the state, so that it is seen at most widths."""
    kept = [column for column in found if column.key != "user"]
    place = 1 + next(number for number, column in enumerate(kept) if column.key == "state")
    return [*kept[:place], _user(priority), *kept[place:]]


def _user(priority: int) -> Column[Entry]:
    return _text("user", "USER", lambda entry: entry.user, 6, priority, most=16)


def column_names(pane: str, moment: Moment) -> tuple[str, ...]:
    """Return the keys of all columns a pane can show."""
    return tuple(column.key for column in columns(pane, moment, several_engines=True, several_users=True))


def default_sort(pane: str) -> tuple[str, bool]:
    """Return the column that orders a pane at first, and whether the greatest comes first."""
    return {OVERVIEW: ("cores", True), GUESTS: ("name", False), CONTAINERS: ("name", False)}[pane]


def _overview(moment: Moment, roomy: bool) -> list[Column[Entry]]:
    return [
        _name(20 if roomy else 14),
        Column(key="kind", title="KIND", cell=cells.kind, width=5, priority=2, sort_key=lambda entry: entry.kind),
        _state(24 if roomy else 11),
        _cores(moment),
        _memory(moment),
        *_io(moment, 2),
        _pressure(moment, 3),
        *_network(moment, 4),
        _percent(moment, 5),
        _throttled(6),
        _uptime(moment, 7),
        _out_of_memory(8),
        _swap(9),
        _pids(9),
    ]


def _guests(moment: Moment, roomy: bool) -> list[Column[Entry]]:
    return [
        _name(20 if roomy else 14),
        _state(24 if roomy else 11),
        _cores(moment),
        _percent(moment, 5),
        _throttled(9),
        _memory(moment),
        _figure("inside", "INSIDE", lambda entry: entry.usage.memory.guest_used_bytes, figures.size, 6, 6),
        _limit(7),
        _number("vcpus", "VCPU", cells.vcpus, 4, 4),
        _swap(9),
        *_io(moment, 2),
        *_network(moment, 4),
        _pressure(moment, 3),
        _out_of_memory(9),
        _pids(10),
        _uptime(moment, 5),
        _text("ip", "IP", cells.address, 13, 6, most=39),
        Column(key="auto", title="AUTO", cell=cells.autostart, width=4, priority=7, sort_key=cells.autostart_rank),
        _text("os", "OS", cells.system, 10, 8, most=24),
    ]


def _containers(moment: Moment, roomy: bool) -> list[Column[Entry]]:
    return [
        _name(20 if roomy else 14),
        _state(24 if roomy else 11),
        _cores(moment),
        _percent(moment, 5),
        _throttled(6),
        _memory(moment),
        _limit(7),
        _swap(9),
        _pids(8),
        *_io(moment, 2),
        *_network(moment, 4),
        _pressure(moment, 3),
        _out_of_memory(8),
        _number("restarts", "RST", cells.restarts, 3, 7),
        _number("exit", "EXIT", cells.exit_code, 4, 10),
        _uptime(moment, 5),
        _user(6),
        _text("image", "IMAGE", cells.image, 12, 7, most=34),
        _text("pod", "POD", lambda entry: entry.pod_name, 6, 11, most=16),
        _text("ports", "PORTS", cells.ports, 9, 10, most=24),
        _text("unit", "UNIT", cells.unit, 10, 12, most=30),
        _text("health", "HEALTH", cells.health, 9, 13, most=12),
    ]


def _name(width: int) -> Column[Entry]:
    return Column(
        key="name",
        title="NAME",
        cell=cells.name,
        width=width,
        flexible=True,
        max_width=40,
        sort_key=cells.name_rank,
    )


def _state(width: int) -> Column[Entry]:
    return Column(
        key="state", title="STATE", cell=state_cell, width=width, flexible=True, max_width=44, sort_key=state_rank
    )


def _cores(moment: Moment) -> Column[Entry]:
    def cell(entry: Entry) -> Cell:
        value = entry.usage.cpu.cores_used
        if value is None and not entry.is_active:
            return Cell.of((f"{figures.UNKNOWN:>6}", "dim"), (" " * (CELLS + 1), "dim"))
        role = cells.quiet(value, 0.005)
        return Cell.of((f"{figures.cores(value):>6}", role), (f" {moment.sparks.text(entry, moment.tick)}", "dim"))

    return Column(
        key="cores",
        title="CORES",
        cell=cell,
        width=7 + CELLS,
        sort_key=_steadily(moment, "cores", lambda entry: entry.usage.cpu.cores_used, 0.02),
        descending=True,
    )


def _memory(moment: Moment) -> Column[Entry]:
    return Column(
        key="memory",
        title="MEMORY",
        cell=lambda entry: cells.memory(entry, ascii_only=moment.ascii_only),
        width=5 + cells.BAR_CELLS,
        priority=1,
        sort_key=_steadily(moment, "memory", lambda entry: entry.usage.memory.working_set_bytes, MEBIBYTE),
        descending=True,
    )


def _uptime(moment: Moment, priority: int) -> Column[Entry]:
    def seconds(entry: Entry) -> float | None:
        started = entry.instance.started_unix_seconds if entry.instance is not None else None
        return moment.utc_seconds - started if started is not None else None

    # ordered by the start, turned round: a time that goes on would have to be asked of every row on every tick
    column = _figure("uptime", "UP", seconds, figures.duration, 5, priority)
    return replace(column, sort_key=_started_backwards)


def _started_backwards(entry: Entry) -> float | None:
    started = entry.instance.started_unix_seconds if entry.instance is not None else None
    return -started if started is not None else None


def _percent(moment: Moment, priority: int) -> Column[Entry]:
    return _steady(
        moment, _figure("cpu", "CPU%", lambda entry: entry.usage.cpu.percent_of_limit, figures.percent, 4, priority), 3
    )


def _throttled(priority: int) -> Column[Entry]:
    return _number("throttled", "THR%", cells.throttled, 4, priority, lambda entry: entry.usage.cpu.throttled_percent)


def _limit(priority: int) -> Column[Entry]:
    return _figure("limit", "LIMIT", cells.memory_limit, figures.size, 5, priority)


def _swap(priority: int) -> Column[Entry]:
    return _figure("swap", "SWAP", lambda entry: entry.usage.memory.swap_bytes, figures.size, 5, priority)


def _pids(priority: int) -> Column[Entry]:
    return _figure("pids", "PIDS", lambda entry: entry.usage.pids.current, figures.count, 5, priority)


def _io(moment: Moment, priority: int) -> tuple[Column[Entry], Column[Entry]]:
    return (
        _steady(
            moment,
            _figure("read", "READ", lambda entry: entry.usage.io.read_bytes_per_second, figures.size, 5, priority),
            RATE_NOISE,
        ),
        _steady(
            moment,
            _figure("write", "WRITE", lambda entry: entry.usage.io.write_bytes_per_second, figures.size, 5, priority),
            RATE_NOISE,
        ),
    )


def _network(moment: Moment, priority: int) -> tuple[Column[Entry], Column[Entry]]:
    return (
        _steady(
            moment,
            _figure("rx", "RX", lambda entry: entry.usage.network.receive_bytes_per_second, figures.size, 5, priority),
            RATE_NOISE,
        ),
        _steady(
            moment,
            _figure("tx", "TX", lambda entry: entry.usage.network.transmit_bytes_per_second, figures.size, 5, priority),
            RATE_NOISE,
        ),
    )


def _pressure(moment: Moment, priority: int) -> Column[Entry]:
    return _steady(moment, _number("psi", "PSI", cells.pressure, 3, priority, cells.worst_pressure), 3)


def _out_of_memory(priority: int) -> Column[Entry]:
    return _number("oom", "OOM", cells.out_of_memory, 3, priority, lambda entry: entry.usage.memory.oom_kills)


MEBIBYTE = 1 << 20
RATE_NOISE = 16 << 10
MOST_KNOWN_CELLS = 1024


def _steadily(
    moment: Moment, column: str, value: Callable[[Entry], float | None], least: float
) -> Callable[[Entry], float | None]:
    """Return a figure to order by that does not follow every twitch."""
    steady = moment.steady
    return lambda entry: steady.value(column, entry.key, value(entry), least=least)


def _steady(moment: Moment, column: Column[Entry], least: float) -> Column[Entry]:
    """Return a column whose order does not follow every twitch."""
    assert column.sort_key is not None  # noqa: S101 - every figure has one
    return replace(column, sort_key=_steadily(moment, column.key, column.sort_key, least))


def _figure(  # noqa: PLR0917 - a row of the table of columns above
    key: str,
    title: str,
    value: Callable[[Entry], float | None],
    text: Callable[[float | None], str],
    width: int,
    priority: int,
) -> Column[Entry]:
    """Make a column of one figure; what is zero or not known is dim, so that the eye goes to what moves."""
    known: dict[float | None, Cell] = {}  # most lines show the same few values: zero and unknown

    def cell(entry: Entry) -> Cell:
        number = value(entry)
        found = known.get(number)
        if found is None:
            if len(known) >= MOST_KNOWN_CELLS:
                known.clear()
            shown = text(number)
            found = known[number] = Cell(shown, "dim" if shown in {"0", figures.UNKNOWN} else "normal")
        return found

    return Column(key=key, title=title, cell=cell, width=width, priority=priority, align="right", sort_key=value)


def _number(  # noqa: PLR0917 - the same
    key: str,
    title: str,
    cell: Callable[[Entry], Cell],
    width: int,
    priority: int,
    value: Callable[[Entry], float | None] | None = None,
) -> Column[Entry]:
    """Make a right-aligned column with a cell of its own."""
    return Column(
        key=key,
        title=title,
        cell=cell,
        width=width,
        priority=priority,
        align="right",
        sort_key=value or (lambda entry: cells.as_number(cell(entry))),
    )


def _text(
    key: str, title: str, value: Callable[[Entry], str], width: int, priority: int, *, most: int
) -> Column[Entry]:
    """Make a column of words."""

    def cell(entry: Entry) -> Cell:
        return Cell(value(entry) or "", "dim")

    return Column(
        key=key,
        title=title,
        cell=cell,
        width=width,
        priority=priority,
        flexible=True,
        max_width=most,
        sort_key=lambda entry: (value(entry) or "").lower() or None,
    )


def kind_of(pane: str) -> Kind | None:
    """Return the kind a pane lists, None for both."""
    return {OVERVIEW: None, GUESTS: Kind.GUEST, CONTAINERS: Kind.CONTAINER}[pane]
