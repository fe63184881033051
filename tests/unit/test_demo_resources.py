import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tui.domain.action import Result
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation, OperationOutcome, Progress
from tui.domain.operation.guests import CloneGuest, CreateGuest, CreateSnapshot, RevertSnapshot
from tui.domain.operation.images import PruneImages, PullImage, RemoveImage, RunContainer
from tui.domain.operation.networks import StopNetwork
from tui.domain.operation.storage import CloneDisk, DeleteDisk
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
