"""The kernel's messages about links and addresses as values."""

import socket
import struct
from dataclasses import dataclass

from tui.domain.network import InterfaceKind
from tui.hostnet.netlink import attributes

_IFINFO = struct.Struct("=BxHiII")  # family, hardware type, index, flags, change
_IFADDR = struct.Struct("=BBBBi")  # family, prefix length, flags, scope, index
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MTU, _IFLA_LINK, _IFLA_MASTER = 1, 3, 4, 5, 10
_IFLA_LINKINFO, _IFLA_STATS64, _IFLA_CARRIER, _IFLA_LINK_NETNSID = 18, 23, 33, 37
_INFO_KIND, _INFO_DATA = 1, 2
_VLAN_ID = 1
_TUN_TYPE = 3
_TUN_IS_TAP = 2
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_IFF_UP, _IFF_LOOPBACK = 0x1, 0x8
_STATS = struct.Struct("=8Q")  # packets rx tx, bytes rx tx, errors rx tx, dropped rx tx

_KINDS = {
    "bridge": InterfaceKind.BRIDGE,
    "bond": InterfaceKind.BOND,
    "vlan": InterfaceKind.VLAN,
    "macvlan": InterfaceKind.MACVLAN,
    "macvtap": InterfaceKind.MACVTAP,
    "ipvlan": InterfaceKind.MACVLAN,
    "ipvtap": InterfaceKind.MACVTAP,
    "veth": InterfaceKind.VETH,
}


@dataclass(frozen=True, slots=True)
class Counters:
    """What an interface has counted since it was made."""

    receive_packets: int = 0
    transmit_packets: int = 0
    receive_bytes: int = 0
    transmit_bytes: int = 0
    errors: int = 0  # errors and drops, both ways


@dataclass(frozen=True, slots=True)
class Link:
    """One interface as the kernel describes it.

    Attributes:
        kind: PHYSICAL stands for "the kernel names no kind"; whether there is a device only /sys tells.
        master: ifindex of the bridge or bond, 0 when none.
        link: ifindex of the interface below, or of a veth's peer; 0 when none.
        link_namespace: number of the namespace where `link` is; None when it is this one.
    """

    name: str
    index: int
    kind: InterfaceKind
    mac: str = ""
    mtu: int = 0
    up: bool = False
    carrier: bool | None = None
    master: int = 0
    link: int = 0
    link_namespace: int | None = None
    vlan: int | None = None
    counters: Counters = Counters()


def parse_link(body: bytes) -> Link | None:
    """Return a link; None for a message that names none."""
    if len(body) < _IFINFO.size:
        return None
    _, _, index, flags, _ = _IFINFO.unpack_from(body)
    found = attributes(body[_IFINFO.size :])
    name = found.get(_IFLA_IFNAME, b"").rstrip(b"\0").decode("utf-8", "surrogateescape")
    if not name:
        return None
    info = attributes(found.get(_IFLA_LINKINFO, b""))
    word = info.get(_INFO_KIND, b"").rstrip(b"\0").decode("ascii", "replace")
    data = attributes(info.get(_INFO_DATA, b""))
    namespace = found.get(_IFLA_LINK_NETNSID)
    carrier = found.get(_IFLA_CARRIER)
    return Link(
        name=name,
        index=index,
        kind=_kind(word, data, flags),
        mac=found.get(_IFLA_ADDRESS, b"").hex(":"),
        mtu=_u32(found.get(_IFLA_MTU)),
        up=bool(flags & _IFF_UP),
        carrier=bool(carrier[0]) if carrier else None,
        master=_u32(found.get(_IFLA_MASTER)),
        link=_u32(found.get(_IFLA_LINK)),
        link_namespace=struct.unpack("=i", namespace)[0] if namespace and len(namespace) == 4 else None,
        vlan=struct.unpack_from("=H", data[_VLAN_ID])[0] if word == "vlan" and _VLAN_ID in data else None,
        counters=_counters(found.get(_IFLA_STATS64, b"")),
    )


def parse_address(body: bytes) -> tuple[int, str] | None:
    """Return the interface's index and its address with prefix length; None for families that are not IP."""
    if len(body) < _IFADDR.size:
        return None
    family, prefix, _, _, index = _IFADDR.unpack_from(body)
    found = attributes(body[_IFADDR.size :])
    raw = found.get(_IFA_LOCAL) or found.get(_IFA_ADDRESS)
    if raw is None or (family, len(raw)) not in {(socket.AF_INET, 4), (socket.AF_INET6, 16)}:
        return None
    return index, f"{socket.inet_ntop(family, raw)}/{prefix}"


def _kind(word: str, data: dict[int, bytes], flags: int) -> InterfaceKind:
    if flags & _IFF_LOOPBACK:
        return InterfaceKind.LOOPBACK
    if word == "tun":
        is_tap = data.get(_TUN_TYPE, b"\0")[0] == _TUN_IS_TAP
        return InterfaceKind.TAP if is_tap else InterfaceKind.OTHER
    if not word:
        return InterfaceKind.PHYSICAL
    return _KINDS.get(word, InterfaceKind.OTHER)


def _u32(raw: bytes | None) -> int:
    return int(struct.unpack("=I", raw)[0]) if raw is not None and len(raw) == 4 else 0


def _counters(raw: bytes) -> Counters:
    if len(raw) < _STATS.size:
        return Counters()
    packets_in, packets_out, bytes_in, bytes_out, *bad = _STATS.unpack_from(raw)
    return Counters(packets_in, packets_out, bytes_in, bytes_out, sum(bad))
