"""The columns of the panes of guests and containers, in order."""

from __future__ import annotations

from collections.abc import Sequence

from tui.present import cells, figures
from tui.present.columns import make, shared
from tui.present.columns.moment import Moment, Shape
from tui.present.entry import Entry
from widgets.live_table.model import Column


def overview(moment: Moment, shape: Shape) -> Sequence[Column[Entry]]:
    """Return the columns of both kinds in one list."""
    return _with_origin(_overview(moment, shape), shape, 3)


def guests(moment: Moment, shape: Shape) -> Sequence[Column[Entry]]:
    """Return the columns of guests; they have no owner of their own."""
    found = _guests(moment, shape)
    return [*found, shared.engine()] if shape.several_engines else found


def containers(moment: Moment, shape: Shape) -> Sequence[Column[Entry]]:
    """Return the columns of containers and pods."""
    return _with_origin(_containers(moment, shape), shape, 1)


def _with_origin(found: Sequence[Column[Entry]], shape: Shape, priority: int) -> Sequence[Column[Entry]]:
    """Put the owner behind the state, so that it is seen at most widths, and the engine at the end."""
    if shape.several_users:
        kept = [column for column in found if column.key != "user"]
        place = 1 + next(number for number, column in enumerate(kept) if column.key == "state")
        found = [*kept[:place], shared.user(priority), *kept[place:]]
    return [*found, shared.engine()] if shape.several_engines else found


def _overview(moment: Moment, shape: Shape) -> list[Column[Entry]]:
    return [
        shared.name(20 if shape.roomy else 14),
        Column(key="kind", title="KIND", cell=cells.kind, width=5, priority=2, sort_key=lambda entry: entry.kind),
        shared.state(24 if shape.roomy else 11),
        shared.cores(moment),
        shared.memory(moment),
        *shared.io(moment, 2),
        shared.pressure(moment, 3),
        *shared.network(moment, 4),
        shared.percent(moment, 5),
        shared.throttled(6),
        shared.uptime(moment, 7),
        shared.out_of_memory(8),
        shared.swap(9),
        shared.pids(9),
    ]


def _guests(moment: Moment, shape: Shape) -> list[Column[Entry]]:
    return [
        shared.name(20 if shape.roomy else 14),
        shared.state(24 if shape.roomy else 15),  # a reason tells more than a further column
        shared.cores(moment),
        shared.percent(moment, 5),
        shared.throttled(9),
        shared.memory(moment),
        make.figure("inside", "INSIDE", lambda entry: entry.usage.memory.guest_used_bytes, figures.size, 6, 6),
        shared.limit(7),
        make.number("vcpus", "VCPU", cells.vcpus, 4, 4),
        shared.swap(9),
        *shared.io(moment, 2),
        *shared.network(moment, 4),
        shared.pressure(moment, 3),
        shared.out_of_memory(9),
        shared.pids(10),
        shared.uptime(moment, 5),
        make.text("ip", "IP", cells.address, 13, 6, most=39),
        Column(key="auto", title="AUTO", cell=cells.autostart, width=4, priority=7, sort_key=cells.autostart_rank),
        make.text("os", "OS", cells.system, 10, 8, most=24),
    ]


def _containers(moment: Moment, shape: Shape) -> list[Column[Entry]]:
    return [
        shared.name(20 if shape.roomy else 14),
        shared.state(24 if shape.roomy else 11),
        shared.cores(moment),
        shared.percent(moment, 5),
        shared.throttled(6),
        shared.memory(moment),
        shared.limit(7),
        shared.swap(9),
        shared.pids(8),
        *shared.io(moment, 2),
        *shared.network(moment, 4),
        shared.pressure(moment, 3),
        shared.out_of_memory(8),
        make.number("restarts", "RST", cells.restarts, 3, 7),
        make.number("exit", "EXIT", cells.exit_code, 4, 10),
        shared.uptime(moment, 5),
        shared.user(6),
        make.text("image", "IMAGE", cells.image, 12, 7, most=34),
        make.text("pod", "POD", lambda entry: entry.pod_name, 6, 11, most=16),
        make.text("ports", "PORTS", cells.ports, 9, 10, most=24),
        make.text("unit", "UNIT", cells.unit, 10, 12, most=30),
        make.text("health", "HEALTH", cells.health, 9, 13, most=12),
    ]
