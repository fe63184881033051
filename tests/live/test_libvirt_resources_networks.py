"""Networks and leases on a real libvirtd with a booted guest."""

import contextlib
import ipaddress
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.processes import CommandFailedError
from tests.live.harness.waiting import wait_until
from tests.unit.engine_contract import running
from tui.domain.action import Result
from tui.domain.network import Network
from tui.domain.operation import Operation, OperationOutcome
from tui.domain.operation.networks import (
    CreateGuestNetwork,
    RemoveNetwork,
    SetNetworkAutostart,
    StartNetwork,
    StopNetwork,
)
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.libvirt import LibvirtEngine

NETWORKS = frozenset({ResourceKind.NETWORK})


class Nets:
    """The networks of a private libvirtd, and hostdeck's keeper of them."""

    def __init__(self, host: LibvirtHost, engine: LibvirtEngine) -> None:
        self.host = host
        self.keeper = engine.resources
        self.bridge = host.bridge.replace("hdl", "hdn")
        # beside the harness's own network: 10.A.B.0/24 is its own, 10.(A+60).B.0/24 belongs to the same run
        octets = host.virsh("net-dumpxml", host.network).partition("ip address='")[2].split(".")
        self.subnet = f"10.{int(octets[1]) + 60}.{octets[2]}"

    def id_of(self, name: str) -> ResourceId:
        return self.keeper.around.resource(ResourceKind.NETWORK, name)

    def new(
        self, name: str, *, address: str | None = None, bridge: str | None = None, **fields: str
    ) -> CreateGuestNetwork:
        return CreateGuestNetwork(
            target=self.id_of(""),
            name=name,
            address=f"{self.subnet}.1/24" if address is None else address,
            bridge=self.bridge if bridge is None else bridge,
            **fields,  # type: ignore[arg-type]
        )

    async def do(self, operation: Operation) -> OperationOutcome:
        return await self.keeper.operate(operation, lambda _progress: None)

    async def done(self, operation: Operation) -> None:
        outcome = await self.do(operation)
        assert outcome.result is Result.DONE, outcome.message

    async def refused(self, operation: Operation) -> str:
        preview, outcome = await self.keeper.preview(operation), await self.do(operation)
        assert preview.refusal == outcome.message
        assert outcome.result is Result.REFUSED
        return outcome.message

    async def all(self) -> dict[str, Network]:
        stock = await self.keeper.stock(NETWORKS)
        assert stock.problems == ()
        return {network.name: network for network in stock.networks}


@pytest.fixture
def networks_forgotten(clean_libvirt: LibvirtHost) -> Iterator[None]:
    yield
    clean_libvirt.reset()
    for name in map(str.strip, clean_libvirt.virsh("net-list", "--all", "--name").splitlines()):
        if name and name != clean_libvirt.network:
            with contextlib.suppress(CommandFailedError):
                clean_libvirt.virsh("net-destroy", name)
            clean_libvirt.virsh("net-undefine", name)


@pytest.fixture
async def nets(clean_libvirt: LibvirtHost, networks_forgotten: None) -> AsyncIterator[Nets]:
    engine = LibvirtEngine(clean_libvirt.uri, host_id="h")
    async with running(engine):
        yield Nets(clean_libvirt, engine)
    await engine.close()


def link_exists(name: str) -> bool:
    return Path("/sys/class/net", name).exists()


