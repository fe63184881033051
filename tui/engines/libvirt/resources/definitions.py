"""What guests' definitions say about disks and networks: one pass over all of them, when a person looks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree

from tui.engines.libvirt.failures import NO_DOMAIN


@dataclass(frozen=True, slots=True)
class Source:
    """One file or device that a guest needs.

    Attributes:
        target: "vda", or "kernel", "initrd", "nvram", "snapshot NAME".
        path: empty for a volume that is named by pool and name.
        under: the chain below it as far as the running guest has it open, nearest first.
    """

    target: str
    path: str = ""
    pool: str = ""
    volume: str = ""
    under: tuple[str, ...] = ()
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Port:
    """One network interface of a guest.

    Attributes:
        mac: lower case.
        network: libvirt's, empty for one that is plugged into `bridge` by itself.
        tap: on the host; empty while the guest is off.
        live: the guest has it now.
    """

    mac: str
    network: str = ""
    bridge: str = ""
    tap: str = ""
    live: bool = False


@dataclass(frozen=True, slots=True)
class GuestDefinition:
    """What one guest needs, now and at its next start together."""

    uuid: str
    name: str
    active: bool = False
    sources: tuple[Source, ...] = ()
    ports: tuple[Port, ...] = ()


def read_guests(libvirt: Any, connection: Any) -> tuple[GuestDefinition, ...]:
    """Read all definitions, of running guests both of them; blocks, and asks no QEMU."""
    return tuple(found for domain in connection.listAllDomains(0) if (found := _read(libvirt, domain)) is not None)


def _read(libvirt: Any, domain: Any) -> GuestDefinition | None:
    try:
        active = bool(domain.isActive())
        guest = GuestDefinition(domain.UUIDString(), domain.name(), active)
        texts = [domain.XMLDesc(0)]
        if active and domain.isPersistent():
            texts.append(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
    except libvirt.libvirtError as error:
        if error.get_error_code() == NO_DOMAIN:
            return None  # gone since it was listed
        raise
    return merged(guest, texts)


def merged(guest: GuestDefinition, texts: list[str]) -> GuestDefinition:
    """Return a guest with what its definitions say; of a running one the first is the live one."""
    sources: dict[tuple[str, str, str, str], Source] = {}
    ports: dict[tuple[str, str, str], Port] = {}
    for number, text in enumerate(texts):
        root = ElementTree.fromstring(text)  # noqa: S314 - libvirt wrote it; expat bounds what entities may expand to
        for source in sources_of(root):
            sources.setdefault((source.target, source.path, source.pool, source.volume), source)
        for port in ports_of(root):
            live = guest.active and number == 0
            ports.setdefault(
                (port.mac, port.network, port.bridge if not port.network else ""), replace(port, live=live)
            )
    return replace(guest, sources=tuple(sources.values()), ports=tuple(ports.values()))


def sources_of(root: ElementTree.Element) -> Iterator[Source]:
    """Find what a definition needs on disk."""
    for disk in root.iterfind("devices/disk"):
        source, target = disk.find("source"), disk.find("target")
        if source is not None:
            yield Source(
                target="" if target is None else target.get("dev", ""),
                path=path_of(source),
                pool=source.get("pool", ""),
                volume=source.get("volume", ""),
                under=tuple(path for layer in disk.iterfind(".//backingStore/source") if (path := path_of(layer))),
                read_only=disk.find("readonly") is not None,
            )
    for name in ("kernel", "initrd", "nvram", "loader"):
        path = (root.findtext(f"os/{name}") or "").strip()
        if path:
            yield Source(target=name, path=path)


def path_of(source: ElementTree.Element) -> str:
    """Return where a source lies: a path, or a name on a network storage."""
    return source.get("file") or source.get("dev") or source.get("dir") or source.get("name") or ""


def ports_of(root: ElementTree.Element) -> Iterator[Port]:
    """Find a definition's network interfaces."""
    for interface in root.iterfind("devices/interface"):
        mac, target, source = interface.find("mac"), interface.find("target"), interface.find("source")
        yield Port(
            mac="" if mac is None else mac.get("address", "").lower(),
            network="" if source is None else source.get("network", ""),
            bridge="" if source is None else source.get("bridge", ""),
            tap="" if target is None else target.get("dev", ""),
        )


def read_snapshot_sources(libvirt: Any, connection: Any) -> tuple[GuestDefinition, ...]:
    """Read which files the snapshots of guests need; one call a guest and one a snapshot, so only before a deletion."""
    found = []
    for domain in connection.listAllDomains(0):
        try:
            texts = [snapshot.getXMLDesc(0) for snapshot in domain.listAllSnapshots(0)]
            guest = GuestDefinition(domain.UUIDString(), domain.name(), bool(domain.isActive()))
        except libvirt.libvirtError:
            continue  # gone meanwhile, or a driver without snapshots
        sources = tuple(source for text in texts for source in snapshot_sources(text))
        if sources:
            found.append(replace(guest, sources=sources))
    return tuple(found)


def snapshot_sources(text: str) -> Iterator[Source]:
    """Find the files that a snapshot needs: of its memory, of its overlays, and of the guest as it was."""
    root = ElementTree.fromstring(text)  # noqa: S314 - the same
    target = f"snapshot {root.findtext('name', '')}"
    memory = root.find("memory")
    if memory is not None and memory.get("file"):
        yield Source(target=target, path=memory.get("file", ""))
    for source in (*root.iterfind("disks/disk/source"), *root.iterfind("domain/devices/disk/source")):
        yield Source(target=target, path=path_of(source), pool=source.get("pool", ""), volume=source.get("volume", ""))
