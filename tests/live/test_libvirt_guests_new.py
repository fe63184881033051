"""New guests and clones on a real libvirtd."""

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pycdlib
import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.processes import CommandFailedError, run
from tests.live.test_libvirt_guests import Box
from tests.live.test_libvirt_resources import POOL, fill, forget_pools
from tests.unit.engine_contract import running
from tests.unit.session_fakes import until
from tui.domain.action import Result
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation
from tui.domain.operation.guests import (
    ChangeHardware,
    CloneGuest,
    CloudInit,
    CreateGuest,
    CreateSnapshot,
    DeleteSnapshot,
    RevertSnapshot,
)
from tui.domain.operation.storage import CreatePool, RefreshPool
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.libvirt import LibvirtEngine

MIB = 1 << 20
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl person@desk"
SECRET = "s3cret phrase"  # noqa: S105 - of nobody


class Yard(Box):
    """A box with a pool."""

    def __init__(self, host: LibvirtHost, engine: LibvirtEngine) -> None:
        super().__init__(host, engine)
        self.folder = host.folder / "pool"

    def pool_id(self, name: str = POOL) -> ResourceId:
        return self.keeper.around.resource(ResourceKind.POOL, name)

    def new(self, name: str = "web", **wanted: object) -> CreateGuest:
        told: dict[str, object] = {
            "memory_bytes": 64 * MIB,
            "start": False,
            "base": str(self.folder / "base.qcow2"),
            "emulated": True,
        }
        return CreateGuest(target=self.pool_id(), name=name, **(told | wanted))  # type: ignore[arg-type]

    async def base(self, name: str = "base.qcow2", form: str = "qcow2") -> None:
        run(["qemu-img", "create", "-q", "-f", form, str(self.folder / name), "16M"])
        await self.do(RefreshPool(target=self.pool_id()))

    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def seed(self, name: str = "web-seed.iso") -> dict[str, bytes]:
        image, files = pycdlib.PyCdlib(), {}
        image.open(str(self.folder / name))
        assert image.pvd.volume_identifier.strip() == b"cidata"
        for path in ("/user-data", "/meta-data"):
            data = io.BytesIO()
            image.get_file_from_iso_fp(data, rr_path=path)
            files[path[1:]] = data.getvalue()
        image.close()
        return files

    def tree(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.stored(name))  # noqa: S314 - libvirt wrote it

    async def ended_half_way(self, operation: Operation, path: Path) -> None:
        task = asyncio.ensure_future(self.do(operation))
        await until(lambda: task.done() or (path.exists() and path.stat().st_blocks), f"{path} grows")
        assert not task.done(), "it was too fast to be ended half-way"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.fixture
def pools_forgotten(clean_libvirt: LibvirtHost) -> Iterator[None]:
    yield
    clean_libvirt.reset()
    forget_pools(clean_libvirt)
    run(["rm", "-rf", str(clean_libvirt.folder / "pool")])


@pytest.fixture
async def yard(clean_libvirt: LibvirtHost, pools_forgotten: None) -> AsyncIterator[Yard]:
    engine = LibvirtEngine(clean_libvirt.uri, host_id="h")
    async with running(engine):
        yard = Yard(clean_libvirt, engine)
        await yard.done(CreatePool(target=yard.pool_id(""), name=POOL, path=str(yard.folder)))
        await yard.base()
        yield yard
    await engine.close()


async def test_a_guest_on_an_overlay_with_a_seed_is_made_and_runs(yard: Yard) -> None:
    seed = CloudInit(hostname="shop", user="admin", ssh_keys=(KEY,), password=SECRET)
    wanted = yard.new(
        cloud_init=seed, disk_bytes=32 * MIB, network=yard.host.network, os="debian12", description="<the> shop",
        vcpus=2, graphical=True, autostart=True, start=True,
    )  # fmt: skip
    preview = await yard.preview(wanted)
    assert (preview.refusal, preview.language) == ("", "xml")
    assert "s3cret" not in repr(preview)
    assert "s3cret" not in yard.keeper.command(wanted)
    outcome = await yard.done(wanted)
    assert isinstance(outcome.made, InstanceId)
    assert outcome.made.local == yard.host.virsh("domuuid", "web").strip()
    assert yard.host.state("web") == "running"
    root = yard.tree("web")
    assert [disk.get("file") for disk in root.iterfind("devices/disk/source")] == [
        str(yard.folder / "web.qcow2"),
        str(yard.folder / "web-seed.iso"),
    ]
    listen = root.find("devices/graphics")
    assert listen is not None
    assert (listen.get("type"), listen.get("listen")) == ("vnc", "127.0.0.1")
    assert root.findtext("description") == "<the> shop"
    assert "http://debian.org/debian/12" in yard.stored("web")
    assert 'name="org.qemu.guest_agent.0"' in yard.stored("web").replace("'", '"')
    assert root.find("devices/serial") is not None
    assert "web" in yard.host.virsh("list", "--all", "--name", "--autostart").split()
    info = json.loads(run(["qemu-img", "info", "-U", "--output=json", str(yard.folder / "web.qcow2")]))
    assert (info["virtual-size"], info["backing-filename"]) == (32 * MIB, str(yard.folder / "base.qcow2"))
    assert info["backing-filename-format"] == "qcow2"


