"""Disks that come to a guest and leave it."""

import os
import stat
from functools import partial
from typing import Any
from xml.etree import ElementTree

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.guests import AttachDisk, DetachDisk
from tui.domain.storage import DiskUser
from tui.engines.libvirt.commands import guest_word
from tui.engines.libvirt.guests import devices
from tui.engines.libvirt.guests.files import on_files
from tui.engines.libvirt.guests.hardware import source_of
from tui.engines.libvirt.guests.reading import Guest, guest_of, read_guest
from tui.engines.libvirt.guests.xml_edit import Element, attribute, child, pretty
from tui.engines.libvirt.resources import image_files
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import Shelf, overlays_of, tidy, users_by_path
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.stock import guests_of
from tui.engines.libvirt.resources.survey import survey
from tui.engines.libvirt.resources.words import names_of, user_line

FORMATS = frozenset({"raw", "qcow2", "qed", "vmdk", "vdi", "vpc", "vhdx"})


class _Attach:
    """What is known before a disk is plugged in."""

    def __init__(self, operation: AttachDisk, guest: Guest) -> None:
        self.operation = operation
        self.guest = guest
        self.path = tidy(operation.path)
        self.users: tuple[DiskUser, ...] = ()
        self.overlays: tuple[str, ...] = ()
        self.format = operation.format
        self.is_block = False
        self.bus = self._bus()
        self.device = operation.device or devices.free_device(guest, self.bus)

    def _bus(self) -> str:
        if not self.operation.cdrom or self.operation.bus != "virtio":
            return self.operation.bus
        kind = self.guest.next.find("os/type")
        return "ide" if attribute(kind, "arch") == "x86_64" and "q35" not in attribute(kind, "machine") else "sata"

    @property
    def read_only(self) -> bool:
        """Tell whether the guest cannot write to it."""
        return self.operation.read_only or self.operation.cdrom

    async def look(self, around: Surroundings) -> None:
        """Find out what the file is and who needs it."""
        seen = await survey(around)
        disk = seen.shelf.by_path.get(self.path)
        guests = await guests_of(around)
        self.users = users_by_path(Shelf(seen.pools), guests).get(self.path, ())
        self.overlays = tuple(one.name for one in overlays_of(seen.shelf, self.path))
        if disk:
            self.format = self.format or ("raw" if disk.format == "iso" else disk.format) or "raw"
            self.is_block = disk.path.startswith("/dev/")
        elif around.has_files_here:
            found = await on_files(around, partial(_look, self.path))
            self.is_block = found == "block"
            self.format = self.format or ("raw" if found in {"block", "iso"} else found)

    def problem(self) -> str:
        """Say why it cannot be; "" when it can."""
        operation, guest = self.operation, self.guest
        if problem := devices.when_problem(guest, live=operation.live, stored=operation.stored):
            return problem
        if not operation.path.startswith("/"):
            return f"{operation.path} is no absolute path."
        if self.format not in FORMATS:
            return f'hostdeck gives guests no disks of the format "{self.format}".'
        if operation.cdrom and operation.live:
            return "A drive cannot be plugged in while the guest runs: only at its next start."
        if problem := self._taken():
            return problem
        return "" if self.read_only else self._shared()

    def _taken(self) -> str:
        for root in devices.roots(self.guest, live=self.operation.live, stored=self.operation.stored):
            for disk in root.iterfind("devices/disk"):
                if attribute(disk.find("target"), "dev") == self.device:
                    return f"{self.guest.name} has a {self.device} already."
                if tidy(source_of(disk)) == self.path:
                    return f"{self.guest.name} has {self.path} already, as {attribute(disk.find('target'), 'dev')}."
        return ""

    def _shared(self) -> str:
        others = [user for user in self.users if user.guest_id != self.guest.uuid]
        running = [user for user in others if user.active]
        if running:
            return f"{names_of(running)} runs and uses {self.path}: two guests that write to one disk destroy it."
        if self.overlays:
            return f"{self.overlays[0]} stands on {self.path}: writing to it would destroy that."
        return ""

    def xml(self) -> Element:
        """Return the device."""
        disk = ElementTree.Element(
            "disk", type="block" if self.is_block else "file", device="cdrom" if self.operation.cdrom else "disk"
        )
        child(disk, "driver", name="qemu", type=self.format)
        child(disk, "source", **{"dev" if self.is_block else "file": self.path})
        child(disk, "target", dev=self.device, bus=self.bus)
        if self.read_only:
            child(disk, "readonly")
        return disk

    def warnings(self) -> tuple[str, ...]:
        """Say what a person must know."""
        others = [user for user in self.users if user.guest_id != self.guest.uuid and not user.active]
        if not others or self.read_only:
            return ()
        return (f"{names_of(others)} has it too. When both run, the disk is destroyed.",)


