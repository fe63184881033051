"""Networks of libvirt, read: definition, leases, who is on them."""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from tui.domain.network import Lease, Network, NetworkMember, Subnet
from tui.engines.libvirt.failures import UNSUPPORTED
from tui.engines.libvirt.resources.definitions import GuestDefinition
from tui.engines.libvirt.resources.failures import NO_NETWORK

NOT_ACTIVE = 55


def read_networks(libvirt: Any, connection: Any) -> tuple[Network, ...]:
    """Read all networks and their leases; blocks."""
    found = (_read(libvirt, network) for network in connection.listAllNetworks(0))
    return tuple(sorted((network for network in found if network is not None), key=lambda network: network.name))


def _read(libvirt: Any, handle: Any) -> Network | None:
    try:
        network = read_network(handle.XMLDesc(0))
        active, persistent = bool(handle.isActive()), bool(handle.isPersistent())
        network = replace(
            network,
            active=active,
            persistent=persistent,
            autostart=bool(persistent and handle.autostart()),
        )
    except libvirt.libvirtError as error:
        if error.get_error_code() == NO_NETWORK:
            return None  # gone since it was listed
        raise
    if active and any(subnet.dhcp_first for subnet in network.subnets):
        network = replace(network, leases=_leases(libvirt, handle))
    return network


def _leases(libvirt: Any, handle: Any) -> tuple[Lease, ...]:
    try:
        answer = handle.DHCPLeases()
    except libvirt.libvirtError as error:
        if error.get_error_code() in UNSUPPORTED | {NOT_ACTIVE, NO_NETWORK}:
            return ()
        raise
    return tuple(read_lease(row) for row in answer or ())


def read_lease(row: dict[str, Any]) -> Lease:
    """Read one row of virNetworkGetDHCPLeases; an expiry of 0 is a lease without end."""
    ends = row.get("expirytime")
    return Lease(
        mac=str(row.get("mac") or "").lower(),
        ip=str(row.get("ipaddr") or ""),
        hostname=str(row.get("hostname") or ""),
        expires_unix_seconds=float(ends) if ends else None,
    )


def read_network(text: str) -> Network:
    """Read the answer of virNetworkGetXMLDesc."""
    root = ElementTree.fromstring(text)  # noqa: S314 - libvirt wrote it; expat bounds what entities may expand to
    forward, bridge, dns, domain = (root.find(name) for name in ("forward", "bridge", "dns", "domain"))
    mode = "isolated" if forward is None else forward.get("mode", "nat")
    subnets = tuple(_subnets(root))
    return Network(
        name=root.findtext("name", ""),
        id=root.findtext("uuid", ""),
        mode=mode,
        bridge="" if bridge is None else bridge.get("name", ""),
        subnets=subnets,
        domain="" if domain is None else domain.get("name", ""),
        dns=bool(subnets) and (dns is None or dns.get("enable", "yes") == "yes"),
        isolated=forward is None,
        ipv6=any(":" in subnet.cidr for subnet in subnets),
    )


def _subnets(root: ElementTree.Element) -> Iterator[Subnet]:
    for ip in root.iterfind("ip"):
        address = ip.get("address", "")
        width = ip.get("prefix") or ip.get("netmask") or ""
        span = ip.find("dhcp/range")
        try:
            cidr = str(ipaddress.ip_interface(f"{address}/{width}" if width else address).network)
        except ValueError:
            cidr = address
        first, last = ("", "") if span is None else (span.get("start", ""), span.get("end", ""))
        yield Subnet(cidr, gateway=address, dhcp_first=first, dhcp_last=last)


def populated(networks: Iterable[Network], guests: Iterable[GuestDefinition]) -> tuple[Network, ...]:
    """Return networks with the guests on them and the guests' names in the leases."""
    guests = tuple(guests)
    names = {port.mac: guest.name for guest in guests for port in guest.ports if port.mac}
    return tuple(_populated(network, guests, names) for network in networks)


def _populated(network: Network, guests: tuple[GuestDefinition, ...], names: dict[str, str]) -> Network:
    leases = tuple(replace(lease, guest=names.get(lease.mac, "")) for lease in network.leases)
    members = tuple(
        NetworkMember(
            guest.uuid,
            guest.name,
            mac=port.mac,
            addresses=tuple(lease.ip for lease in leases if lease.mac == port.mac) if port.live else (),
            interface=port.tap if port.live else "",
            active=port.live,
        )
        for guest in guests
        for port in guest.ports
        if port.network == network.name or (not port.network and port.bridge and port.bridge == network.bridge)
    )
    return replace(network, leases=leases, members=tuple(sorted(members, key=lambda member: member.name)))
