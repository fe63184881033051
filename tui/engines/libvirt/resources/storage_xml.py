"""Definitions of pools and their volumes, read."""

from xml.etree import ElementTree

from tui.domain.storage import Disk, StoragePool
from tui.engines.libvirt.xml_facts import UNITS

STATES = {0: "inactive", 1: "building", 2: "active", 3: "degraded", 4: "inaccessible"}  # virStoragePoolState


def read_pool(text: str, *, state: int, autostart: bool, persistent: bool) -> StoragePool:
    """Read the answer of virStoragePoolGetXMLDesc."""
    root = ElementTree.fromstring(text)  # noqa: S314 - libvirt wrote it; expat bounds what entities may expand to
    return StoragePool(
        name=root.findtext("name", ""),
        uuid=root.findtext("uuid", ""),
        type=root.get("type", ""),
        state=STATES.get(state, "inactive"),
        path=root.findtext("target/path", ""),
        capacity_bytes=bytes_of(root.find("capacity")),
        allocation_bytes=bytes_of(root.find("allocation")),
        available_bytes=bytes_of(root.find("available")),
        autostart=autostart,
        persistent=persistent,
    )


def read_volume(text: str, pool: str) -> Disk:
    """Read the answer of virStorageVolGetXMLDesc; of the chain it tells the next disk only."""
    root = ElementTree.fromstring(text)  # noqa: S314 - the same
    under, under_format = root.findtext("backingStore/path", ""), root.find("backingStore/format")
    form = root.find("target/format")
    return Disk(
        pool=pool,
        name=root.findtext("name", ""),
        path=root.findtext("target/path", "") or root.findtext("key", ""),
        format=_known(form),
        capacity_bytes=bytes_of(root.find("capacity")),
        allocation_bytes=bytes_of(root.find("allocation")),
        backing=(under,) if under else (),
        backing_format=_known(under_format) if under else "",
    )


def _known(form: ElementTree.Element | None) -> str:
    word = "" if form is None else form.get("type", "")
    return "" if word in {"unknown", "none", "auto"} else word


def bytes_of(element: ElementTree.Element | None) -> int:
    """Return a size with its unit; 0 for none."""
    try:
        return 0 if element is None else int(element.text or "0") * UNITS.get(element.get("unit", "bytes"), 1)
    except ValueError:
        return 0
