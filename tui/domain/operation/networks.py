"""Changes of networks of both worlds."""

from dataclasses import dataclass
from typing import ClassVar

from tui.domain.operation.base import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContainerNetwork(Operation):
    """Make a network of Podman's; empty fields are Podman's choice.

    Attributes:
        driver: "bridge", "macvlan" or "ipvlan".
        subnet: CIDR.
        parent: interface of the host for macvlan and ipvlan.
        internal: no way out.
    """

    verb: ClassVar[str] = "create-network"
    title: ClassVar[str] = "create a network"
    name: str
    driver: str = "bridge"
    subnet: str = ""
    gateway: str = ""
    parent: str = ""
    internal: bool = False
    ipv6: bool = False
    dns: bool = True
    isolate: bool = False

    @property
    def subject(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveNetwork(Operation):
    """Remove a network; of libvirt, its definition, after stopping it."""

    verb: ClassVar[str] = "remove-network"
    title: ClassVar[str] = "remove a network"
    destroys: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneNetworks(Operation):
    """Remove every network that no container is on."""

    verb: ClassVar[str] = "prune-networks"
    title: ClassVar[str] = "prune networks"
    destroys: ClassVar[bool] = True

    @property
    def subject(self) -> str:
        """Return what is pruned."""
        return "unused networks"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectNetwork(Operation):
    """Put a container on a network; `container_id` is its `InstanceId.local`."""

    verb: ClassVar[str] = "connect-network"
    title: ClassVar[str] = "connect to a network"
    container_id: str
    container_name: str
    ip: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectNetwork(Operation):
    """Take a container off a network."""

    verb: ClassVar[str] = "disconnect-network"
    title: ClassVar[str] = "disconnect from a network"
    container_id: str
    container_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateGuestNetwork(Operation):
    """Define a network of libvirt's, and start it.

    Attributes:
        mode: "nat", "isolated", "route" or "bridge" (an existing bridge of the host).
        bridge: the existing bridge for "bridge"; else the name of the one to be made, empty for libvirt's choice.
        address: CIDR of the host's own address on it ("192.168.150.1/24"); empty for "bridge".
        dhcp_first: first address to give away; both empty without DHCP.
        forward_dev: interface that traffic leaves by; empty for any.
    """

    verb: ClassVar[str] = "create-network"
    title: ClassVar[str] = "create a network"
    name: str
    mode: str = "nat"
    bridge: str = ""
    address: str = ""
    dhcp_first: str = ""
    dhcp_last: str = ""
    domain: str = ""
    forward_dev: str = ""
    autostart: bool = False
    start: bool = True

    @property
    def subject(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class StartNetwork(Operation):
    """Start a libvirt network."""

    verb: ClassVar[str] = "start-network"
    title: ClassVar[str] = "start a network"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopNetwork(Operation):
    """Stop a libvirt network; who is on it loses it."""

    verb: ClassVar[str] = "stop-network"
    title: ClassVar[str] = "stop a network"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNetworkAutostart(Operation):
    """Say whether a libvirt network starts with the daemon."""

    verb: ClassVar[str] = "network-autostart"
    title: ClassVar[str] = "change autostart"
    enabled: bool
