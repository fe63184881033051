"""Guests on libvirt's own test driver, which needs no daemon: snapshots, definitions, new ones that come to nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.engine_contract import running
from tui.domain.action import Result
from tui.domain.errors import NotFound
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation, OperationOutcome, Progress
from tui.domain.operation.guests import (
    AttachDisk,
    AttachInterface,
    ChangeHardware,
    CloneGuest,
    CloudInit,
    CreateGuest,
    CreateSnapshot,
    DefineXml,
    DeleteSnapshot,
    DetachDisk,
    DetachInterface,
    ManagedSave,
    RemoveManagedSave,
    RevertSnapshot,
)
from tui.domain.resource import ResourceKind
from tui.engines.libvirt import LibvirtEngine
from tui.engines.libvirt.resources.keeper import LibvirtResources

UUID = "00000000-0000-4000-9000-000000000001"
GUEST = f"""
<domain type='test'><name>web</name><uuid>{UUID}</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/store/web.qcow2'/>
<target dev='vda' bus='virtio'/></disk>
<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/></interface>
</devices></domain>
"""
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me"
VOLUME = "<volume type='file'><name>{0}</name><capacity unit='MiB'>64</capacity><target><path>/store/{0}</path><format type='qcow2'/></target></volume>"  # noqa: E501
NAMES = ("web.qcow2", "base.qcow2")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[LibvirtEngine]:
    (tmp_path / "domain.xml").write_text(GUEST)
    node = tmp_path / "node.xml"
    node.write_text(
        "<node><domain file='domain.xml'/><pool type='dir'><name>store</name><target><path>/store</path></target>"
        + "".join(VOLUME.format(name) for name in NAMES)
        + "</pool></node>"
    )
    engine = LibvirtEngine(f"test://{node}", host_id="h")
    async with running(engine):
        yield engine
    await engine.close()


@pytest.fixture
def keeper(engine: LibvirtEngine) -> LibvirtResources:
    return engine.resources


@pytest.fixture
def web(keeper: LibvirtResources) -> InstanceId:
    return keeper.around.guest(UUID)


def ignore(_progress: Progress) -> None:
    """Take progress."""


async def do(keeper: LibvirtResources, operation: Operation) -> OperationOutcome:
    return await keeper.operate(operation, ignore)


async def done(keeper: LibvirtResources, operation: Operation) -> OperationOutcome:
    assert (await keeper.preview(operation)).refusal == ""
    outcome = await do(keeper, operation)
    assert outcome.result is Result.DONE, outcome.message
    return outcome


async def refused(keeper: LibvirtResources, operation: Operation) -> str:
    preview, outcome = await keeper.preview(operation), await do(keeper, operation)
    assert preview.refusal
    assert (outcome.result, outcome.message) == (Result.REFUSED, preview.refusal)
    return preview.refusal


async def disks(keeper: LibvirtResources) -> set[str]:
    (pool,) = (await keeper.stock(frozenset({ResourceKind.POOL}))).pools
    return {disk.name for disk in pool.disks or ()}


def create(keeper: LibvirtResources, **told: object) -> CreateGuest:
    wanted: dict[str, object] = {"name": "new", "base": "/store/base.qcow2", "memory_bytes": 64 << 20, "start": False}
    return CreateGuest(target=keeper.around.resource(ResourceKind.POOL, "store"), **(wanted | told))  # type: ignore[arg-type]


async def test_a_guest_is_made_and_is_there(keeper: LibvirtResources) -> None:
    outcome = await done(keeper, create(keeper))
    assert isinstance(outcome.made, InstanceId)
    assert (await keeper.hardware(outcome.made)).disks[0].source == "/store/new.qcow2"
    assert await disks(keeper) == {*NAMES, "new.qcow2"}


async def test_what_was_made_before_a_step_failed_is_removed(keeper: LibvirtResources) -> None:
    """The test driver takes no bytes into a volume: the seed fails after disk and seed volume were made."""
    wanted = create(keeper, cloud_init=CloudInit(user="admin", ssh_keys=(KEY,)))
    assert (await keeper.preview(wanted)).refusal == ""
    outcome = await do(keeper, wanted)
    assert outcome.result is not Result.DONE
    assert await disks(keeper) == set(NAMES)


async def test_what_cannot_be_made_is_refused(keeper: LibvirtResources) -> None:
    assert await refused(keeper, create(keeper, name="web")) == "There is a guest web already."
    assert "must have no" in await refused(keeper, create(keeper, name="a/b"))
    assert "in no pool that is on" in await refused(keeper, create(keeper, base="/nowhere"))
    assert "needs a size" in await refused(keeper, create(keeper, base=""))
    assert "The host has" in await refused(keeper, create(keeper, memory_bytes=1 << 50))
    assert await disks(keeper) == set(NAMES)


async def test_a_running_guest_has_snapshots_and_is_saved(keeper: LibvirtResources, web: InstanceId) -> None:
    await done(keeper, CreateSnapshot(target=web, name="one", memory=True))
    await done(keeper, CreateSnapshot(target=web, name="two", memory=True))
    found = await keeper.snapshots(web)
    assert [(one.name, one.parent, one.current) for one in found.snapshots] == [
        ("one", "", False),
        ("two", "one", True),
    ]
    await done(keeper, RevertSnapshot(target=web, name="one"))
    await done(keeper, DeleteSnapshot(target=web, name="one", children=True))
    assert (await keeper.snapshots(web)).snapshots == ()
    await done(keeper, ManagedSave(target=web))
    assert (await keeper.snapshots(web)).has_managed_save
    await done(keeper, RemoveManagedSave(target=web))


async def test_a_definition_changes_only_as_a_whole(keeper: LibvirtResources, web: InstanceId) -> None:
    before = (await keeper.hardware(web)).stored_xml
    await done(keeper, ChangeHardware(target=web, vcpus=2, description="new"))
    changed = await keeper.hardware(web)
    assert (changed.vcpus, changed.vcpus_live, changed.description) == (2, 1, "new")
    assert "changed meanwhile" in await refused(keeper, DefineXml(target=web, xml=before, before=before))
    wrong = DefineXml(target=web, xml=changed.stored_xml.replace("<devices>", ""), before=changed.stored_xml)
    assert "no well-formed XML" in await refused(keeper, wrong)
    assert (await keeper.hardware(web)).stored_xml == changed.stored_xml


async def test_a_guest_that_runs_is_not_cloned(keeper: LibvirtResources, web: InstanceId) -> None:
    assert "web runs" in await refused(keeper, CloneGuest(target=web, name="copy"))
    assert await disks(keeper) == set(NAMES)


async def test_a_guest_that_is_gone(keeper: LibvirtResources) -> None:
    gone = keeper.around.guest("11111111-1111-4111-8111-111111111111")
    with pytest.raises(NotFound):
        await keeper.hardware(gone)
    with pytest.raises(NotFound):
        await keeper.snapshots(gone)
    outcome = await do(keeper, ManagedSave(target=gone))
    assert (outcome.result, outcome.message.startswith("The guest is gone")) == (Result.FAILED, True)


async def test_every_change_has_its_command_line(keeper: LibvirtResources, web: InstanceId) -> None:
    secret = CloudInit(user="admin", password="clear text")  # noqa: S106 - of nobody
    lines = {
        CreateSnapshot(target=web, name="s 1", external=True, quiesce=True): (
            "snapshot-create-as web 's 1' --disk-only --atomic --quiesce"
        ),
        RevertSnapshot(target=web, name="s", start=True): "snapshot-revert web s --running",
        DeleteSnapshot(target=web, name="s", children=True): "snapshot-delete web s --children",
        ManagedSave(target=web): "managedsave web",
        RemoveManagedSave(target=web): "managedsave-remove web",
        AttachDisk(target=web, path="/d", device="vdb"): "attach-disk web /d vdb --targetbus virtio --live --config",
        DetachDisk(target=web, device="vdb", live=False): "detach-disk web vdb --config",
        AttachInterface(target=web, network="bridge:br0", stored=False): (
            "attach-interface web bridge br0 --model virtio --live"
        ),
        DetachInterface(target=web, mac="52:54:00:00:00:01"): (
            "detach-interface web network --mac 52:54:00:00:00:01 --live --config"
        ),
        ChangeHardware(target=web, vcpus=2): "setvcpus web 2 --config",
        DefineXml(target=web, xml="x", before="y"): "edit web",
    }
    for operation, words in lines.items():
        assert keeper.command(operation) == f"virsh -c {keeper.around.target.uri} {words}"
    assert keeper.command(CloneGuest(target=web, name="copy")).startswith("virt-clone --connect ")
    made = keeper.command(create(keeper, cloud_init=secret))
    assert made.startswith("virt-install --connect ")
    assert "clear text" not in made
