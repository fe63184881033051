"""The columns of the pane of images, and what finds a line there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.present import figures
from tui.present.columns.moment import Moment, Shape
from tui.present.images.line import StockLine
from widgets.live_table.model import Cell, Column, Role
from widgets.meter import meter

PROBLEM_SIGN = "!"
BAR_CELLS = 6


def images(moment: Moment, shape: Shape) -> Sequence[Column[StockLine]]:
    """Return the columns."""
    found: list[Column[StockLine]] = [
        Column(key="name", title="NAME", cell=_name, width=24, flexible=True, max_width=60, sort_key=_name_rank),
        Column(key="kind", title="KIND", cell=lambda line: Cell(line.kind, "dim"), width=6, priority=4,
               sort_key=lambda line: line.kind or None),
        Column(key="state", title="STATE", cell=_state, width=8, priority=1, sort_key=lambda line: line.state or None),
        Column(key="size", title="SIZE", cell=lambda line: _bytes(line, line.size_bytes), width=5, align="right",
               sort_key=lambda line: line.size_bytes),
        Column(key="takes", title="TAKES", cell=lambda line: _bytes(line, line.taken_bytes), width=5, align="right",
               priority=1, sort_key=lambda line: line.taken_bytes),
        Column(key="full", title="FULL", cell=lambda line: _full(line, ascii_only=moment.ascii_only),
               width=6 + BAR_CELLS, priority=3, sort_key=lambda line: line.percent, descending=True),
        Column(key="users", title="USED BY", cell=_users, width=12, priority=2, flexible=True, max_width=50,
               sort_key=lambda line: len(line.users) if line.target else None, descending=True),
        Column(key="format", title="FORMAT", cell=lambda line: Cell(line.format, "dim"), width=6, priority=5,
               sort_key=lambda line: line.format or None),
        Column(key="age", title="AGE", cell=lambda line: _age(line, moment), width=5, priority=5, align="right",
               sort_key=lambda line: line.created_unix_seconds),
        Column(key="shared", title="SHARED", cell=_shared, width=6, priority=6, align="right",
               sort_key=lambda line: line.shared_bytes),
        Column(key="note", title="NOTE", cell=_note, width=10, priority=6, flexible=True, max_width=70),
        Column(key="id", title="ID", cell=lambda line: Cell(line.identifier, "dim"), width=12, priority=7),
        Column(key="auto", title="AUTO", cell=_auto, width=4, priority=8),
    ]  # fmt: skip
    if shape.several_users:
        found.insert(3, Column(key="user", title="USER", cell=lambda line: Cell(line.user), width=6, priority=3,
                               sort_key=lambda line: line.user or None))  # fmt: skip
    return found


def filter_fields(line: StockLine) -> Mapping[str, Sequence[str]]:
    """Return the texts of a line by the key a person may name."""
    names = line.image.names if line.image is not None and line.image.names else (line.name,)
    return {
        "name": names,
        "kind": (line.kind,),
        "state": (line.state,),
        "format": (line.format,),
        "engine": (line.engine,),
        "user": (line.user,),
        "on": line.users,
        "id": (line.identifier,),
        "pool": (line.disk.pool,) if line.disk is not None else (line.pool.name,) if line.pool is not None else (),
        "problem": (line.problem,) if line.problem else (),
    }


def _name(line: StockLine) -> Cell:
    sign = f"{PROBLEM_SIGN} " if line.problem else ""
    if line.pool is not None:
        return Cell.of((sign, "warn"), (f"pool {line.pool.name}", "accent"), (f"  {line.pool.path}", "dim"))
    if line.text:
        return Cell(line.text, "warn" if line.problem or line.is_old else "accent", across=True)
    more = len(line.image.names) - 1 if line.image is not None else 0
    rest = f"  {line.registry}" if line.registry else ""
    others = f"  and {more} more names" if more > 1 else "  and one more name" if more == 1 else ""
    return Cell.of((sign, "warn"), (line.short_name, "normal"), (others, "dim"), (rest, "dim"))


def _name_rank(line: StockLine) -> tuple[str, str, str, str]:
    order = "2" if line.pool is not None else "0" if line.text.startswith("images") else "1"
    place = order if line.text or line.pool is not None else ""
    return place, line.short_name.casefold(), line.registry, line.key


def _state(line: StockLine) -> Cell:
    quiet = line.state in {"unused", "inactive"}
    role: Role = "crit" if line.state in {"degraded", "inaccessible"} else "dim" if quiet else "normal"
    return Cell(line.state, role)


def _bytes(line: StockLine, value: int | None) -> Cell:
    if line.target is None:
        return Cell("")
    return Cell(figures.size(value), "dim" if value is None else "normal")


def _full(line: StockLine, *, ascii_only: bool) -> Cell:
    percent = line.percent
    if percent is None:
        return Cell("")
    role: Role = "warn" if line.pool is not None and percent >= 90 else "dim"
    return Cell.of(
        (f"{figures.percent(percent):>4}% ", role), (meter(percent / 100, BAR_CELLS, ascii_only=ascii_only), role)
    )


def _shared(line: StockLine) -> Cell:
    return Cell(figures.size(line.shared_bytes) if line.image is not None else "", "dim")


def _users(line: StockLine) -> Cell:
    """Return who needs it; where nobody does, why it is marked: that must be read on a narrow screen too."""
    if not line.users and line.target is not None:
        return Cell(line.problem, "warn")
    return Cell(", ".join(line.users), "normal" if line.active_users else "dim")


def _age(line: StockLine, moment: Moment) -> Cell:
    made = line.created_unix_seconds
    return Cell(figures.duration(moment.utc_seconds - made) if made is not None else "", "dim")


def _note(line: StockLine) -> Cell:
    if line.problem and line.users:
        return Cell(line.problem, "warn")
    if line.disk is not None and line.disk.backing:
        return Cell(f"stands on {line.disk.backing[0].rpartition('/')[2]}", "dim")
    return Cell("")


def _auto(line: StockLine) -> str:
    return ("yes" if line.pool.autostart else "no") if line.pool is not None else ""
