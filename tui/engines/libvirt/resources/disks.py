"""New, larger and deleted disks."""

from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.storage import CreateDisk, DeleteDisk, ResizeDisk
from tui.domain.resource import ResourceKind
from tui.domain.storage import Disk, DiskUser, StoragePool
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import overlays_of
from tui.engines.libvirt.resources.documents import volume_of
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.survey import (
    FOLDERS,
    Survey,
    free_bytes,
    resource_of,
    snapshot_users,
    space_problem,
    survey,
)
from tui.engines.libvirt.resources.volumes import QUICK_SECONDS, make_volume, taken, volume_xml
from tui.engines.libvirt.resources.words import name_problem, names_of, size, user_line

RESIZE_SECONDS = 600.0


async def _creation(around: Surroundings, operation: CreateDisk) -> tuple[StoragePool, int, str]:
    """Return the pool, what is free in it, and why it cannot be."""
    seen = await survey(around)
    pool = seen.active_pool(resource_of(operation).local)
    free = await free_bytes(around, pool)
    return pool, free, _create_problem(operation, seen, pool, free)


def _create_problem(operation: CreateDisk, seen: Survey, pool: StoragePool, free: int) -> str:
    if problem := name_problem(operation.name, "disk"):
        return problem
    if seen.shelf.find(pool.name, operation.name):
        return taken(pool.name, operation.name)
    if operation.capacity_bytes <= 0:
        return "The disk needs a size."
    if operation.format not in {"qcow2", "raw"}:
        return f'hostdeck makes disks of the formats qcow2 and raw, not "{operation.format}".'
    if pool.type not in FOLDERS and operation.format != "raw":
        return f'Pool {pool.name} is of the type "{pool.type}": its disks are raw.'
    if operation.preallocate or pool.type not in FOLDERS:
        return space_problem(operation.capacity_bytes, free, f"pool {pool.name}")
    return ""


def disk_xml(operation: CreateDisk, pool: StoragePool) -> str:
    """Return the definition of a new disk."""
    files = pool.type in FOLDERS
    return volume_xml(
        operation.name,
        capacity_bytes=operation.capacity_bytes,
        form=operation.format if files else "",
        allocation_bytes=operation.capacity_bytes if operation.preallocate or not files else 0,
    )


async def preview_create(around: Surroundings, operation: CreateDisk) -> Preview:
    """Say what would be made, and whether it fits."""
    pool, free, refusal = await _creation(around, operation)
    grows = not operation.preallocate and operation.capacity_bytes > free
    warning = f"It may grow larger than pool {pool.name} has free now ({size(free)})."
    return Preview(
        refusal=refusal,
        objects=(f"disk {operation.name} in pool {pool.name}, {size(operation.capacity_bytes)}",),
        warnings=(warning,) if grows else (),
        needs_bytes=operation.capacity_bytes if operation.preallocate else None,
        document=disk_xml(operation, pool),
        language="xml",
    )


async def create(around: Surroundings, operation: CreateDisk, _progress: ProgressSink) -> Done:
    """Make it."""
    pool, _, problem = await _creation(around, operation)
    if problem:
        raise ActionRefused("not possible", problem)
    preallocated = operation.preallocate and operation.format == "qcow2"
    await make_volume(around, pool.name, disk_xml(operation, pool), flags=1 if preallocated else 0)
    return Done(made=around.resource(ResourceKind.DISK, f"{pool.name}/{operation.name}"))


def words_create(_around: Surroundings, operation: CreateDisk) -> tuple[str, ...]:
    """Return virsh's command."""
    words = ("vol-create-as", operation.target.local, operation.name, f"{operation.capacity_bytes}B")
    taken_now = operation.capacity_bytes if operation.preallocate else 0
    return (*words, "--allocation", f"{taken_now}B", "--format", operation.format)


# larger, smaller


def _resize_problem(operation: ResizeDisk, seen: Survey, disk: Disk) -> str:
    below = [user for user in disk.users if user.through and user.active]
    if operation.capacity_bytes == disk.capacity_bytes:
        return f"{disk.name} has that size already."
    if below:
        return f"{names_of(below)} runs on an overlay of {disk.name}, which is open meanwhile. Stop the guest first."
    if operation.capacity_bytes > disk.capacity_bytes:
        return ""
    if not operation.shrink:
        return f"{disk.name} has {size(disk.capacity_bytes)}: making it smaller destroys what is at its end."
    running = [user for user in disk.users if user.active]
    if running:
        return f"{names_of(running)} runs and uses {disk.name}: it cannot be made smaller. Stop the guest first."
    overlays = overlays_of(seen.shelf, disk.path)
    if overlays:
        return f"{overlays[0].name} stands on {disk.name}: it cannot be made smaller."
    return ""


