"""One disk in full: its chain to the end, its users, the snapshots inside."""

from dataclasses import replace

from tui.domain.errors import EngineAbsent, EngineError, NotFound
from tui.domain.resource import ResourceId
from tui.domain.storage import Disk
from tui.engines.libvirt.resources import qemu_img
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import Shelf, linked, tidy
from tui.engines.libvirt.resources.reading import PoolReader
from tui.engines.libvirt.resources.stock import guests_of


async def read_disk(around: Surroundings, reader: PoolReader, target: ResourceId) -> Disk:
    """Return a disk; where qemu-img can read the file, from the file itself.

    Raises:
        EngineError: the disk is gone, or nothing could be read.
    """
    pools, problems = await reader.read()
    try:
        guests = await guests_of(around)
    except EngineError:
        guests = ()  # a disk without its users is better than none; the list says why
    pool, _, name = target.local.partition("/")
    disk = Shelf(linked(pools, guests)).find(pool, name)
    if disk is None:
        raise NotFound("no such disk", f"Disk {name} is not in pool {pool}. {' '.join(problems)}".strip())
    return await _from_file(around, disk)


async def _from_file(around: Surroundings, disk: Disk) -> Disk:
    if not (around.has_files_here and disk.path.startswith("/")):
        return disk
    try:
        layers = await qemu_img.chain(disk.path, disk.format)
    except EngineAbsent:
        return disk
    except EngineError as error:
        return replace(disk, backing_problem=disk.backing_problem or (error.message if disk.backing else ""))
    if not layers:
        return disk
    top, *under = layers
    return replace(
        disk,
        backing=tuple(tidy(layer.path) for layer in under),
        backing_format=under[0].format if under else "",
        backing_problem="",
        snapshots=top.snapshots,
    )