def _look(path: str) -> str:
    """Return the format of a file, or "block"; blocks."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        failure = ActionRefused("no such file", f"There is no file {path}.")
    else:
        if stat.S_ISBLK(mode):
            return "block"
        return image_files.look(path).format
    raise failure


async def _attachment(around: Surroundings, operation: AttachDisk) -> tuple[_Attach, str]:
    plan = _Attach(operation, await read_guest(around, guest_of(operation)))
    if problem := devices.when_problem(plan.guest, live=operation.live, stored=operation.stored):
        return plan, problem
    await plan.look(around)
    return plan, plan.problem()


async def preview_attach(around: Surroundings, operation: AttachDisk) -> Preview:
    """Say where it goes and who has it."""
    plan, refusal = await _attachment(around, operation)
    when = devices.when_words(plan.guest, live=operation.live, stored=operation.stored)
    return Preview(
        refusal=refusal,
        objects=(f"guest {plan.guest.name}: {plan.path} ({plan.format}) as {plan.device}, {when}",),
        users=tuple(user_line(user) for user in plan.users),
        warnings=plan.warnings(),
        document=pretty(plan.xml()),
        language="xml",
    )


async def attach(around: Surroundings, operation: AttachDisk, _progress: ProgressSink) -> Done:
    """Plug it in."""
    plan, problem = await _attachment(around, operation)
    if problem:
        raise ActionRefused("not possible", problem)
    await devices.attach(around, plan.guest, plan.xml(), live=operation.live, stored=operation.stored)
    return Done(f"{plan.guest.name} has it as {plan.device}.")


def words_attach(around: Surroundings, operation: AttachDisk) -> tuple[str, ...]:
    """Return virsh's command."""
    uuid = guest_of(operation).local
    said = ["attach-disk", guest_word(around.name_of(uuid), uuid), operation.path, operation.device or "DEVICE"]
    said += ["--targetbus", operation.bus]
    said += ["--subdriver", operation.format] if operation.format else []
    said += ["--type", "cdrom"] if operation.cdrom else []
    said += ["--mode", "readonly"] if operation.read_only else []
    return (*said, *when_options(live=operation.live, stored=operation.stored))


def when_options(*, live: bool, stored: bool) -> tuple[str, ...]:
    """Return virsh's options."""
    return (*(("--live",) if live else ()), *(("--config",) if stored else ()))


# away


def _find(root: Element, *, device: str) -> Element | None:
    disks = root.iterfind("devices/disk")
    return next((disk for disk in disks if attribute(disk.find("target"), "dev") == device), None)


def _detach_problem(operation: DetachDisk, guest: Guest) -> str:
    if problem := devices.when_problem(guest, live=operation.live, stored=operation.stored):
        return problem
    found = [_find(root, device=operation.device) for root in (guest.now, guest.next)]
    if operation.live and found[0] is None:
        return f"{guest.name} has no {operation.device} now."
    if operation.stored and found[1] is None:
        return f"{guest.name} has no {operation.device} at its next start."
    return ""


async def preview_detach(around: Surroundings, operation: DetachDisk) -> Preview:
    """Say what goes, and that the file stays."""
    guest = await read_guest(around, guest_of(operation))
    disk = _find(guest.now if operation.live else guest.next, device=operation.device)
    path = "" if disk is None else source_of(disk)
    warnings = [f"The file stays: {path}"] if path else []
    if operation.live and guest.active:
        warnings.append("Unmount it inside the guest first: what is not written yet is lost.")
    when = devices.when_words(guest, live=operation.live, stored=operation.stored)
    return Preview(
        refusal=_detach_problem(operation, guest),
        objects=(f"guest {guest.name} loses {operation.device}, {when}",),
        warnings=tuple(warnings),
    )


async def detach(around: Surroundings, operation: DetachDisk, _progress: ProgressSink) -> Done:
    """Take it away."""
    guest = await read_guest(around, guest_of(operation))
    if problem := _detach_problem(operation, guest):
        raise ActionRefused("not possible", problem)
    find = partial(_find, device=operation.device)
    return await devices.detach(around, guest, find, operation.device, live=operation.live, stored=operation.stored)


def words_detach(around: Surroundings, operation: DetachDisk) -> tuple[str, ...]:
    """Return virsh's command."""
    uuid = guest_of(operation).local
    options = when_options(live=operation.live, stored=operation.stored)
    return ("detach-disk", guest_word(around.name_of(uuid), uuid), operation.device, *options)


HANDLERS: dict[type[Operation], Handler[Any]] = {
    AttachDisk: Handler(preview_attach, attach, words_attach),
    DetachDisk: Handler(preview_detach, detach, words_detach),
}
