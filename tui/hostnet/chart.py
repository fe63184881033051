"""The map: network, bridge, tap or veth, instance, address, published port; from both ends, and what hangs on what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tui.domain.instance import Instance, Port
from tui.domain.network import HostInterface, InterfaceKind, Network, NetworkMember
from tui.domain.resource import ResourceId, ResourceKind, Stock


class NodeKind(StrEnum):
    """What a line of the map stands for."""

    NETWORK = "network"
    BRIDGE = "bridge"
    UPLINK = "uplink"  # the way out: a card, bond or VLAN on a bridge
    TAP = "tap"
    VETH = "veth"
    INTERFACE = "interface"  # any other
    INSTANCE = "instance"
    ADDRESS = "address"
    PORT = "port"


@dataclass(frozen=True, slots=True)
class MapNode:
    """One line of the map.

    Attributes:
        path: unique among all nodes of a map and the same in the next one, so that what is folded stays folded.
        key: row key of an instance, text form of a network's `ResourceId`, or the name of an interface; empty for
            addresses and ports.
        text: what it is called, unescaped.
        note: more about it, unescaped; may be empty.
        problem: why it is an orphan; empty when it is none.
        active: it runs or is up.
    """

    kind: NodeKind
    path: str
    key: str
    text: str
    note: str = ""
    problem: str = ""
    active: bool = True
    children: tuple[MapNode, ...] = ()

    def walk(self) -> Iterator[MapNode]:
        """Return this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Plant:
    """What a map is drawn from: everything at one moment, ready to be looked up.

    Attributes:
        networks: with the engine's id.
        local: engines whose bridges are interfaces of this host.
        instances: by row key.
    """

    host: str
    interfaces: tuple[HostInterface, ...]
    networks: tuple[tuple[str, Network], ...]
    local: frozenset[str] = frozenset()
    instances: Mapping[str, Instance] = field(default_factory=dict)

    def named(self, name: str) -> HostInterface | None:
        """Return an interface by its name."""
        return next((one for one in self.interfaces if one.name == name), None)

    def bridge_of(self, engine: str, network: Network) -> HostInterface | None:
        """Return the interface that a network stands on; None for a network of another host or without one."""
        return self.named(network.bridge) if network.bridge and engine in self.local else None

    def ports_of(self, master: str) -> tuple[HostInterface, ...]:
        """Return what is on a bridge or bond."""
        return tuple(one for one in self.interfaces if one.master == master)

    def on_top_of(self, name: str) -> tuple[HostInterface, ...]:
        """Return the VLANs, macvlans and macvtaps that stand on an interface."""
        return tuple(one for one in self.interfaces if one.lower == name)


def plant(
    host: str, interfaces: Sequence[HostInterface], stocks: Iterable[Stock], instances: Iterable[Instance]
) -> Plant:
    """Gather what a map is drawn from."""
    known = tuple(stocks)
    networks = tuple((stock.engine, network) for stock in known for network in stock.networks)
    local = frozenset(stock.engine for stock in known if stock.local)
    return Plant(host, tuple(interfaces), networks, local, {instance.key: instance for instance in instances})


def from_networks(plant: Plant) -> tuple[MapNode, ...]:
    """Return the map from the host's end: networks of the engines first, then bridges and interfaces of nobody's."""
    networks = tuple(_network(plant, engine, network) for engine, network in plant.networks)
    drawn = {node.key for root in networks for node in root.walk() if node.kind is not NodeKind.NETWORK}
    rest = tuple(
        _interface(plant, one, "host")
        for one in plant.interfaces
        if one.name not in drawn and not one.master and not one.lower and one.kind is not InterfaceKind.LOOPBACK
    )
    return (*networks, *rest)


