"""Disks made from other disks."""

from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.storage import CloneDisk
from tui.domain.resource import ResourceKind
from tui.domain.storage import Disk, StoragePool
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import is_outside
from tui.engines.libvirt.resources.copying import Copy, copy
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.survey import FOLDERS, Survey, free_bytes, resource_of, space_problem, survey
from tui.engines.libvirt.resources.volumes import base_format, make_volume, overlay_problem, overlay_xml, taken
from tui.engines.libvirt.resources.words import name_problem, names_of, size, user_line


def copy_bytes(seen: Survey, disk: Disk) -> int:
    """Return about what a whole copy takes: what the disk and all under it take, at most its size."""
    under = (seen.shelf.by_path.get(path) for path in disk.backing)
    held = disk.allocation_bytes + sum(layer.allocation_bytes for layer in under if layer)
    return min(held, disk.capacity_bytes) or disk.allocation_bytes


def needed_bytes(seen: Survey, disk: Disk, pool: StoragePool, capacity_bytes: int) -> int:
    """Return what a whole copy takes in a pool."""
    return copy_bytes(seen, disk) if pool.type in FOLDERS else capacity_bytes


class _Clone:
    """What is known before a clone is made."""

    def __init__(self, operation: CloneDisk, seen: Survey) -> None:
        self.seen = seen
        self.operation = operation
        self.disk = seen.disk(resource_of(operation))
        self.pool = seen.active_pool(operation.pool or self.disk.pool)
        self.capacity_bytes = operation.capacity_bytes or self.disk.capacity_bytes

    def problem(self, free: int) -> str:
        """Say why it cannot be made; "" when it can."""
        name, disk = self.operation.name, self.disk
        writers = [user for user in disk.users if user.active and not user.through]
        if problem := name_problem(name, "disk"):
            return problem
        if self.seen.shelf.find(self.pool.name, name):
            return taken(self.pool.name, name)
        if self.capacity_bytes < disk.capacity_bytes:
            return f"The clone cannot be smaller than {disk.name} ({size(disk.capacity_bytes)})."
        if disk.format == "dir":
            return f"{disk.name} is a folder."
        if writers and not self._is_read_only_image:
            torn = "an overlay would break" if self.operation.overlay else "a copy would be torn"
            return f"{names_of(writers)} runs and writes to {disk.name}: {torn}. Stop the guest first."
        if disk.backing_problem and not is_outside(disk.backing_problem):
            return disk.backing_problem
        if self.operation.overlay:
            return overlay_problem(disk, self.pool, FOLDERS)
        return space_problem(self.needs, free, f"pool {self.pool.name}")

    @property
    def _is_read_only_image(self) -> bool:
        return self.disk.format == "iso"

    @property
    def needs(self) -> int:
        """Return what it takes."""
        if self.operation.overlay:
            return 0
        return needed_bytes(self.seen, self.disk, self.pool, self.capacity_bytes)

    def warnings(self) -> tuple[str, ...]:
        """Say what a person must know."""
        if not self.operation.overlay:
            return ()
        owners = [user for user in self.disk.users if not user.through]
        lasting = f"The overlay needs {self.disk.path} for ever: it must not be changed or deleted."
        if owners:
            return (lasting, f"{names_of(owners)} has it as a disk of its own: when it runs, the overlay is destroyed.")
        return (lasting,)


async def preview(around: Surroundings, operation: CloneDisk) -> Preview:
    """Say what would be made, and whether it fits."""
    clone = _Clone(operation, await survey(around))
    kind = "overlay" if operation.overlay else "copy"
    return Preview(
        refusal=clone.problem(await free_bytes(around, clone.pool)),
        objects=(f"disk {operation.name} in pool {clone.pool.name}, {kind} of {clone.disk.name}",),
        users=tuple(user_line(user) for user in clone.disk.users),
        warnings=clone.warnings(),
        needs_bytes=None if operation.overlay else clone.needs,
        document=overlay_xml(operation.name, clone.disk, clone.capacity_bytes) if operation.overlay else "",
        language="xml" if operation.overlay else "",
    )


async def operate(around: Surroundings, operation: CloneDisk, progress: ProgressSink) -> Done:
    """Make it."""
    clone = _Clone(operation, await survey(around))
    if problem := clone.problem(await free_bytes(around, clone.pool)):
        raise ActionRefused("not possible", problem)
    if operation.overlay:
        await make_volume(around, clone.pool.name, overlay_xml(operation.name, clone.disk, clone.capacity_bytes))
    else:
        total = max(1, copy_bytes(clone.seen, clone.disk))
        await copy(around, Copy(clone.disk, clone.pool, operation.name, clone.capacity_bytes, total), progress)
    return Done(made=around.resource(ResourceKind.DISK, f"{clone.pool.name}/{operation.name}"))


def words(around: Surroundings, operation: CloneDisk) -> tuple[str, ...]:
    """Return virsh's command; it has none for a copy in another pool or of another size."""
    pool, _, name = operation.target.local.partition("/")
    if operation.overlay:
        base = around.known_disks.get((pool, name))
        capacity = operation.capacity_bytes or (base.capacity_bytes if base else 0)
        form = base_format(base) if base and base.format else "qcow2"
        backing = ("--format", "qcow2", "--backing-vol", base.path if base else name, "--backing-vol-format", form)
        return ("vol-create-as", operation.pool or pool, operation.name, f"{capacity}B", *backing)
    if operation.pool and operation.pool != pool:
        return ("vol-create-from", operation.pool, f"{operation.name}.xml", name, "--inputpool", pool)
    return ("vol-clone", name, operation.name, "--pool", pool)


HANDLERS: dict[type[Operation], Handler[Any]] = {CloneDisk: Handler(preview, operate, words)}
