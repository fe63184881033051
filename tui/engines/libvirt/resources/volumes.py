"""Making and removing volumes: the steps that disks, copies, uploads and new guests share.

All of it raises EngineError and leaves nothing behind when it fails or is cancelled.
"""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from tui.domain.errors import ActionRefused
from tui.domain.storage import Disk, StoragePool
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.documents import volume_of
from tui.engines.libvirt.resources.failures import NO_VOLUME
from tui.engines.libvirt.resources.undoing import all_or_nothing

MAKING_DEADLINE_SECONDS = 7 * 86_400.0  # a person ends it, not a clock
QUICK_SECONDS = 60.0
BUSY = 55  # a pool with work going on does not refresh


def volume_xml(
    name: str,
    *,
    capacity_bytes: int,
    form: str = "",
    allocation_bytes: int | None = 0,
    backing: str = "",
    backing_format: str = "",
) -> str:
    """Return the definition of a volume.

    Args:
        form: empty for a pool whose disks have none, such as LVM.
        allocation_bytes: taken at once; None leaves it to libvirt, which takes all of it.
    """
    root = ElementTree.Element("volume")
    ElementTree.SubElement(root, "name").text = name
    ElementTree.SubElement(root, "capacity", unit="bytes").text = str(capacity_bytes)
    if allocation_bytes is not None:
        ElementTree.SubElement(root, "allocation", unit="bytes").text = str(allocation_bytes)
    if form:
        ElementTree.SubElement(ElementTree.SubElement(root, "target"), "format", type=form)
    if backing:
        below = ElementTree.SubElement(root, "backingStore")
        ElementTree.SubElement(below, "path").text = backing
        ElementTree.SubElement(below, "format", type=backing_format)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")


async def make_volume(around: Surroundings, pool: str, text: str, *, flags: int = 0) -> str:
    """Make a volume from its definition and return its path."""
    name = ElementTree.fromstring(text).findtext("name", "")  # noqa: S314 - written just above

    def create(_libvirt: Any, connection: Any) -> str:
        return str(connection.storagePoolLookupByName(pool).createXML(text, flags).path())

    return await made(around, pool, name, create)


async def made(
    around: Surroundings,
    pool: str,
    name: str,
    create: Callable[[Any, Any], str],
    *,
    on_cancel: Callable[[], object] = lambda: None,
) -> str:
    """Run what makes a volume in one call, on a connection of its own; return the volume's path.

    libvirt takes back itself what fails. It cannot be told to stop: a cancelled one is deleted when it is there.
    """
    there: list[bool] = []

    def work(libvirt: Any, connection: Any) -> str:
        refuse_taken(libvirt, connection, pool, name)
        path = create(libvirt, connection)
        there.append(True)
        return path

    async def undo() -> None:
        if there:
            await remove_volume(around, pool, name)

    async with around.line(f"disk {name}") as line:
        return await all_or_nothing(around.change(line, work, deadline=MAKING_DEADLINE_SECONDS), undo, stop=on_cancel)


def refuse_taken(libvirt: Any, connection: Any, pool: str, name: str) -> None:
    """Refuse a name that is taken.

    Raises:
        ActionRefused: it is.
    """
    try:
        connection.storagePoolLookupByName(pool).storageVolLookupByName(name)
    except libvirt.libvirtError as error:
        if error.get_error_code() == NO_VOLUME:
            return
        raise
    raise ActionRefused("name taken", taken(pool, name))


def taken(pool: str, name: str) -> str:
    """Say that a name is taken."""
    return f"There is a disk {name} in pool {pool} already."


async def remove_volume(around: Surroundings, pool: str, name: str) -> None:
    """Delete a volume and its file; one that is not there is no error."""

    def delete(libvirt: Any, connection: Any) -> None:
        try:
            volume_of(connection, f"{pool}/{name}").delete(0)
        except libvirt.libvirtError as error:
            if error.get_error_code() != NO_VOLUME:
                raise

    async with around.line(f"disk {name}") as line:
        await around.change(line, delete, deadline=QUICK_SECONDS)


async def refresh_pool(around: Surroundings, pool: str) -> None:
    """Have libvirt read a pool anew; one that is at work is left alone."""

    def refresh(libvirt: Any, connection: Any) -> None:
        try:
            connection.storagePoolLookupByName(pool).refresh(0)
        except libvirt.libvirtError as error:
            if error.get_error_code() not in {BUSY, libvirt.VIR_ERR_INTERNAL_ERROR}:
                raise

    async with around.line(f"pool {pool}") as line:
        await around.change(line, refresh, deadline=QUICK_SECONDS)


def overlay_problem(base: Disk, pool: StoragePool, folders: frozenset[str]) -> str:
    """Say why no overlay can be made on a disk; "" when it can."""
    if pool.type not in folders:
        return f'Pool {pool.name} is of the type "{pool.type}": an overlay is a file and needs a pool of files.'
    if not base.format:
        return f"The format of {base.name} is not known, so nothing can safely stand on it."
    if base.format == "dir":
        return f"{base.name} is a folder."
    return ""


def base_format(base: Disk) -> str:
    """Return the format by which an overlay names its base."""
    return "raw" if base.format == "iso" else base.format


def overlay_xml(name: str, base: Disk, capacity_bytes: int | None = None) -> str:
    """Return the definition of an overlay."""
    return volume_xml(
        name,
        capacity_bytes=max(base.capacity_bytes, capacity_bytes or 0),
        form="qcow2",
        backing=base.path,
        backing_format=base_format(base),
    )
