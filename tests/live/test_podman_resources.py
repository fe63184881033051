"""What a real Podman keeps beside images, and what is made from images: containers, volumes and networks."""

import asyncio
import os
import stat
import tarfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.live.harness.podman import IMAGE, PodmanHost
from tests.live.harness.waiting import wait_until
from tests.live.podman_keeping import Keeping, keeping
from tests.unit.engine_contract import running
from tui.domain.action import Result
from tui.domain.instance import Port
from tui.domain.operation.images import (
    CheckpointContainer,
    CommitContainer,
    CreateContainerVolume,
    ExportContainerVolume,
    Mount,
    PruneContainerVolumes,
    RemoveContainerVolume,
    RestoreContainer,
    RunContainer,
    TagImage,
    UpdateLimits,
)
from tui.domain.operation.networks import (
    ConnectNetwork,
    CreateContainerNetwork,
    DisconnectNetwork,
    PruneNetworks,
    RemoveNetwork,
)
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.podman import PodmanEngine

BB = "localhost/bb:latest"


@pytest.fixture
async def kept(clean_podman: PodmanHost) -> AsyncIterator[Keeping]:
    async with keeping(clean_podman) as made:
        yield made


async def test_volumes_and_networks_are_listed_with_their_users(kept: Keeping) -> None:
    web = await kept.host_run(
        "web", options=["--volume", "files:/data", "--volume", "/anonymous", "--network", "hostdeck"]
    )
    await kept.cli("exec", "web", "dd", "if=/dev/zero", "of=/data/x", "bs=1000", "count=500")
    stock = await kept.stock()
    assert (stock.engine, stock.user, stock.kinds) == ("podman", "root", kept.keeper.kinds)
    files, anonymous = sorted(stock.volumes, key=lambda volume: volume.anonymous)
    assert (files.name, files.container_ids, files.size_bytes) == ("files", (web,), 500_000)
    assert (anonymous.anonymous, anonymous.container_ids) == (True, (web,))
    (network,) = [one for one in stock.networks if one.name == "hostdeck"]
    (member,) = network.members
    assert (member.instance_id, member.name, member.active) == (web, "web", True)
    assert member.addresses[0].startswith("10.")
    assert member.mac.count(":") == 5
    assert network.subnets[0].cidr.endswith(".0/24")
    assert '"subnet"' in (await kept.keeper.document(kept.network_id("hostdeck"))).text
    assert "files" in (await kept.keeper.document(kept.volume_id("files"))).text


# run


async def test_run_with_everything(kept: Keeping, tmp_path: Path) -> None:
    operation = RunContainer(
        target=kept.image_id(""),
        image=BB,
        name="full",
        command=("sleep", "1000"),
        ports=(Port("127.0.0.1", 28090, 80, "tcp"),),
        mounts=(Mount("made", "/data"), Mount(str(tmp_path), "/mnt", "ro")),
        environment=("A=b c", "DB_PASSWORD=hunter2"),
        cpus=0.5,
        memory_bytes=64 << 20,
        pids=50,
        restart_policy="on-failure",
        user="7",
        networks=("hostdeck",),
        hostname="inner",
    )
    assert kept.keeper.command(operation) == (
        "podman run --detach --name full --hostname inner --user 7 --restart on-failure --network hostdeck "
        f"--publish 127.0.0.1:28090:80 --volume made:/data --volume {tmp_path}:/mnt:ro "
        "--env 'A=b c' --env 'DB_PASSWORD=***' --cpus 0.5 --memory 67108864 --pids-limit 50 "
        "localhost/bb:latest sleep 1000"
    )
    preview = await kept.keeper.preview(operation)
    assert (preview.refusal, preview.objects) == ("", ("container full", "volume made, new"))
    outcome = await kept.do(operation)
    assert (outcome.result, outcome.message) == (Result.DONE, "")
    facts = kept.host.inspect("full")
    assert outcome.made == kept.container_id(str(facts["Id"]))
    config, limits = facts["Config"], facts["HostConfig"]
    assert isinstance(config, dict)
    assert isinstance(limits, dict)
    assert (config["Hostname"], config["User"], config["Cmd"]) == ("inner", "7", ["sleep", "1000"])
    assert {"A=b c", "DB_PASSWORD=hunter2"} <= set(config["Env"])
    assert (limits["Memory"], limits["MemorySwap"], limits["NanoCpus"], limits["PidsLimit"]) == (
        64 << 20,
        128 << 20,
        500_000_000,
        50,
    )
    assert limits["RestartPolicy"]["Name"] == "on-failure"
    assert await kept.cli("exec", "full", "grep", "-c", "/mnt .*ro,", "/proc/mounts") == "1\n"
    again = await kept.do(operation)
    assert (again.result, again.message) == (Result.REFUSED, "The name full is taken by a container that is running.")
    other = RunContainer(target=kept.image_id(""), image=BB, ports=operation.ports, networks=("hostdeck",))
    assert (await kept.keeper.preview(other)).warnings == ("Port 28090 of the host is published by full already.",)
    failed = await kept.do(other)
    assert failed.result is Result.FAILED
    assert "28090" in failed.message
    assert kept.host.names() == ["full"]


