"""Why a new network cannot be: pure, from what there is already."""

import ipaddress
from collections.abc import Iterable

from tui.domain.network import Network
from tui.domain.operation.networks import CreateGuestNetwork
from tui.engines.libvirt.resources.hostlinks import HostLinks
from tui.engines.libvirt.resources.words import name_problem

MODES = ("nat", "isolated", "route", "bridge")
LONGEST_LINK = 15

Address = ipaddress.IPv4Interface | ipaddress.IPv6Interface


def create_problem(operation: CreateGuestNetwork, known: Iterable[Network], links: HostLinks | None) -> str:
    """Say why; "" when it can be.

    Args:
        links: None for a daemon elsewhere, whose interfaces are not seen.
    """
    networks = tuple(known)
    return (
        name_problem(operation.name, "network")
        or _taken(operation, networks)
        or _mode_problem(operation, links)
        or _bridge_problem(operation, networks, links)
        or ("" if operation.mode == "bridge" else _address_problem(operation, networks, links))
    )


def _taken(operation: CreateGuestNetwork, networks: tuple[Network, ...]) -> str:
    if any(network.name == operation.name for network in networks):
        return f"There is a network {operation.name} already."
    return ""


def _mode_problem(operation: CreateGuestNetwork, links: HostLinks | None) -> str:
    if operation.mode not in MODES:
        return f'"{operation.mode}" is no mode: it is one of {", ".join(MODES)}.'
    if operation.forward_dev and links is not None and operation.forward_dev not in links.names:
        return f"This host has no interface {operation.forward_dev}."
    return ""


def _bridge_problem(operation: CreateGuestNetwork, networks: tuple[Network, ...], links: HostLinks | None) -> str:
    name = operation.bridge
    if operation.mode == "bridge":
        if not name:
            return "Name the bridge of the host that the guests are to be on."
        if links is not None and name not in links.bridges:
            return f"{name} is no bridge." if name in links.names else f"This host has no bridge {name}."
        return ""
    if not name:
        return ""
    if len(name.encode()) > LONGEST_LINK or "/" in name or any(letter.isspace() for letter in name):
        return f"The name of a bridge has at most {LONGEST_LINK} characters, no space and no slash."
    owner = next((network.name for network in networks if network.bridge == name), "")
    if owner:
        return f"The bridge {name} belongs to network {owner}."
    if links is not None and name in links.names:
        return f"This host has an interface {name} already. Choose another name for the bridge, or the mode bridge."
    return ""


def _address_problem(operation: CreateGuestNetwork, networks: tuple[Network, ...], links: HostLinks | None) -> str:
    if not operation.address:
        if operation.dhcp_first or operation.dhcp_last:
            return "DHCP needs an address of the host on the network."
        return "" if operation.mode == "isolated" else f"A network of the mode {operation.mode} needs an address."
    try:
        address = ipaddress.ip_interface(operation.address)
    except ValueError:
        return f'"{operation.address}" is no address with a prefix, such as 192.168.150.1/24.'
    return _own_problem(address) or _dhcp_problem(operation, address) or _overlap(address, networks, links)


def _own_problem(address: Address) -> str:
    subnet = address.network
    if subnet.num_addresses < 4:
        return f"{subnet} has no room for guests."
    if address.ip == subnet.network_address:
        return f"{address.ip} is the network itself: the host needs an address on it, such as {subnet[1]}."
    if address.version == 4 and address.ip == subnet.broadcast_address:
        return f"{address.ip} is the broadcast address: the host needs another one, such as {subnet[1]}."
    return ""


def _dhcp_problem(operation: CreateGuestNetwork, address: Address) -> str:
    if not operation.dhcp_first and not operation.dhcp_last:
        return ""
    try:
        first, last = (ipaddress.ip_address(text) for text in (operation.dhcp_first, operation.dhcp_last))
    except ValueError:
        return "DHCP needs the first and the last address to give away."
    for one in (first, last):
        if one not in address.network:
            return f"{one} is not in {address.network}."
    if int(first) > int(last):
        return f"The DHCP range ends before it begins: {first} to {last}."
    if int(first) <= int(address.ip) <= int(last):
        return f"The DHCP range holds the host's own address {address.ip}."
    return ""


def _overlap(address: Address, networks: tuple[Network, ...], links: HostLinks | None) -> str:
    subnet = address.network
    for network in networks:
        for other in network.subnets:
            if _meets(subnet, other.cidr):
                return f"{subnet} overlaps with {other.cidr} of network {network.name}."
    for route, link in links.routes if links else ():
        if _meets(subnet, str(route)):
            return f"{subnet} overlaps with {route}, which this host reaches by {link}."
    return ""


def _meets(subnet: ipaddress.IPv4Network | ipaddress.IPv6Network, text: str) -> bool:
    try:
        other = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    if isinstance(subnet, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return subnet.overlaps(other)
    if isinstance(subnet, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return subnet.overlaps(other)
    return False
