"""Clones of guests that are shut off.

Their definition is changed and their disks are copied here, not by virt-clone: that is no part of libvirt, copies
without an end that a person can order, cannot make overlays, and leaves the disks that it had made when a later one
fails.
"""

import os
import shutil
import stat
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, Progress, ProgressPart, ProgressSink
from tui.domain.operation.guests import CloneGuest
from tui.domain.operation.storage import CloneDisk
from tui.domain.resource import ResourceKind
from tui.domain.storage import Disk
from tui.engines.libvirt.guests import born
from tui.engines.libvirt.guests.clone_xml import clone_xml, nvram_for, nvram_of, still_shared
from tui.engines.libvirt.guests.files import on_files
from tui.engines.libvirt.guests.hardware import source_of
from tui.engines.libvirt.guests.reading import Guest, guest_of, read_guest
from tui.engines.libvirt.guests.steps import Steps, all_or_none
from tui.engines.libvirt.guests.xml_edit import Element, attribute
from tui.engines.libvirt.resources import clones
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import tidy
from tui.engines.libvirt.resources.documents import volume_of
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.qemu_img import KNOWN_FORMATS
from tui.engines.libvirt.resources.survey import FOLDERS, Survey, free_bytes, space_problem, survey
from tui.engines.libvirt.resources.volumes import remove_volume
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


async def _plan(around: Surroundings, operation: CloneGuest) -> Plan:
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


async def _problem(around: Surroundings, plan: Plan, previews: list[Preview]) -> str:
    """Say why it cannot be made; "" when it can."""
    refusals = [preview.refusal for preview in previews if preview.refusal]
    if refusals:
        return refusals[0]
    for name, needed in plan.bytes_by_pool().items():
        pool = plan.seen.pool(name)
        if problem := space_problem(needed, await free_bytes(around, pool), f"pool {name}"):
            return problem
    target = nvram_for(plan.nvram, plan.operation.name)
    there = bool(plan.nvram) and await on_files(around, lambda: os.path.lexists(target))
    return f"{target} is there already; it is not overwritten." if there else ""


async def _previews(around: Surroundings, plan: Plan) -> list[Preview]:
    return [await clones.preview(around, plan.change(around, part)) for part in plan.parts]


async def preview(around: Surroundings, operation: CloneGuest) -> Preview:
    """Show what would be copied, and the definition."""
    plan = await _plan(around, operation)
    previews = await _previews(around, plan)
    disks = {part.device: (_path(plan, part), part.form) for part in plan.parts}
    nvram = nvram_for(plan.nvram, operation.name) if plan.nvram else ""
    return Preview(
        refusal=await _problem(around, plan, previews),
        objects=(
            f"guest {operation.name}, like {plan.guest.name}",
            *(line for one in previews for line in one.objects),
            *((f"file {nvram}, the firmware's variables",) if nvram else ()),
        ),
        warnings=tuple(dict.fromkeys((*_warnings(plan), *(line for one in previews for line in one.warnings)))),
        needs_bytes=None if operation.overlay else sum(plan.bytes_by_pool().values()),
        document=clone_xml(plan.guest.stored, operation.name, "", disks, nvram),
        language="xml",
    )


def _path(plan: Plan, part: Part) -> str:
    return os.path.join(plan.seen.pool(part.disk.pool).path, part.name)


def _warnings(plan: Plan) -> tuple[str, ...]:
    lines = ["Host name, SSH host keys and machine-id inside are those of the old guest: change them there."]
    if plan.shared:
        lines.append(f"Both are going to have the same {', '.join(plan.shared)}.")
    if plan.has_nvram and not plan.nvram:
        lines.append("The firmware's variables cannot be read here: the clone gets new ones, without boot entries.")
    return (*lines, *still_shared(plan.guest.next))


async def operate(around: Surroundings, operation: CloneGuest, progress: ProgressSink) -> Done:
    """Make everything, or nothing."""
    plan = await _plan(around, operation)
    if problem := await _problem(around, plan, await _previews(around, plan)):
        raise ActionRefused("not possible", problem)
    guest = str(uuid.uuid4())
    async with all_or_none() as steps:
        disks = {}
        for number, part in enumerate(plan.parts):
            disks[part.device] = (await _copy(around, plan, number, steps, progress), part.form)
        nvram = await _copy_nvram(around, plan, steps)
        progress(Progress(text="starting the guest" if operation.start else "defining the guest"))
        text = clone_xml(plan.guest.stored, operation.name, guest, disks, nvram)
        await born.bring(around, steps, text, guest, autostart=False, start=operation.start)
    return Done(made=around.guest(guest))


async def _copy(around: Surroundings, plan: Plan, number: int, steps: Steps, progress: ProgressSink) -> str:
    """Copy one disk, and return the path of the copy."""
    part = plan.parts[number]

    def told(one: Progress) -> None:
        before = [ProgressPart(done.device, 1.0, 1.0, "done") for done in plan.parts[:number]]
        now = ProgressPart(part.device, one.done or 0.0, one.total, one.text)
        text = one.text or "copying"
        progress(Progress(one.done, one.total, f"{text} {part.device}", (*before, now)))

    told(Progress(text="copying"))
    await clones.operate(around, plan.change(around, part), told)
    steps.made(partial(remove_volume, around, part.disk.pool, part.name))

    def look(_libvirt: Any, connection: Any) -> str:
        return str(volume_of(connection, f"{part.disk.pool}/{part.name}").path())

    async with around.line(f"disk {part.name}") as line:
        return await around.ask(line, look)


async def _copy_nvram(around: Surroundings, plan: Plan, steps: Steps) -> str:
    """Copy the firmware's variables; return where to, empty for none."""
    if not plan.nvram:
        return ""
    target = nvram_for(plan.nvram, plan.operation.name)
    await on_files(around, partial(_copy_file, plan.nvram, target))
    steps.made(lambda: on_files(around, partial(_unlink, target)))
    return target


def _copy_file(source: str, target: str) -> None:
    """Copy a small file, with its owner where that is permitted, never on top of another one."""
    told = os.stat(source)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as written, open(source, "rb") as read:
            shutil.copyfileobj(read, written)
            os.fchmod(written.fileno(), stat.S_IMODE(told.st_mode))
            if os.geteuid() == 0:
                os.fchown(written.fileno(), told.st_uid, told.st_gid)
    except BaseException:
        os.unlink(target)
        raise


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def words(around: Surroundings, operation: CloneGuest) -> tuple[str, ...]:
    """Return virt-clone's command; it makes whole copies only."""
    name = around.name_of(operation.target.local) or operation.target.local
    return ("!virt-clone", "--connect", around.target.uri, "--original", name, "--name", operation.name, "--auto-clone")


HANDLERS: dict[type[Operation], Handler[Any]] = {CloneGuest: Handler(preview, operate, words)}
