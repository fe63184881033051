"""The definition of a new guest."""

from dataclasses import dataclass
from xml.etree import ElementTree

from tui.domain.operation.guests import CreateGuest
from tui.engines.libvirt.guests.capabilities import Capabilities
from tui.engines.libvirt.guests.osinfo import OSINFO, osinfo_id
from tui.engines.libvirt.guests.snapshot_plan import AGENT_CHANNEL
from tui.engines.libvirt.guests.xml_edit import Element, child, pretty

KIB = 1024
_WITHOUT_SATA = frozenset({"s390x", "ppc64le", "aarch64", "riscv64"})  # their machines need SCSI for a drive


@dataclass(frozen=True, slots=True)
class Source:
    """One file or device of a new guest.

    Attributes:
        kind: "file", or "block" for a device, as of LVM.
        cdrom: read only.
    """

    path: str
    format: str = "raw"
    kind: str = "file"
    cdrom: bool = False


def guest_xml(operation: CreateGuest, uuid: str, can: Capabilities, sources: tuple[Source, ...]) -> str:
    """Return the definition.

    Args:
        uuid: empty to let libvirt choose, and where the definition is only shown.
        sources: its disks, the first one the disk it boots from, in the order in which the guest sees them.
    """
    root = ElementTree.Element("domain", type=can.type)
    child(root, "name", operation.name)
    if uuid:
        child(root, "uuid", uuid)
    if operation.description:
        child(root, "description", operation.description)
    _metadata(root, osinfo_id(operation.os))
    child(root, "memory", str(operation.memory_bytes // KIB), unit="KiB")
    child(root, "vcpu", str(operation.vcpus))
    _os(root, operation, can)
    features = child(root, "features")
    if can.arch in {"x86_64", "i686", "aarch64", "test"}:
        child(features, "acpi")
    if can.arch in {"x86_64", "i686"}:
        child(features, "apic")
    if can.cpu:
        child(root, "cpu", mode=can.cpu)
    child(root, "clock", offset="localtime" if operation.os.startswith("win") else "utc")
    child(root, "on_reboot", "restart")
    _devices(child(root, "devices"), operation, can, sources)
    return pretty(root)


def _metadata(root: Element, os_id: str) -> None:
    if os_id:
        info = child(child(root, "metadata"), "libosinfo:libosinfo", **{"xmlns:libosinfo": OSINFO})
        child(info, "libosinfo:os", id=os_id)


def _os(root: Element, operation: CreateGuest, can: Capabilities) -> None:
    firmware = {"firmware": "efi"} if operation.firmware == "uefi" else {}
    os_element = child(root, "os", **firmware)
    machine = {"machine": can.machine} if can.machine else {}
    arch = {"arch": can.arch} if can.type != "test" else {}
    child(os_element, "type", "hvm", **arch, **machine)
    if operation.iso:
        child(os_element, "boot", dev="cdrom")
    child(os_element, "boot", dev="hd")


def _devices(devices: Element, operation: CreateGuest, can: Capabilities, sources: tuple[Source, ...]) -> None:
    if can.emulator:
        child(devices, "emulator", can.emulator)
    for number, source in enumerate(one for one in sources if not one.cdrom):
        _disk(devices, source, f"vd{'abcdefgh'[number]}", "virtio")
    drives = [one for one in sources if one.cdrom]
    for number, source in enumerate(drives):
        _disk(devices, source, f"sd{'abcdefgh'[number]}", "scsi" if can.arch in _WITHOUT_SATA else "sata")
    if drives and can.arch in _WITHOUT_SATA:
        child(devices, "controller", type="scsi", model="virtio-scsi")
    _interface(devices, operation.network)
    child(devices, "serial", type="pty")
    child(devices, "console", type="pty")
    if operation.graphical:
        _graphics(devices, can)
    if can.type != "test":
        child(child(devices, "channel", type="unix"), "target", type="virtio", name=AGENT_CHANNEL)
        child(child(devices, "rng", model="virtio"), "backend", "/dev/urandom", model="random")
    child(devices, "memballoon", model="virtio")


def _disk(devices: Element, source: Source, device: str, bus: str) -> None:
    disk = child(devices, "disk", type=source.kind, device="cdrom" if source.cdrom else "disk")
    child(disk, "driver", name="qemu", type=source.format)
    child(disk, "source", **{"dev" if source.kind == "block" else "file": source.path})
    child(disk, "target", dev=device, bus=bus)
    if source.cdrom:
        child(disk, "readonly")


def _interface(devices: Element, network: str) -> None:
    if network:
        devices.append(interface(network))


def interface(network: str, model: str = "virtio", mac: str = "") -> Element:
    """Return an interface; `network` as in `CreateGuest`."""
    bridge = network.removeprefix("bridge:")
    is_bridge = bridge != network
    made = ElementTree.Element("interface", type="bridge" if is_bridge else "network")
    if mac:
        child(made, "mac", address=mac)
    child(made, "source", **({"bridge": bridge} if is_bridge else {"network": network}))
    child(made, "model", type=model)
    return made


def _graphics(devices: Element, can: Capabilities) -> None:
    """Add a screen that only this host can reach."""
    graphics = child(devices, "graphics", type="vnc", port="-1", autoport="yes", listen="127.0.0.1")
    child(graphics, "listen", type="address", address="127.0.0.1")
    child(child(devices, "video"), "model", type="virtio")
    if can.arch in {"x86_64", "i686", "aarch64"}:
        child(devices, "input", type="tablet", bus="usb")
