"""Pools, disks and networks on libvirt's own test driver, which needs no daemon."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.engine_contract import running
from tests.unit.session_fakes import until
from tui.domain.action import Result
from tui.domain.errors import NotFound
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation, OperationOutcome, Progress
from tui.domain.operation.guests import CreateSnapshot
from tui.domain.operation.images import PullImage
from tui.domain.operation.networks import (
    CreateGuestNetwork,
    RemoveNetwork,
    SetNetworkAutostart,
    StartNetwork,
    StopNetwork,
)
from tui.domain.operation.storage import (
    CloneDisk,
    CreateDisk,
    CreatePool,
    DeleteDisk,
    DownloadDisk,
    RefreshPool,
    RemovePool,
    ResizeDisk,
    SetPoolAutostart,
    StartPool,
    StopPool,
    UploadDisk,
)
from tui.domain.resource import ResourceId, ResourceKind, Stock
from tui.domain.storage import Disk
from tui.engines.libvirt import LibvirtEngine
from tui.engines.libvirt.resources.keeper import LibvirtResources
from tui.engines.resources import DescribesGuests, HasResources

GUEST = """
<domain type='test'><name>web</name><uuid>00000000-0000-4000-9000-000000000001</uuid>
<memory unit='MiB'>64</memory><os><type>hvm</type></os><devices>
<disk type='file' device='disk'><source file='/store/used.qcow2'/><target dev='vda' bus='virtio'/></disk>
<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/><target dev='testnet0'/></interface>
</devices></domain>
"""
NETWORK = """
<network><name>lan</name><bridge name='virbr7'/><forward/>
<ip address='10.7.0.1' netmask='255.255.255.0'><dhcp><range start='10.7.0.2' end='10.7.0.9'/></dhcp></ip></network>
"""
VOLUME = """
<volume type='file'><name>{name}</name><capacity unit='MiB'>64</capacity><target><path>/store/{name}</path>
<format type='{form}'/></target>{under}</volume>
"""
UNDER = "<backingStore><path>/store/base.qcow2</path><format type='qcow2'/></backingStore>"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[LibvirtEngine]:
    volumes = {"used.qcow2": UNDER, "base.qcow2": "", "alone.qcow2": ""}
    parts = {"domain": GUEST, "network": NETWORK}
    for name, text in parts.items():
        (tmp_path / f"{name}.xml").write_text(text)
    node = tmp_path / "node.xml"
    node.write_text(
        "<node><domain file='domain.xml'/><network file='network.xml'/><pool type='dir'><name>store</name><target>"
        "<path>/store</path></target>"
        + "".join(VOLUME.format(name=name, form="qcow2", under=under) for name, under in volumes.items())
        + "</pool></node>"
    )
    engine = LibvirtEngine(f"test://{node}", host_id="h")
    async with running(engine):
        yield engine
    await engine.close()


@pytest.fixture
def keeper(engine: LibvirtEngine) -> LibvirtResources:
    assert isinstance(engine, HasResources)
    assert isinstance(engine.resources, DescribesGuests)
    return engine.resources


def some(keeper: LibvirtResources, kind: ResourceKind, local: str = "") -> ResourceId:
    return keeper.around.resource(kind, local)


def pool_id(keeper: LibvirtResources, name: str = "store") -> ResourceId:
    return some(keeper, ResourceKind.POOL, name)


def disk_id(keeper: LibvirtResources, name: str) -> ResourceId:
    return some(keeper, ResourceKind.DISK, f"store/{name}")


def net_id(keeper: LibvirtResources, name: str = "lan") -> ResourceId:
    return some(keeper, ResourceKind.NETWORK, name)


def ignore(_progress: Progress) -> None:
    """Take progress."""


async def do(keeper: LibvirtResources, operation: Operation) -> OperationOutcome:
    return await keeper.operate(operation, ignore)


async def done(keeper: LibvirtResources, operation: Operation) -> OperationOutcome:
    outcome = await do(keeper, operation)
    assert outcome.result is Result.DONE, outcome.message
    return outcome


async def refused(keeper: LibvirtResources, operation: Operation) -> str:
    """Return the reason, which the preview gives as well as the attempt."""
    preview, outcome = await keeper.preview(operation), await do(keeper, operation)
    assert preview.refusal
    assert (outcome.result, outcome.message) == (Result.REFUSED, preview.refusal)
    return preview.refusal


async def all_of(keeper: LibvirtResources) -> Stock:
    return await keeper.stock(keeper.kinds)


async def disks_of(keeper: LibvirtResources) -> dict[str, Disk]:
    stock = await keeper.stock(frozenset({ResourceKind.POOL}))
    return {disk.name: disk for pool in stock.pools for disk in pool.disks or ()}


async def test_everything_is_listed_with_chains_users_and_members(keeper: LibvirtResources) -> None:
    stock = await all_of(keeper)
    assert stock.problems == ()
    disks = await disks_of(keeper)
    assert disks["used.qcow2"].backing == ("/store/base.qcow2",)
    assert [(user.name, user.target, user.through) for user in disks["used.qcow2"].users] == [("web", "vda", False)]
    assert [(user.name, user.through) for user in disks["base.qcow2"].users] == [("web", True)]
    assert disks["alone.qcow2"].users == ()
    (network,) = stock.networks
    assert (network.name, network.bridge, [member.name for member in network.members]) == ("lan", "virbr7", ["web"])
    assert not stock.local  # the test driver's folders are nobody's


async def test_what_was_not_asked_is_not_looked_at(keeper: LibvirtResources) -> None:
    only = await keeper.stock(frozenset({ResourceKind.NETWORK}))
    assert (only.kinds, only.pools, len(only.networks)) == (frozenset({ResourceKind.NETWORK}), (), 1)


async def test_documents_and_details(keeper: LibvirtResources) -> None:
    assert "<pool" in (await keeper.document(pool_id(keeper))).text
    assert "<volume" in (await keeper.document(disk_id(keeper, "base.qcow2"))).text
    assert "<network" in (await keeper.document(net_id(keeper))).text
    assert (await keeper.disk_details(disk_id(keeper, "used.qcow2"))).backing == ("/store/base.qcow2",)
    with pytest.raises(NotFound):
        await keeper.document(pool_id(keeper, "nope"))
    with pytest.raises(NotFound):
        await keeper.disk_details(disk_id(keeper, "nope"))


async def test_disks_are_made_cloned_and_deleted(keeper: LibvirtResources) -> None:
    made = await done(
        keeper, CreateDisk(target=pool_id(keeper), name="new [b]'é", capacity_bytes=1 << 20, format="qcow2")
    )
    assert made.made == disk_id(keeper, "new [b]'é")
    await done(keeper, CloneDisk(target=disk_id(keeper, "alone.qcow2"), name="over", overlay=True))
    await done(keeper, CloneDisk(target=disk_id(keeper, "alone.qcow2"), name="copy"))
    disks = await disks_of(keeper)
    assert disks["over"].backing == ("/store/alone.qcow2",)
    assert disks["copy"].backing == ()
    await done(keeper, DeleteDisk(target=disk_id(keeper, "copy")))
    assert "copy" not in await disks_of(keeper)


async def test_a_disk_that_is_needed_is_not_deleted(keeper: LibvirtResources) -> None:
    assert await refused(keeper, DeleteDisk(target=disk_id(keeper, "used.qcow2"))) == (
        "web needs used.qcow2. Detach the disk, or delete the guest first."
    )
    assert await refused(keeper, DeleteDisk(target=disk_id(keeper, "base.qcow2"))) == (
        "used.qcow2 in pool store stands on base.qcow2. Delete that first."
    )
    assert set(await disks_of(keeper)) == {"used.qcow2", "base.qcow2", "alone.qcow2"}


async def test_names_sizes_and_formats_that_cannot_be(keeper: LibvirtResources) -> None:
    pool = pool_id(keeper)
    small = 1 << 20
    assert "alone.qcow2 in pool store already" in await refused(
        keeper, CreateDisk(target=pool, name="alone.qcow2", capacity_bytes=small)
    )
    assert "must have no" in await refused(keeper, CreateDisk(target=pool, name="../x", capacity_bytes=small))
    assert "needs a size" in await refused(keeper, CreateDisk(target=pool, name="x", capacity_bytes=0))
    assert "qcow2 and raw" in await refused(
        keeper, CreateDisk(target=pool, name="x", capacity_bytes=small, format="vmdk")
    )
    huge = CreateDisk(target=pool, name="x", capacity_bytes=1 << 50, format="raw", preallocate=True)
    assert "There is no space in pool store: 1024.0 TiB are needed" in await refused(keeper, huge)
    clone = disk_id(keeper, "alone.qcow2")
    assert "already" in await refused(keeper, CloneDisk(target=clone, name="base.qcow2"))
    assert "cannot be smaller" in await refused(keeper, CloneDisk(target=clone, name="x", capacity_bytes=1))
    writes = CloneDisk(target=disk_id(keeper, "used.qcow2"), name="x")
    assert "web runs and writes to used.qcow2" in await refused(keeper, writes)


async def test_a_sparse_disk_larger_than_its_pool_is_a_warning(keeper: LibvirtResources) -> None:
    preview = await keeper.preview(CreateDisk(target=pool_id(keeper), name="x", capacity_bytes=1 << 50))
    assert preview.refusal == ""
    assert "may grow larger" in preview.warnings[0]
    assert "<name>x</name>" in preview.document


async def test_resizing_is_refused_where_it_would_destroy(keeper: LibvirtResources) -> None:
    alone, used, base = (disk_id(keeper, name) for name in ("alone.qcow2", "used.qcow2", "base.qcow2"))
    assert "destroys what is at its end" in await refused(keeper, ResizeDisk(target=alone, capacity_bytes=1))
    assert "has that size already" in await refused(keeper, ResizeDisk(target=alone, capacity_bytes=64 << 20))
    assert "web runs and uses" in await refused(keeper, ResizeDisk(target=used, capacity_bytes=1, shrink=True))
    assert "runs on an overlay" in await refused(keeper, ResizeDisk(target=base, capacity_bytes=1 << 40))
    shrinks = await keeper.preview(ResizeDisk(target=alone, capacity_bytes=1, shrink=True))
    assert "lost for ever" in shrinks.warnings[0]


async def test_what_this_driver_cannot_is_a_sentence(keeper: LibvirtResources, tmp_path: Path) -> None:
    outcome = await do(keeper, ResizeDisk(target=disk_id(keeper, "alone.qcow2"), capacity_bytes=1 << 40))
    assert outcome.result is Result.REFUSED
    assert "not supported" in outcome.message
    file = tmp_path / "image"
    file.write_bytes(b"x" * 4096)
    outcome = await do(keeper, UploadDisk(target=pool_id(keeper), path=str(file), name="up"))
    assert "not supported" in outcome.message
    assert "up" not in await disks_of(keeper)
    target = tmp_path / "down"
    outcome = await do(keeper, DownloadDisk(target=disk_id(keeper, "alone.qcow2"), path=str(target)))
    assert "not supported" in outcome.message
    assert not target.exists()


async def test_a_file_that_cannot_be_uploaded_is_refused(keeper: LibvirtResources, tmp_path: Path) -> None:
    pool = pool_id(keeper)

    async def why(content: bytes, *, name: str = "up", form: str = "") -> str:
        file = tmp_path / "image"
        file.write_bytes(content)
        return await refused(keeper, UploadDisk(target=pool, path=str(file), name=name, format=form))

    assert "unxz image" in await why(b"\xfd7zXZ\0" + b"x" * 99)
    assert "is no qcow2 image" in await why(b"x" * 99, form="qcow2")
    assert "is qcow2, not vmdk" in await why(b"QFI\xfb" + b"\0" * 99, form="vmdk")
    assert "is empty" in await why(b"")
    assert "already" in await why(b"x", name="alone.qcow2")
    assert "No such file" in await refused(keeper, UploadDisk(target=pool, path=str(tmp_path / "none"), name="up"))
    assert "is no file" in await refused(keeper, UploadDisk(target=pool, path=str(tmp_path), name="up"))


async def test_a_download_overwrites_nothing(keeper: LibvirtResources, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("precious")
    target = disk_id(keeper, "alone.qcow2")
    assert "not overwritten" in await refused(keeper, DownloadDisk(target=target, path=str(there)))
    assert there.read_text() == "precious"
    assert "There is no folder" in await refused(keeper, DownloadDisk(target=target, path=str(tmp_path / "no" / "x")))


async def test_pools_are_made_stopped_and_removed(keeper: LibvirtResources) -> None:
    made = await done(keeper, CreatePool(target=pool_id(keeper, ""), name="more", path="/more", autostart=True))
    assert made.made == pool_id(keeper, "more")
    assert "is active already" in (await keeper.preview(StartPool(target=pool_id(keeper, "more")))).refusal
    assert (await do(keeper, StartPool(target=pool_id(keeper, "more")))).result is Result.REFUSED
    await done(keeper, RefreshPool(target=pool_id(keeper, "more")))
    await done(keeper, StopPool(target=pool_id(keeper, "more")))
    assert "is off already" in (await keeper.preview(StopPool(target=pool_id(keeper, "more")))).refusal
    off = next(pool for pool in (await all_of(keeper)).pools if pool.name == "more")
    assert (off.state, off.disks, off.autostart) == ("inactive", (), True)
    assert "Start it first" in await refused(
        keeper, CreateDisk(target=pool_id(keeper, "more"), name="x", capacity_bytes=1)
    )
    await done(keeper, SetPoolAutostart(target=pool_id(keeper, "more"), enabled=False))
    await done(keeper, StartPool(target=pool_id(keeper, "more")))
    await done(keeper, RemovePool(target=pool_id(keeper, "more")))
    assert [pool.name for pool in (await all_of(keeper)).pools] == ["store"]


async def test_pools_that_cannot_be(keeper: LibvirtResources) -> None:
    new = pool_id(keeper, "")
    assert "a pool store already" in await refused(keeper, CreatePool(target=new, name="store", path="/x"))
    assert "folder of pool store already" in await refused(keeper, CreatePool(target=new, name="x", path="/store/"))
    assert "whole path" in await refused(keeper, CreatePool(target=new, name="x", path="x"))
    assert "no folder for disks" in await refused(keeper, CreatePool(target=new, name="x", path="/etc/"))
    assert (await do(keeper, StartPool(target=pool_id(keeper, "nope")))).result is Result.FAILED


async def test_stopping_a_pool_names_the_guests(keeper: LibvirtResources) -> None:
    preview = await keeper.preview(RemovePool(target=pool_id(keeper)))
    assert "guest web, running, as vda: used.qcow2" in preview.users
    assert "Its disks stay in /store." in preview.warnings


async def test_networks_are_made_stopped_and_removed(keeper: LibvirtResources) -> None:
    create = CreateGuestNetwork(target=net_id(keeper, ""), name="new", address="10.9.0.1/24", autostart=True)
    assert "<name>new</name>" in (await keeper.preview(create)).document
    assert (await done(keeper, create)).made == net_id(keeper, "new")
    assert "already" in await refused(keeper, create)
    await done(keeper, StopNetwork(target=net_id(keeper, "new")))
    await done(keeper, SetNetworkAutostart(target=net_id(keeper, "new"), enabled=False))
    new = next(network for network in (await all_of(keeper)).networks if network.name == "new")
    assert (new.active, new.autostart, new.mode) == (False, False, "nat")
    await done(keeper, StartNetwork(target=net_id(keeper, "new")))
    assert "runs already" in (await keeper.preview(StartNetwork(target=net_id(keeper, "new")))).refusal
    await done(keeper, RemoveNetwork(target=net_id(keeper, "new")))
    assert [network.name for network in (await all_of(keeper)).networks] == ["lan"]


async def test_who_loses_a_network_is_named_before(keeper: LibvirtResources) -> None:
    stop = await keeper.preview(StopNetwork(target=net_id(keeper)))
    assert stop.users == ("guest web, running: loses its network",)
    assert "after its interface is attached anew" in stop.warnings[0]
    with pytest.raises(NotFound):
        await keeper.preview(StopNetwork(target=net_id(keeper, "nope")))


async def test_changes_are_counted(keeper: LibvirtResources) -> None:
    before = keeper.changed
    await done(keeper, CreateDisk(target=pool_id(keeper), name="x", capacity_bytes=1 << 20))
    assert keeper.changed > before


async def test_changes_of_others_are_heard(engine: LibvirtEngine) -> None:
    keeper = engine.resources
    link = engine._shared_link()
    assert link is not None
    before = keeper.changed
    link.run(lambda _libvirt, connection: connection.networkLookupByName("lan").destroy())
    await until(lambda: keeper.changed > before, "the network's stop was heard")


async def test_commands_are_quoted_for_a_shell(keeper: LibvirtResources) -> None:
    uri = keeper.around.target.uri
    create = CreateDisk(target=pool_id(keeper), name="a b", capacity_bytes=5)
    assert keeper.command(create) == (f"virsh -c {uri} vol-create-as store 'a b' 5B --allocation 0B --format qcow2")
    pool = CreatePool(target=pool_id(keeper, ""), name="a b", path="/a", autostart=False)
    assert keeper.command(pool) == (
        f"virsh -c {uri} 'pool-define-as '\"'\"'a b'\"'\"' dir --target /a; pool-build '\"'\"'a b'\"'\"'; "
        "pool-start '\"'\"'a b'\"'\"''"
    )
    await all_of(keeper)
    overlay = CloneDisk(target=disk_id(keeper, "alone.qcow2"), name="o", overlay=True)
    assert "--backing-vol /store/alone.qcow2 --backing-vol-format qcow2" in keeper.command(overlay)
    for operation in (
        StopPool(target=pool_id(keeper)),
        RemovePool(target=pool_id(keeper)),
        SetPoolAutostart(target=pool_id(keeper), enabled=False),
        DeleteDisk(target=disk_id(keeper, "x")),
        ResizeDisk(target=disk_id(keeper, "x"), capacity_bytes=1, shrink=True),
        CloneDisk(target=disk_id(keeper, "x"), name="y"),
        UploadDisk(target=pool_id(keeper), path="/x", name="y"),
        DownloadDisk(target=disk_id(keeper, "x"), path="/x"),
        StopNetwork(target=net_id(keeper)),
        RemoveNetwork(target=net_id(keeper)),
        SetNetworkAutostart(target=net_id(keeper), enabled=False),
        CreateGuestNetwork(target=net_id(keeper, ""), name="n"),
    ):
        assert keeper.command(operation).startswith(f"virsh -c {uri} ")


async def test_what_libvirt_does_not_keep_is_refused(keeper: LibvirtResources) -> None:
    pull = PullImage(target=some(keeper, ResourceKind.IMAGE), reference="x")
    assert keeper.supports(PullImage)
    assert keeper.command(pull) == ""
    assert await refused(keeper, pull) == "libvirt cannot pull an image."


async def test_a_guest_is_no_disk(keeper: LibvirtResources) -> None:
    assert CreateSnapshot.title  # another kind of target
    wrong = DeleteDisk(target=InstanceId("h", keeper.around.target.uri, "uuid"))
    assert "of a guest" in await refused(keeper, wrong)


async def test_nothing_is_changed_read_only(tmp_path: Path) -> None:
    engine = LibvirtEngine("test:///default", host_id="h", read_only=True)
    keeper = engine.resources
    outcome = await do(keeper, CreateDisk(target=pool_id(keeper), name="x", capacity_bytes=1))
    assert (outcome.result, outcome.message) == (Result.REFUSED, "hostdeck runs read-only.")
    await engine.close()