async def preview_resize(around: Surroundings, operation: ResizeDisk) -> Preview:
    """Say what becomes of it and what it means for running guests."""
    seen = await survey(around)
    disk = seen.disk(resource_of(operation))
    warnings = []
    if operation.capacity_bytes < disk.capacity_bytes:
        warnings.append("What is stored at the end of the disk is lost for ever: shrink its file systems first.")
    elif any(user.active for user in disk.users):
        warnings.append("The guest sees the new size at once; partitions and file systems are made larger inside it.")
    return Preview(
        refusal=_resize_problem(operation, seen, disk),
        objects=(f"{disk.name}: {size(disk.capacity_bytes)} becomes {size(operation.capacity_bytes)}",),
        users=tuple(user_line(user) for user in disk.users),
        warnings=tuple(warnings),
    )


async def resize(around: Surroundings, operation: ResizeDisk, _progress: ProgressSink) -> Done:
    """Resize it, through the guest that has it open when one does."""
    seen = await survey(around)
    disk = seen.disk(resource_of(operation))
    if problem := _resize_problem(operation, seen, disk):
        raise ActionRefused("not possible", problem)
    running = next((user for user in disk.users if user.active), None)
    work = partial(_resize_live, user=running) if running else partial(_resize, local=operation.target.local)
    async with around.line(f"disk {disk.name}") as line:
        await around.change(line, partial(work, capacity=operation.capacity_bytes), deadline=RESIZE_SECONDS)
    return Done(f"{running.name} sees the new size now." if running else "")


def _resize(libvirt: Any, connection: Any, *, local: str, capacity: int) -> None:
    volume = volume_of(connection, local)
    shrinks = capacity < volume.info()[1]
    volume.resize(capacity, libvirt.VIR_STORAGE_VOL_RESIZE_SHRINK if shrinks else 0)


def _resize_live(libvirt: Any, connection: Any, *, user: DiskUser, capacity: int) -> None:
    guest = connection.lookupByUUIDString(user.guest_id)
    guest.blockResize(user.target, capacity, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)


def words_resize(_around: Surroundings, operation: ResizeDisk) -> tuple[str, ...]:
    """Return virsh's command."""
    pool, _, name = operation.target.local.partition("/")
    shrink = ("--shrink",) if operation.shrink else ()
    return ("vol-resize", name, f"{operation.capacity_bytes}B", "--pool", pool, *shrink)


# gone


async def _delete_problem(around: Surroundings, seen: Survey, disk: Disk) -> str:
    direct = [user for user in disk.users if not user.through]
    if direct:
        return f"{names_of(direct)} needs {disk.name}. Detach the disk, or delete the guest first."
    overlays = overlays_of(seen.shelf, disk.path)
    if overlays:
        more = f" and {len(overlays) - 1} more" if len(overlays) > 1 else ""
        return f"{overlays[0].name} in pool {overlays[0].pool}{more} stands on {disk.name}. Delete that first."
    if disk.users:
        return f"{names_of(disk.users)} needs {disk.name} through an overlay that is in no pool."
    if seen.problems:
        return f"It is not known whether something needs {disk.name}. {' '.join(seen.problems)}"
    snapshots = await snapshot_users(around, seen, disk)
    if snapshots:
        return f"A snapshot of {names_of(snapshots)} needs {disk.name} ({snapshots[0].target})."
    return ""


async def preview_delete(around: Surroundings, operation: DeleteDisk) -> Preview:
    """Say what is lost, or who needs it."""
    seen = await survey(around)
    disk = seen.disk(resource_of(operation))
    return Preview(
        refusal=await _delete_problem(around, seen, disk),
        objects=(f"disk {disk.name} in pool {disk.pool}, {disk.path}",),
        users=tuple(user_line(user) for user in disk.users),
        warnings=("All that is on the disk is lost for ever.",),
        frees_bytes=disk.allocation_bytes,
    )


async def delete(around: Surroundings, operation: DeleteDisk, _progress: ProgressSink) -> Done:
    """Delete it, when still nothing needs it."""
    seen = await survey(around)
    disk = seen.disk(resource_of(operation))
    if problem := await _delete_problem(around, seen, disk):
        raise ActionRefused("in use", problem)
    local = operation.target.local

    def work(_libvirt: Any, connection: Any) -> None:
        volume_of(connection, local).delete(0)

    async with around.line(f"disk {disk.name}") as line:
        await around.change(line, work, deadline=QUICK_SECONDS)
    return Done(f"{size(disk.allocation_bytes)} freed.")


def words_delete(_around: Surroundings, operation: DeleteDisk) -> tuple[str, ...]:
    """Return virsh's command."""
    pool, _, name = operation.target.local.partition("/")
    return ("vol-delete", name, "--pool", pool)


HANDLERS: dict[type[Operation], Handler[Any]] = {
    CreateDisk: Handler(preview_create, create, words_create),
    ResizeDisk: Handler(preview_resize, resize, words_resize),
    DeleteDisk: Handler(preview_delete, delete, words_delete),
}
