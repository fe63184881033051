"""Pools and disks on a real libvirtd."""

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.processes import CommandFailedError, run
from tests.unit.engine_contract import running
from tests.unit.session_fakes import until
from tui.domain.action import Result
from tui.domain.operation import Operation, OperationOutcome, Progress
from tui.domain.operation.storage import (
    CloneDisk,
    CreateDisk,
    CreatePool,
    DeleteDisk,
    DownloadDisk,
    RefreshPool,
    RemovePool,
    ResizeDisk,
    StartPool,
    StopPool,
    UploadDisk,
)
from tui.domain.resource import ResourceId, ResourceKind
from tui.domain.storage import Disk, StoragePool
from tui.engines.libvirt import LibvirtEngine

MIB = 1 << 20
POOL = "hostdeck test"  # a name that a shell would break
POOLS = frozenset({ResourceKind.POOL})


class Store:
    """A pool in a temporary folder, and hostdeck's keeper of it."""

    def __init__(self, host: LibvirtHost, engine: LibvirtEngine) -> None:
        self.host = host
        self.keeper = engine.resources
        self.folder = host.folder / "pool"
        self.seen: list[Progress] = []

    def pool_id(self, name: str = POOL) -> ResourceId:
        return self.keeper.around.resource(ResourceKind.POOL, name)

    def disk_id(self, name: str) -> ResourceId:
        return self.keeper.around.resource(ResourceKind.DISK, f"{POOL}/{name}")

    def progress(self, progress: Progress) -> None:
        self.seen.append(progress)

    async def do(self, operation: Operation) -> OperationOutcome:
        return await self.keeper.operate(operation, self.progress)

    async def done(self, operation: Operation) -> None:
        outcome = await self.do(operation)
        assert outcome.result is Result.DONE, outcome.message

    async def refused(self, operation: Operation) -> str:
        preview, outcome = await self.keeper.preview(operation), await self.do(operation)
        assert preview.refusal == outcome.message
        assert outcome.result is Result.REFUSED
        return outcome.message

    async def pools(self) -> dict[str, StoragePool]:
        stock = await self.keeper.stock(POOLS)
        return {pool.name: pool for pool in stock.pools}

    async def disks(self) -> dict[str, Disk]:
        return {disk.name: disk for disk in (await self.pools())[POOL].disks or ()}

    async def new(self, name: str, *, mib: int = 64, form: str = "qcow2") -> None:
        await self.done(CreateDisk(target=self.pool_id(), name=name, capacity_bytes=mib * MIB, format=form))

    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    async def ended_half_way(self, operation: Operation, path: Path) -> None:
        """Begin an operation, end it as soon as its file has data, and wait until that is over."""
        task = asyncio.ensure_future(self.do(operation))
        await until(lambda: task.done() or (path.exists() and path.stat().st_blocks), f"{path} grows")
        assert not task.done(), "it was too fast to be ended half-way"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def forget_pools(host: LibvirtHost) -> None:
    for name in host.virsh("pool-list", "--all", "--name").splitlines():
        if name.strip():
            with contextlib.suppress(CommandFailedError):
                host.virsh("pool-destroy", name.strip())
            with contextlib.suppress(CommandFailedError):
                host.virsh("pool-undefine", name.strip())


@pytest.fixture
def pools_forgotten(clean_libvirt: LibvirtHost) -> Iterator[None]:
    yield
    clean_libvirt.reset()
    forget_pools(clean_libvirt)
    shutil.rmtree(clean_libvirt.folder / "pool", ignore_errors=True)


@pytest.fixture
async def store(clean_libvirt: LibvirtHost, pools_forgotten: None) -> AsyncIterator[Store]:
    engine = LibvirtEngine(clean_libvirt.uri, host_id="h")
    async with running(engine):
        store = Store(clean_libvirt, engine)
        await store.done(CreatePool(target=store.pool_id(""), name=POOL, path=str(store.folder)))
        yield store
    await engine.close()


def image_info(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(["qemu-img", "info", "-U", "--output=json", str(path)]))
    return found