def from_instances(plant: Plant) -> tuple[MapNode, ...]:
    """Return the map from the other end: each instance that has a way to a network, and where that leads."""
    found = []
    for key, instance in sorted(plant.instances.items(), key=lambda item: item[1].name):
        path = f"of/{key}"
        ways = tuple(_way_out(plant, one, f"{path}/{one.name}") for one in plant.interfaces if _belongs(one, instance))
        reached = {node.key for way in ways for node in way.walk() if node.kind is NodeKind.NETWORK}
        others = tuple(
            _bare_network(plant, engine, network, path)
            for engine, network in plant.networks
            if _member(network, engine, instance) is not None and _id(plant, engine, network).text not in reached
        )
        ends = (*_addresses(instance, path), *_ports(instance, path))
        if ways or others or ends:
            found.append(_instance(instance, path, (*ways, *others, *ends)))
    return tuple(found)


def hangs_on(plant: Plant, key: str) -> tuple[Instance, ...]:
    """Return the instances that lose a network when an interface or a network (by `MapNode.key`) goes, active first."""
    keys: dict[str, None] = {}
    gone = _gone_with(plant, key)
    for root in from_networks(plant):
        for node in root.walk():
            if node.key in gone and node.kind is not NodeKind.INSTANCE:
                keys.update(dict.fromkeys(one.key for one in node.walk() if one.kind is NodeKind.INSTANCE))
    found = [plant.instances[one] for one in keys if one in plant.instances]
    return tuple(sorted(found, key=lambda one: (not one.state.is_active, one.name)))


def _gone_with(plant: Plant, key: str) -> frozenset[str]:
    """Return an interface with what is of no use without it: what stands on it, and the bridge it leads out of."""
    gone: set[str] = set()
    waiting = [key]
    while waiting:
        name = waiting.pop()
        if name in gone:
            continue
        gone.add(name)
        one = plant.named(name)
        if one is not None:
            waiting += [upper.name for upper in plant.on_top_of(name)]
            waiting += [one.master] if one.master and _kind(one) is NodeKind.UPLINK else []
    return frozenset(gone)


def _id(plant: Plant, engine: str, network: Network) -> ResourceId:
    return ResourceId(plant.host, engine, ResourceKind.NETWORK, network.name)


def _network(plant: Plant, engine: str, network: Network) -> MapNode:
    node = _bare_network(plant, engine, network, "net")
    bridge = plant.bridge_of(engine, network)
    below = (_interface(plant, bridge, node.path),) if bridge is not None else ()
    drawn = {one.key for root in below for one in root.walk() if one.kind is NodeKind.INSTANCE}
    members = tuple(
        _instance(instance, f"{node.path}/{instance.key}", _ends(instance, f"{node.path}/{instance.key}", member))
        for member in network.members
        if (instance := plant.instances.get(f"{plant.host}/{engine}/{member.instance_id}")) is not None
        and instance.key not in drawn
    )
    empty = not members and not drawn and not network.builtin
    return replace(node, children=(*below, *members), problem="no instance is on it" if empty else "")


def _bare_network(plant: Plant, engine: str, network: Network, path: str) -> MapNode:
    subnets = ", ".join(subnet.cidr for subnet in network.subnets)
    identity = _id(plant, engine, network).text
    return MapNode(
        NodeKind.NETWORK,
        f"{path}/{identity}",
        identity,
        network.name,
        "  ".join(word for word in (network.mode, subnets, "" if network.active else "not active") if word),
        active=network.active,
    )


def _interface(plant: Plant, one: HostInterface, path: str) -> MapNode:
    here = f"{path}/{one.name}"
    children = [_interface(plant, port, here) for port in _uplinks_first(plant.ports_of(one.name))]
    children += [_interface(plant, upper, here) for upper in plant.on_top_of(one.name)]
    owner = plant.instances.get(one.owner_id)
    if owner is not None:
        children.append(_instance(owner, f"{here}/{owner.key}", _ends(owner, f"{here}/{owner.key}")))
    return MapNode(
        _kind(one), here, one.name, one.name, _note(one), problem=one.problem, active=one.up, children=tuple(children)
    )


