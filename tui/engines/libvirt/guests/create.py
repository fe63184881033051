"""New guests: a disk from a base, a seed for cloud-init, a definition, and a start."""

import os
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, Progress, ProgressSink
from tui.domain.operation.guests import CreateGuest
from tui.domain.operation.storage import CloneDisk, CreateDisk
from tui.domain.resource import ResourceKind
from tui.domain.storage import Disk, StoragePool
from tui.engines.libvirt.guests import born, seed
from tui.engines.libvirt.guests.capabilities import Capabilities, capabilities
from tui.engines.libvirt.guests.create_checks import iso_problem, network_problem, size_problem
from tui.engines.libvirt.guests.create_words import words
from tui.engines.libvirt.guests.files import on_files
from tui.engines.libvirt.guests.new_xml import Source, guest_xml
from tui.engines.libvirt.guests.seed_volume import make_seed
from tui.engines.libvirt.guests.steps import Steps, all_or_none
from tui.engines.libvirt.guests.xml_edit import text_problem
from tui.engines.libvirt.resources import clones, disks
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import tidy
from tui.engines.libvirt.resources.documents import volume_of
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.qemu_img import KNOWN_FORMATS
from tui.engines.libvirt.resources.survey import FOLDERS, Survey, resource_of, survey
from tui.engines.libvirt.resources.volumes import remove_volume
from tui.engines.libvirt.resources.words import name_problem, size

