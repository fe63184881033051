"""Hardware, snapshots and saved memory of guests on a real libvirtd."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.processes import run
from tests.unit.engine_contract import running
from tui.domain.action import Result
from tui.domain.hardware import GuestHardware
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation, OperationOutcome, Preview, Progress
from tui.domain.operation.guests import (
    ChangeHardware,
    CreateSnapshot,
    DefineXml,
    DeleteSnapshot,
    ManagedSave,
    RemoveManagedSave,
    RevertSnapshot,
)
from tui.domain.snapshot import GuestSnapshot
from tui.engines.libvirt import LibvirtEngine

MIB = 1 << 20


class Box:
    """A libvirtd with guests, and hostdeck's keeper of it."""

    def __init__(self, host: LibvirtHost, engine: LibvirtEngine) -> None:
        self.host = host
        self.engine = engine
        self.keeper = engine.resources
        self.seen: list[Progress] = []

    def guest(self, name: str) -> InstanceId:
        return self.keeper.around.guest(self.host.virsh("domuuid", name).strip())

    def disk(self, name: str) -> Path:
        return self.host.folder / "disks" / f"{name}.qcow2"

    async def hardware(self, name: str) -> GuestHardware:
        return await self.keeper.hardware(self.guest(name))

    async def snapshots(self, name: str) -> dict[str, GuestSnapshot]:
        found = await self.keeper.snapshots(self.guest(name))
        return {one.name: one for one in found.snapshots}

    async def preview(self, operation: Operation) -> Preview:
        return await self.keeper.preview(operation)

    async def do(self, operation: Operation) -> OperationOutcome:
        return await self.keeper.operate(operation, self.seen.append)

    async def done(self, operation: Operation) -> OperationOutcome:
        preview = await self.keeper.preview(operation)
        assert preview.refusal == ""
        outcome = await self.do(operation)
        assert outcome.result is Result.DONE, outcome.message
        return outcome

    async def refused(self, operation: Operation) -> str:
        """Return the reason, which the preview gives as well as the attempt."""
        preview, outcome = await self.keeper.preview(operation), await self.do(operation)
        assert (outcome.result, outcome.message) == (Result.REFUSED, preview.refusal)
        return outcome.message

    def write(self, path: Path, value: int) -> None:
        run(["qemu-io", "-f", "qcow2", "-c", f"write -P {value} 0 64k", str(path)])

    def holds(self, path: Path, value: int) -> bool:
        return "Pattern verification failed" not in run(
            ["qemu-io", "-f", "qcow2", "-c", f"read -P {value} 0 64k", str(path)]
        )

    def stored(self, name: str) -> str:
        return self.host.virsh("dumpxml", "--inactive", name)


@pytest.fixture
async def box(clean_libvirt: LibvirtHost) -> AsyncIterator[Box]:
    engine = LibvirtEngine(clean_libvirt.uri, host_id="h")
    async with running(engine):
        yield Box(clean_libvirt, engine)
    await engine.close()


async def test_hardware_tells_now_and_the_next_start_apart(box: Box) -> None:
    host = box.host
    host.define_guest("web", disk_mib=8, network=host.network, vcpus=1, description="the shop")
    host.start_guest("web", wait=False)
    run(["qemu-img", "create", "-q", "-f", "qcow2", str(box.disk("more")), "8M"])
    host.virsh("attach-disk", "web", str(box.disk("more")), "vdb", "--subdriver", "qcow2", "--live")
    host.virsh("attach-interface", "web", "network", host.network, "--model", "virtio", "--config")
    host.virsh("setvcpus", "web", "3", "--config", "--maximum")
    hardware = await box.hardware("web")
    assert [(disk.device, disk.format, disk.live, disk.stored) for disk in hardware.disks] == [
        ("vda", "qcow2", True, True),
        ("vdb", "qcow2", True, False),
    ]
    assert hardware.disks[1].source == str(box.disk("more"))
    first, second = hardware.interfaces
    assert (first.network, first.model, first.live, first.stored) == (host.network, "virtio", True, True)
    assert first.tap.startswith("vnet")
    assert (second.live, second.stored, second.tap) == (False, True, "")
    assert (hardware.vcpus, hardware.vcpus_max, hardware.vcpus_live) == (1, 3, 1)
    assert (hardware.memory_bytes, hardware.memory_live_bytes) == (96 * MIB, 96 * MIB)
    assert (hardware.title, hardware.description, hardware.boot) == ("web", "the shop", ("hd",))
    assert "<name>web</name>" in hardware.stored_xml