async def test_the_seed_is_read_back_and_holds_no_password(yard: Yard) -> None:
    seed = CloudInit(hostname="shop.example", user="admin", ssh_keys=(KEY,), password=SECRET)
    await yard.done(yard.new(cloud_init=seed))
    files = yard.seed()
    head, _, text = files["user-data"].partition(b"\n")
    assert head == b"#cloud-config"
    told = json.loads(text)
    assert (told["hostname"], told["user"], told["ssh_authorized_keys"]) == ("shop.example", "admin", [KEY])
    algorithm, salt = told["password"].split("$")[1:3]
    assert algorithm == "6"
    again = run(["openssl", "passwd", "-6", "-salt", salt, "-stdin"], text=SECRET)
    assert told["password"] == again.strip()
    meta = json.loads(files["meta-data"])
    assert meta["local-hostname"] == "shop.example"
    assert meta["instance-id"]
    assert b"s3cret" not in (yard.folder / "web-seed.iso").read_bytes()
    assert (yard.folder / "web-seed.iso").stat().st_mode & 0o077 == 0


async def test_a_file_of_ones_own_is_the_user_data(yard: Yard) -> None:
    own = yard.host.folder / "mine.yaml"
    own.write_bytes(b"#cloud-config\npackages: [vim]\n# \xc3\xa9\n")
    await yard.done(yard.new(cloud_init=CloudInit(user_data=str(own))))
    assert yard.seed()["user-data"] == own.read_bytes()
    assert "No such file" in await yard.refused(yard.new("b", cloud_init=CloudInit(user_data="/nowhere")))


async def test_whole_copies_and_empty_disks_and_bases_that_are_not_qcow2(yard: Yard) -> None:
    await yard.base("old.vmdk", "vmdk")
    await yard.base("plain.img", "raw")
    await yard.done(yard.new("copied", overlay=False))
    await yard.done(yard.new("on-vmdk", base=str(yard.folder / "old.vmdk")))
    await yard.done(yard.new("of-raw", base=str(yard.folder / "plain.img"), overlay=False))
    await yard.done(yard.new("empty", base="", disk_bytes=8 * MIB, iso=str(yard.folder / "plain.img")))
    formats = {}
    for name in ("copied", "on-vmdk", "of-raw", "empty"):
        root = yard.tree(name)
        driver, source = root.find("devices/disk/driver"), root.find("devices/disk/source")
        assert driver is not None
        assert source is not None
        found = json.loads(
            run(["qemu-img", "info", "--output=json", "-f", driver.get("type", ""), source.get("file", "")])
        )
        formats[name] = (driver.get("type"), found.get("backing-filename-format"))
    assert formats == {
        "copied": ("qcow2", None), "on-vmdk": ("qcow2", "vmdk"), "of-raw": ("raw", None), "empty": ("qcow2", None),
    }  # fmt: skip
    assert [boot.get("dev") for boot in yard.tree("empty").iterfind("os/boot")] == ["cdrom", "hd"]


