"""Images of a real Podman: listed, got from a registry and from files, kept, removed, and what goes wrong meanwhile."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.live.harness.podman import PodmanHost
from tests.live.harness.registry import BIG_BYTES, RegistryHost
from tests.live.podman_keeping import Keeping, keeping
from tests.unit.podman_fake import short_folder
from tui.domain.action import Result
from tui.domain.errors import EngineError, NotFound
from tui.domain.operation.images import (
    LoadImage,
    PruneImages,
    PullImage,
    RemoveImage,
    SaveImage,
    TagImage,
    UntagImage,
)
from tui.domain.resource import ResourceKind

BB = "localhost/bb:latest"
IMAGES = frozenset({ResourceKind.IMAGE})


@pytest.fixture(scope="module")
def registry(podman_host: PodmanHost) -> Iterator[RegistryHost]:
    with short_folder() as folder:
        made = RegistryHost.start(podman_host, folder)
        yield made
        made.close()


@pytest.fixture
async def images(clean_podman: PodmanHost, registry: RegistryHost) -> AsyncIterator[Keeping]:
    """A keeper of the service that trusts the registry; afterwards only the tests' own image is left."""
    registry.start_service()
    async with keeping(clean_podman, registry.url) as kept:
        yield kept
    await asyncio.to_thread(tidy, clean_podman)


def tidy(host: PodmanHost) -> None:
    host.cli("rm", "--all", "--force", "--time", "0")
    names = host.cli("images", "--format", "{{.Repository}}:{{.Tag}}").split()
    for name in names:
        if name != BB and "<none>" not in name:
            host.cli("image", "rm", "--force", name)
    host.cli("image", "prune", "--force")


async def test_listed_with_users_and_shared_size(images: Keeping) -> None:
    local = await images.host_run("web")
    await images.cli("build", "--quiet", "--network", "none", "--tag", "localhost/child", str(images.child()))
    found = [image for image in await images.images() if "podman-pause" not in image.name]  # of some other test's pod
    (bb, child) = sorted(found, key=lambda image: image.name)
    assert (bb.names, bb.container_ids, bb.dangling) == ((BB,), (local,), False)
    assert bb.size_bytes > 1 << 20
    assert child.shared_bytes == pytest.approx(bb.size_bytes, rel=0.01)
    details = await images.keeper.image_details(images.image_id(child.id))
    assert details.image.arch
    assert details.environment[-2:] == ("TOKEN=abc", "PLAIN=1")
    assert details.command == ("/bin/sleep", "1000000")
    assert sum(layer.size_bytes for layer in details.layers) == pytest.approx(child.size_bytes, rel=0.05)
    document = await images.keeper.document(images.image_id(child.id))
    assert '"TOKEN=' in document.text
    assert "abc" not in document.text.partition("TOKEN=")[2][:10]


async def test_pulled_with_bytes_of_each_layer(images: Keeping, registry: RegistryHost) -> None:
    outcome = await images.do(PullImage(target=images.image_id(""), reference=registry.image))
    assert (outcome.result, outcome.message) == (Result.DONE, "")
    made = await images.named(registry.image)
    assert outcome.made == images.image_id(made.id)
    assert images.progress[-1].parts
    again = await images.keeper.preview(PullImage(target=images.image_id(""), reference=registry.image))
    assert again.warnings
    assert again.refusal == ""


async def test_pulled_by_a_short_name(images: Keeping, registry: RegistryHost) -> None:
    outcome = await images.do(PullImage(target=images.image_id(""), reference="big"))
    assert outcome.result is Result.DONE, outcome.message
    assert (await images.named(registry.image)).id
    assert any("Copying blob" in progress.text for progress in images.progress)


async def test_searched(images: Keeping, registry: RegistryHost) -> None:
    found = await images.keeper.search_images("big")
    assert [one.name for one in found] == [registry.image.removesuffix(":latest")]
    with pytest.raises(EngineError, match="could not be searched"):
        await images.keeper.search_images("localhost:1/big")


