"""What gives the pane of networks its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from tui.domain.errors import HostdeckError
from tui.domain.host import HostView
from tui.domain.network import HostInterface, Network
from tui.domain.resource import ResourceId, ResourceKind
from tui.present.lister import Lister
from tui.present.networks.line import HOST_GROUP, NetLine, is_shown
from tui.present.restocking import Restocking
from tui.present.shelved import pods_of_infra, sentences_of, since_when
from tui.sampling.keeps import Shelved
from tui.sampling.source import HostSource
from widgets.live_table import Row

NETWORKS = frozenset({ResourceKind.NETWORK})
RELIST_SECONDS = 15.0
NO_USER = "no instance is on it"


class NetworkLister(Lister[NetLine]):
    """Lists networks by engine, then the host's interfaces.

    Interfaces are read on every tick while somebody looks: one question to the kernel. The engines are asked when an
    event said that something changed, and slowly besides.
    """

    asks_every_seconds: ClassVar[float | None] = 1.0

    def __init__(self) -> None:
        self.interfaces: tuple[HostInterface, ...] = ()
        self._restocking = Restocking(NETWORKS, RELIST_SECONDS)
        self._interfaces_problem = ""
        self._of_guests: frozenset[str] = frozenset()

    async def ask(self, source: HostSource) -> None:
        """Ask the kernel, and the engines when it is time."""
        self._of_guests = frozenset(source.resource_engines(ResourceKind.POOL))
        await asyncio.gather(self._restocking.ask(source), self._read_interfaces(source))

    async def _read_interfaces(self, source: HostSource) -> None:
        try:
            self.interfaces = await source.interfaces()
            self._interfaces_problem = ""
        except HostdeckError as error:
            self._interfaces_problem = error.message

    @property
    def shelf(self) -> Mapping[str, Shelved]:
        """Return what the engines answered last."""
        return self._restocking.shelf

    def rows(self, view: HostView, *, problems_only: bool = False) -> list[Row[NetLine]]:
        """Return the rows: networks under their engine, interfaces under the host."""
        self.engines = frozenset(self.shelf)
        self.users = frozenset(shelved.stock.user for shelved in self.shelf.values() if shelved.stock.user)
        found: list[Row[NetLine]] = []
        pods = pods_of_infra(view)
        for engine, shelved in self.shelf.items():
            if ResourceKind.NETWORK in shelved.stock.kinds or shelved.problem:
                found += self._of_engine(view, engine, shelved, pods, problems_only=problems_only)
        found += self._awaited()
        lines = [
            NetLine(f"if/{one.name}", interface=one, rates=one, problem=one.problem)
            for one in _ordered(self.interfaces)
            if is_shown(one)
        ]
        problem = self._interfaces_problem
        heading = NetLine(HOST_GROUP, text=f"interfaces of this host{f': {problem}' if problem else ''}",
                          is_old=bool(problem))  # fmt: skip
        return found + _group(heading, lines, problems_only=problems_only)

    def _of_engine(
        self, view: HostView, engine: str, shelved: Shelved, pods: Mapping[str, str], *, problems_only: bool
    ) -> list[Row[NetLine]]:
        by_name = {one.name: one for one in self.interfaces}
        infra = {
            item.instance.id.local: pods[item.instance.key]
            for item in view.instances
            if item.instance.key in pods and item.instance.id.engine == engine
        }
        lines = [
            _network(view.host_id, engine, shelved, _readable(network, infra), by_name,
                     of_guests=engine in self._of_guests)
            for network in shelved.stock.networks
        ]  # fmt: skip
        when = since_when(shelved, view.taken_utc_seconds)
        text = f"networks of {engine}: {len(lines)}{f', {when}' if when else ''}"
        heading = NetLine(f"net/{engine}", engine, text=text, is_old=bool(when))
        found = _group(heading, lines, problems_only=problems_only)
        said = sentences_of(shelved)
        if said:
            key = f"said/{engine}"
            found.append(Row(key, NetLine(key, engine, text=f"{engine}: {said}", problem=said)))
        return found

    def _awaited(self) -> list[Row[NetLine]]:
        """Return a line for each engine that was asked and has not answered yet."""
        keys = [(f"asked/{engine}", engine) for engine in self._restocking.awaited]
        return [Row(key, NetLine(key, engine, text=f"{engine}: is being asked ...")) for key, engine in keys]


def _group(heading: NetLine, lines: Sequence[NetLine], *, problems_only: bool) -> list[Row[NetLine]]:
    shown = [line for line in lines if line.problem] if problems_only else list(lines)
    if problems_only and not shown:
        return []
    return [Row(heading.key, heading), *(Row(line.key, line, heading.key) for line in shown)]


def _readable(network: Network, infra: Mapping[str, str]) -> Network:
    """Name pods instead of their infra containers, whose names nobody reads."""
    if not any(member.instance_id in infra for member in network.members):
        return network
    members = tuple(replace(member, name=infra.get(member.instance_id, member.name)) for member in network.members)
    return replace(network, members=members)


def _network(
    host: str,
    engine: str,
    shelved: Shelved,
    network: Network,
    by_name: Mapping[str, HostInterface],
    *,
    of_guests: bool,
) -> NetLine:
    target = ResourceId(host, engine, ResourceKind.NETWORK, network.name)
    unused = not network.members and not network.builtin
    return NetLine(
        target.text,
        engine,
        shelved.stock.user,
        target=target,
        network=network,
        rates=by_name.get(network.bridge) if network.bridge and shelved.stock.local else None,
        of_guests=of_guests,
        problem=NO_USER if unused else "",
    )


def _ordered(interfaces: Sequence[HostInterface]) -> list[HostInterface]:
    """Return cards first, then bridges each with its ports behind it, then the rest."""
    order = ("physical", "bond", "bridge", "vlan")
    places = {kind: at for at, kind in enumerate(order)}

    def place(one: HostInterface) -> tuple[object, ...]:
        master = one.master or one.name
        is_port = bool(one.master) and str(one.kind) not in {"physical", "bond", "vlan"}
        rank = places["bridge"] if is_port else places.get(str(one.kind), len(order))
        return rank, master if is_port or str(one.kind) == "bridge" else one.name, is_port, one.name

    return sorted(interfaces, key=place)
