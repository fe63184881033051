"""One line of the pane of networks."""

from __future__ import annotations

from dataclasses import dataclass

from tui.domain.network import HostInterface, InterfaceKind, Network
from tui.domain.resource import ResourceId

HOST_GROUP = "host-interfaces"


@dataclass(frozen=True, slots=True)
class NetLine:
    """A network, an interface of the host, or the heading of a group.

    Attributes:
        key: text form of a network's `ResourceId`, `if/NAME` of an interface, or a group's own word.
        text: of a heading, what it says; empty otherwise.
        rates: of a network, the interface it stands on: its traffic is the network's.
        of_guests: its engine starts and stops networks; Podman's are always active.
        problem: why it is an orphan; empty when it is none. Of a heading, what its engine says.
        is_old: its engine does not answer: this is what it said before.
    """

    key: str
    engine: str = ""
    user: str = ""
    text: str = ""
    target: ResourceId | None = None
    network: Network | None = None
    interface: HostInterface | None = None
    rates: HostInterface | None = None
    of_guests: bool = False
    problem: str = ""
    is_old: bool = False

    @property
    def name(self) -> str:
        """Return what it is called."""
        if self.network is not None:
            return self.network.name
        return self.interface.name if self.interface is not None else self.text

    @property
    def kind(self) -> str:
        """Return what it is, in the field's word."""
        if self.network is not None:
            return self.network.mode or "network"
        if self.interface is None:
            return ""
        number = f" {self.interface.vlan}" if self.interface.vlan is not None else ""
        return f"{self.interface.kind}{number}"

    @property
    def state(self) -> str:
        """Return active or not, up or down."""
        if self.network is not None:
            return "active" if self.network.active else "inactive"
        if self.interface is None:
            return ""
        if not self.interface.up:
            return "down"
        return "no carrier" if self.interface.carrier is False else "up"

    @property
    def is_active(self) -> bool:
        """Tell whether it does anything now."""
        return self.state in {"active", "up"}

    @property
    def stands_on(self) -> str:
        """Return its bridge, or what an interface is a port of or stands on."""
        if self.network is not None:
            return self.network.bridge
        return (self.interface.master or self.interface.lower) if self.interface is not None else ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return a network's ranges or an interface's addresses; what every interface has (fe80) is left out."""
        if self.network is not None:
            return tuple(subnet.cidr for subnet in self.network.subnets)
        found = self.interface.addresses if self.interface is not None else ()
        return tuple(address for address in found if not address.startswith("fe80:"))

    @property
    def users(self) -> tuple[str, ...]:
        """Return the names of the instances on it; those that run first."""
        if self.network is not None:
            members = sorted(self.network.members, key=lambda one: (not one.active, one.name))
            return tuple(one.name for one in members)
        return (self.interface.owner_name,) if self.interface is not None and self.interface.owner_name else ()


def is_shown(interface: HostInterface) -> bool:
    """Tell whether an interface is worth a line: nobody manages the loopback."""
    return interface.kind is not InterfaceKind.LOOPBACK