async def test_a_container_that_does_not_start_is_removed_with_its_volumes(kept: Keeping) -> None:
    operation = RunContainer(
        target=kept.image_id(""),
        image=BB,
        name="bad",
        command=("/no/such/program",),
        mounts=(Mount("new", "/data"),),
        networks=("none",),
    )
    outcome = await kept.do(operation)
    assert outcome.result is Result.FAILED
    assert "/no/such/program" in outcome.message
    assert kept.host.names() == []
    assert (await kept.stock()).volumes == ()


async def test_a_cancelled_run_leaves_nothing(kept: Keeping) -> None:
    operation = RunContainer(
        target=kept.image_id(""), image=BB, name="half", mounts=(Mount("new", "/data"),), networks=("none",)
    )
    for moment in ("making", "starting"):
        task = kept.start(operation)
        await kept.until(lambda moment=moment: any(moment in one.text for one in kept.progress))  # type: ignore[misc]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert kept.host.names() == []
        assert (await kept.stock()).volumes == ()


async def test_what_cannot_be_run_is_refused_before(kept: Keeping) -> None:
    plain = RunContainer(target=kept.image_id(""), image=BB)
    for words, operation in [
        ("no image localhost/none here", replace(plain, image="localhost/none")),
        ("no network away", replace(plain, networks=("away",))),
        ("no pod away", replace(plain, pod="away")),
        ("no folder or file /nowhere", replace(plain, mounts=(Mount("/nowhere", "/x"),))),
        ("begins with a letter", replace(plain, name="-x")),
        ("NAME=VALUE", replace(plain, environment=("X",))),
    ]:
        outcome = await kept.do(operation)
        assert (outcome.result, words in outcome.message) == (Result.REFUSED, True), outcome.message
    assert kept.host.names() == []


# commit, limits, checkpoint


async def test_committed(kept: Keeping) -> None:
    web = await kept.host_run("web", options=["--network", "none", "--volume", "v:/data"])
    await kept.cli("exec", "web", "touch", "/added")
    operation = CommitContainer(target=kept.container_id(web), reference="kept:1", comment="a remark", author="me")
    preview = await kept.keeper.preview(operation)
    assert preview.objects == ("image localhost/kept:1",)
    assert len(preview.warnings) == 2
    outcome = await kept.do(operation)
    assert outcome.result is Result.DONE, outcome.message
    made = await kept.named("localhost/kept:1")
    assert outcome.made == kept.image_id(made.id)
    details = await kept.keeper.image_details(kept.image_id(made.id))
    assert details.author == "me"
    assert await kept.cli("run", "--rm", "--network", "none", "localhost/kept:1", "ls", "/added") == "/added\n"
    await kept.cli("image", "rm", "localhost/kept:1")


async def test_limits_change_while_it_runs(kept: Keeping) -> None:
    local = await kept.host_run("web", options=["--network", "none", "--memory", "64m", "--pids-limit", "50"])
    target = kept.container_id(local)
    outcome = await kept.do(UpdateLimits(target=target, cpus=0.5, memory_bytes=256 << 20, pids=70))
    assert outcome.result is Result.DONE, outcome.message
    assert limits_of(kept.host.pid("web")) == (str(256 << 20), "50000", "70")
    only = await kept.do(UpdateLimits(target=target, pids=80))
    assert only.result is Result.DONE
    assert limits_of(kept.host.pid("web")) == (str(256 << 20), "50000", "80")
    without = await kept.do(UpdateLimits(target=target, cpus=0, memory_bytes=0, pids=0))
    assert without.result is Result.DONE
    memory, quota, pids = limits_of(kept.host.pid("web"))
    assert memory == "max" or int(memory) > 1 << 60
    assert (quota in {"-1", "max"}, pids) == (True, "max")
    # what Podman says of it after the next start is what the outcome told
    started_anew = UpdateLimits(target=target, memory_bytes=100 << 20)
    told = (await kept.do(started_anew)).message
    await kept.cli("restart", "--time", "0", "web")
    is_kept = limits_of(kept.host.pid("web"))[0] == str(100 << 20)
    assert ("forgets it" in told) is not is_kept
    await kept.cli("kill", "web")
    kept.host.wait_state("web", "exited")
    refused = await kept.do(started_anew)
    assert (refused.result, refused.message) == (
        Result.REFUSED,
        "It does not run: limits are changed while it runs.",
    )


