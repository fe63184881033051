"""The lines, columns and pages of networks and interfaces."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.unit.build import container, guest
from tests.unit.views import UTC, pod_of, view_of
from tui.domain.errors import ActionRefused
from tui.domain.host import HostView
from tui.domain.instance import State
from tui.domain.network import HostInterface, InterfaceKind, InterfaceRates, Lease, Network, NetworkMember, Subnet
from tui.domain.resource import ResourceKind, Stock
from tui.present.columns.moment import Moment, Shape
from tui.present.networks.columns import filter_fields, networks
from tui.present.networks.facts import fact_lines
from tui.present.networks.line import HOST_GROUP, NetLine
from tui.present.networks.lister import NO_USER, RELIST_SECONDS, NetworkLister
from tui.present.panes import PaneSpec
from tui.present.roles import Spans
from tui.present.sparks import Sparks
from tui.sampling.keeps import Shelved
from tui.sampling.source import HostSource
from tui.screens.panes import NETWORKS
from widgets.live_table.model import Cell

GUESTS = "qemu:///system"
NETS = frozenset({ResourceKind.NETWORK})
BUSY = InterfaceRates(2048.0, 1024.0, 10.0, 5.0, 0.0)
BRIDGE = HostInterface("virbr0", 3, InterfaceKind.BRIDGE, up=True, carrier=True, mtu=1500, rates=BUSY)
TAP = HostInterface(
    "vnet0", 9, InterfaceKind.TAP, mac="52:54:00:00:00:01", mtu=1500, up=True, master="virbr0", owner_name="vm",
    rates=BUSY,
)  # fmt: skip
VM = NetworkMember("vm", "vm", "52:54:00:00:00:01", ("192.168.122.9",), "vnet0", active=True)
DEFAULT = Network(
    "default", mode="nat", bridge="virbr0", domain="lab.test", autostart=True, members=(VM,), dns=True,
    subnets=(Subnet("192.168.122.0/24", "192.168.122.1", "192.168.122.2", "192.168.122.254"),),
    leases=(Lease("52:54:00:00:00:01", "192.168.122.9", "vm", "vm", UTC), Lease("52:54:00:00:00:02", "192.168.122.7")),
)  # fmt: skip


class Host:
    """A host for a lister: what is known of networks, and interfaces that can fail to be read."""

    def __init__(
        self, *stocks: Stock, interfaces: tuple[HostInterface, ...] = (BRIDGE, TAP), problem: str = ""
    ) -> None:
        self.shelf: Mapping[str, Shelved] = {stock.engine: Shelved(stock, problem) for stock in stocks}
        self.engines = tuple(self.shelf)
        self.seen: tuple[HostInterface, ...] = interfaces
        self.fails = ""
        self.asked = 0
        self.changed = 0
        self.view: HostView | None = view_of()

    def resource_engines(self, kind: ResourceKind) -> tuple[str, ...]:
        return tuple(engine for engine in self.engines if kind is ResourceKind.NETWORK or engine == GUESTS)

    def keeper(self, _engine: str) -> Any:
        return SimpleNamespace(changed=self.changed)

    async def restock(self, _kinds: frozenset[ResourceKind]) -> None:
        self.asked += 1

    async def interfaces(self) -> tuple[HostInterface, ...]:
        if self.fails:
            raise ActionRefused("not possible", self.fails)
        return self.seen


def stock(engine: str = GUESTS, *found: Network, **more: Any) -> Stock:
    return Stock(engine, **{"kinds": NETS, "networks": found, "taken_utc_seconds": UTC - 5, **more})


async def asked(host: Host) -> NetworkLister:
    lister = NetworkLister()
    await lister.ask(cast("HostSource", host))
    return lister


def lines_of(host: Host, view: HostView | None = None, *, problems_only: bool = False) -> list[NetLine]:
    lister = asyncio.run(asked(host))
    return [row.data for row in lister.rows(view or view_of(), problems_only=problems_only)]


def named(lines: list[NetLine], name: str) -> NetLine:
    return next(line for line in lines if line.name == name)


def cells(line: NetLine) -> dict[str, str]:
    found = {column.key: column.cell(line) for column in networks(Moment(Sparks(lambda *_: (), 1)), Shape())}
    return {key: cell.text if isinstance(cell, Cell) else cell for key, cell in found.items()}


def text_of(lines: list[Spans]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_a_network_has_the_traffic_of_its_bridge() -> None:
    shown = cells(named(lines_of(Host(stock(GUESTS, DEFAULT))), "default"))
    assert (shown["kind"], shown["state"], shown["bridge"]) == ("nat", "active", "virbr0")
    assert (shown["rx"], shown["tx"], shown["users"]) == ("2.0K", "1.0K", "vm")
    assert (shown["addresses"], shown["auto"], shown["dns"]) == ("192.168.122.0/24", "yes", "yes")
    assert shown["note"] == "2 DHCP leases, domain lab.test"


def test_a_bridge_of_another_namespace_is_not_taken_for_one_of_this_host() -> None:
    line = named(lines_of(Host(stock("podman:anna", replace(DEFAULT, name="podman"), local=False))), "podman")
    assert line.rates is None
    assert cells(line)["rx"] == ""
    assert cells(line)["auto"] == ""


def test_a_network_that_nobody_uses_is_an_orphan_unless_it_is_builtin() -> None:
    empty, own = Network("shop", mode="bridge"), Network("podman", mode="bridge", builtin=True)
    lines = lines_of(Host(stock("podman", empty, own)))
    assert named(lines, "shop").problem == NO_USER
    assert named(lines, "podman").problem == ""
    assert cells(named(lines, "shop"))["name"] == "! shop"


def test_only_orphans_when_only_problems_are_asked_for() -> None:
    orphan = replace(TAP, name="vnet7", owner_name="", problem="tap without a guest")
    host = Host(stock(GUESTS, DEFAULT, Network("old")), interfaces=(BRIDGE, TAP, orphan))
    shown = [line.name for line in lines_of(host, problems_only=True)]
    assert shown == [f"networks of {GUESTS}: 2", "old", "interfaces of this host", "vnet7"]
    assert cells(named(lines_of(host), "vnet7"))["users"] == "tap without a guest"


def test_infra_containers_are_told_by_their_pods() -> None:
    infra = container("0f1e-infra", is_infra=True)
    member = NetworkMember(infra.id.local, infra.name, active=True)
    view = view_of(infra, pods=(pod_of("shop", infra),))
    line = named(lines_of(Host(stock("podman", Network("podman", members=(member,)))), view), "podman")
    assert line.users == ("pod shop",)
    assert "pod shop" in text_of(fact_lines(line, (), 76))


def test_interfaces_stand_in_order_and_the_loopback_is_not_among_them() -> None:
    names = ("lo", "vnet10", "vnet9", "eth0", "eth0.42", "br0")
    kinds = (
        InterfaceKind.LOOPBACK, InterfaceKind.TAP, InterfaceKind.TAP, InterfaceKind.PHYSICAL, InterfaceKind.VLAN,
        InterfaceKind.BRIDGE,
    )  # fmt: skip
    masters = ("", "br0", "br0", "br0", "", "")
    found = tuple(
        HostInterface(name, at, kind, up=True, master=master, vlan=42 if kind is InterfaceKind.VLAN else None)
        for at, (name, kind, master) in enumerate(zip(names, kinds, masters, strict=True))
    )
    lines = lines_of(Host(interfaces=found))
    assert [line.name for line in lines] == ["interfaces of this host", "eth0", "br0", "vnet10", "vnet9", "eth0.42"]
    assert cells(named(lines, "eth0.42"))["kind"] == "vlan 42"
    rank = networks(Moment(Sparks(lambda *_: (), 1)), Shape())[0].sort_key
    assert rank is not None
    assert sorted(["vnet10", "vnet9"], key=lambda name: rank(named(lines, name))) == ["vnet9", "vnet10"]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "up"),
        ({"up": False}, "down"),
        ({"carrier": False}, "no carrier"),
        ({"rates": replace(BUSY, errors_per_second=3.0)}, "up, errors"),
        ({"rates": replace(BUSY, errors_per_second=0.1)}, "up"),
        ({"rates": InterfaceRates()}, "up"),
    ],
)
def test_the_state_of_an_interface(change: dict[str, Any], state: str) -> None:
    one = replace(TAP, **change)
    assert cells(NetLine("if/x", interface=one, rates=one))["state"] == state


def test_rates_that_are_not_known_yet_are_dashes() -> None:
    one = replace(TAP, rates=InterfaceRates())
    shown = cells(NetLine("if/x", interface=one, rates=one))
    assert (shown["rx"], shown["tx"], shown["errors"]) == ("-", "-", "-")


def test_a_silent_engine_says_why_and_how_old_its_lines_are_and_interfaces_go_on() -> None:
    host = Host(stock(GUESTS, DEFAULT, taken_utc_seconds=UTC - 300), problem="libvirt did not answer within 5 s.")
    lines = lines_of(host)
    assert lines[0].text == f"networks of {GUESTS}: 1, as it was 5 min ago"
    assert lines[0].is_old
    assert named(lines, f"{GUESTS}: libvirt did not answer within 5 s.").problem
    assert named(lines, "vnet0").rates is not None


def test_an_engine_that_never_answered_is_told_as_asked() -> None:
    host = Host()
    host.engines = ("podman",)
    assert named(lines_of(host), "podman: is being asked ...").key == "asked/podman"


def test_interfaces_that_cannot_be_read_say_so_in_their_heading() -> None:
    host = Host(stock(GUESTS, DEFAULT))
    host.fails = "The kernel did not answer."
    heading = lines_of(host)[-1]
    assert heading.key == HOST_GROUP
    assert heading.text == "interfaces of this host: The kernel did not answer."


async def test_engines_are_asked_when_something_changed_and_slowly_besides() -> None:
    host = Host(stock(GUESTS, DEFAULT))
    lister = await asked(host)
    source = cast("HostSource", host)
    await lister.ask(source)
    assert host.asked == 1
    host.changed += 1
    await lister.ask(source)
    assert host.asked == 2
    assert host.view is not None
    host.view = replace(host.view, taken_monotonic_seconds=host.view.taken_monotonic_seconds + RELIST_SECONDS)
    await lister.ask(source)
    assert host.asked == 3


def test_every_filter_key_is_one_of_the_pane_and_the_other_way_round() -> None:
    line = named(lines_of(Host(stock(GUESTS, DEFAULT))), "default")
    spec: PaneSpec[NetLine] = NETWORKS
    assert set(filter_fields(line)) == set(spec.filter_keys)
    assert filter_fields(line)["ip"] == ("192.168.122.0/24",)
    assert filter_fields(line)["on"] == ("vm",)


def test_the_page_of_a_network_has_leases_members_and_what_hangs_on_it() -> None:
    line = named(lines_of(Host(stock(GUESTS, DEFAULT))), "default")
    text = text_of(fact_lines(line, (guest("vm"), guest("off", state=State.STOPPED)), 100))
    assert "192.168.122.0/24  gateway 192.168.122.1  DHCP 192.168.122.2 to 192.168.122.254" in text
    assert "192.168.122.7" in text
    assert "no guest has this MAC" in text
    assert "until for ever" in text
    assert "lab.test" in text
    assert "isolated      no" in text
    assert text.index("vm  ", text.index("What hangs on this")) < text.index("off")


def test_the_page_of_an_orphan_says_so() -> None:
    one = replace(
        TAP, owner_name="", problem="tap without a guest", vlan=None, lower="eth0", peer_index=4, speed_megabits=100
    )
    text = text_of(fact_lines(NetLine("if/x", interface=one, rates=one, problem=one.problem), (), 100))
    assert "orphan        tap without a guest" in text
    assert "peer ifindex  4" in text
    assert "no instance that is known" in text
