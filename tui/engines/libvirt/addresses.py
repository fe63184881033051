"""Addresses of guests without asking the guests: leases of libvirt's networks, then the host's ARP table."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.domain.instance import Address
from tui.engines.libvirt.failures import INVALID_CONN, RPC
from tui.engines.libvirt.target import Target

if TYPE_CHECKING:
    from tui.engines.libvirt.inventory import GuestRecord

ARP_TABLE = Path("/proc/net/arp")
MOST_ASKED_ONE_BY_ONE = 16
_ARP_INCOMPLETE = 0

ByMac = dict[str, tuple[Address, ...]]


def look(libvirt: Any, connection: Any, target: Target, guests: Iterable["GuestRecord"]) -> ByMac:
    """Return what is known now, by lower-case MAC; blocks.

    One call for each network that gives leases. Only where the driver has no leases or the ARP table is another host's,
    running guests are asked about one by one, a bounded number of them.
    """
    running = [guest for guest in guests if guest.domain_id is not None and guest.facts.interfaces]
    if not running:
        return {}
    wanted = {interface.mac for guest in running for interface in guest.facts.interfaces}
    if target.driver == "test":
        return _asked(libvirt, connection, running, "lease")
    found = {mac: ips for mac, ips in _leases(libvirt, connection).items() if mac in wanted}
    without = [guest for guest in running if not any(interface.mac in found for interface in guest.facts.interfaces)]
    if not without:
        return found
    if target.local:
        more = {mac: ips for mac, ips in read_arp(_arp_text()).items() if mac in wanted}
    else:
        more = _asked(libvirt, connection, without, "arp")
    return {**more, **found}


def of_guest(guest: "GuestRecord", found: Mapping[str, tuple[Address, ...]]) -> tuple[Address, ...]:
    """Return the addresses of one guest in the order of its interfaces; () while it is off."""
    if guest.domain_id is None:
        return ()
    return tuple(address for interface in guest.facts.interfaces for address in found.get(interface.mac, ()))


def _leases(libvirt: Any, connection: Any) -> ByMac:
    """Ask every active network for its leases (virNetworkGetDHCPLeases)."""
    found: ByMac = {}
    try:
        networks = connection.listAllNetworks(libvirt.VIR_CONNECT_LIST_NETWORKS_ACTIVE)
    except libvirt.libvirtError as error:
        _unless_broken(error)
        return found
    for network in networks:
        try:
            leases = network.DHCPLeases()
        except libvirt.libvirtError as error:
            _unless_broken(error)
            continue
        for lease in leases:
            mac = str(lease["mac"]).lower()
            found[mac] = (*found.get(mac, ()), Address(lease["ipaddr"], "lease", network.name()))
    return found


def _unless_broken(error: Any) -> None:
    """Raise only for a connection that broke: a list without some addresses is better than no list.

    libvirt fails here in ways of its own ("wrong nlmsg len" for an ARP table in a container, for one).
    """
    if error.get_error_code() in {RPC, INVALID_CONN}:
        raise error


def _arp_text() -> str:
    try:
        return ARP_TABLE.read_text("ascii", errors="replace")
    except OSError:
        return ""


def read_arp(text: str) -> ByMac:
    """Read /proc/net/arp: IP, type, flags, MAC, mask, device; incomplete entries are left out."""
    found: ByMac = {}
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) >= 6 and _flags(fields[2]) != _ARP_INCOMPLETE:
            mac = fields[3].lower()
            found[mac] = (*found.get(mac, ()), Address(fields[0], "arp", fields[5]))
    return found


def _flags(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return _ARP_INCOMPLETE


def _asked(libvirt: Any, connection: Any, guests: "list[GuestRecord]", source: str) -> ByMac:
    """Ask libvirt about single guests; the guests themselves are not asked."""
    number = {
        "lease": libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
        "arp": libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP,
    }[source]
    found: ByMac = {}
    for guest in guests[:MOST_ASKED_ONE_BY_ONE]:
        try:
            answer = connection.lookupByUUIDString(guest.uuid).interfaceAddresses(number)
        except libvirt.libvirtError as error:
            _unless_broken(error)
            continue
        networks = {interface.mac: interface.network for interface in guest.facts.interfaces}
        for mac, ips in read_answer(answer).items():
            found[mac] = tuple(Address(ip, source, networks.get(mac, "")) for ip in ips)
    return found


def read_answer(answer: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Read what virDomainInterfaceAddresses told: IPs by lower-case MAC; loopback and link-local ones left out."""
    found: dict[str, tuple[str, ...]] = {}
    for interface in answer.values():
        mac = (interface.get("hwaddr") or "").lower()
        ips = tuple(entry["addr"] for entry in interface.get("addrs") or () if is_worth_showing(entry["addr"]))
        if ips:
            found[mac] = (*found.get(mac, ()), *ips)
    return found


def is_worth_showing(ip: str) -> bool:
    """Tell whether a person may reach the guest by it."""
    return not ip.startswith(("127.", "169.254.", "fe80:")) and ip != "::1"