def limits_of(pid: int) -> tuple[str, str, str]:
    """Return memory, processor quota and processes as the kernel has them."""
    lines = Path(f"/proc/{pid}/cgroup").read_text().split()
    places = {name: path for _, names, path in (line.split(":", 2) for line in lines) for name in names.split(",")}
    if "memory" not in places:
        folder = Path("/sys/fs/cgroup", places[""].lstrip("/"))
        quota = (folder / "cpu.max").read_text().split()[0]
        return (folder / "memory.max").read_text().strip(), quota, (folder / "pids.max").read_text().strip()

    def read(controller: str, name: str) -> str:
        folder = next(one for one in Path("/sys/fs/cgroup").iterdir() if controller in one.name.split(","))
        return Path(folder, places[controller].lstrip("/"), name).read_text().strip()

    return read("memory", "memory.limit_in_bytes"), read("cpu", "cpu.cfs_quota_us"), read("pids", "pids.max")


async def test_a_checkpoint_is_made_or_a_sentence_says_why_not(kept: Keeping, tmp_path: Path) -> None:
    local = await kept.host_run("web")
    operation = CheckpointContainer(target=kept.container_id(local), path=str(tmp_path / "c.tar"))
    outcome = await kept.do(operation)
    if outcome.result is Result.DONE:
        assert (tmp_path / "c.tar").stat().st_size > 0
        return
    assert "CRIU" in outcome.message or "criu" in outcome.message
    assert not (tmp_path / "c.tar").exists()
    assert kept.host.state("web") == "running"
    restored = await kept.do(RestoreContainer(target=kept.container_id(local)))
    assert restored.result is Result.REFUSED


# volumes


async def test_volumes_are_made_removed_and_pruned(kept: Keeping) -> None:
    make = CreateContainerVolume(target=kept.volume_id(""), name="files", labels=("a=b",))
    outcome = await kept.do(make)
    assert (outcome.result, outcome.made) == (Result.DONE, kept.volume_id("files"))
    assert (await kept.stock()).volumes[0].labels == {"a": "b"}
    assert (await kept.do(make)).message == "There is a volume files already."
    assert (await kept.do(CreateContainerVolume(target=kept.volume_id(""), name="../x"))).result is Result.REFUSED
    await kept.host_run("web", options=["--network", "none", "--volume", "files:/data"])
    remove = RemoveContainerVolume(target=kept.volume_id("files"))
    preview = await kept.keeper.preview(remove)
    assert preview.users == ("container web, running: mounts it",)
    assert (await kept.do(remove)).message == preview.refusal
    await kept.cli("volume", "create", "idle")
    await kept.cli("rm", "--force", "--time", "0", "web")
    prune = PruneContainerVolumes(target=kept.volume_id(""))
    listed = await kept.keeper.preview(prune)
    assert {line.partition(" ")[0] for line in listed.objects} == {"files", "idle"}
    assert listed.frees_bytes == 0
    assert (await kept.do(prune)).message == "2 volumes removed, 0 B freed."
    assert (await kept.do(prune)).result is Result.REFUSED
    gone = await kept.do(remove)
    assert gone.result is Result.FAILED


async def test_a_volume_is_exported_without_following_links(kept: Keeping, tmp_path: Path) -> None:
    await kept.cli("volume", "create", "files")
    folder = Path((await kept.stock()).volumes[0].mountpoint)
    (folder / "sub").mkdir()
    (folder / "sub" / "big").write_bytes(os.urandom(3 << 20))
    os.link(folder / "sub" / "big", folder / "again")
    (folder / "out").symlink_to("/etc")
    (folder / "one").write_text("x")
    (folder / "one").chmod(0o640)
    os.mkfifo(folder / "pipe")
    path = tmp_path / "files.tar"
    operation = ExportContainerVolume(target=kept.volume_id("files"), path=str(path))
    preview = await kept.keeper.preview(operation)
    assert preview.refusal == ""
    assert preview.needs_bytes is not None
    outcome = await kept.do(operation)
    assert outcome.result is Result.DONE, outcome.message
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept.progress[-1].total == preview.needs_bytes
    unpacked = tmp_path / "unpacked"
    with tarfile.open(path) as archive:
        names = {name.removeprefix("./") for name in archive.getnames()}
        assert names >= {"sub", "sub/big", "again", "out", "one", "pipe"}
        assert not any(name.startswith("out/") for name in names)
        assert archive.getmember("out").issym()
        archive.extractall(unpacked, filter="fully_trusted")  # noqa: S202 - made above
    assert (unpacked / "sub" / "big").read_bytes() == (folder / "sub" / "big").read_bytes()
    assert (unpacked / "again").stat().st_ino == (unpacked / "sub" / "big").stat().st_ino
    assert stat.S_IMODE((unpacked / "one").stat().st_mode) == 0o640
    assert (await kept.do(operation)).result is Result.REFUSED


