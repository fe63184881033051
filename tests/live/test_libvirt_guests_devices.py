"""Disks and network interfaces that come to guests and leave them, on a real libvirtd."""

from collections.abc import AsyncIterator

import pytest

from tests.live.harness.libvirt import LibvirtHost
from tests.live.harness.processes import run
from tests.live.test_libvirt_guests import Box
from tests.unit.engine_contract import running
from tui.domain.action import Result
from tui.domain.operation.guests import AttachDisk, AttachInterface, DetachDisk, DetachInterface
from tui.engines.libvirt import LibvirtEngine


@pytest.fixture
async def box(clean_libvirt: LibvirtHost) -> AsyncIterator[Box]:
    engine = LibvirtEngine(clean_libvirt.uri, host_id="h")
    async with running(engine):
        yield Box(clean_libvirt, engine)
    await engine.close()


def image(box: Box, name: str, form: str = "qcow2") -> str:
    path = str(box.disk(name))
    run(["qemu-img", "create", "-q", "-f", form, path, "8M"])
    return path


async def test_a_disk_comes_and_goes_now_and_at_the_next_start(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    box.host.start_guest("web")
    target, path = box.guest("web"), image(box, "more [1]")
    outcome = await box.done(AttachDisk(target=target, path=path))
    assert outcome.message == "web has it as vdb."
    disk = (await box.hardware("web")).disks[1]
    assert (disk.device, disk.source, disk.format, disk.live, disk.stored) == ("vdb", path, "qcow2", True, True)
    assert await box.refused(AttachDisk(target=target, path=path)) == f"web has {path} already, as vdb."
    preview = await box.preview(DetachDisk(target=target, device="vdb"))
    assert f"The file stays: {path}" in preview.warnings
    outcome = await box.do(DetachDisk(target=target, device="vdb"))
    assert outcome.result in {Result.DONE, Result.REQUESTED}
    assert [disk.device for disk in (await box.hardware("web")).disks if disk.stored] == ["vda"]
    assert box.disk("more [1]").exists()


async def test_now_and_later_are_flags(box: Box) -> None:
    box.host.define_guest("web", disk_mib=8)
    box.host.start_guest("web", wait=False)
    target = box.guest("web")
    await box.done(AttachDisk(target=target, path=image(box, "now", "raw"), stored=False))
    await box.done(AttachDisk(target=target, path=image(box, "later"), live=False))
    disks = {disk.device: disk for disk in (await box.hardware("web")).disks}
    assert (disks["vdb"].format, disks["vdb"].live, disks["vdb"].stored) == ("raw", True, False)
    assert (disks["vdc"].format, disks["vdc"].live, disks["vdc"].stored) == ("qcow2", False, True)
    await box.done(DetachDisk(target=target, device="vdc", live=False))
    assert await box.refused(DetachDisk(target=target, device="vdc")) == "web has no vdc now."
    assert await box.refused(AttachDisk(target=target, path="/x", live=False, stored=False)) == (
        "Choose when: now, at the next start, or both."
    )
    drive = AttachDisk(target=target, path=image(box, "cd", "raw"), cdrom=True)
    assert "only at its next start" in await box.refused(drive)
    await box.done(AttachDisk(target=target, path=drive.path, cdrom=True, live=False))
    (cd,) = [disk for disk in (await box.hardware("web")).disks if disk.kind == "cdrom"]
    assert (cd.device, cd.bus, cd.read_only, cd.live) == ("hda", "ide", True, False)


async def test_a_disk_that_another_guest_writes_to_is_not_shared(box: Box) -> None:
    for name in ("one", "two"):
        box.host.define_guest(name, disk_mib=8)
    box.host.start_guest("one", wait=False)
    path, target = str(box.disk("one")), box.guest("two")
    before = box.stored("two")
    assert await box.refused(AttachDisk(target=target, path=path, live=False)) == (
        f"one runs and uses {path}: two guests that write to one disk destroy it."
    )
    assert "There is no file /nowhere" in await box.refused(AttachDisk(target=target, path="/nowhere", live=False))
    assert "is no file" in await box.refused(AttachDisk(target=target, path=str(box.host.folder), live=False))
    assert "two does not run" in await box.refused(AttachDisk(target=target, path=path))
    assert box.stored("two") == before
    box.host.virsh("destroy", "one")
    preview = await box.preview(AttachDisk(target=target, path=path, live=False))
    assert preview.warnings == ("one has it too. When both run, the disk is destroyed.",)


async def test_an_interface_comes_and_goes(box: Box) -> None:
    host = box.host
    host.define_guest("web")
    host.start_guest("web")
    target = box.guest("web")
    outcome = await box.done(AttachInterface(target=target, network=host.network))
    (found,) = (await box.hardware("web")).interfaces
    assert (found.network, found.model, found.live, found.stored) == (host.network, "virtio", True, True)
    assert outcome.message == f"Its MAC address is {found.mac}."
    assert f"web has the MAC address {found.mac} already." == await box.refused(
        AttachInterface(target=target, network=host.network, mac=found.mac.upper())
    )
    assert await box.refused(AttachInterface(target=target, network="nope")) == "There is no network nope."
    assert "is no MAC address" in await box.refused(
        AttachInterface(target=target, network=host.network, mac="01:00:00:00:00:01")
    )
    await box.done(AttachInterface(target=target, network=f"bridge:{host.bridge}", live=False))
    assert [one.network for one in (await box.hardware("web")).interfaces if not one.live] == [f"bridge:{host.bridge}"]
    outcome = await box.do(DetachInterface(target=target, mac=found.mac))
    assert outcome.result in {Result.DONE, Result.REQUESTED}
    assert found.mac not in box.stored("web")
    assert await box.refused(DetachInterface(target=target, mac=found.mac, live=False)) == (
        f"web has no interface {found.mac} at its next start."
    )
