"""What is asked for a new network, and which container to connect."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from tui.domain.operation.networks import (
    ConnectNetwork,
    CreateContainerNetwork,
    CreateGuestNetwork,
    DisconnectNetwork,
)
from tui.domain.resource import ResourceId, ResourceKind
from tui.screens.operating import Offer, fill_form, propose
from widgets.form import YES, Field, FieldKind, Values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.domain.instance import Instance
    from tui.domain.operation import Operation
    from tui.present.networks.line import NetLine
    from tui.screens.deck import Deck

MOST_BRIDGE_NAME = 15  # IFNAMSIZ less the zero at its end
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

GUEST_MODES = (
    ("nat", "NAT: guests reach out through this host"),
    ("isolated", "isolated: guests reach each other and this host"),
    ("route", "routed: guests reach out with their own addresses"),
    ("bridge", "an existing bridge of this host"),
)
DRIVERS = (
    ("bridge", "bridge: containers reach out through this host"),
    ("macvlan", "macvlan: containers stand beside this host"),
    ("ipvlan", "ipvlan: the same with one MAC"),
)


def offers_of_new(deck: Deck) -> list[Offer]:
    """Return what kinds of networks can be made, for each engine that has them."""
    guests = frozenset(deck.source.resource_engines(ResourceKind.POOL))
    found = []
    for engine in deck.source.resource_engines(ResourceKind.NETWORK):
        form = guest_network if engine in guests else container_network
        words = "guests" if engine in guests else "containers"
        found.append(Offer(f"for {words}  ({engine})", _opening(deck, engine, form)))
    return found


def _opening(deck: Deck, engine: str, form: Callable[[Deck, str], None]) -> Callable[[], None]:
    return lambda: form(deck, engine)


def guest_network(deck: Deck, engine: str) -> None:
    """Ask for a network of libvirt's."""
    target = _place(deck, engine)

    def is_own(values: Values) -> bool:
        return values["mode"] != "bridge"

    def make(values: Values) -> Operation:
        own = is_own(values)
        return CreateGuestNetwork(
            target=target,
            name=values["name"],
            mode=values["mode"],
            bridge=values["bridge"],
            address=values["address"] if own else "",
            dhcp_first=values["first"] if own else "",
            dhcp_last=values["last"] if own else "",
            domain=values["domain"] if own else "",
            autostart=values["autostart"] == YES,
        )

    fields = (
        Field("name", "Name", required=True, check=name_problem, hint="letters, digits, . _ -"),
        Field("mode", "Mode", FieldKind.CHOICE, options=GUEST_MODES),
        Field("bridge", "Bridge", check=bridge_problem,
              hint="an existing bridge, or the name of the one to be made; empty lets libvirt choose"),
        Field("address", "Address of this host", check=cidr_problem, applies=is_own, value="192.168.150.1/24",
              hint="with the prefix length: 192.168.150.1/24"),
        Field("first", "DHCP from", check=ip_problem, applies=is_own, hint="empty: no DHCP"),
        Field("last", "DHCP to", check=ip_problem, applies=is_own, hint="empty: no DHCP"),
        Field("domain", "DNS domain", applies=is_own),
        Field("autostart", "Autostart", FieldKind.TICK, value=YES, hint="start it together with the daemon"),
    )  # fmt: skip
    fill_form(deck, "guest-network", f"New network of {engine}", fields, make, check=guest_network_problem,
              forget=("name",))  # fmt: skip


def container_network(deck: Deck, engine: str) -> None:
    """Ask for a network of Podman's."""
    target = _place(deck, engine)

    def stands_on_card(values: Values) -> bool:
        return values["driver"] != "bridge"

    def make(values: Values) -> Operation:
        return CreateContainerNetwork(
            target=target,
            name=values["name"],
            driver=values["driver"],
            subnet=values["subnet"],
            gateway=values["gateway"],
            parent=values["parent"] if stands_on_card(values) else "",
            internal=values["internal"] == YES,
            ipv6=values["ipv6"] == YES,
            dns=values["dns"] == YES,
            isolate=values["isolate"] == YES,
        )

    fields = (
        Field("name", "Name", required=True, check=name_problem, hint="letters, digits, . _ -"),
        Field("driver", "Driver", FieldKind.CHOICE, options=DRIVERS),
        Field("parent", "Interface", applies=stands_on_card, check=bridge_problem, hint="card it stands on: eno1"),
        Field("subnet", "Range", check=range_problem, hint="10.89.7.0/24; empty lets Podman choose"),
        Field("gateway", "Gateway", check=ip_problem, hint="empty: the first address of the range"),
        Field("internal", "No way out", FieldKind.TICK),
        Field("isolate", "Isolated", FieldKind.TICK, hint="other networks do not reach it"),
        Field("ipv6", "IPv6 too", FieldKind.TICK),
        Field("dns", "DNS", FieldKind.TICK, value=YES, hint="containers find each other by name"),
    )
    fill_form(deck, "container-network", f"New network of {engine}", fields, make, check=container_network_problem,
              forget=("name",))  # fmt: skip


