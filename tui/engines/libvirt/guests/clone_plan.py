"""Which disks of a guest a clone gets copies of, and which both share."""

import os
from dataclasses import dataclass
from functools import partial

from tui.domain.errors import ActionRefused
from tui.domain.operation.guests import CloneGuest
from tui.domain.operation.storage import CloneDisk
from tui.domain.resource import ResourceKind
from tui.domain.storage import Disk
from tui.engines.libvirt.guests import born
from tui.engines.libvirt.guests.clone_xml import default_nvram, nvram_of
from tui.engines.libvirt.guests.files import on_files
from tui.engines.libvirt.guests.hardware import source_of
from tui.engines.libvirt.guests.reading import Guest, guest_of, read_guest
from tui.engines.libvirt.guests.snapshot_plan import has_uefi
from tui.engines.libvirt.guests.xml_edit import Element, attribute
from tui.engines.libvirt.resources import clones
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import tidy
from tui.engines.libvirt.resources.qemu_img import KNOWN_FORMATS
from tui.engines.libvirt.resources.survey import FOLDERS, Survey, survey
from tui.engines.libvirt.resources.words import name_problem


@dataclass(frozen=True, slots=True)
class Part:
    """One disk to be copied.

    Attributes:
        name: of the copy, in the same pool.
        form: of the copy.
    """

    device: str
    disk: Disk
    name: str
    form: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known before a clone is made.

    Attributes:
        shared: devices that both guests are going to have: drives, and disks that are read only or meant for several.
        nvram: where the firmware's variables are; empty for none, or where they cannot be copied.
    """

    operation: CloneGuest
    guest: Guest
    seen: Survey
    parts: tuple[Part, ...]
    shared: tuple[str, ...]
    nvram: str = ""
    has_nvram: bool = False

    def change(self, around: Surroundings, part: Part) -> CloneDisk:
        """Return the change that copies a disk."""
        return CloneDisk(
            target=around.resource(ResourceKind.DISK, f"{part.disk.pool}/{part.disk.name}"),
            name=part.name,
            overlay=self.operation.overlay,
        )

    def bytes_by_pool(self) -> dict[str, int]:
        """Return what the copies take, by pool: each alone may fit where all of them do not."""
        found: dict[str, int] = {}
        for part in self.parts if not self.operation.overlay else ():
            pool = self.seen.pool(part.disk.pool)
            needed = clones.needed_bytes(self.seen, part.disk, pool, part.disk.capacity_bytes)
            found[pool.name] = found.get(pool.name, 0) + needed
        return found


async def plan_of(around: Surroundings, operation: CloneGuest) -> Plan:
    """Look at the guest and its disks.

    Raises:
        EngineError: it cannot be cloned, with its sentence.
    """
    guest = await read_guest(around, guest_of(operation))
    if guest.active:
        raise ActionRefused("it runs", f"{guest.name} runs: its disks would be torn. Stop it first.")
    if problem := name_problem(operation.name, "guest") or await born.name_taken(around, operation.name):
        raise ActionRefused("not possible", problem)
    if guest.saved:
        raise ActionRefused("memory saved", f"The memory of {guest.name} is saved on disk: start it and stop it first.")
    seen = await survey(around)
    parts, shared = _sort(operation, guest, seen)
    nvram = nvram_of(guest.next)
    if not nvram and has_uefi(guest.next):
        nvram = default_nvram(guest.name, session=around.target.session)
    can = bool(nvram) and around.has_files_here and await on_files(around, partial(os.access, nvram, os.R_OK))
    return Plan(operation, guest, seen, parts, shared, nvram if can else "", bool(nvram))


def _sort(operation: CloneGuest, guest: Guest, seen: Survey) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Tell what is copied and what is shared.

    Raises:
        ActionRefused: a disk is in no pool.
    """
    parts: list[Part] = []
    shared: list[str] = []
    for element in guest.next.iterfind("devices/disk"):
        device, source = attribute(element.find("target"), "dev"), source_of(element)
        if not source:
            continue
        if _is_shared(element):
            shared.append(device)
            continue
        pool, _, volume = source.partition("/")
        disk = seen.shelf.by_path.get(tidy(source)) or (
            None if source.startswith("/") else seen.shelf.find(pool, volume)
        )
        if disk is None:
            raise ActionRefused("in no pool", f"{device} ({source}) is in no pool that is on: it cannot be copied.")
        parts.append(
            _part(operation, seen, guest=guest.name, device=device, disk=disk, used={part.name for part in parts})
        )
    return tuple(parts), tuple(shared)


def _is_shared(disk: Element) -> bool:
    fixed = disk.find("readonly") is not None or disk.find("shareable") is not None
    return fixed or disk.get("device", "disk") != "disk"


def _part(operation: CloneGuest, seen: Survey, *, guest: str, device: str, disk: Disk, used: set[str]) -> Part:
    """Choose name and format of a copy."""
    files = seen.pool(disk.pool).type in FOLDERS
    form = "qcow2" if operation.overlay else disk.format if files and disk.format in KNOWN_FORMATS else "raw"
    stem, ending = os.path.splitext(disk.name)
    if ending.lstrip(".") not in {*KNOWN_FORMATS, "img"}:  # what an external snapshot made of it
        ending = f".{form}"
    ending = (".qcow2" if operation.overlay else ending) if files else ""
    stem = operation.name if stem == guest else f"{operation.name}-{device}"
    name = f"{stem}{ending}"
    number = 2
    while name in used or seen.shelf.find(disk.pool, name):
        name = f"{stem}-{number}{ending}"
        number += 1
    return Part(device, disk, name, form)
