"""The keeper against a scripted service: what it lists, what it makes of nonsense and silence, and failures."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.unit.podman_fake import FakePodman, Route, Writer, hang, reply, serving
from tui.domain.action import Result
from tui.domain.errors import EngineAbsent, EngineError, EngineTimeout
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation, OperationOutcome, Progress
from tui.domain.operation.images import (
    CheckpointContainer,
    ExportContainerVolume,
    LoadImage,
    PruneImages,
    PullImage,
    SaveImage,
    UpdateLimits,
)
from tui.domain.operation.storage import CreatePool
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.podman.inventory import Inventory
from tui.engines.podman.resources import PodmanKeeper
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.weights import Scales
from tui.engines.podman.rows import Owner

DOCKER = "/v1.40/"
HOSTILE = "[red]x[/]\x1b[31m\u202e\n"
ID = "a" * 64
KINDS = frozenset({ResourceKind.IMAGE, ResourceKind.VOLUME, ResourceKind.NETWORK})

IMAGE = {"Id": ID, "Names": ["localhost/web:1"], "Size": 5000, "Created": 1700000000, "Labels": {"evil": HOSTILE}}
USER = {
    "Id": "c1",
    "Names": ["/web"],
    "ImageID": f"sha256:{ID}",
    "State": "running",
    "Mounts": [{"Type": "volume", "Name": "files"}, {"Type": "bind", "Source": "/x"}],
    "NetworkSettings": {"Networks": {"net": {"IPAddress": "10.1.2.3", "MacAddress": "aa:bb"}}},
    "Ports": [{"IP": "", "PublicPort": 8080, "PrivatePort": 80, "Type": "tcp"}, {"PrivatePort": 81}],
}
VOLUME = {"Name": "files", "Driver": "local", "Mountpoint": "/m", "CreatedAt": "2024-01-01T00:00:00Z"}
NETWORK = {"name": "net", "driver": "bridge", "network_interface": "br0", "subnets": [{"subnet": "10.1.2.0/24"}]}
DF = {"Images": [{"ImageID": ID, "SharedSize": 3000}], "Volumes": [{"VolumeName": "files", "Size": 77}]}

ROUTES: Mapping[str, Any] = {
    "images/json": [IMAGE],
    "volumes/json": [VOLUME],
    "networks/json": [NETWORK],
    "system/df": DF,
    f"{DOCKER}containers/json": [USER],
}


@pytest.fixture
async def podman() -> AsyncIterator[FakePodman]:
    async with serving() as fake:
        fake.routes.update({path: reply(value) for path, value in ROUTES.items()})
        yield fake


def keeper_of(url: str, *, local: bool = True, user: str = "root", **options: Any) -> PodmanKeeper:
    return PodmanKeeper(url, Inventory(Owner("h", "podman", user, local)), **options)


@pytest.fixture
async def keeper(podman: FakePodman) -> AsyncIterator[PodmanKeeper]:
    made = keeper_of(podman.url)
    yield made
    await made.close()


def target(kind: ResourceKind = ResourceKind.IMAGE, local: str = "") -> ResourceId:
    return ResourceId("h", "podman", kind, local)


def lines(*items: Mapping[str, Any], then_break: bool = False) -> Route:
    """Answer with one JSON object a line, each a chunk of its own."""

    async def write(writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for item in items:
            line = json.dumps(item).encode() + b"\n"
            writer.write(b"%x\r\n%s\r\n" % (len(line), line))
        writer.write(b"" if then_break else b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    return write


async def told(keeper: PodmanKeeper, operation: Operation) -> tuple[OperationOutcome, list[Progress]]:
    progress: list[Progress] = []
    return await keeper.operate(operation, progress.append), progress


# listing


async def test_one_question_for_each_kind_and_one_for_who_uses_it(podman: FakePodman, keeper: PodmanKeeper) -> None:
    stock = await keeper.stock(KINDS)
    assert (stock.kinds, stock.user, stock.problems) == (KINDS, "root", ())
    (image,), (volume,), (network,) = stock.images, stock.volumes, stock.networks
    assert (image.names, image.shared_bytes, image.container_ids) == (("localhost/web:1",), 3000, ("c1",))
    assert image.labels["evil"] == HOSTILE
    assert (volume.size_bytes, volume.container_ids) == (77, ("c1",))
    assert (network.bridge, network.members[0].addresses, network.members[0].mac) == ("br0", ("10.1.2.3",), "aa:bb")
    assert len(podman.asked) == 5


async def test_nothing_more_is_asked_than_what_is_looked_at(podman: FakePodman, keeper: PodmanKeeper) -> None:
    await keeper.stock(frozenset({ResourceKind.NETWORK}))
    assert sorted(request.partition("?")[0] for request in podman.asked) == [
        f"GET {DOCKER}containers/json",
        "GET networks/json",
    ]


@pytest.mark.parametrize("nonsense", [None, [None, 1, {}, {"Id": None}], [{"Id": [], "Names": 3, "name": {}}]])
async def test_entries_that_are_none_hide_no_others(podman: FakePodman, keeper: PodmanKeeper, nonsense: Any) -> None:
    podman.routes["volumes/json"] = reply([*(nonsense or ()), VOLUME])
    podman.routes["system/df"] = reply({"Images": nonsense, "Volumes": [{}]})
    podman.routes[f"{DOCKER}containers/json"] = reply(nonsense)
    stock = await keeper.stock(KINDS)
    assert [volume.name for volume in stock.volumes][-1] == "files"
    assert stock.images[0].shared_bytes is None


async def test_what_fails_is_a_sentence_and_the_rest_is_there(podman: FakePodman, keeper: PodmanKeeper) -> None:
    podman.routes["images/json"] = reply({"cause": "x", "message": "the store is damaged", "response": 500}, 500)
    podman.routes[f"{DOCKER}containers/json"] = reply({"not": "a list"})
    stock = await keeper.stock(KINDS)
    assert [volume.name for volume in stock.volumes] == ["files"]
    assert stock.problems[0] == "The images could not be read: the store is damaged"
    assert len(stock.problems) == 2


async def test_nothing_at_all_is_an_error(podman: FakePodman, keeper: PodmanKeeper) -> None:
    await podman.stop()
    podman.path.unlink()
    with pytest.raises(EngineAbsent):
        await keeper.stock(KINDS)


async def test_a_socket_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    keeper = keeper_of(f"unix://{tmp_path}/locked/p.sock")
    with pytest.raises(EngineAbsent, match="locked"):
        await keeper.stock(KINDS)
    outcome = await keeper.operate(PruneImages(target=target()), lambda _progress: None)
    assert outcome.result is Result.FAILED


# sizes that take long


async def test_sizes_that_take_long_are_left_out_and_come_later() -> None:
    answer, arrived = asyncio.Event(), asyncio.Event()
    asked = 0

    async def ask() -> Any:
        nonlocal asked
        asked += 1
        await answer.wait()
        return DF

    scales = Scales(ask, arrived.set, wait_seconds=0.0)
    assert await scales.weigh() is None
    assert await scales.weigh() is None
    assert asked == 1
    answer.set()
    async with asyncio.timeout(5):
        await arrived.wait()
    patient = Scales(ask, arrived.set)
    weights = await patient.weigh()
    assert weights is not None
    assert weights.volumes == {"files": 77}
    await scales.close()
    await patient.close()


async def test_sizes_that_fail_are_no_error(podman: FakePodman, keeper: PodmanKeeper) -> None:
    podman.routes["system/df"] = reply({"message": "no"}, 500)
    stock = await keeper.stock(KINDS)
    assert (stock.images[0].shared_bytes, stock.volumes[0].size_bytes, stock.problems) == (None, None, ())


async def test_closing_ends_a_question_for_sizes(podman: FakePodman) -> None:
    podman.routes["system/df"] = hang
    keeper = keeper_of(podman.url)
    stock = asyncio.create_task(keeper.stock(KINDS))
    await podman.until_asked("system/df")
    async with asyncio.timeout(5):
        await keeper.close()
        assert (await stock).volumes[0].size_bytes is None


# pulling

QUALIFIED = "quay.io/x/web:1"
CREATE = f"POST {DOCKER}images/create"


def layer(name: str, status: str, current: int = 0, total: int = 0) -> dict[str, Any]:
    detail = {"current": current, "total": total} if total else {}
    return {"status": status, "progressDetail": detail, "id": name}


async def test_bytes_are_told_for_each_layer(podman: FakePodman, keeper: PodmanKeeper) -> None:
    podman.routes[CREATE] = lines(
        layer("a", "Pulling fs layer"),
        layer("b", "Already exists"),
        layer("c", "Pulling fs layer"),
        layer("a", "Downloading", 10, 100),
        layer("c", "Downloading", 5, 50),
        layer("c", "Download complete"),
    )
    podman.routes[f"images/{quote(QUALIFIED)}/json"] = reply({"Id": ID})
    outcome, progress = await told(keeper, PullImage(target=target(), reference=QUALIFIED))
    assert (outcome.result, outcome.made) == (Result.DONE, target(local=ID))
    at_first = next(one for one in progress if one.done == 10)
    assert at_first.total is None  # c has not told its size yet
    last = progress[-1]
    assert (last.done, last.total) == (60, 150)
    assert [(part.name, part.done, part.total) for part in last.parts] == [
        ("a", 10, 100),
        ("b", 0, None),
        ("c", 50, 50),
    ]
    assert "fromImage=quay.io%2Fx%2Fweb%3A1" in podman.asked[0]


async def test_a_short_name_is_left_to_podmans_configuration(podman: FakePodman, keeper: PodmanKeeper) -> None:
    podman.routes["images/pull"] = lines({"stream": "Copying blob\n"}, {"images": [ID], "id": ID})
    outcome, progress = await told(keeper, PullImage(target=target(), reference="web"))
    assert (outcome.made, progress) == (target(local=ID), [Progress(text="Copying blob")])


async def test_an_error_in_the_stream_is_a_failure(podman: FakePodman, keeper: PodmanKeeper) -> None:
    podman.routes[CREATE] = lines(layer("a", "Downloading", 1, 9), {"error": f"no space left {HOSTILE}"})
    outcome, _ = await told(keeper, PullImage(target=target(), reference=QUALIFIED))
    assert (outcome.result, outcome.message) == (Result.FAILED, f"no space left {HOSTILE}")


async def test_a_service_that_breaks_off_is_not_a_success(podman: FakePodman, keeper: PodmanKeeper) -> None:
    podman.routes[CREATE] = lines(layer("a", "Downloading", 1, 9), then_break=True)
    outcome, _ = await told(keeper, PullImage(target=target(), reference=QUALIFIED))
    assert outcome.result is Result.UNKNOWN
    assert "list again before you repeat it" in outcome.message


async def test_a_cancelled_pull_closes_its_connection(podman: FakePodman, keeper: PodmanKeeper) -> None:
    closed = asyncio.Event()

    async def until_closed(writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        await podman.readers[writer].read()
        closed.set()

    podman.routes[CREATE] = until_closed
    pull = asyncio.create_task(told(keeper, PullImage(target=target(), reference=QUALIFIED)))
    await podman.until_asked("images/create")
    pull.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pull
    async with asyncio.timeout(5):
        await closed.wait()


async def test_a_service_that_hangs_in_the_midst_is_found(podman: FakePodman) -> None:
    desk = Desk(podman.url, Inventory(Owner("h", "podman", "root")), ping_every_seconds=0.01, ping_seconds=0.2)
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    podman.routes["_ping"] = hang
    with pytest.raises(EngineTimeout, match="no sign of life"):
        await desk.patiently(work())
    assert ended.is_set()


async def test_a_service_that_lives_is_waited_for(podman: FakePodman) -> None:
    desk = Desk(podman.url, Inventory(Owner("h", "podman", "root")), ping_every_seconds=0.01)

    async def work() -> str:
        await podman.until_asked("_ping", 3)
        return "done"

    assert await desk.patiently(work()) == "done"


# files


async def test_a_store_without_room_is_refused_before(podman: FakePodman, keeper: PodmanKeeper, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(b"x" * 5000)
    podman.routes["info"] = reply({"store": {"graphRootAllocated": 9000, "graphRootUsed": 8000}})
    preview = await keeper.preview(LoadImage(target=target(), path=str(path)))
    assert preview.refusal == "Podman's store has 1000 B free, at least 4.9 KiB are needed."
    outcome, _ = await told(keeper, LoadImage(target=target(), path=str(path)))
    assert outcome.result is Result.REFUSED
    assert not any(request.startswith("POST") for request in podman.asked)


async def test_a_disk_without_room_is_refused_before(podman: FakePodman, keeper: PodmanKeeper, tmp_path: Path) -> None:
    podman.routes[f"images/{quote(QUALIFIED)}/json"] = reply({"Id": ID, "Size": 1 << 60})
    save = SaveImage(target=target(local=ID), reference=QUALIFIED, path=str(tmp_path / "x"))
    outcome, _ = await told(keeper, save)
    assert outcome.result is Result.REFUSED
    assert "may be needed" in outcome.message


async def test_a_save_that_breaks_off_leaves_no_file(podman: FakePodman, keeper: PodmanKeeper, tmp_path: Path) -> None:
    podman.routes[f"images/{quote(QUALIFIED)}/json"] = reply({"Id": ID, "Size": 10})
    podman.routes[f"images/{quote(QUALIFIED)}/get"] = lines({"part": "of it"}, then_break=True)
    path = tmp_path / "x"
    outcome, _ = await told(keeper, SaveImage(target=target(local=ID), reference=QUALIFIED, path=str(path)))
    assert outcome.result is Result.UNKNOWN
    assert not path.exists()


async def test_a_cancelled_save_leaves_no_file(podman: FakePodman, keeper: PodmanKeeper, tmp_path: Path) -> None:
    async def begin(writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
        await asyncio.Event().wait()

    podman.routes[f"images/{quote(QUALIFIED)}/json"] = reply({"Id": ID, "Size": 10})
    podman.routes[f"images/{quote(QUALIFIED)}/get"] = begin
    path = tmp_path / "x"
    some = asyncio.Event()
    save = SaveImage(target=target(local=ID), reference=QUALIFIED, path=str(path))
    task = asyncio.create_task(keeper.operate(save, lambda progress: some.set() if progress.done else None))
    async with asyncio.timeout(10):
        await some.wait()
    assert path.exists()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not path.exists()


async def test_a_file_that_was_there_is_never_touched(podman: FakePodman, keeper: PodmanKeeper, tmp_path: Path) -> None:
    podman.routes[f"images/{quote(QUALIFIED)}/json"] = reply({"Id": ID, "Size": 10})
    path = tmp_path / "x"
    path.write_text("mine")
    outcome, _ = await told(keeper, SaveImage(target=target(local=ID), reference=QUALIFIED, path=str(path)))
    assert (outcome.result, path.read_text()) == (Result.REFUSED, "mine")


async def test_a_cancelled_export_leaves_no_file(podman: FakePodman, keeper: PodmanKeeper, tmp_path: Path) -> None:
    folder = tmp_path / "volume"
    folder.mkdir()
    (folder / "big").touch()
    os.truncate(folder / "big", 256 << 20)
    podman.routes["volumes/files/json"] = reply({**VOLUME, "Mountpoint": str(folder)})
    path = tmp_path / "x"
    some = asyncio.Event()
    export = ExportContainerVolume(target=target(ResourceKind.VOLUME, "files"), path=str(path))
    task = asyncio.create_task(keeper.operate(export, lambda progress: some.set() if progress.done else None))
    async with asyncio.timeout(10):
        await some.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not path.exists()


async def test_a_volume_without_a_folder_is_a_sentence(
    podman: FakePodman, keeper: PodmanKeeper, tmp_path: Path
) -> None:
    export = ExportContainerVolume(target=target(ResourceKind.VOLUME, "files"), path=str(tmp_path / "x"))
    for mountpoint, words in (("", "its driver keeps it elsewhere"), ("/nowhere/at/all", "cannot be read")):
        podman.routes["volumes/files/json"] = reply({**VOLUME, "Mountpoint": mountpoint})
        outcome, _ = await told(keeper, export)
        assert words in outcome.message
    assert not (tmp_path / "x").exists()


# pruning


async def test_a_prune_tells_what_really_went(podman: FakePodman, keeper: PodmanKeeper) -> None:
    dangling = [{"Id": one * 64, "Names": None, "Size": 100, "Dangling": True} for one in "bc"]
    listed = [[*dangling, IMAGE], [*dangling, IMAGE], [dangling[1], IMAGE]]

    async def images(writer: Writer) -> None:
        await reply(listed.pop(0))(writer)

    podman.routes["images/json"] = images
    for one in (ID, "b" * 64, "c" * 64):
        shared = {"created_by": "base"}, {"created_by": one[0]}
        document = {"Id": one, "History": shared, "RootFS": {"Layers": ["sha256:base", f"sha256:{one}"]}}
        podman.routes[f"images/{one}/json"] = reply(document)
        podman.routes[f"images/{one}/history"] = reply([{"Size": 2048}, {"Size": 9999}])
    podman.routes["images/prune"] = reply([{"Id": "b" * 64, "Size": 12047}, {"Id": "c" * 64, "Err": "in use"}])
    outcome, _ = await told(keeper, PruneImages(target=target()))
    assert (outcome.result, outcome.message) == (
        Result.DONE,
        "1 image removed, 2.0 KiB freed. Not removed: in use",
    )


# what cannot be done


async def test_why_an_operation_is_not_possible(podman: FakePodman) -> None:
    podman.version = "4.2.0"
    elsewhere = keeper_of(podman.url, local=False)
    assert elsewhere.supports(ExportContainerVolume) == ""  # not known before it answered
    podman.routes["images/json"] = reply([])
    await elsewhere.preview(PruneImages(target=target()))
    assert "Podman 4.3.1 on another host exports no volumes" in elsewhere.supports(ExportContainerVolume)
    assert elsewhere.supports(UpdateLimits) == ""
    assert "root" in keeper_of(podman.url, user="ann").supports(CheckpointContainer)
    assert elsewhere.supports(CreatePool)
    assert elsewhere.command(PullImage(target=target(), reference="x")) == "podman pull x"


def test_the_command_line_names_the_service_of_others() -> None:
    keeper = keeper_of("unix:///run/user/5/p.sock", command_url="unix:///run/user/5/p.sock")
    operation = UpdateLimits(target=InstanceId("h", "podman", "c" * 64), cpus=1.5, memory_bytes=0)
    assert keeper.command(operation) == (
        "podman --url unix:///run/user/5/p.sock update --cpus 1.5 --memory -1 cccccccccccc"
    )


async def test_an_image_that_is_gone_is_a_sentence(podman: FakePodman, keeper: PodmanKeeper) -> None:
    with pytest.raises(EngineError, match="The image is no longer there"):
        await keeper.image_details(target(local="b" * 64))
    with pytest.raises(EngineError, match="It is no longer there"):
        await keeper.document(target(ResourceKind.VOLUME, "gone"))