def fill(path: Path, mib: int, *, seed: bytes = b"hostdeck") -> None:
    """Write data that is neither zeros nor all the same block."""
    with path.open("wb") as file:
        for number in range(mib):
            file.write((seed + number.to_bytes(8, "big")).ljust(64, b"x") * (MIB // 64))


async def test_a_pool_is_made_with_its_folder_and_forgotten_without_it(store: Store) -> None:
    assert store.folder.stat().st_mode & 0o777 == 0o711
    pool = (await store.pools())[POOL]
    assert (pool.type, pool.state, pool.autostart, pool.path) == ("dir", "active", True, str(store.folder))
    assert pool.available_bytes > 0
    await store.new("stays")
    await store.done(StopPool(target=store.pool_id()))
    assert (await store.pools())[POOL].state == "inactive"
    await store.done(StartPool(target=store.pool_id()))
    await store.done(RemovePool(target=store.pool_id()))
    assert POOL not in await store.pools()
    assert store.files() == {"stays"}


async def test_a_folder_that_was_there_keeps_its_mode_and_its_files(store: Store) -> None:
    folder = store.host.folder / "mine"
    folder.mkdir(mode=0o755)
    (folder / "note.txt").write_text("here")
    await store.done(CreatePool(target=store.pool_id(""), name="mine", path=str(folder)))
    assert folder.stat().st_mode & 0o777 == 0o755
    assert [disk.name for disk in (await store.pools())["mine"].disks or ()] == ["note.txt"]


async def test_a_pool_that_cannot_be_made_leaves_nothing(store: Store) -> None:
    outcome = await store.do(CreatePool(target=store.pool_id(""), name="no", path="/sys/kernel/hostdeck"))
    assert outcome.result is Result.REFUSED
    assert outcome.message.startswith("The daemon may not do that: ")
    assert "no" not in await store.pools()
    assert await store.refused(CreatePool(target=store.pool_id(""), name=POOL, path="/var/tmp/x")) == (
        f"There is a pool {POOL} already."
    )


async def test_a_pool_whose_folder_is_gone_says_so(store: Store) -> None:
    await store.new("a")
    shutil.rmtree(store.folder)
    gone = (await store.pools())[POOL]
    assert gone.disks == ()
    assert gone.problem == f"None of the disks of pool {POOL} is there any more: is its folder {store.folder} gone?"
    outcome = await store.do(RefreshPool(target=store.pool_id()))
    assert outcome.message.startswith(f"The folder of pool {POOL} is gone: ")
    outcome = await store.do(StartPool(target=store.pool_id()))
    assert outcome.message.startswith(f"The folder of pool {POOL} is gone: ")
    assert (await store.pools())[POOL].state == "inactive"


async def test_disks_have_their_format_size_and_space(store: Store) -> None:
    await store.new("a [b]'é.qcow2")
    await store.done(
        CreateDisk(target=store.pool_id(), name="full", capacity_bytes=8 * MIB, format="raw", preallocate=True)
    )
    disks = await store.disks()
    assert (disks["a [b]'é.qcow2"].format, disks["a [b]'é.qcow2"].capacity_bytes) == ("qcow2", 64 * MIB)
    assert (disks["full"].format, disks["full"].allocation_bytes) == ("raw", 8 * MIB)
    assert "already" in await store.refused(CreateDisk(target=store.pool_id(), name="full", capacity_bytes=MIB))
    huge = CreateDisk(target=store.pool_id(), name="huge", capacity_bytes=1 << 50, format="raw", preallocate=True)
    assert f"There is no space in pool {POOL}" in await store.refused(huge)
    assert store.files() == {"a [b]'é.qcow2", "full"}


async def test_a_full_clone_stands_alone_and_an_overlay_does_not(store: Store) -> None:
    await store.new("base.qcow2")
    run(["qemu-io", "-f", "qcow2", "-c", "write -P 7 0 1M", str(store.folder / "base.qcow2")])
    await store.done(CloneDisk(target=store.disk_id("base.qcow2"), name="over", overlay=True, capacity_bytes=128 * MIB))
    run(["qemu-io", "-f", "qcow2", "-c", "write -P 8 1M 1M", str(store.folder / "over")])
    await store.done(RefreshPool(target=store.pool_id()))
    await store.done(CloneDisk(target=store.disk_id("over"), name="copy", capacity_bytes=256 * MIB))
    disks = await store.disks()
    assert disks["over"].backing == (str(store.folder / "base.qcow2"),)
    assert (disks["over"].capacity_bytes, disks["copy"].capacity_bytes) == (128 * MIB, 256 * MIB)
    assert (disks["copy"].backing, disks["copy"].format) == ((), "qcow2")
    for place, value in (("0", "7"), ("1M", "8")):
        run(["qemu-io", "-f", "qcow2", "-c", f"read -P {value} {place} 1M", str(store.folder / "copy")])
    assert (store.folder / "copy").stat().st_mode & 0o777 == 0o600
    assert any(one.percent == 100 for one in store.seen)


async def test_the_daemon_copies_where_qemu_img_cannot(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store.folder / "base.raw", 4)
    await store.done(RefreshPool(target=store.pool_id()))
    monkeypatch.setenv("PATH", "")
    await store.done(CloneDisk(target=store.disk_id("base.raw"), name="copy.raw"))
    assert (store.folder / "copy.raw").read_bytes() == (store.folder / "base.raw").read_bytes()


@pytest.mark.parametrize("by_daemon", [False, True])
async def test_a_clone_that_is_ended_half_way_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, by_daemon: bool
) -> None:
    fill(store.folder / "base.raw", 512)
    await store.done(RefreshPool(target=store.pool_id()))
    if by_daemon:
        monkeypatch.setenv("PATH", "")
    await store.ended_half_way(CloneDisk(target=store.disk_id("base.raw"), name="copy.raw"), store.folder / "copy.raw")
    assert store.files() == {"base.raw"}
    assert set(await store.disks()) == {"base.raw"}


async def test_details_follow_the_chain_and_look_inside(store: Store) -> None:
    await store.new("base.qcow2")
    run(["qemu-img", "snapshot", "-c", "before", str(store.folder / "base.qcow2")])
    await store.done(CloneDisk(target=store.disk_id("base.qcow2"), name="mid", overlay=True))
    await store.done(CloneDisk(target=store.disk_id("mid"), name="top", overlay=True))
    top = await store.keeper.disk_details(store.disk_id("top"))
    assert top.backing == (str(store.folder / "mid"), str(store.folder / "base.qcow2"))
    assert (top.backing_problem, top.snapshots) == ("", ())
    base = await store.keeper.disk_details(store.disk_id("base.qcow2"))
    assert base.snapshots == ("before",)
    (store.folder / "base.qcow2").unlink()
    broken = await store.keeper.disk_details(store.disk_id("top"))
    assert "base.qcow2" in broken.backing_problem


async def test_a_disk_that_something_needs_is_not_deleted(store: Store) -> None:
    for name in ("base.qcow2", "other.qcow2"):
        await store.new(name)
    await store.done(CloneDisk(target=store.disk_id("base.qcow2"), name="over", overlay=True))
    assert await store.refused(DeleteDisk(target=store.disk_id("base.qcow2"))) == (
        f"over in pool {POOL} stands on base.qcow2. Delete that first."
    )
    store.host.define_guest("web", disk=store.folder / "over")
    assert await store.refused(DeleteDisk(target=store.disk_id("over"))) == (
        "web needs over. Detach the disk, or delete the guest first."
    )
    store.host.remove("web")
    for name in ("over", "base.qcow2", "other.qcow2"):
        await store.done(DeleteDisk(target=store.disk_id(name)))
    assert store.files() == set()


async def test_a_disk_that_only_a_snapshot_needs_is_not_deleted(store: Store) -> None:
    await store.new("vda.qcow2")
    store.host.define_guest("snapped", disk=store.folder / "vda.qcow2")
    spec = f"vda,snapshot=external,file={store.folder / 'vda.s1'}"
    store.host.virsh("snapshot-create-as", "snapped", "s1", "--disk-only", "--diskspec", spec)
    run(["qemu-img", "create", "-q", "-f", "qcow2", str(store.folder / "new.qcow2"), "8M"])
    await store.done(RefreshPool(target=store.pool_id()))
    xml = store.host.virsh("dumpxml", "snapped").replace("vda.s1", "new.qcow2")
    (store.host.folder / "snapped.xml").write_text(xml)
    store.host.virsh("define", str(store.host.folder / "snapped.xml"))
    assert await store.refused(DeleteDisk(target=store.disk_id("vda.s1"))) == (
        "A snapshot of snapped needs vda.s1 (snapshot s1)."
    )


async def test_disks_grow_and_shrink(store: Store) -> None:
    await store.new("a.qcow2")
    await store.new("r.raw", form="raw")
    await store.done(ResizeDisk(target=store.disk_id("a.qcow2"), capacity_bytes=128 * MIB))
    await store.done(ResizeDisk(target=store.disk_id("r.raw"), capacity_bytes=MIB, shrink=True))
    disks = await store.disks()
    assert (disks["a.qcow2"].capacity_bytes, disks["r.raw"].capacity_bytes) == (128 * MIB, MIB)
    assert image_info(store.folder / "a.qcow2")["virtual-size"] == 128 * MIB


async def test_a_running_guest_sees_its_disk_grow_and_protects_it(store: Store) -> None:
    await store.new("live.qcow2")
    store.host.define_guest("grows", disk=store.folder / "live.qcow2")
    store.host.start_guest("grows")
    (user,) = (await store.disks())["live.qcow2"].users
    assert (user.name, user.target, user.active) == ("grows", "vda", True)
    smaller = ResizeDisk(target=store.disk_id("live.qcow2"), capacity_bytes=MIB, shrink=True)
    assert "grows runs and uses live.qcow2" in await store.refused(smaller)
    assert "a copy would be torn" in await store.refused(CloneDisk(target=store.disk_id("live.qcow2"), name="x"))
    grown = await store.do(ResizeDisk(target=store.disk_id("live.qcow2"), capacity_bytes=96 * MIB))
    assert (grown.result, grown.message) == (Result.DONE, "grows sees the new size now.")
    assert f"Capacity:       {96 * MIB}" in store.host.virsh("domblkinfo", "grows", "vda")


async def test_files_go_up_and_come_down_as_they_were(store: Store) -> None:
    source, back = store.host.folder / "up.img", store.host.folder / "down.img"
    fill(source, 3)
    with source.open("r+b") as file:
        file.truncate(64 * MIB + 17)  # a hole at the end, and no whole block
    await store.done(UploadDisk(target=store.pool_id(), path=str(source), name="up"))
    disk = (await store.disks())["up"]
    assert (disk.format, disk.capacity_bytes) == ("raw", 64 * MIB + 17)
    assert disk.allocation_bytes < 16 * MIB
    await store.done(DownloadDisk(target=store.disk_id("up"), path=str(back)))
    assert back.read_bytes() == source.read_bytes()
    told = back.stat()
    assert (told.st_mode & 0o777, told.st_blocks * 512 < 16 * MIB) == (0o600, True)
    assert "not overwritten" in await store.refused(DownloadDisk(target=store.disk_id("up"), path=str(back)))
    assert [one.text for one in store.seen if one.text == "downloading"]
    for path in (source, back):
        path.unlink()


async def test_what_an_uploaded_image_is_is_found_out(store: Store) -> None:
    source = store.host.folder / "cloud.img"
    run(["qemu-img", "create", "-q", "-f", "qcow2", str(source), "5G"])
    preview = await store.keeper.preview(UploadDisk(target=store.pool_id(), path=str(source), name="cloud"))
    assert preview.objects == (f"disk cloud in pool {POOL}, qcow2, 5.0 GiB",)
    await store.done(UploadDisk(target=store.pool_id(), path=str(source), name="cloud"))
    disk = (await store.disks())["cloud"]
    assert (disk.format, disk.capacity_bytes) == ("qcow2", 5 << 30)
    run(["qemu-img", "check", "-q", str(store.folder / "cloud")])
    run(["qemu-img", "convert", "-O", "vmdk", str(source), f"{source}.vmdk"])
    await store.done(UploadDisk(target=store.pool_id(), path=f"{source}.vmdk", name="other"))
    assert (await store.disks())["other"].format == "vmdk"
    await store.done(CloneDisk(target=store.disk_id("other"), name="on top", overlay=True))  # not every base is qcow2
    assert (await store.disks())["on top"].backing_format == "vmdk"
    for path in (source, Path(f"{source}.vmdk")):
        path.unlink()


async def test_transfers_that_are_ended_leave_nothing(store: Store) -> None:
    source, target = store.host.folder / "big.img", store.host.folder / "big.down"
    fill(source, 512)
    await store.ended_half_way(UploadDisk(target=store.pool_id(), path=str(source), name="big"), store.folder / "big")
    assert store.files() == set()
    assert await store.disks() == {}
    os.link(source, store.folder / "big")
    await store.done(RefreshPool(target=store.pool_id()))
    await store.ended_half_way(DownloadDisk(target=store.disk_id("big"), path=str(target)), target)
    assert not target.exists()
    source.unlink()


async def test_a_pool_that_is_full_takes_back_what_does_not_fit(store: Store) -> None:
    """The daemon alone sees how small the pool is, so that it fails in the middle and not before."""
    small, source = store.host.folder / "small", store.host.folder / "large.img"
    small.mkdir()
    run(store.host.inside("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)))
    try:
        await store.done(CreatePool(target=store.pool_id(""), name="small", path=str(small)))
        fill(source, 16)
        outcome = await store.do(UploadDisk(target=store.pool_id("small"), path=str(source), name="large"))
        assert outcome.result is not Result.DONE
        assert "No space left on device" in outcome.message
        assert (await store.pools())["small"].disks == ()
        shutil.copy(source, store.folder / "large")
        await store.done(RefreshPool(target=store.pool_id()))
        outcome = await store.do(CloneDisk(target=store.disk_id("large"), name="copy", pool="small"))
        assert outcome.result is not Result.DONE
        assert "No space left on device" in outcome.message
        assert (await store.pools())["small"].disks == ()
        assert list(small.iterdir()) == []  # nor beside the mount
    finally:
        with contextlib.suppress(CommandFailedError):
            store.host.virsh("pool-destroy", "small")
        run(store.host.inside("umount", str(small)))
        source.unlink(missing_ok=True)