NO_KVM = "There is no KVM on this host: the guest is emulated, and slow."
BLOCKS = frozenset({"logical", "disk", "zfs"})  # types of pools whose disks are devices


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known before a guest is made.

    Attributes:
        base: None for an empty disk.
        form: of the new disk.
    """

    operation: CreateGuest
    seen: Survey
    pool: StoragePool
    can: Capabilities
    base: Disk | None

    @property
    def form(self) -> str:
        """Return the format of the new disk."""
        if self.pool.type not in FOLDERS:
            return "raw"
        if self.base is None or self.operation.overlay:
            return "qcow2"
        return self.base.format if self.base.format in KNOWN_FORMATS else "raw"

    @property
    def disk_name(self) -> str:
        """Return the name of the new disk."""
        ending = {"raw": "img"}.get(self.form, self.form)
        return f"{self.operation.name}.{ending}" if self.pool.type in FOLDERS else self.operation.name

    @property
    def seed_name(self) -> str:
        """Return the name of the seed; empty for none."""
        if self.operation.cloud_init is None:
            return ""
        return f"{self.operation.name}-seed" + (".iso" if self.pool.type in FOLDERS else "")

    def disk_change(self, around: Surroundings) -> CloneDisk | CreateDisk:
        """Return the change that makes the disk."""
        operation = self.operation
        if self.base is None:
            place = around.resource(ResourceKind.POOL, self.pool.name)
            return CreateDisk(
                target=place, name=self.disk_name, capacity_bytes=operation.disk_bytes or 0, format=self.form
            )
        return CloneDisk(
            target=around.resource(ResourceKind.DISK, f"{self.base.pool}/{self.base.name}"),
            name=self.disk_name,
            pool=self.pool.name,
            overlay=operation.overlay,
            capacity_bytes=operation.disk_bytes,
        )

    def sources(self, disk: str, seed_path: str) -> tuple[Source, ...]:
        """Return what the guest sees, in order."""
        kind = "block" if self.pool.type in BLOCKS else "file"
        found = [Source(disk, self.form, kind)]
        if self.operation.iso:
            found.append(Source(self.operation.iso, cdrom=True))
        if seed_path:
            found.append(Source(seed_path, kind=kind, cdrom=True))
        return tuple(found)

    def path_of(self, name: str) -> str:
        """Return where a volume is going to lie."""
        return os.path.join(self.pool.path, name) if name else ""


async def _plan(around: Surroundings, operation: CreateGuest) -> Plan:
    seen = await survey(around)
    pool = seen.active_pool(resource_of(operation).local)
    base = seen.shelf.by_path.get(tidy(operation.base)) if operation.base else None
    if operation.base and base is None:
        raise ActionRefused("no such disk", f"{operation.base} is in no pool that is on: it cannot be a base.")
    return Plan(operation, seen, pool, await capabilities(around, emulated=operation.emulated), base)


async def _problem(around: Surroundings, plan: Plan) -> str:
    """Say why the guest cannot be made, its disk apart; "" when it can."""
    operation, pool = plan.operation, plan.pool
    if problem := name_problem(operation.name, "guest") or text_problem("description", operation.description):
        return problem
    if problem := await born.name_taken(around, operation.name):
        return problem
    if pool.type not in FOLDERS | BLOCKS:
        return f'Pool {pool.name} is of the type "{pool.type}": hostdeck makes guests on pools of files and of LVM.'
    if problem := size_problem(operation, plan.can):
        return problem
    if operation.cloud_init is not None:
        if problem := seed.problem(operation.cloud_init, operation.name):
            return problem
        if plan.seen.shelf.find(pool.name, plan.seed_name):
            return f"There is a disk {plan.seed_name} in pool {pool.name} already."
        await seed.read_user_data(around, operation.cloud_init)
    return await network_problem(around, operation) or await iso_problem(around, operation, plan.seen)


async def preview(around: Surroundings, operation: CreateGuest) -> Preview:
    """Show what would be made, and the definition."""
    plan = await _plan(around, operation)
    refusal = await _problem(around, plan)
    change = plan.disk_change(around)
    disk = await (
        clones.preview(around, change) if isinstance(change, CloneDisk) else disks.preview_create(around, change)
    )
    sources = plan.sources(plan.path_of(plan.disk_name), plan.path_of(plan.seed_name))
    made = [f"guest {operation.name}, {operation.vcpus} vCPU, {size(operation.memory_bytes)} of memory", *disk.objects]
    if plan.seed_name:
        made.append(f"disk {plan.seed_name} in pool {plan.pool.name}, the seed for cloud-init")
    return Preview(
        refusal=refusal or disk.refusal,
        objects=tuple(made),
        users=disk.users,
        warnings=(*_warnings(plan), *disk.warnings),
        needs_bytes=disk.needs_bytes,
        document=guest_xml(operation, "", plan.can, sources),
        language="xml",
    )


def _warnings(plan: Plan) -> tuple[str, ...]:
    operation, lines = plan.operation, []
    if plan.can.type == "qemu":
        lines.append("The guest is emulated, and slow." if operation.emulated else NO_KVM)
    if plan.can.host_cpus and operation.vcpus > plan.can.host_cpus:
        lines.append(f"The host has {plan.can.host_cpus} processors, fewer than {operation.vcpus}.")
    if plan.base is None and not operation.iso:
        lines.append("The disk is empty and there is nothing to boot from.")
    return tuple(lines)


async def operate(around: Surroundings, operation: CreateGuest, progress: ProgressSink) -> Done:
    """Make everything, or nothing."""
    plan = await _plan(around, operation)
    if problem := await _problem(around, plan):
        raise ActionRefused("not possible", problem)
    guest = str(uuid.uuid4())
    async with all_or_none() as steps:
        files = None
        if operation.cloud_init is not None:
            files = await seed.files_of(around, operation.cloud_init, operation.name)
        disk = await _make_disk(around, plan, steps, progress)
        seed_path = ""
        if files is not None:
            progress(Progress(text="writing the seed"))
            data = await on_files(around, partial(seed.iso, files))
            seed_path = await make_seed(around, steps, plan.pool, plan.seed_name, data)
        progress(Progress(text="starting the guest" if operation.start else "defining the guest"))
        text = guest_xml(operation, guest, plan.can, plan.sources(disk, seed_path))
        await born.bring(around, steps, text, guest, autostart=operation.autostart, start=operation.start)
    return Done(made=around.guest(guest))


async def _make_disk(around: Surroundings, plan: Plan, steps: Steps, progress: ProgressSink) -> str:
    """Make the disk and return its path."""
    change = plan.disk_change(around)
    if isinstance(change, CloneDisk):
        await clones.operate(around, change, progress)
    else:
        await disks.create(around, change, progress)
    steps.made(partial(remove_volume, around, plan.pool.name, plan.disk_name))

    def look(_libvirt: Any, connection: Any) -> str:
        return str(volume_of(connection, f"{plan.pool.name}/{plan.disk_name}").path())

    async with around.line(f"disk {plan.disk_name}") as line:
        return await around.ask(line, look)


HANDLERS: dict[type[Operation], Handler[Any]] = {CreateGuest: Handler(preview, operate, words)}
