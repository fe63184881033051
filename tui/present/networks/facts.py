"""All about one network or interface, as lines of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import localtime, strftime

from tui.domain.instance import Instance
from tui.domain.network import HostInterface, Lease, Network
from tui.present import figures
from tui.present.networks.line import NetLine
from tui.present.roles import Spans
from tui.present.words import wrapped
from widgets.live_table.model import Role

LABEL_CELLS = 14


def fact_lines(line: NetLine, hanging: Sequence[Instance], width: int) -> list[Spans]:
    """Return everything that is known of a line, and which instances lose something when it goes."""
    found: list[Spans] = []
    if line.network is not None:
        found += _network(line, line.network, width)
    if line.interface is not None:
        found += _interface(line.interface, width)
    if line.problem:
        found += _fact("orphan", line.problem, width, "warn")
    found += [(), (("What hangs on this", "accent"),)]
    if not hanging:
        found += [(("no instance that is known", "dim"),)]
    for one in hanging:
        role: Role = "normal" if one.state.is_active else "dim"
        found.append(((f"{one.kind!s:<11}", "dim"), (one.name, role), (f"  {one.state}", "dim")))
    return found


def _network(line: NetLine, network: Network, width: int) -> list[Spans]:
    found = [
        *_fact("mode", network.mode, width),
        *_fact("state", line.state, width),
        *_fact("engine", line.engine, width),
        *_fact("bridge", network.bridge or "none on this host", width),
    ]
    for subnet in network.subnets:
        dhcp = f"  DHCP {subnet.dhcp_first} to {subnet.dhcp_last}" if subnet.dhcp_first else ""
        gateway = f"  gateway {subnet.gateway}" if subnet.gateway else ""
        found += _fact("range", f"{subnet.cidr}{gateway}{dhcp}", width)
    found += _fact("domain", network.domain, width) if network.domain else []
    found += _fact("DNS", "yes" if network.dns else "no", width)
    found += _fact("isolated", "yes: no way out" if network.isolated else "no", width)
    found += _fact("autostart", "yes" if network.autostart else "no", width) if line.of_guests else []
    if network.labels:
        found += _fact("labels", ", ".join(f"{key}={value}" for key, value in network.labels.items()), width)
    if line.rates is not None:
        found += _traffic(line.rates, width)
    found += [(), ((f"On it ({len(network.members)})", "accent"),)]
    found += [_member(line_of) for line_of in _members(network)] or [(("nothing", "dim"),)]
    if network.leases:
        found += [(), ((f"DHCP leases ({len(network.leases)})", "accent"),)]
        found += [_lease(lease) for lease in network.leases]
    return found


def _interface(one: HostInterface, width: int) -> list[Spans]:
    words = [("kind", str(one.kind)), ("state", "up" if one.up else "down"), ("MAC", one.mac), ("MTU", str(one.mtu))]
    words += [("carrier", "yes" if one.carrier else "no")] if one.carrier is not None else []
    words += [("speed", f"{one.speed_megabits} Mbit/s")] if one.speed_megabits else []
    words += [("port of", one.master)] if one.master else []
    words += [("stands on", one.lower)] if one.lower else []
    words += [("VLAN", str(one.vlan))] if one.vlan is not None else []
    words += [("addresses", ", ".join(one.addresses))] if one.addresses else []
    words += [("belongs to", one.owner_name)] if one.owner_name else []
    words += [("inside it is", one.inside)] if one.inside else []
    words += [("ifindex", str(one.index))]
    words += [("peer ifindex", f"{one.peer_index}, in its own namespace")] if one.peer_index is not None else []
    found = [spans for label, text in words for spans in _fact(label, text, width)]
    return [*found, *_traffic(one, width)]


def _traffic(one: HostInterface, width: int) -> list[Spans]:
    rates = one.rates
    now = (
        f"receives {figures.size(rates.receive_bytes_per_second)}/s, sends "
        f"{figures.size(rates.transmit_bytes_per_second)}/s, "
        f"{figures.count(rates.errors_per_second)} errors and drops/s  (as {one.name} counts it)"
    )
    total = (
        f"received {figures.size(one.receive_bytes)}, sent {figures.size(one.transmit_bytes)}, "
        f"{figures.count(one.errors)} errors and drops"
    )
    return [*_fact("traffic", now, width), *_fact("since made", total, width)]


def _members(network: Network) -> Iterable[tuple[str, str, bool]]:
    for one in sorted(network.members, key=lambda one: (not one.active, one.name)):
        more = [*one.addresses, one.mac, one.interface]
        yield one.name, "  ".join(word for word in more if word), one.active


def _member(member: tuple[str, str, bool]) -> Spans:
    name, more, active = member
    return ((f"{name:<20}", "normal" if active else "dim"), (f"  {more}", "dim"))


def _lease(lease: Lease) -> Spans:
    until = (
        strftime("%Y-%m-%d %H:%M", localtime(lease.expires_unix_seconds)) if lease.expires_unix_seconds else "for ever"
    )
    whose = lease.guest or (f"{lease.hostname} (no guest has this MAC)" if lease.hostname else "no guest has this MAC")
    return ((f"{lease.ip:<16}", "normal"), (f"{lease.mac}  ", "dim"), (whose, "normal"), (f"  until {until}", "dim"))


def _fact(label: str, text: str, width: int, role: Role = "normal") -> list[Spans]:
    return wrapped(f"{label:<{LABEL_CELLS}}", text, width, role)
