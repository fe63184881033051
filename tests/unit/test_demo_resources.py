import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tui.domain.action import Result
from tui.domain.identity import InstanceId
from tui.domain.instance import State
from tui.domain.operation import Operation, OperationOutcome, Progress
from tui.domain.operation.guests import (
    CloneGuest,
    CreateGuest,
    CreateSnapshot,
    ManagedSave,
    RemoveManagedSave,
    RevertSnapshot,
)
from tui.domain.operation.images import (
    CheckpointContainer,
    ExportContainerVolume,
    LoadImage,
    PruneImages,
    PullImage,
    RemoveImage,
    RestoreContainer,
    RunContainer,
    SaveImage,
)
from tui.domain.operation.networks import ConnectNetwork, DisconnectNetwork, StopNetwork
from tui.domain.operation.storage import CloneDisk, DeleteDisk, DownloadDisk, UploadDisk
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.demo import DemoHost
from tui.engines.demo.resources import DemoKeeper
from tui.engines.resources import DescribesGuests, DescribesImages, HasResources

GUESTS = "qemu:///system"
EVERY = frozenset(ResourceKind)


async def no_time(_seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
async def host() -> AsyncIterator[DemoHost]:
    made = DemoHost(clock=lambda: 1_750_000_000.0, wait=no_time)
    yield made
    for engine in made.engines:
        await engine.close()


def keeper(host: DemoHost, engine: str = "podman") -> DemoKeeper:
    found = next(one for one in host.engines if one.id == engine)
    assert isinstance(found, HasResources)
    return found.resources


def target(host: DemoHost, kind: ResourceKind, local: str = "", engine: str = "podman") -> ResourceId:
    return ResourceId(host.host_id, engine, kind, local)


def guest(host: DemoHost, name: str) -> InstanceId:
    return next(one.id for one in host.instances() if one.name == name)


async def done(host: DemoHost, operation: Operation, told: list[Progress] | None = None) -> OperationOutcome:
    outcome = await keeper(host, operation.target.engine).operate(operation, (told if told is not None else []).append)
    assert outcome.result is Result.DONE, outcome.message
    return outcome


async def test_it_offers_what_the_real_ones_offer(host: DemoHost) -> None:
    assert isinstance(keeper(host), DescribesImages)
    assert isinstance(keeper(host, GUESTS), DescribesGuests)


async def test_images_name_the_containers_made_from_them(host: DemoHost) -> None:
    stock = await keeper(host).stock(EVERY)
    api = next(image for image in stock.images if "shop/api:2.14.1" in image.name)
    names = {one.name for one in host.instances() if one.id.local in api.container_ids}
    assert names == {"api-1", "api-2", "api-3"}
    assert sum(image.dangling for image in stock.images) == 3


async def test_a_pull_tells_its_progress_and_the_image_is_there(host: DemoHost) -> None:
    told: list[Progress] = []
    outcome = await done(host, PullImage(target=target(host, ResourceKind.IMAGE), reference="quay.io/new"), told)
    assert told[0].percent == 0
    assert told[-1].percent == 100
    assert isinstance(outcome.made, ResourceId)
    stock = await keeper(host).stock(EVERY)
    assert "quay.io/new:latest" in {image.name for image in stock.images}


async def test_an_image_in_use_is_not_removed(host: DemoHost) -> None:
    stock = await keeper(host).stock(EVERY)
    nginx = next(image for image in stock.images if "nginx" in image.name)
    operation = RemoveImage(target=target(host, ResourceKind.IMAGE, nginx.id))
    assert "nginx runs from it" in (await keeper(host).preview(operation)).refusal
    outcome = await keeper(host).operate(operation, lambda _progress: None)
    assert outcome.result is Result.REFUSED


async def test_prune_does_what_its_preview_said(host: DemoHost) -> None:
    operation = PruneImages(target=target(host, ResourceKind.IMAGE))
    preview = await keeper(host).preview(operation)
    before = {image.id for image in (await keeper(host).stock(EVERY)).images}
    await done(host, operation)
    after = {image.id for image in (await keeper(host).stock(EVERY)).images}
    assert {image[:12] for image in before - after} == set(preview.objects)


async def test_a_new_container_runs_and_has_figures(host: DemoHost) -> None:
    outcome = await done(host, RunContainer(target=target(host, ResourceKind.IMAGE), image="nginx", name="new"))
    made = next(one for one in host.instances() if one.id == outcome.made)
    usage = host.sampler.sample(host.instances(), frozenset(), 10.0)[made.key]
    assert usage.cpu.cores_used is not None


async def test_a_new_guest_stands_on_its_base(host: DemoHost) -> None:
    base = "/var/lib/libvirt/images/debian-12-genericcloud.qcow2"
    pool = target(host, ResourceKind.POOL, "default", GUESTS)
    await done(host, CreateGuest(target=pool, name="fresh", base=base))
    details = await keeper(host, GUESTS).disk_details(target(host, ResourceKind.DISK, "default/fresh.qcow2", GUESTS))
    assert details.backing == (base,)
    assert [user.name for user in details.users] == ["fresh"]
    again = await keeper(host, GUESTS).preview(CreateGuest(target=pool, name="fresh", base=base))
    assert "already" in again.refusal


async def test_a_disk_that_a_guest_needs_is_not_deleted_nor_its_base(host: DemoHost) -> None:
    for name in ("gitlab.qcow2", "debian-12-genericcloud.qcow2"):
        operation = DeleteDisk(target=target(host, ResourceKind.DISK, f"default/{name}", GUESTS))
        assert "is needed by guest" in (await keeper(host, GUESTS).preview(operation)).refusal


async def test_a_clone_that_is_cancelled_leaves_nothing(host: DemoHost) -> None:
    operation = CloneDisk(target=target(host, ResourceKind.DISK, "default/gitlab.qcow2", GUESTS), name="copy.qcow2")
    told: list[Progress] = []
    task = asyncio.create_task(keeper(host, GUESTS).operate(operation, told.append))
    async with asyncio.timeout(5):
        while not told:  # noqa: ASYNC110 - the progress has no event of its own
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stock = await keeper(host, GUESTS).stock(EVERY)
    names = {disk.name for pool in stock.pools for disk in pool.disks or ()}
    assert "copy.qcow2" not in names


async def test_a_running_guest_is_not_cloned(host: DemoHost) -> None:
    operation = CloneGuest(target=guest(host, "gitlab"), name="gitlab2")
    assert "runs" in (await keeper(host, GUESTS).preview(operation)).refusal


async def test_snapshots_make_a_tree_and_an_external_one_is_not_reverted_to(host: DemoHost) -> None:
    await done(host, CreateSnapshot(target=guest(host, "gitlab"), name="now"))
    tree = await keeper(host, GUESTS).snapshots(guest(host, "gitlab"))
    assert [(one.name, one.parent, one.current) for one in tree.snapshots][-1] == ("now", "before-17.0", True)
    external = RevertSnapshot(target=guest(host, "test-alma9"), name="clean")
    assert "9.0" in (await keeper(host, GUESTS).preview(external)).refusal


async def test_a_network_names_who_loses_it(host: DemoHost) -> None:
    preview = await keeper(host, GUESTS).preview(
        StopNetwork(target=target(host, ResourceKind.NETWORK, "default", GUESTS))
    )
    assert "guest gitlab: loses its network" in preview.users


@pytest.mark.parametrize(("engine", "network"), [("podman", "podman"), ("podman:anna", "podman"), (GUESTS, "default")])
async def test_documents_are_json(host: DemoHost, engine: str, network: str) -> None:
    document = await keeper(host, engine).document(target(host, ResourceKind.NETWORK, network, engine))
    assert json.loads(document.text)["name"] == network


async def test_interfaces_belong_to_running_instances(host: DemoHost) -> None:
    interfaces = host.interface_reader.read(host.instances(), (), 100.0)
    owners = {one.owner_name for one in interfaces if one.owner_id}
    assert {"gitlab", "nginx"} <= owners
    assert [one.name for one in interfaces if one.problem] == ["vnet40"]


async def test_saved_memory_is_kept_until_it_is_thrown_away(host: DemoHost) -> None:
    web = next(one for one in host.instances() if one.guest is not None and one.state is State.RUNNING)
    await done(host, ManagedSave(target=web.id))
    after = next(one for one in host.instances() if one.id == web.id)
    assert (after.state, after.guest and after.guest.has_managed_save) == (State.STOPPED, True)
    await done(host, RemoveManagedSave(target=web.id))
    assert not (await keeper(host, GUESTS).snapshots(web.id)).has_managed_save
    again = await keeper(host, GUESTS).preview(RemoveManagedSave(target=web.id))
    assert again.refusal == f"No memory of {web.name} is saved."


async def test_a_container_goes_on_from_its_checkpoint(host: DemoHost) -> None:
    web = next(one for one in host.instances() if one.id.engine == "podman" and one.state is State.RUNNING)
    restore = RestoreContainer(target=web.id)
    assert (await keeper(host).preview(restore)).refusal == "It runs already."
    await done(host, CheckpointContainer(target=web.id))
    assert next(one for one in host.instances() if one.id == web.id).state is State.STOPPED
    await done(host, restore)
    assert next(one for one in host.instances() if one.id == web.id).state is State.RUNNING


async def test_it_takes_what_comes_from_files_and_writes_none(host: DemoHost, tmp_path: Path) -> None:
    loaded = await done(host, LoadImage(target=target(host, ResourceKind.IMAGE), path="/srv/web.tar.gz"))
    assert loaded.message == "Loaded localhost/web:latest."
    pool = target(host, ResourceKind.POOL, "default", GUESTS)
    upload = UploadDisk(target=pool, path="/srv/new.qcow2", name="new.qcow2")
    made = (await done(host, upload)).made
    assert isinstance(made, ResourceId)
    assert "already" in (await keeper(host, GUESTS).preview(upload)).refusal
    stock = await keeper(host).stock(EVERY)
    image = target(host, ResourceKind.IMAGE, stock.images[0].id)
    file = tmp_path / "file"
    path = str(file)
    for operation in (
        SaveImage(target=image, reference=stock.images[0].name, path=path),
        ExportContainerVolume(target=target(host, ResourceKind.VOLUME, stock.volumes[0].name), path=path),
        CheckpointContainer(target=next(one.id for one in host.instances() if one.id.engine == "podman"), path=path),
        DownloadDisk(target=made, path=path),
    ):
        assert path in keeper(host, operation.target.engine).command(operation)
        outcome = await keeper(host, operation.target.engine).operate(operation, lambda _progress: None)
        assert (outcome.result, outcome.message) == (Result.REFUSED, "This is the demo: it writes no files.")
    assert not await asyncio.to_thread(file.exists)


async def test_a_container_goes_on_a_network_and_off_it(host: DemoHost) -> None:
    web = next(one for one in host.instances() if one.name == "nginx")
    shop = target(host, ResourceKind.NETWORK, "shop")

    async def is_on() -> bool:
        networks = (await keeper(host).stock(EVERY)).networks
        return any(
            member.instance_id == web.id.local for one in networks if one.name == "shop" for member in one.members
        )

    assert not await is_on()
    await done(host, ConnectNetwork(target=shop, container_id=web.id.local, container_name="nginx"))
    assert await is_on()
    await done(host, DisconnectNetwork(target=shop, container_id=web.id.local, container_name="nginx"))
    assert not await is_on()