async def test_what_cannot_be_made_is_refused_and_leaves_nothing(yard: Yard) -> None:
    yard.host.define_guest("taken")
    before = yard.files()
    keys = CloudInit(user="admin", ssh_keys=(KEY,))
    assert await yard.refused(yard.new("taken")) == "There is a guest taken already."
    assert "is in no pool that is on" in await yard.refused(yard.new(base="/nowhere/base.qcow2"))
    assert await yard.refused(yard.new(cloud_init=CloudInit(user="admin"))) == (
        "Nobody could log in: cloud-init needs an SSH key or a password."
    )
    assert "is no user name" in await yard.refused(yard.new(cloud_init=CloudInit(user="a b", ssh_keys=(KEY,))))
    assert "private key" in await yard.refused(
        yard.new(cloud_init=CloudInit(ssh_keys=("-----BEGIN OPENSSH PRIVATE KEY",)))
    )
    assert "is no host name" in await yard.refused(yard.new("a_b", cloud_init=keys))
    assert "The host has" in await yard.refused(yard.new(memory_bytes=1 << 50))
    assert "vCPUs here" in await yard.refused(yard.new(vcpus=100_000))
    assert await yard.refused(yard.new(network="nope")) == "There is no network nope."
    assert await yard.refused(yard.new(network="bridge:nope0")) == "There is no bridge nope0 on this host."
    assert await yard.refused(yard.new(iso="/nowhere.iso")) == "There is no file /nowhere.iso."
    assert "cannot be smaller" in await yard.refused(yard.new(disk_bytes=MIB))
    assert yard.files() == before
    assert yard.host.names() == ["taken"]


async def test_a_guest_that_does_not_start_is_not_there(yard: Yard) -> None:
    before = yard.files()
    broken = yard.folder / "broken.qcow2"
    await yard.base("under.qcow2")
    run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", "under.qcow2", "-F", "qcow2", str(broken)])
    await yard.do(RefreshPool(target=yard.pool_id()))
    (yard.folder / "under.qcow2").write_bytes(b"no image at all" * 100)
    seed = CloudInit(user="admin", ssh_keys=(KEY,))
    outcome = await yard.do(yard.new(base=str(broken), cloud_init=seed, start=True))
    assert outcome.result in {Result.FAILED, Result.REFUSED}
    assert outcome.message
    assert yard.host.names() == []
    assert yard.files() == before | {"under.qcow2", "broken.qcow2"}


