"""Columns that stand in several panes."""

from __future__ import annotations

from dataclasses import replace

from tui.present import cells, figures
from tui.present.columns.make import MEBIBYTE, RATE_NOISE, figure, number, steadily, steady, text
from tui.present.columns.moment import Moment
from tui.present.entry import Entry
from tui.present.sparks import CELLS
from tui.present.state import state_cell, state_rank
from widgets.live_table.model import Cell, Column


def name(width: int) -> Column[Entry]:
    """Return what it is called; it takes the room that is left over."""
    return Column(
        key="name",
        title="NAME",
        cell=cells.name,
        width=width,
        flexible=True,
        max_width=40,
        sort_key=cells.name_rank,
    )


def state(width: int) -> Column[Entry]:
    """Return the state with its reason."""
    return Column(
        key="state", title="STATE", cell=state_cell, width=width, flexible=True, max_width=44, sort_key=state_rank
    )


def cores(moment: Moment) -> Column[Entry]:
    """Return processor cores used now, with the last minute as a line where lines are drawn."""
    sparks = moment.sparks

    def cell(entry: Entry) -> Cell:
        value = entry.usage.cpu.cores_used
        role = cells.quiet(value, 0.005)
        if value is None and not entry.is_active:
            past, text, role = " " * (CELLS + 1), figures.UNKNOWN, "dim"
        else:
            past, text = f" {sparks.text(entry, moment.tick)}" if sparks is not None else "", figures.cores(value)
        if sparks is None:
            return Cell(f"{text:>6}", role)
        return Cell.of((f"{text:>6}", role), (past, "dim"))

    return Column(
        key="cores",
        title="CORES",
        cell=cell,
        width=7 + CELLS if sparks is not None else 6,
        sort_key=steadily(moment, "cores", lambda entry: entry.usage.cpu.cores_used, 0.02),
        descending=True,
    )


def memory(moment: Moment) -> Column[Entry]:
    """Return the working set, with a bar of its limit."""
    return Column(
        key="memory",
        title="MEMORY",
        cell=lambda entry: cells.memory(entry, ascii_only=moment.ascii_only),
        width=5 + cells.BAR_CELLS,
        priority=1,
        sort_key=steadily(moment, "memory", lambda entry: entry.usage.memory.working_set_bytes, MEBIBYTE),
        descending=True,
    )


def uptime(moment: Moment, priority: int) -> Column[Entry]:
    """Return since when it runs."""

    def seconds(entry: Entry) -> float | None:
        started = entry.instance.started_unix_seconds if entry.instance is not None else None
        return moment.utc_seconds - started if started is not None else None

    # ordered by the start, turned round: a time that goes on would have to be asked of every row on every tick
    column = figure("uptime", "UP", seconds, figures.duration, 5, priority)
    return replace(column, sort_key=_started_backwards)


def user(priority: int) -> Column[Entry]:
    """Return whose it is."""
    return text("user", "USER", lambda entry: entry.user, 6, priority, most=16)


def engine() -> Column[Entry]:
    """Return which engine lists it."""
    return text("engine", "ENGINE", lambda entry: entry.engine, 11, 9, most=20)


def _started_backwards(entry: Entry) -> float | None:
    started = entry.instance.started_unix_seconds if entry.instance is not None else None
    return -started if started is not None else None


def percent(moment: Moment, priority: int) -> Column[Entry]:
    """Return processor use in percent of what it may use."""
    return steady(
        moment, figure("cpu", "CPU%", lambda entry: entry.usage.cpu.percent_of_limit, figures.percent, 4, priority), 3
    )


def throttled(priority: int) -> Column[Entry]:
    """Return the share of throttled periods."""
    return number("throttled", "THR%", cells.throttled, 4, priority, lambda entry: entry.usage.cpu.throttled_percent)


def limit(priority: int) -> Column[Entry]:
    """Return the limit of memory."""
    return figure("limit", "LIMIT", cells.memory_limit, figures.size, 5, priority)


def swap(priority: int) -> Column[Entry]:
    """Return swapped bytes."""
    return figure("swap", "SWAP", lambda entry: entry.usage.memory.swap_bytes, figures.size, 5, priority)


def pids(priority: int) -> Column[Entry]:
    """Return tasks."""
    return figure("pids", "PIDS", lambda entry: entry.usage.pids.current, figures.count, 5, priority)


def io(moment: Moment, priority: int) -> tuple[Column[Entry], Column[Entry]]:
    """Return bytes per second on block devices."""
    return (
        steady(
            moment,
            figure("read", "READ", lambda entry: entry.usage.io.read_bytes_per_second, figures.size, 5, priority),
            RATE_NOISE,
        ),
        steady(
            moment,
            figure("write", "WRITE", lambda entry: entry.usage.io.write_bytes_per_second, figures.size, 5, priority),
            RATE_NOISE,
        ),
    )


def network(moment: Moment, priority: int) -> tuple[Column[Entry], Column[Entry]]:
    """Return bytes per second on the network."""
    return (
        steady(
            moment,
            figure("rx", "RX", lambda entry: entry.usage.network.receive_bytes_per_second, figures.size, 5, priority),
            RATE_NOISE,
        ),
        steady(
            moment,
            figure("tx", "TX", lambda entry: entry.usage.network.transmit_bytes_per_second, figures.size, 5, priority),
            RATE_NOISE,
        ),
    )


def pressure(moment: Moment, priority: int) -> Column[Entry]:
    """Return the worst of the three pressures."""
    return steady(moment, number("psi", "PSI", cells.pressure, 3, priority, cells.worst_pressure), 3)


def out_of_memory(priority: int) -> Column[Entry]:
    """Return processes the kernel killed."""
    return number("oom", "OOM", cells.out_of_memory, 3, priority, lambda entry: entry.usage.memory.oom_kills)
