"""What a guest is built of, now and at its next start, from both of its definitions."""

from collections.abc import Iterable
from dataclasses import replace

from tui.domain.hardware import GuestDisk, GuestHardware, GuestInterface
from tui.domain.identity import InstanceId
from tui.engines.libvirt.guests.reading import Guest, read_guest
from tui.engines.libvirt.guests.xml_edit import Element, attribute
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.definitions import path_of
from tui.engines.libvirt.xml_facts import UNITS


async def hardware(around: Surroundings, target: InstanceId) -> GuestHardware:
    """Return what a guest is built of, as the seam says."""
    return hardware_of(await read_guest(around, target))


def hardware_of(guest: Guest) -> GuestHardware:
    """Read both definitions."""
    now, later = guest.now, guest.next
    vcpus, vcpus_max = vcpus_of(later)
    memory_max = bytes_in(later, "memory")
    return GuestHardware(
        vcpus=vcpus,
        vcpus_max=vcpus_max,
        memory_bytes=bytes_in(later, "currentMemory") or memory_max,
        memory_max_bytes=memory_max,
        vcpus_live=vcpus_of(now)[0] if guest.active else None,
        memory_live_bytes=(bytes_in(now, "currentMemory") or bytes_in(now, "memory")) if guest.active else None,
        boot=boot_order(later),
        title=later.findtext("title", "").strip(),
        description=later.findtext("description", "").strip(),
        disks=_both_disks(guest),
        interfaces=_both_interfaces(guest),
        stored_xml=guest.stored,
    )


def vcpus_of(root: Element) -> tuple[int, int]:
    """Return how many are plugged in, and how many could be."""
    element = root.find("vcpu")
    most = _number(None if element is None else element.text) or 1
    return _number(attribute(element, "current")) or most, most


def bytes_in(root: Element, tag: str) -> int:
    """Return a size of memory; 0 for none."""
    element = root.find(tag)
    return 0 if element is None else _number(element.text) * UNITS.get(element.get("unit", "KiB"), 1024)


def _number(text: str | None) -> int:
    try:
        return int(text or "")
    except ValueError:
        return 0


def boot_order(root: Element) -> tuple[str, ...]:
    """Return the kinds of devices in the order of booting, whichever of the two ways the definition tells it."""
    ordered = device_boots(root)
    if ordered:
        return tuple(dict.fromkeys(ordered))
    return tuple(word for boot in root.iterfind("os/boot") if (word := boot.get("dev", "")))


def device_boots(root: Element) -> list[str]:
    """Return the kinds of the devices that have a place of their own in the order."""
    found: list[tuple[int, str]] = []
    for device in root.iterfind("devices/*"):
        boot = device.find("boot")
        kind = _boot_kind(device)
        if boot is not None and kind:
            found.append((_number(boot.get("order")), kind))
    return [kind for _, kind in sorted(found, key=lambda one: one[0])]


def _boot_kind(device: Element) -> str:
    if device.tag == "interface":
        return "network"
    if device.tag != "disk":
        return ""
    return {"cdrom": "cdrom", "floppy": "fd"}.get(device.get("device", "disk"), "hd")


def disks_of(root: Element) -> tuple[GuestDisk, ...]:
    """Return the disks of a definition."""
    return tuple(_disk(element) for element in root.iterfind("devices/disk"))


def _disk(element: Element) -> GuestDisk:
    target = element.find("target")
    return GuestDisk(
        device=attribute(target, "dev"),
        source=source_of(element),
        format=attribute(element.find("driver"), "type"),
        bus=attribute(target, "bus"),
        kind=element.get("device", "disk"),
        read_only=element.find("readonly") is not None,
    )


def source_of(disk: Element) -> str:
    """Return where a disk lies: a path, "POOL/NAME" of a volume, or a name on a network storage; empty for none."""
    source = disk.find("source")
    if source is None:
        return ""
    if source.get("volume"):
        return f"{source.get('pool', '')}/{source.get('volume')}"
    return path_of(source)


def _both_disks(guest: Guest) -> tuple[GuestDisk, ...]:
    """Merge the disks of both definitions: one that is the same in both is one."""
    merged: dict[tuple[str, str, str], GuestDisk] = {}
    for disk in disks_of(guest.now) if guest.active else ():
        merged[disk.device, disk.source, disk.kind] = replace(disk, live=True)
    for disk in disks_of(guest.next) if guest.persistent else ():
        key = (disk.device, disk.source, disk.kind)
        merged[key] = replace(merged[key], stored=True) if key in merged else replace(disk, stored=True)
    return tuple(sorted(merged.values(), key=lambda disk: (not disk.live, disk.device)))


def interfaces_of(root: Element) -> Iterable[GuestInterface]:
    """Return the network interfaces of a definition."""
    for element in root.iterfind("devices/interface"):
        yield GuestInterface(
            mac=attribute(element.find("mac"), "address").lower(),
            network=network_of(element),
            model=attribute(element.find("model"), "type"),
            tap=attribute(element.find("target"), "dev"),
        )


def network_of(interface: Element) -> str:
    """Return what an interface is plugged into: a network's name, "bridge:NAME", or its type where it is neither."""
    source = interface.find("source")
    if attribute(source, "network"):
        return attribute(source, "network")
    if interface.get("type") == "bridge":
        return f"bridge:{attribute(source, 'bridge')}"
    device = attribute(source, "dev")
    return f"{interface.get('type', '')}:{device}" if device else interface.get("type", "")


def _both_interfaces(guest: Guest) -> tuple[GuestInterface, ...]:
    merged: dict[tuple[str, str], GuestInterface] = {}
    for one in interfaces_of(guest.now) if guest.active else ():
        merged[one.mac, one.network] = replace(one, live=True)
    for one in interfaces_of(guest.next) if guest.persistent else ():
        key = (one.mac, one.network)
        merged[key] = replace(merged[key], stored=True) if key in merged else replace(one, tap="", stored=True)
    return tuple(merged.values())