async def test_there_is_no_space_in_a_tiny_pool(yard: Yard) -> None:
    """The daemon alone sees how small the pool is, so that it fails in the middle and not before."""
    small = yard.host.folder / "small"
    small.mkdir()
    run(yard.host.inside("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)))
    try:
        await yard.done(CreatePool(target=yard.pool_id(""), name="small", path=str(small)))
        fill(yard.folder / "large.img", 16)
        await yard.do(RefreshPool(target=yard.pool_id()))
        wanted = CreateGuest(
            target=yard.pool_id("small"), name="web", base=str(yard.folder / "large.img"), overlay=False, start=False
        )
        outcome = await yard.do(wanted)
        assert outcome.result is not Result.DONE
        assert "No space left on device" in outcome.message
        assert yard.host.names() == []
        assert yard.host.virsh("vol-list", "small").strip() == ""
    finally:
        with contextlib.suppress(CommandFailedError):
            yard.host.virsh("pool-destroy", "small")
        run(yard.host.inside("umount", str(small)))
        small.rmdir()


async def test_a_copy_that_is_ended_half_way_leaves_nothing(yard: Yard) -> None:
    fill(yard.folder / "large.img", 256)
    await yard.do(RefreshPool(target=yard.pool_id()))
    before = yard.files()
    wanted = yard.new(base=str(yard.folder / "large.img"), overlay=False)
    await yard.ended_half_way(wanted, yard.folder / "web.img")
    assert yard.files() == before
    assert yard.host.names() == []


async def test_the_clone_of_a_uefi_guest_has_its_own_copy_of_the_variables(yard: Yard) -> None:
    await yard.done(yard.new())
    disks = yard.host.folder / "disks"
    code, variables, copied = disks / "code.fd", disks / "web_VARS.fd", disks / "copy_VARS.fd"
    code.write_bytes(b"no firmware")
    variables.write_bytes(b"boot entries")
    firmware = f"<loader readonly='yes' type='pflash'>{code}</loader><nvram>{variables}</nvram><boot dev='hd'/>"
    xml = yard.host.folder / "definition.xml"
    xml.write_text(yard.stored("web").replace("<boot dev='hd'/>", firmware))
    yard.host.virsh("define", str(xml))
    assert "The guest boots by UEFI" in await yard.refused(CreateSnapshot(target=yard.guest("web"), name="s"))
    await yard.done(CloneGuest(target=yard.guest("web"), name="copy"))
    assert copied.read_bytes() == b"boot entries"
    assert str(copied) in yard.stored("copy")
    before = yard.files()
    (disks / "third_VARS.fd").touch()
    third = await yard.refused(CloneGuest(target=yard.guest("web"), name="third"))
    assert third == f"{disks / 'third_VARS.fd'} is there already; it is not overwritten."
    assert yard.files() == before
    for path in (code, variables, copied, disks / "third_VARS.fd"):
        path.unlink()


async def test_a_clone_has_its_own_disks_addresses_and_name(yard: Yard) -> None:
    seed = CloudInit(user="admin", ssh_keys=(KEY,))
    await yard.done(yard.new(cloud_init=seed, network=yard.host.network, graphical=True))
    yard.write(yard.folder / "web.qcow2", 7)
    for name, overlay in (("copy", False), ("over", True)):
        clone = CloneGuest(target=yard.guest("web"), name=name, overlay=overlay)
        preview = await yard.preview(clone)
        assert "Both are going to have the same sda." in preview.warnings
        assert f"<name>{name}</name>" in preview.document
        await yard.done(clone)
        old, new = yard.tree("web"), yard.tree(name)
        assert new.findtext("name") == name
        assert new.findtext("uuid") != old.findtext("uuid")
        macs = [tree.find("devices/interface/mac") for tree in (old, new)]
        assert macs[0] is not None
        assert macs[1] is not None
        assert macs[0].get("address") != macs[1].get("address")
        source = new.find("devices/disk/source")
        assert source is not None
        assert source.get("file") == str(yard.folder / f"{name}.qcow2")
        assert yard.holds(yard.folder / f"{name}.qcow2", 7)
    info = json.loads(run(["qemu-img", "info", "--output=json", str(yard.folder / "over.qcow2")]))
    assert info["backing-filename"] == str(yard.folder / "web.qcow2")
    assert await yard.refused(CloneGuest(target=yard.guest("web"), name="copy")) == "There is a guest copy already."


async def test_a_guest_that_runs_is_not_cloned(yard: Yard) -> None:
    await yard.done(yard.new(start=True))
    before = yard.files()
    assert await yard.refused(CloneGuest(target=yard.guest("web"), name="copy")) == (
        "web runs: its disks would be torn. Stop it first."
    )
    assert yard.files() == before


async def test_a_clone_that_is_ended_half_way_leaves_nothing(yard: Yard) -> None:
    await yard.done(yard.new())
    fill(yard.folder / "data.img", 256)
    await yard.do(RefreshPool(target=yard.pool_id()))
    yard.host.virsh("attach-disk", "web", str(yard.folder / "data.img"), "vdb", "--config", "--subdriver", "raw")
    before = yard.files()
    await yard.ended_half_way(CloneGuest(target=yard.guest("web"), name="copy"), yard.folder / "copy-vdb.img")
    assert yard.files() == before
    assert yard.host.names() == ["web"]


async def test_a_disk_outside_every_pool_is_not_cloned(yard: Yard) -> None:
    yard.host.define_guest("web", disk_mib=8)
    assert "is in no pool that is on: it cannot be copied." in await yard.refused(
        CloneGuest(target=yard.guest("web"), name="copy")
    )
    await yard.done(ChangeHardware(target=yard.guest("web"), description="still itself"))
    await yard.done(CreateSnapshot(target=yard.guest("web"), name="s"))


async def test_snapshots_of_a_disk_on_which_another_guest_stands_harm_it_not(yard: Yard) -> None:
    await yard.done(yard.new())
    target = yard.guest("web")
    await yard.done(CreateSnapshot(target=target, name="inside"))
    await yard.done(CloneGuest(target=target, name="over", overlay=True))
    under = yard.folder / "web.qcow2"
    assert await yard.refused(RevertSnapshot(target=target, name="inside")) == (
        f"over.qcow2 in pool {POOL} stands on {under}: going back would destroy it."
    )
    await yard.done(CreateSnapshot(target=target, name="outside", external=True))
    assert await yard.refused(DeleteSnapshot(target=target, name="outside")) == (
        f"over.qcow2 in pool {POOL} stands on {under}, which a deletion would change."
    )
    assert {"web.qcow2", "web.outside", "over.qcow2"} <= yard.files()
    (pool,) = (await yard.keeper.stock(frozenset({ResourceKind.POOL}))).pools
    assert "web.outside" in {disk.name for disk in pool.disks or ()}
