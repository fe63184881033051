from collections.abc import Iterable

from tests.unit.build import container, guest
from tui.domain.instance import Address, Instance, Port, State
from tui.domain.network import HostInterface, InterfaceKind, Network, NetworkMember, Subnet
from tui.domain.resource import Stock
from tui.hostnet.chart import MapNode, Plant, from_instances, from_networks, hangs_on, plant, port_text

WEB = container("web", addresses=(Address("10.88.0.5", "engine", "podman"),), ports=(Port("", 8080, 80, "tcp"),))
OLD = container("old", state=State.STOPPED)
MAIL = guest("mail", taps=("vnet0",), addresses=(Address("192.168.122.9", "lease", "default"),))
INTERFACES = (
    HostInterface("lo", 1, InterfaceKind.LOOPBACK, up=True),
    HostInterface("eth0", 2, InterfaceKind.PHYSICAL, up=True, carrier=True, master="br0"),
    HostInterface("br0", 3, InterfaceKind.BRIDGE, up=True, addresses=("192.0.2.7/24", "fe80::1/64")),
    HostInterface("eth0.42", 4, InterfaceKind.VLAN, up=True, lower="eth0", vlan=42),
    HostInterface("podman0", 5, InterfaceKind.BRIDGE, up=True),
    HostInterface("veth0", 6, InterfaceKind.VETH, up=True, master="podman0", owner_id=WEB.key, inside="eth0"),
    HostInterface("vnet0", 7, InterfaceKind.TAP, up=True, master="br0", owner_id=MAIL.key),
    HostInterface("veth7", 8, InterfaceKind.VETH, up=True, master="podman0", problem="veth without a container"),
)
STOCKS = (
    Stock(
        "podman",
        networks=(
            Network(
                "podman", mode="bridge", bridge="podman0", subnets=(Subnet("10.88.0.0/16"),), builtin=True,
                members=(NetworkMember("web", "web", active=True), NetworkMember("old", "old", "", ("10.88.0.9/16",))),
            ),
            Network("lonely", mode="bridge", bridge="podman1"),
        ),
    ),
    Stock("qemu:///system", networks=(Network("lan", mode="bridge", bridge="br0"),)),
)  # fmt: skip


def here(*, stocks: Iterable[Stock] = STOCKS) -> Plant:
    return plant("host", INTERFACES, stocks, (WEB, OLD, MAIL))


def lines(nodes: Iterable[MapNode], depth: int = 0) -> list[str]:
    found = []
    for node in nodes:
        found.append("  " * depth + f"{node.kind} {node.text}")
        found += lines(node.children, depth + 1)
    return found


def test_the_map_from_the_networks_down() -> None:
    assert lines(from_networks(here())) == [
        "network podman",
        "  bridge podman0",
        "    veth veth0",
        "      instance web",
        "        address 10.88.0.5",
        "        port 8080 -> 80/tcp",
        "    veth veth7",
        "  instance old",
        "    address 10.88.0.9/16",
        "network lonely",
        "network lan",
        "  bridge br0",
        "    uplink eth0",
        "      uplink eth0.42",
        "    tap vnet0",
        "      instance mail",
        "        address 192.168.122.9",
    ]


def test_the_map_from_the_instances_up() -> None:
    assert lines(from_instances(here())) == [
        "instance mail",
        "  tap vnet0",
        "    bridge br0",
        "      network lan",
        "      uplink eth0",
        "  address 192.168.122.9",
        "instance old",
        "  network podman",
        "instance web",
        "  veth veth0",
        "    bridge podman0",
        "      network podman",
        "  address 10.88.0.5",
        "  port 8080 -> 80/tcp",
    ]


def names(found: Iterable[Instance]) -> list[str]:
    return [one.name for one in found]


def test_what_hangs_on_a_card_a_bridge_and_a_network() -> None:
    network = next(node for node in from_networks(here()) if node.text == "podman")
    assert names(hangs_on(here(), "br0")) == ["mail"]
    assert names(hangs_on(here(), "podman0")) == ["web"]
    assert names(hangs_on(here(), network.key)) == ["web", "old"]
    assert names(hangs_on(here(), "veth7")) == []
    assert names(hangs_on(here(), "eth0")) == ["mail"]
    assert names(hangs_on(here(), "eth0.42")) == []


def test_a_network_without_anybody_is_marked_and_the_builtin_one_is_not() -> None:
    problems = {node.text: node.problem for node in from_networks(here())}
    assert problems == {"podman": "", "lonely": "no instance is on it", "lan": ""}


def test_an_orphan_keeps_its_mark() -> None:
    found = [node.problem for root in from_networks(here()) for node in root.walk() if node.text == "veth7"]
    assert found == ["veth without a container"]


def test_a_network_of_another_host_stands_on_no_bridge_of_this_one() -> None:
    far = Stock("qemu+ssh://far/system", local=False, networks=(Network("far", bridge="br0"),))
    roots = from_networks(here(stocks=(far,)))
    assert [node.text for node in roots if node.kind == "network"] == ["far"]
    assert next(node for node in roots if node.text == "far").children == ()


def test_paths_are_unique() -> None:
    for nodes in (from_networks(here()), from_instances(here())):
        paths = [node.path for root in nodes for node in root.walk()]
        assert len(paths) == len(set(paths))


def test_notes_tell_addresses_and_what_is_wrong() -> None:
    notes = {node.text: node.note for root in from_networks(here()) for node in root.walk()}
    assert notes["br0"] == "192.0.2.7/24"
    assert notes["eth0.42"] == "vlan  VLAN 42"
    assert notes["veth0"] == "inside eth0"


def test_a_port_names_the_hosts_address_where_it_matters() -> None:
    assert port_text(Port("", 8080, 80, "tcp")) == "8080 -> 80/tcp"
    assert port_text(Port("0.0.0.0", 8080, 80, "tcp")) == "8080 -> 80/tcp"
    assert port_text(Port("127.0.0.1", 53, 53, "udp")) == "127.0.0.1:53 -> 53/udp"
    assert port_text(Port("::1", 53, 53, "udp")) == "[::1]:53 -> 53/udp"
