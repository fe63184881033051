"""The columns of the pane of networks, and what finds a line there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tui.present import figures
from tui.present.columns.moment import Moment, Shape
from tui.present.networks.line import HOST_GROUP, NetLine
from widgets.live_table.model import Cell, Column, Role

FILTER_KEYS = ("name", "kind", "state", "bridge", "ip", "engine", "user", "on", "problem")
PROBLEM_SIGN = "!"
_PARTS = re.compile(r"(\d+)")


def networks(moment: Moment, shape: Shape) -> Sequence[Column[NetLine]]:  # noqa: ARG001 - as panes ask for columns
    """Return the columns."""
    found: list[Column[NetLine]] = [
        Column(key="name", title="NAME", cell=_name, width=16, flexible=True, max_width=40, sort_key=_name_rank),
        Column(key="kind", title="KIND", cell=lambda line: Cell(line.kind, "dim"), width=8, priority=1,
               sort_key=lambda line: line.kind or None),
        Column(key="state", title="STATE", cell=_state, width=10, sort_key=lambda line: line.state or None),
        Column(key="bridge", title="ON", cell=lambda line: Cell(line.stands_on, "dim"), width=9, priority=4,
               flexible=True, max_width=15, sort_key=lambda line: line.stands_on or None),
        Column(key="addresses", title="ADDRESSES", cell=_addresses, width=18, priority=3, flexible=True, max_width=44,
               sort_key=lambda line: line.addresses or None),
        Column(key="users", title="INSTANCES", cell=_users, width=10, priority=2, flexible=True, max_width=60,
               sort_key=lambda line: len(line.users) if line.network or line.interface else None, descending=True),
        _rate("rx", "RX", lambda line: line.rates.rates.receive_bytes_per_second if line.rates else None, 1),
        _rate("tx", "TX", lambda line: line.rates.rates.transmit_bytes_per_second if line.rates else None, 1),
        Column(key="note", title="NOTE", cell=lambda line: Cell(line.problem, "warn"), width=10, priority=6,
               flexible=True, max_width=90),
        Column(key="errors", title="ERR/s", cell=_errors, width=5, priority=5, align="right", sort_key=_errors_rank),
        Column(key="auto", title="AUTO", cell=_auto, width=4, priority=7,
               sort_key=lambda line: line.network.autostart if line.network else None),
        Column(key="mtu", title="MTU", cell=lambda line: str(line.interface.mtu) if line.interface else "", width=5,
               priority=8, align="right", sort_key=lambda line: line.interface.mtu if line.interface else None),
        Column(key="dns", title="DNS", cell=_dns, width=3, priority=9),
    ]  # fmt: skip
    return found


def filter_fields(line: NetLine) -> Mapping[str, Sequence[str]]:
    """Return the texts of a line by the key a person may name."""
    found: dict[str, Sequence[str]] = {
        "name": (line.name,),
        "kind": (line.kind,),
        "state": (line.state,),
        "bridge": (line.stands_on,),
        "ip": line.addresses,
        "engine": (line.engine,),
        "user": (line.user,),
        "on": line.users,
        "problem": (line.problem,) if line.problem else (),
    }
    return found


def _name(line: NetLine) -> Cell:
    if line.problem:
        return Cell.of((f"{PROBLEM_SIGN} ", "warn"), (line.name, "normal"))
    if line.text:
        return Cell(line.text, "accent")
    return Cell(line.name, "normal" if line.is_active else "dim")


def _name_rank(line: NetLine) -> tuple[bool, str, list[int], str]:
    """Order headings with the engines' networks before the host's interfaces, lines by name, vnet9 before vnet10."""
    digits = [int(part) if part.isdigit() else 0 for part in _PARTS.split(line.name)]
    return (line.key == HOST_GROUP, _PARTS.sub("", line.name.casefold()), digits, line.key)


def _several(words: Sequence[str]) -> str:
    return ", ".join(words)


def _state(line: NetLine) -> Cell:
    role: Role = "ok" if line.is_active else "dim"
    return Cell(line.state, "normal" if role == "ok" else role)


def _addresses(line: NetLine) -> Cell:
    return Cell(_several(line.addresses))


def _users(line: NetLine) -> Cell:
    if line.network is not None and not line.users:
        return Cell("none", "dim")
    return Cell(_several(line.users))


def _errors(line: NetLine) -> Cell:
    value = line.rates.rates.errors_per_second if line.rates else None
    if value is None:
        return Cell(figures.UNKNOWN if line.rates else "", "dim")
    return Cell(figures.count(value), "warn" if value >= 0.5 else "dim")


def _errors_rank(line: NetLine) -> float | None:
    return line.rates.rates.errors_per_second if line.rates else None


def _auto(line: NetLine) -> str:
    return ("yes" if line.network.autostart else "no") if line.network and line.of_guests else ""


def _dns(line: NetLine) -> str:
    return ("yes" if line.network.dns else "no") if line.network else ""


def _rate(key: str, title: str, value: object, priority: int) -> Column[NetLine]:
    assert callable(value)  # noqa: S101 - each is written above

    def cell(line: NetLine) -> Cell:
        found = value(line)
        if found is None:
            return Cell(figures.UNKNOWN if line.rates else "", "dim")
        return Cell(figures.size(found), "normal" if found >= 1 else "dim")

    return Column(key=key, title=title, cell=cell, width=5, priority=priority, align="right", sort_key=value)
