"""The host's interfaces: owners by the kernel's own numbers, beside what other tools read."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.harness.podman import IDLE, PodmanHost
from tests.live.harness.processes import run
from tests.unit.build import container
from tui.domain.instance import Instance
from tui.domain.network import HostInterface, InterfaceKind, Network
from tui.domain.resource import Stock
from tui.hostnet.reader import HostInterfaces

pytestmark = pytest.mark.live

PINGS = 20
PING_BYTES = 1000


@pytest.fixture
def reader() -> Iterator[HostInterfaces]:
    made = HostInterfaces()
    yield made
    made.close()


def read(reader: HostInterfaces, host: PodmanHost, *instances: Instance) -> dict[str, HostInterface]:
    stock = Stock("podman", networks=(Network("hostdeck", bridge=host.bridge),))
    return {one.name: one for one in reader.read(instances, (stock,), time.monotonic())}


def running(host: PodmanHost, name: str) -> Instance:
    host.run(name, *IDLE)
    return container(name, pid=host.pid(name))


def test_each_veth_leads_to_its_container_and_to_the_name_inside(
    clean_podman: PodmanHost, reader: HostInterfaces
) -> None:
    one, two = running(clean_podman, "net-one"), running(clean_podman, "net-two")
    found = read(reader, clean_podman, one, two)
    owned = {found_one.owner_id: found_one for found_one in found.values() if found_one.owner_id}
    assert set(owned) == {one.key, two.key}
    for instance in (one, two):
        veth = owned[instance.key]
        assert (veth.kind, veth.master, veth.inside) == (InterfaceKind.VETH, clean_podman.bridge, "eth0")
        # from the other end: what the container's own sysfs says its eth0 is linked to
        assert clean_podman.cli("exec", instance.name, "cat", "/sys/class/net/eth0/iflink").strip() == str(veth.index)
    assert found[clean_podman.bridge].kind is InterfaceKind.BRIDGE


def test_the_same_interfaces_as_sysfs_shows_with_the_same_counters(reader: HostInterfaces) -> None:
    found = {one.name: one for one in reader.read((), (), time.monotonic())}
    names = {path.name for path in Path("/sys/class/net").iterdir() if path.is_dir()}
    assert names == set(found)
    quiet = [one for one in found.values() if not one.up]
    for one in quiet:
        statistics = Path("/sys/class/net") / one.name / "statistics"
        assert one.receive_bytes == int((statistics / "rx_bytes").read_text())
    addresses = json.loads(run(["ip", "-j", "address"]))
    for entry in addresses:
        told = {f"{info['local']}/{info['prefixlen']}" for info in entry["addr_info"]}
        assert set(found[entry["ifname"]].addresses) == told
        assert found[entry["ifname"]].index == entry["ifindex"]


def test_traffic_between_two_readings_is_what_was_sent(clean_podman: PodmanHost, reader: HostInterfaces) -> None:
    one, two = running(clean_podman, "net-from"), running(clean_podman, "net-to")
    address = clean_podman.cli("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "net-to")
    before = read(reader, clean_podman, one, two)
    began = time.monotonic()
    clean_podman.cli("exec", "net-from", "ping", "-q", "-c", str(PINGS), "-i", "0.1", "-s", str(PING_BYTES), address)
    after = read(reader, clean_podman, one, two)
    seconds = time.monotonic() - began
    veth = next(name for name, found in before.items() if found.owner_id == one.key)
    sent = PINGS * (PING_BYTES + 8 + 20 + 14)  # ICMP, IP and Ethernet headers
    received = after[veth].receive_bytes - before[veth].receive_bytes
    assert sent <= received <= sent + 4000  # ARP and router solicitations beside it
    rate = after[veth].rates.receive_bytes_per_second
    assert rate is not None
    assert rate == pytest.approx(received / seconds, rel=0.2)


def test_a_namespace_that_its_container_left_behind_is_named(clean_podman: PodmanHost, reader: HostInterfaces) -> None:
    """The reader is not told of the container: what a crash of Podman leaves looks the same to it."""
    running(clean_podman, "net-lost")
    found = read(reader, clean_podman)
    lost = [one for one in found.values() if one.master == clean_podman.bridge and one.problem]
    assert len(lost) == 1
    assert "netns-" in lost[0].problem