async def test_hardware_of_a_guest_that_is_off_has_nothing_live(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    hardware = await box.hardware("web")
    assert (hardware.vcpus_live, hardware.memory_live_bytes) == (None, None)
    assert [(disk.live, disk.stored) for disk in hardware.disks] == [(False, True)]


async def test_hardware_is_changed_at_the_next_start(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8, metadata="<a:x xmlns:a='urn:a' note='kept'/>")
    change = ChangeHardware(
        target=box.guest("web"), vcpus=2, memory_bytes=128 * MIB, boot=("network", "hd"), title_text="a <title>",
        description="two\nlines",
    )  # fmt: skip
    preview = await box.preview(change)
    assert '+  <vcpu placement="static">2</vcpu>' in preview.diff
    assert "vCPUs: 1 becomes 2" in preview.objects
    await box.done(change)
    hardware = await box.hardware("web")
    assert (hardware.vcpus, hardware.vcpus_max) == (2, 2)
    assert (hardware.memory_bytes, hardware.memory_max_bytes) == (128 * MIB, 128 * MIB)
    assert (hardware.boot, hardware.title, hardware.description) == (("network", "hd"), "a <title>", "two\nlines")
    assert '<a:x xmlns:a="urn:a" note="kept"/>' in hardware.stored_xml
    assert preview.diff.count("\n-") + preview.diff.count("\n+") < 16  # what stays is no part of it
    await box.done(ChangeHardware(target=box.guest("web"), vcpus=1, title_text="", description=""))
    hardware = await box.hardware("web")
    assert (hardware.vcpus, hardware.vcpus_max, hardware.title, hardware.description) == (1, 2, "", "")


async def test_hardware_is_changed_now_within_what_the_guest_can_have(box: Box) -> None:
    host = box.host
    host.define_guest("web", disk_mib=8)
    host.virsh("setvcpus", "web", "2", "--config", "--maximum")
    host.start_guest("web")
    target = box.guest("web")
    await box.done(ChangeHardware(target=target, vcpus=2, memory_bytes=80 * MIB, title_text="now", live=True))
    assert host.virsh("vcpucount", "web", "--live", "--current").strip() == "2"
    hardware = await box.hardware("web")
    assert (hardware.vcpus, hardware.vcpus_live, hardware.memory_bytes) == (2, 2, 80 * MIB)
    assert "<title>now</title>" in host.virsh("dumpxml", "web")
    before = box.stored("web")
    assert await box.refused(ChangeHardware(target=target, vcpus=3, live=True)) == (
        "web can have 2 vCPUs while it runs; more only from its next start on."
    )
    assert "web can have 96.0 MiB while it runs" in await box.refused(
        ChangeHardware(target=target, memory_bytes=256 * MIB, live=True)
    )
    assert "The host has" in await box.refused(ChangeHardware(target=target, memory_bytes=1 << 50))
    assert box.stored("web") == before


async def test_a_snapshot_inside_the_disk_is_taken_reverted_to_and_deleted(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    disk, target = box.disk("web"), box.guest("web")
    box.write(disk, 1)
    outcome = await box.done(CreateSnapshot(target=target, name="one", description="before the update"))
    assert outcome.made == box.keeper.around.resource("snapshot", f"{target.local}/one")  # type: ignore[arg-type]
    box.write(disk, 2)
    await box.done(CreateSnapshot(target=target, name="two"))
    box.write(disk, 3)
    tree = await box.snapshots("web")
    assert [
        (one.name, one.parent, one.external, one.has_memory, one.current, one.children) for one in tree.values()
    ] == [
        ("one", "", False, False, False, 1),
        ("two", "one", False, False, True, 0),
    ]
    assert (tree["one"].description, tree["one"].state) == ("before the update", "shutoff")
    assert await box.refused(CreateSnapshot(target=target, name="two")) == "web has a snapshot two already."
    preview = await box.preview(RevertSnapshot(target=target, name="one"))
    assert preview.warnings[0].startswith("All that web has written since one (")
    assert preview.warnings[1] == "Snapshots taken after it stay: two."
    await box.done(RevertSnapshot(target=target, name="one"))
    assert box.holds(disk, 1)
    await box.done(DeleteSnapshot(target=target, name="one", children=True))
    assert await box.snapshots("web") == {}
    assert box.holds(disk, 1)
    assert await box.refused(DeleteSnapshot(target=target, name="one")) == "web has no snapshot one."


async def test_a_snapshot_with_memory_goes_on_where_it_was(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    box.host.start_guest("web")
    target = box.guest("web")
    assert "keeps its memory too" in await box.refused(CreateSnapshot(target=target, name="bare"))
    await box.done(CreateSnapshot(target=target, name="warm", memory=True))
    warm = (await box.snapshots("web"))["warm"]
    assert (warm.has_memory, warm.external, warm.state) == (True, False, "running")
    box.host.virsh("destroy", "web")
    await box.done(CreateSnapshot(target=target, name="cold"))
    preview = await box.preview(RevertSnapshot(target=target, name="warm"))
    assert "running with the memory it had" in preview.objects[0]
    await box.done(RevertSnapshot(target=target, name="warm"))
    assert box.host.state("web") == "running"
    await box.done(RevertSnapshot(target=target, name="cold", start=True))
    assert box.host.state("web") == "running"
    await box.done(RevertSnapshot(target=target, name="cold"))
    assert box.host.state("web") == "shut off"
    await box.done(CreateSnapshot(target=target, name="out", external=True))
    assert await box.refused(RevertSnapshot(target=target, name="warm")) == (
        "out, taken after it, stands on the disks that would be set back. Delete it first."
    )


async def test_snapshots_outside_are_taken_merged_and_not_reverted_to(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    disk, target = box.disk("web"), box.guest("web")
    box.write(disk, 1)
    preview = await box.preview(CreateSnapshot(target=target, name="s1", external=True))
    assert f"file {disk.with_suffix('.s1')}: all that is written to vda from now on" in preview.objects
    await box.done(CreateSnapshot(target=target, name="s1", external=True))
    overlay = disk.with_suffix(".s1")
    box.write(overlay, 2)
    s1 = (await box.snapshots("web"))["s1"]
    assert (s1.external, s1.files, s1.state) == (True, (str(overlay),), "shutoff")
    assert (await box.keeper.snapshots(target)).revert_problem.startswith("libvirt 9.0.0 cannot revert")
    assert await box.refused(RevertSnapshot(target=target, name="s1")) == (
        "libvirt 9.0.0 cannot revert to an external snapshot: that needs 9.9 or newer."
    )
    await box.done(DeleteSnapshot(target=target, name="s1"))
    assert (await box.hardware("web")).disks[0].source == str(disk)
    assert box.holds(disk, 2)
    assert not overlay.exists()


async def test_the_older_of_two_snapshots_outside_goes_first_while_the_guest_runs(box: Box) -> None:
    box.host.define_guest("two", disk_mib=8)
    disk, target = box.disk("two"), box.guest("two")
    box.write(disk, 1)
    await box.done(CreateSnapshot(target=target, name="s1", external=True))
    box.write(disk.with_suffix(".s1"), 2)
    await box.done(CreateSnapshot(target=target, name="s2", external=True))
    box.write(disk.with_suffix(".s2"), 3)
    assert await box.refused(DeleteSnapshot(target=target, name="s1")) == (
        "libvirt 9.0 cannot delete s1 while two is off and newer snapshots stand on it. "
        "Begin with the newest, or start the guest."
    )
    box.host.start_guest("two", wait=False)
    await box.done(DeleteSnapshot(target=target, name="s1"))
    tree = await box.snapshots("two")
    assert [(one.name, one.parent) for one in tree.values()] == [("s2", "")]
    box.host.virsh("destroy", "two")
    assert box.holds(disk, 2)
    assert box.holds(disk.with_suffix(".s2"), 3)
    await box.done(DeleteSnapshot(target=target, name="s2"))
    assert (await box.hardware("two")).disks[0].source == str(disk)
    assert box.holds(disk, 3)
    assert [path.name for path in disk.parent.glob("two*")] == ["two.qcow2"]


async def test_external_snapshots_of_a_running_guest_with_and_without_memory(box: Box) -> None:
    box.host.define_guest("ext", disk_mib=8)
    box.host.start_guest("ext")
    disk, target = box.disk("ext"), box.guest("ext")
    assert await box.refused(CreateSnapshot(target=target, name="q", external=True, quiesce=True)) == (
        "The guest agent of ext is not connected: its file systems cannot be frozen."
    )
    await box.done(CreateSnapshot(target=target, name="disk", external=True))
    await box.done(CreateSnapshot(target=target, name="both", external=True, memory=True))
    tree = await box.snapshots("ext")
    assert (tree["disk"].has_memory, tree["disk"].state) == (False, "disk-snapshot")
    assert tree["both"].has_memory
    memory = disk.parent / "ext.both.memory"
    assert tree["both"].files == (str(disk.with_suffix(".both")), str(memory))
    assert memory.stat().st_size > MIB
    assert box.host.state("ext") == "running"
    assert "libvirt deletes those one by one" in await box.refused(
        DeleteSnapshot(target=target, name="disk", children=True)
    )
    await box.done(DeleteSnapshot(target=target, name="both"))
    await box.done(DeleteSnapshot(target=target, name="disk"))
    assert (await box.hardware("ext")).disks[0].source == str(disk)
    assert sorted(path.name for path in disk.parent.glob("ext*")) == ["ext.qcow2"]


async def test_memory_is_saved_started_from_and_thrown_away(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    box.host.start_guest("web")
    target = box.guest("web")
    await box.done(CreateSnapshot(target=target, name="warm", memory=True))
    await box.done(ManagedSave(target=target))
    assert box.host.state("web") == "shut off"
    assert (await box.keeper.snapshots(target)).has_managed_save
    assert "Start the guest, or throw that away, first." in await box.refused(
        RevertSnapshot(target=target, name="warm")
    )
    assert await box.refused(ManagedSave(target=target)) == "web does not run: there is no memory to save."
    await box.done(RemoveManagedSave(target=target))
    assert not (await box.keeper.snapshots(target)).has_managed_save
    assert await box.refused(RemoveManagedSave(target=target)) == "web has no saved memory."


async def test_a_definition_is_taken_whole_or_not_at_all(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    target = box.guest("web")
    before = (await box.hardware("web")).stored_xml

    def edit(old: str, new: str) -> DefineXml:
        assert old in before
        return DefineXml(target=target, xml=before.replace(old, new), before=before)

    assert (await box.refused(edit("</domain>", ""))).startswith("The text is no well-formed XML: ")
    assert "would define another guest" in await box.refused(edit("<name>web<", "<name>other<"))
    assert "would define another guest" in await box.refused(edit(target.local, target.local[::-1]))
    assert await box.refused(edit("web", "web")) == "Nothing was changed."
    for wrong in (edit("<on_crash>", "<on_dash/><on_crash>"), edit("<vcpu placement='static'>1", "<vcpu>many")):
        outcome = await box.do(wrong)
        assert outcome.result is Result.REFUSED
        assert outcome.message.startswith("libvirt does not take the definition: ")
    assert (await box.hardware("web")).stored_xml == before
    good = edit("<on_crash>destroy", "<on_crash>restart")
    assert "+  <on_crash>restart</on_crash>" in (await box.preview(good)).diff
    await box.done(good)
    assert "<on_crash>restart<" in box.stored("web")
    assert await box.refused(good) == "The definition of web was changed meanwhile by somebody else. Read it again."


async def test_a_save_that_is_ended_leaves_the_guest_running(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    box.host.start_guest("web")
    task = asyncio.ensure_future(
        box.do(CreateSnapshot(target=box.guest("web"), name="cut", external=True, memory=True))
    )
    memory = box.disk("web").parent / "web.cut.memory"
    async with asyncio.timeout(20):
        while not memory.exists() and not task.done():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert box.host.state("web") == "running"
    assert await box.snapshots("web") == {}
    assert (await box.hardware("web")).disks[0].source == str(box.disk("web"))
