"""A pool on storage that hangs, with a real libvirtd: one of its disks is served by a process that stands still."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.processes import Daemon, run
from tests.live.test_libvirt_resources import MIB, POOL, POOLS, Store, forget_pools
from tests.unit.engine_contract import running
from tests.unit.session_fakes import until
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.operation.storage import CreateDisk, CreatePool, DeleteDisk, RefreshPool
from tui.engines.libvirt import LibvirtEngine

HANGING = "nfs"


@pytest.fixture
def served(clean_libvirt: LibvirtHost) -> Iterator[Daemon]:
    """Serve a file inside a folder by FUSE, where the daemon alone sees it."""
    host = clean_libvirt
    folder, data = host.folder / HANGING, host.folder / "served.raw"
    folder.mkdir()
    place = folder / "disk.img"
    place.touch()
    run(["truncate", "--size", "1M", str(data)])
    blockdev = f"driver=file,node-name=f,filename={data}"
    export = f"type=fuse,id=e,node-name=f,mountpoint={place}"
    argv = host.inside("qemu-storage-daemon", "--blockdev", blockdev, "--export", export)
    daemon = Daemon(argv, log=host.folder / "served.log", ready=lambda: _is_served(host, place), env={})
    daemon.start()
    yield daemon
    daemon.resume()
    host.reset()
    forget_pools(host)
    daemon.stop()
    shutil.rmtree(folder)


def _is_served(host: LibvirtHost, place: Path) -> bool:
    return run(host.inside("stat", "--format=%s", str(place))).strip() == str(MIB)


@pytest.fixture
async def engine(clean_libvirt: LibvirtHost, served: Daemon) -> AsyncIterator[LibvirtEngine]:
    engine = LibvirtEngine(clean_libvirt.uri, host_id="h")
    async with running(engine):
        yield engine
        served.resume()
        await until(lambda: engine.resources.around.abandoned == 0, "every thread came back")
    await engine.close()


async def test_a_pool_that_hangs_stalls_nothing_else(
    clean_libvirt: LibvirtHost, served: Daemon, engine: LibvirtEngine
) -> None:
    host = clean_libvirt
    store = Store(host, engine)
    await store.done(CreatePool(target=store.pool_id(""), name=POOL, path=str(store.folder)))
    await store.done(CreatePool(target=store.pool_id(""), name=HANGING, path=str(host.folder / HANGING)))
    await store.new("good")
    await store.new("spare")
    assert [disk.capacity_bytes for disk in (await store.pools())[HANGING].disks or ()] == [MIB]

    served.hang()
    for _ in range(2):  # the second time libvirt's list of pools waits for the hung one too
        pools = await store.pools()
        assert pools[HANGING].disks is None
        assert "does not answer" in pools[HANGING].problem
        assert {disk.name for disk in pools[POOL].disks or ()} == {"good", "spare"}

    host.define_guest("bystander")
    uuid = host.virsh("domuuid", "bystander").strip()
    outcome = await engine.perform(ActionRequest(Verb.AUTOSTART_ON, store.keeper.around.guest(uuid)))
    assert outcome.result is Result.DONE
    await store.done(CreateDisk(target=store.pool_id(), name="more", capacity_bytes=MIB))
    assert "It is not known whether something needs good." in await store.refused(
        DeleteDisk(target=store.disk_id("good"))
    )
    hanging = CreateDisk(target=store.pool_id(HANGING), name="x", capacity_bytes=MIB)
    assert "does not answer" in await store.refused(hanging)

    served.resume()
    await until(lambda: store.keeper.around.abandoned == 0, "every thread came back")
    await store.done(RefreshPool(target=store.pool_id(HANGING)))
    assert (await store.keeper.stock(POOLS)).problems == ()
    await store.done(DeleteDisk(target=store.disk_id("good")))