# networks


async def test_networks_are_made_joined_left_and_removed(kept: Keeping) -> None:
    make = CreateContainerNetwork(
        target=kept.network_id(""),
        name="inner",
        subnet="10.231.7.0/24",
        gateway="10.231.7.9",
        internal=True,
        isolate=True,
    )
    outcome = await kept.do(make)
    assert (outcome.result, outcome.made) == (Result.DONE, kept.network_id("inner")), outcome.message
    network = next(one for one in (await kept.stock()).networks if one.name == "inner")
    assert (network.subnets[0].cidr, network.subnets[0].gateway) == ("10.231.7.0/24", "10.231.7.9")
    assert (network.isolated, network.mode) == (True, "bridge")
    assert "already" in (await kept.do(make)).message
    overlapping = CreateContainerNetwork(target=kept.network_id(""), name="x", subnet="10.231.0.0/16")
    assert "overlaps with 10.231.7.0/24 of the network inner" in (await kept.do(overlapping)).message
    local = await kept.host_run("web", options=["--network", "hostdeck"])
    target = kept.network_id("inner")
    join = ConnectNetwork(target=target, container_id=local, container_name="web", ip="10.231.7.20", aliases=("al",))
    assert (await kept.do(join)).result is Result.DONE
    assert (await kept.do(join)).message == "web is on inner already."
    network = next(one for one in (await kept.stock()).networks if one.name == "inner")
    assert network.members[0].addresses == ("10.231.7.20",)
    assert (await kept.do(RemoveNetwork(target=target))).message == (
        "Containers are on it: web. Disconnect or remove them first."
    )
    leave = DisconnectNetwork(target=target, container_id=local, container_name="web")
    assert (await kept.keeper.preview(leave)).users == (
        "container web, running: loses its addresses on this network (10.231.7.20)",
    )
    assert (await kept.do(leave)).result is Result.DONE
    assert (await kept.do(leave)).message == "web is not on inner."
    assert (await kept.keeper.preview(PruneNetworks(target=kept.network_id("")))).objects == ("inner (10.231.7.0/24)",)
    assert (await kept.do(RemoveNetwork(target=target))).result is Result.DONE
    assert (await kept.do(RemoveNetwork(target=target))).message == "There is no network inner."


async def test_unused_networks_are_pruned(kept: Keeping) -> None:
    await kept.host_run("web", options=["--network", "hostdeck"])
    await kept.do(CreateContainerNetwork(target=kept.network_id(""), name="idle"))
    outcome = await kept.do(PruneNetworks(target=kept.network_id("")))
    assert (outcome.result, outcome.message) == (Result.DONE, "1 network removed: idle.")


# as a part of the engine


async def test_the_engine_tells_that_something_changed(clean_podman: PodmanHost) -> None:
    engine = PodmanEngine(clean_podman.url, engine_id="podman", host_id="host", user="root")
    async with running(engine) as sink:
        keeper = engine.resources
        assert keeper is engine.resources
        before = keeper.changed
        await asyncio.to_thread(clean_podman.cli, "tag", BB, "localhost/other")
        await asyncio.to_thread(wait_until, lambda: keeper.changed > before, "the change", seconds=20.0)
        await asyncio.to_thread(clean_podman.cli, "untag", IMAGE, "localhost/other")
        assert sink.statuses
        outcome = await keeper.operate(
            TagImage(target=(await one_image(engine)), name="Bad Name"), lambda _progress: None
        )
        assert outcome.result is Result.REFUSED


async def one_image(engine: PodmanEngine) -> ResourceId:
    stock = await engine.resources.stock(frozenset({ResourceKind.IMAGE}))
    return ResourceId("host", "podman", ResourceKind.IMAGE, stock.images[0].id)


async def test_read_only_changes_nothing(clean_podman: PodmanHost) -> None:
    engine = PodmanEngine(clean_podman.url, engine_id="podman", host_id="host", user="root", read_only=True)
    outcome = await engine.resources.operate(
        TagImage(target=await one_image(engine), name="other"), lambda _progress: None
    )
    assert outcome.result is Result.REFUSED
    stock = await engine.resources.stock(engine.resources.kinds)
    # the image of pods' own containers is there once any test made a pod
    assert [image.names for image in stock.images if "podman-pause" not in image.name] == [(BB,)]
    await engine.close()