def connecting(deck: Deck, line: NetLine) -> None:
    """Ask which container to put on a network."""
    if line.target is None or line.network is None:
        return
    there = {member.instance_id for member in line.network.members}
    view = deck.view
    found = [
        (item.instance.id.local, item.instance.name)
        for item in (view.instances if view is not None else ())
        if item.instance.id.engine == line.engine and item.instance.id.local not in there and _has_own(item.instance)
    ]
    _choose_container(deck, f"Put which container on {line.name}?", found, lambda local, name: ConnectNetwork(
        target=_target(line), container_id=local, container_name=name))  # fmt: skip


def _has_own(instance: Instance) -> bool:
    """Tell whether a container has networks of its own: those of a pod are on their pod's."""
    return instance.container is not None and not instance.container.is_infra and instance.container.pod_id is None


def disconnecting(deck: Deck, line: NetLine) -> None:
    """Ask which container to take off a network."""
    if line.target is None or line.network is None:
        return
    found = [(member.instance_id, member.name) for member in line.network.members]
    _choose_container(deck, f"Take which container off {line.name}?", found, lambda local, name: DisconnectNetwork(
        target=_target(line), container_id=local, container_name=name))  # fmt: skip


def _target(line: NetLine) -> ResourceId:
    assert line.target is not None  # noqa: S101 - looked at by both callers
    return line.target


def _choose_container(
    deck: Deck, title: str, found: list[tuple[str, str]], make: Callable[[str, str], Operation]
) -> None:
    from widgets.choose import Choice, Choose

    if not found:
        deck.say("There is no container for that.", "warn")
        return
    names = dict(found)

    def chosen(local: str | None) -> None:
        if local is not None:
            propose(deck, [make(local, names[local])])

    deck.push_screen(
        Choose(title, [Choice(local, name) for local, name in sorted(found, key=lambda one: one[1])]), chosen
    )


def _place(deck: Deck, engine: str) -> ResourceId:
    return ResourceId(deck.view.host_id if deck.view is not None else "", engine, ResourceKind.NETWORK, "")


def name_problem(text: str) -> str:
    """Return why a text is no name of a network."""
    return "" if _NAME.fullmatch(text) else "letters, digits, . _ - only, and no . _ - at the beginning"


def bridge_problem(text: str) -> str:
    """Return why a text is no name of an interface."""
    if len(text) > MOST_BRIDGE_NAME:
        return f"at most {MOST_BRIDGE_NAME} characters"
    return "no blanks, / or :" if re.search(r"[\s/:]", text) else ""


def ip_problem(text: str) -> str:
    """Return why a text is no address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return "is no IP address"
    return ""


def cidr_problem(text: str) -> str:
    """Return why a text is no address with its prefix length."""
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return "is no IP address with a prefix length, such as 192.168.150.1/24"
    return "" if "/" in text else "the prefix length is missing, such as /24"


def range_problem(text: str) -> str:
    """Return why a text is no range of addresses."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return "is no range such as 10.89.7.0/24 (with zeros behind the prefix)"
    return ""


def guest_network_problem(values: Values) -> str:
    """Return why the values of a libvirt network do not fit together."""
    if values["mode"] == "bridge":
        return "" if values["bridge"] else "Which bridge of this host?"
    first, last, address = values["first"], values["last"], values["address"]
    if bool(first) != bool(last):
        return "DHCP needs both ends of its range, or none."
    if not first:
        return ""
    if not address:
        return "DHCP needs an address of this host on the network."
    within = ipaddress.ip_interface(address).network
    if ipaddress.ip_address(first) not in within or ipaddress.ip_address(last) not in within:
        return f"The DHCP range lies outside {within}."
    return "" if int(ipaddress.ip_address(first)) <= int(ipaddress.ip_address(last)) else "DHCP ends before it begins."


def container_network_problem(values: Values) -> str:
    """Return why the values of a Podman network do not fit together."""
    if values["driver"] != "bridge" and not values["parent"]:
        return "Which interface of this host does it stand on?"
    if values["gateway"] and not values["subnet"]:
        return "A gateway needs its range."
    if values["gateway"] and ipaddress.ip_address(values["gateway"]) not in ipaddress.ip_network(values["subnet"]):
        return f"The gateway lies outside {values['subnet']}."
    return ""
