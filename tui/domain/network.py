"""Networks of both worlds, and the interfaces of the host they stand on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Subnet:
    """One range of addresses; `dhcp_first` and `dhcp_last` empty without DHCP."""

    cidr: str
    gateway: str = ""
    dhcp_first: str = ""
    dhcp_last: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """One address that a network's DHCP server gave away.

    Attributes:
        guest: name of the guest with this MAC; empty when none has it.
        expires_unix_seconds: None for one that never ends.
    """

    mac: str
    ip: str
    hostname: str = ""
    guest: str = ""
    expires_unix_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class NetworkMember:
    """One instance on a network.

    Attributes:
        instance_id: `InstanceId.local`.
        interface: on the host (tap); empty where it does not exist now or is not told.
        inside: name of the interface inside, "eth0"; empty for guests.
        active: it runs now.
    """

    instance_id: str
    name: str
    mac: str = ""
    addresses: tuple[str, ...] = ()
    interface: str = ""
    inside: str = ""
    active: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """One network of an engine.

    Attributes:
        local: name, as in `ResourceId.local`.
        mode: libvirt's forward mode ("nat", "route", "open", "bridge", "isolated", ...) or Podman's driver ("bridge",
            "macvlan", "ipvlan").
        bridge: interface on the host; empty when none or not told.
        domain: DNS domain of a libvirt network.
        dns: names are resolved on it.
        isolated: no way out (Podman's --internal) or no other networks (its `isolate` option), or libvirt without
            forward.
        active: Podman's networks always are.
        leases: of libvirt's DHCP server; () when it has none.
        builtin: Podman's own default network, which cannot be removed.
    """

    name: str
    id: str = ""
    mode: str = ""
    bridge: str = ""
    subnets: tuple[Subnet, ...] = ()
    domain: str = ""
    dns: bool = False
    isolated: bool = False
    ipv6: bool = False
    active: bool = True
    autostart: bool = False
    persistent: bool = True
    members: tuple[NetworkMember, ...] = ()
    leases: tuple[Lease, ...] = ()
    created_unix_seconds: float | None = None
    builtin: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


class InterfaceKind(StrEnum):
    """What an interface of the host is."""

    PHYSICAL = "physical"
    BRIDGE = "bridge"
    BOND = "bond"
    VLAN = "vlan"
    MACVLAN = "macvlan"
    MACVTAP = "macvtap"
    TAP = "tap"
    VETH = "veth"
    LOOPBACK = "loopback"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class InterfaceRates:
    """Traffic of an interface as the host counts it; None where two samples are missing.

    Attributes:
        errors_per_second: errors and drops, both ways.
    """

    receive_bytes_per_second: float | None = None
    transmit_bytes_per_second: float | None = None
    receive_packets_per_second: float | None = None
    transmit_packets_per_second: float | None = None
    errors_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class HostInterface:
    """One interface of the host's own network namespace.

    Attributes:
        index: ifindex.
        master: name of the bridge or bond it is a port of; empty when none.
        lower: name of the interface a VLAN, macvlan or macvtap stands on; empty when none.
        peer_index: ifindex of the other end of a veth, in another namespace as a rule; None for others.
        vlan: its VLAN number, None unless it is one.
        up: it is administratively up; carrier tells whether something is at the other end, None where not told.
        errors: total of errors and drops since the interface was made.
        owner_id: row key of the instance it belongs to; empty when none is known.
        owner_name: what to show for that.
        inside: name of the interface inside the instance, "eth0"; empty when not known.
        problem: why it is an orphan ("tap without a guest"); empty when it is none.
    """

    name: str
    index: int
    kind: InterfaceKind
    mac: str = ""
    mtu: int = 0
    up: bool = False
    carrier: bool | None = None
    speed_megabits: int | None = None
    master: str = ""
    lower: str = ""
    peer_index: int | None = None
    vlan: int | None = None
    addresses: tuple[str, ...] = ()
    receive_bytes: int = 0
    transmit_bytes: int = 0
    errors: int = 0
    rates: InterfaceRates = field(default_factory=InterfaceRates)
    owner_id: str = ""
    owner_name: str = ""
    inside: str = ""
    problem: str = ""