def _way_out(plant: Plant, one: HostInterface, path: str) -> MapNode:
    """Return an interface with what it leads to: its bridge, the networks on it, and the way out of those."""
    children: list[MapNode] = []
    master = plant.named(one.master) if one.master else None
    if master is not None:
        here = f"{path}/{master.name}"
        networks = [
            _bare_network(plant, engine, network, here)
            for engine, network in plant.networks
            if plant.bridge_of(engine, network) is master
        ]
        uplinks = [
            MapNode(NodeKind.UPLINK, f"{here}/{port.name}", port.name, port.name, _note(port), active=port.up)
            for port in plant.ports_of(master.name)
            if _kind(port) is NodeKind.UPLINK
        ]
        note = _note(master)
        children.append(
            MapNode(
                _kind(master), here, master.name, master.name, note, active=master.up, children=(*networks, *uplinks)
            )
        )
    lower = plant.named(one.lower) if one.lower else None
    if lower is not None:
        children.append(_way_out(plant, lower, f"{path}/{lower.name}"))
    return MapNode(_kind(one), path, one.name, one.name, _note(one), one.problem, one.up, tuple(children))


def _uplinks_first(ports: Iterable[HostInterface]) -> list[HostInterface]:
    return sorted(ports, key=lambda port: (_kind(port) is not NodeKind.UPLINK, port.name))


def _belongs(one: HostInterface, instance: Instance) -> bool:
    if one.owner_id == instance.key:
        return True
    return instance.guest is not None and one.name in instance.guest.taps


def _member(network: Network, engine: str, instance: Instance) -> NetworkMember | None:
    if instance.id.engine != engine:
        return None
    return next((one for one in network.members if one.instance_id == instance.id.local), None)


def _kind(one: HostInterface) -> NodeKind:
    match one.kind:
        case InterfaceKind.BRIDGE:
            return NodeKind.BRIDGE
        case InterfaceKind.TAP | InterfaceKind.MACVTAP:
            return NodeKind.TAP
        case InterfaceKind.VETH:
            return NodeKind.VETH
        case InterfaceKind.PHYSICAL | InterfaceKind.BOND | InterfaceKind.VLAN:
            return NodeKind.UPLINK
        case _:
            return NodeKind.INTERFACE


def _note(one: HostInterface) -> str:
    words = [str(one.kind)] if one.kind not in {InterfaceKind.BRIDGE, InterfaceKind.TAP, InterfaceKind.VETH} else []
    words += [f"VLAN {one.vlan}"] if one.vlan is not None else []
    words += [address for address in one.addresses if not address.startswith("fe80:")]
    words += [f"inside {one.inside}"] if one.inside else []
    if not one.up:
        words.append("down")
    elif one.carrier is False:
        words.append("no carrier")
    return "  ".join(words)


def _instance(instance: Instance, path: str, children: tuple[MapNode, ...]) -> MapNode:
    return MapNode(
        NodeKind.INSTANCE,
        path,
        instance.key,
        instance.name,
        f"{instance.kind}  {instance.state}",
        active=instance.state.is_active,
        children=children,
    )


def _ends(instance: Instance, path: str, member: NetworkMember | None = None) -> tuple[MapNode, ...]:
    known = {address.ip for address in instance.addresses}
    more = tuple(
        MapNode(NodeKind.ADDRESS, f"{path}/{address}", "", address)
        for address in (member.addresses if member else ())
        if address.partition("/")[0] not in known
    )
    return (*_addresses(instance, path), *more, *_ports(instance, path))


def _addresses(instance: Instance, path: str) -> tuple[MapNode, ...]:
    return tuple(
        MapNode(NodeKind.ADDRESS, f"{path}/{address.ip}", "", address.ip, address.network)
        for address in instance.addresses
    )


def _ports(instance: Instance, path: str) -> tuple[MapNode, ...]:
    ports = instance.container.ports if instance.container else ()
    return tuple(
        MapNode(NodeKind.PORT, f"{path}/port/{index}", "", port_text(port)) for index, port in enumerate(ports)
    )


def port_text(port: Port) -> str:
    """Return a published port as `8080 -> 80/tcp`, with the host's address where it is not all of them."""
    host = f"[{port.host_ip}]" if ":" in port.host_ip else port.host_ip
    where = f"{host}:{port.host_port}" if host and host != "0.0.0.0" else str(port.host_port)  # noqa: S104 - a text
    return f"{where} -> {port.container_port}/{port.protocol}"