async def test_a_pull_that_fails_is_a_sentence(images: Keeping, registry: RegistryHost) -> None:
    before = await images.images()
    missing = registry.image.replace("big", "nothing")
    for reference, words in [
        (missing, "manifest unknown"),
        ("127.0.0.1:1/x", "connection refused"),
        ("oci-archive:/nowhere", "there is no such file"),
        ("dir:/nowhere", "There is no folder"),
        ("dir:/tmp", "has no image"),
        ("Bad Name", "no name for an image"),
        ("", "A name is needed"),
    ]:
        outcome = await images.do(PullImage(target=images.image_id(""), reference=reference))
        assert outcome.result in {Result.FAILED, Result.REFUSED}
        assert words in outcome.message
    assert await images.images() == before


async def test_a_cancelled_pull_leaves_nothing(images: Keeping, registry: RegistryHost) -> None:
    before = await images.images()
    async with registry.gate(after_bytes=BIG_BYTES // 2) as held:
        pull = images.start(PullImage(target=images.image_id(""), reference=registry.gated))
        await images.until(held.is_set)
        await images.until(lambda: any(progress.parts for progress in images.progress))
        pull.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pull
    assert await images.images() == before


async def test_a_service_killed_in_the_midst_of_a_pull(images: Keeping, registry: RegistryHost) -> None:
    async with registry.gate(after_bytes=BIG_BYTES // 2) as held:
        pull = images.start(PullImage(target=images.image_id(""), reference=registry.gated))
        await images.until(held.is_set)
        await asyncio.to_thread(registry.service.kill)
        outcome = await pull
    assert outcome.result is Result.UNKNOWN
    assert "closed the connection" in outcome.message
    await asyncio.to_thread(registry.start_service)
    assert [image.names for image in await images.images()] == [(BB,)]


async def test_saved_and_loaded(images: Keeping, tmp_path: Path) -> None:
    bb = await images.named(BB)
    for form in ("oci-archive", "docker-archive"):
        path = tmp_path / form
        save = SaveImage(target=images.image_id(bb.id), reference=BB, path=str(path), format=form)
        preview = await images.keeper.preview(save)
        assert preview.refusal == ""
        assert preview.needs_bytes is not None
        outcome = await images.do(save)
        assert outcome.result is Result.DONE, outcome.message
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert images.progress[-1].done == path.stat().st_size <= preview.needs_bytes
        again = await images.do(save)
        assert (again.result, "exists already" in again.message) == (Result.REFUSED, True)
        await images.cli("tag", BB, "localhost/kept")
        await images.cli("untag", BB, BB)
        outcome = await images.do(LoadImage(target=images.image_id(""), path=str(path)))
        assert outcome.result is Result.DONE, outcome.message
        assert outcome.message == f"Loaded {BB}."
        assert outcome.made == images.image_id((await images.named(BB)).id)
        await images.cli("untag", BB, "localhost/kept:latest")


async def test_pulled_from_archives_and_folders(images: Keeping, tmp_path: Path) -> None:
    await images.cli("save", "--quiet", "--format", "oci-archive", "--output", str(tmp_path / "a"), BB)
    await images.cli("save", "--quiet", "--format", "docker-dir", "--output", str(tmp_path / "d"), BB)
    await images.cli("save", "--quiet", "--format", "oci-dir", "--output", str(tmp_path / "o"), BB)
    for reference in (f"oci-archive:{tmp_path}/a", f"dir:{tmp_path}/d", f"oci:{tmp_path}/o"):
        operation = PullImage(target=images.image_id(""), reference=reference)
        assert (await images.keeper.preview(operation)).needs_bytes
        outcome = await images.do(operation)
        assert outcome.result is Result.DONE, (reference, outcome.message)
        assert outcome.made is not None
        assert outcome.made.local in {image.id for image in await images.images()}


async def test_what_is_no_archive(images: Keeping, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("no archive\n" * 1000)
    outcome = await images.do(LoadImage(target=images.image_id(""), path=str(path)))
    assert outcome.result is Result.FAILED
    assert outcome.message == "It is no archive of images that Podman can read, or it is damaged."
    os.mkfifo(tmp_path / "pipe")
    outcome = await images.do(LoadImage(target=images.image_id(""), path=str(tmp_path / "pipe")))
    assert "it is no file" in outcome.message


async def test_tagged_and_untagged(images: Keeping) -> None:
    bb = images.image_id((await images.named(BB)).id)
    assert (await images.do(TagImage(target=bb, name="other"))).result is Result.DONE
    assert (await images.named("localhost/other:latest")).id == bb.local
    assert "already" in (await images.do(TagImage(target=bb, name="other"))).message
    assert (await images.do(UntagImage(target=bb, name="localhost/other:latest"))).result is Result.DONE
    assert (await images.named(BB)).names == (BB,)
    assert (await images.keeper.preview(UntagImage(target=bb, name=BB))).warnings
    assert "no name" in (await images.do(TagImage(target=bb, name="Bad Name"))).message


async def test_removal_names_who_uses_it(images: Keeping, registry: RegistryHost) -> None:
    await images.do(PullImage(target=images.image_id(""), reference=registry.image))
    big = images.image_id((await images.named(registry.image)).id)
    await images.cli("tag", registry.image, "localhost/second")
    await images.host_run("runs", image=registry.image)
    await images.cli("create", "--name", "made", "--network", "none", registry.image)
    running = await images.keeper.preview(RemoveImage(target=big, force=True))
    assert "runs (running)" in running.refusal
    assert (await images.do(RemoveImage(target=big, force=True))).result is Result.REFUSED
    await images.cli("rm", "--force", "--time", "0", "runs")
    assert "made (created)" in (await images.keeper.preview(RemoveImage(target=big))).refusal
    preview = await images.keeper.preview(RemoveImage(target=big, force=True))
    assert preview.refusal == ""
    assert preview.frees_bytes == pytest.approx(BIG_BYTES, rel=0.01)  # not what bb has too
    outcome = await images.do(RemoveImage(target=big, force=True))
    assert (outcome.result, outcome.message) == (Result.DONE, "6.0 MiB freed.")
    assert [image.names for image in await images.images()] == [(BB,)]
    gone = await images.do(RemoveImage(target=big))
    assert (gone.result, gone.message) == (Result.FAILED, "The image is no longer there.")
    with pytest.raises(NotFound):
        await images.keeper.preview(RemoveImage(target=big))


async def test_removal_of_what_others_are_built_on(images: Keeping) -> None:
    await images.cli("build", "--quiet", "--network", "none", "--tag", "localhost/mid", str(images.child()))
    await images.cli("build", "--quiet", "--network", "none", "--tag", "localhost/top", str(images.child("mid")))
    mid = images.image_id((await images.named("localhost/mid:latest")).id)
    preview = await images.keeper.preview(RemoveImage(target=mid))
    assert preview.users == ("image localhost/top:latest is built on it",)
    outcome = await images.do(RemoveImage(target=mid))
    assert outcome.result is Result.DONE, outcome.message
    assert "other images" in outcome.message
    assert (await images.named("localhost/top:latest")).id


async def test_pruned_with_the_list_before(images: Keeping, registry: RegistryHost) -> None:
    await images.do(PullImage(target=images.image_id(""), reference=registry.image))
    await images.cli("untag", registry.image)
    dangling, every = (PruneImages(target=images.image_id(""), every=every) for every in (False, True))
    preview = await images.keeper.preview(dangling)
    assert len(preview.objects) == 1
    assert preview.frees_bytes == pytest.approx(BIG_BYTES, rel=0.01)
    assert {line.partition(" ")[0] for line in (await images.keeper.preview(every)).objects} >= {BB}
    outcome = await images.do(dangling)
    assert (outcome.result, outcome.message) == (Result.DONE, "1 image removed, 6.0 MiB freed.")
    nothing = await images.do(dangling)
    assert (nothing.result, nothing.message) == (Result.REFUSED, "There is no unused image without a name.")


async def test_a_full_disk_and_a_cancelled_save_leave_no_file(images: Keeping, tmp_path: Path) -> None:
    bb = await images.named(BB)
    save = SaveImage(target=images.image_id(bb.id), reference=BB, path="/dev/full/x")
    assert "no folder" in (await images.do(save)).message
    path = tmp_path / "saved"
    task = images.start(SaveImage(target=images.image_id(bb.id), reference=BB, path=str(path), format="oci-archive"))
    await images.until(lambda: bool(images.progress))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not path.exists()


async def test_a_hung_service_is_a_sentence(images: Keeping, registry: RegistryHost) -> None:
    registry.service.hang()
    try:
        with pytest.raises(EngineError, match="did not answer in time"):
            await images.keeper.stock(IMAGES)
        outcome = await images.do(PruneImages(target=images.image_id("")))
        assert outcome.result is Result.UNKNOWN
        assert "did not answer in time" in outcome.message
    finally:
        registry.service.resume()
