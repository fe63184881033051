"""The columns of the pane of networks, and what finds a line there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tui.present import figures
from tui.present.columns.moment import Moment, Shape
from tui.present.networks.line import HOST_GROUP, NetLine
from widgets.live_table.model import Cell, Column

PROBLEM_SIGN = "!"
LEAST_ERRORS = 0.5
"""Errors and drops in a second from which on they are worth a colour."""
_PARTS = re.compile(r"([0-9]+)")


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
        Column(key="note", title="NOTE", cell=_note, width=10, priority=6, flexible=True, max_width=90),
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
    if line.text:
        return Cell(line.text, "warn" if line.problem or line.is_old else "accent", across=True)
    if line.problem:
        return Cell.of((f"{PROBLEM_SIGN} ", "warn"), (line.name, "normal"))
    return Cell(line.name, "normal" if line.is_active else "dim")


def _name_rank(line: NetLine) -> tuple[int, str, list[int], str]:
    """Order headings with the engines' networks before the host's interfaces, lines by name, vnet9 before vnet10."""
    digits = [int(part) if part.isdecimal() and part.isascii() else 0 for part in _PARTS.split(line.name)]
    place = 2 if line.key == HOST_GROUP else 1 if line.text and line.problem else 0
    return (place, _PARTS.sub("", line.name.casefold()), digits, line.key)


def _several(words: Sequence[str]) -> str:
    return ", ".join(words)


def _state(line: NetLine) -> Cell:
    errors = line.rates.rates.errors_per_second if line.rates is not None else None
    if line.interface is not None and line.is_active and errors is not None and errors >= LEAST_ERRORS:
        return Cell(f"{line.state}, errors", "warn")  # read also where there is no room for the column that counts them
    return Cell(line.state, "normal" if line.is_active else "dim")


def _addresses(line: NetLine) -> Cell:
    return Cell(_several(line.addresses))


def _users(line: NetLine) -> Cell:
    """Return who is on it; where nobody is, why it is marked: that must be read on a narrow screen too."""
    if not line.users and not line.text and line.problem:
        return Cell("none" if line.network is not None else line.problem.partition(":")[0], "warn")
    if line.network is not None and not line.users:
        return Cell("none", "dim")
    return Cell(_several(line.users))


def _note(line: NetLine) -> Cell:
    if line.text:
        return Cell("")
    if line.problem:
        return Cell(line.problem, "warn")
    words = []
    if line.network is not None:
        words += ["no way out"] if line.network.isolated and line.kind != "isolated" else []
        words += [f"{len(line.network.leases)} DHCP leases"] if line.network.leases else []
        words += [f"domain {line.network.domain}"] if line.network.domain else []
    if line.interface is not None and line.interface.inside:
        words.append(f"{line.interface.inside} inside")
    return Cell(", ".join(words), "dim")


def _errors(line: NetLine) -> Cell:
    value = line.rates.rates.errors_per_second if line.rates else None
    if value is None:
        return Cell(figures.UNKNOWN if line.rates else "", "dim")
    return Cell(figures.count(value), "warn" if value >= LEAST_ERRORS else "dim")


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