async def test_a_nat_network_with_dhcp_is_made_stopped_and_removed(nets: Nets) -> None:
    first, last = f"{nets.subnet}.10", f"{nets.subnet}.20"
    await nets.done(nets.new("lab", dhcp_first=first, dhcp_last=last, domain="lab.example"))
    lab = (await nets.all())["lab"]
    assert (lab.mode, lab.bridge, lab.domain, lab.active, lab.persistent) == (
        "nat",
        nets.bridge,
        "lab.example",
        True,
        True,
    )
    (subnet,) = lab.subnets
    assert (subnet.cidr, subnet.dhcp_first, subnet.dhcp_last) == (f"{nets.subnet}.0/24", first, last)
    assert link_exists(nets.bridge)
    await nets.done(SetNetworkAutostart(target=nets.id_of("lab"), enabled=True))
    await nets.done(StopNetwork(target=nets.id_of("lab")))
    lab = (await nets.all())["lab"]
    assert (lab.active, lab.autostart, link_exists(nets.bridge)) == (False, True, False)
    await nets.done(StartNetwork(target=nets.id_of("lab")))
    await nets.done(RemoveNetwork(target=nets.id_of("lab")))
    assert "lab" not in await nets.all()
    assert not link_exists(nets.bridge)


@pytest.mark.parametrize("mode", ["isolated", "route"])
async def test_other_modes(nets: Nets, mode: str) -> None:
    await nets.done(nets.new("other", mode=mode))
    other = (await nets.all())["other"]
    assert (other.mode, other.isolated) == (mode, mode == "isolated")


async def test_a_network_on_a_bridge_that_is_there(nets: Nets) -> None:
    await nets.done(nets.new("on bridge", mode="bridge", bridge=nets.host.bridge, address=""))
    found = (await nets.all())["on bridge"]
    assert (found.mode, found.bridge, found.subnets) == ("bridge", nets.host.bridge, ())
    stop = await nets.keeper.preview(StopNetwork(target=nets.id_of(nets.host.network)))
    assert stop.warnings == (f"Network on bridge uses its bridge {nets.host.bridge}, which goes away.",)
    assert await nets.refused(nets.new("no", mode="bridge", bridge="hdnone", address="")) == (
        "This host has no bridge hdnone."
    )


async def test_what_is_in_the_way_of_a_network_is_said_and_nothing_is_made(nets: Nets) -> None:
    own = (await nets.all())[nets.host.network].subnets[0]
    assert f"There is a network {nets.host.network} already." == await nets.refused(nets.new(nets.host.network))
    overlap = await nets.refused(nets.new("x", address=f"{own.gateway}/16"))
    assert f"overlaps with {own.cidr} of network {nets.host.network}" in overlap
    assert "belongs to network" in await nets.refused(nets.new("x", bridge=nets.host.bridge))
    assert "has an interface lo already" in await nets.refused(nets.new("x", bridge="lo"))
    assert set(await nets.all()) == {nets.host.network}


async def test_a_network_that_cannot_start_leaves_nothing(nets: Nets) -> None:
    outcome = await nets.do(nets.new("bad", domain="a" * 300))
    assert outcome.result in {Result.FAILED, Result.REFUSED}
    assert outcome.message
    assert set(await nets.all()) == {nets.host.network}
    assert not link_exists(nets.bridge)


async def test_a_booted_guest_has_a_lease_and_a_tap_and_loses_them_by_name(nets: Nets) -> None:
    network = nets.host.network
    nets.host.define_guest("leased", network=network)
    (member,) = (await nets.all())[network].members
    assert (member.name, member.active, member.interface) == ("leased", False, "")
    nets.host.start_guest("leased")
    wait_until(lambda: member.mac in nets.host.leases(), "the guest has a lease", seconds=60)
    found = (await nets.all())[network]
    (lease,) = [one for one in found.leases if one.mac == member.mac]
    assert (lease.guest, lease.expires_unix_seconds is not None) == ("leased", True)
    assert ipaddress.ip_address(lease.ip) in ipaddress.ip_network(found.subnets[0].cidr)
    (now,) = found.members
    assert (now.active, now.addresses) == (True, (lease.ip,))
    assert link_exists(now.interface)
    preview = await nets.keeper.preview(StopNetwork(target=nets.id_of(network)))
    assert preview.users == ("guest leased, running: loses its network",)
    nets.host.virsh("destroy", "leased")
    gone = (await nets.all())[network].members[0]
    assert (gone.active, gone.interface, gone.addresses) == (False, "", ())
