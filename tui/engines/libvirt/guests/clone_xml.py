"""The definition of a clone: what must not be the same in two guests is another or none."""

import os
from collections.abc import Mapping

from tui.engines.libvirt.guests.guest_interfaces import new_mac
from tui.engines.libvirt.guests.xml_edit import Element, attribute, drop, parse, pretty, put


def clone_xml(stored: str, name: str, uuid: str, disks: Mapping[str, tuple[str, str]], nvram: str) -> str:
    """Return the definition.

    Args:
        uuid: empty where it is only shown.
        disks: by device name, path and format of its own copy; what is not among them stays shared.
        nvram: its own copy of the firmware's variables; empty for new ones.
    """
    root = parse(stored)
    put(root, "name", name, after=())
    if uuid:
        put(root, "uuid", uuid, after=("name",))
    else:
        drop(root, "uuid")
    drop(root, "genid")
    for entry in root.iterfind("sysinfo/system/entry[@name='uuid']"):
        entry.text = uuid  # libvirt insists that it is the guest's
    for disk in root.iterfind("devices/disk"):
        copy = disks.get(attribute(disk.find("target"), "dev"))
        if copy:
            _point(disk, *copy)
    for interface in root.iterfind("devices/interface"):
        drop(interface, "mac")
        drop(interface, "target")
        interface.insert(0, Element("mac", {"address": new_mac()}))
    _firmware(root, nvram)
    _endpoints(root)
    return pretty(root)


def _point(disk: Element, path: str, form: str) -> None:
    """Let a disk have another source."""
    is_block = path.startswith("/dev/")
    source = disk.find("source")
    if source is None:
        return
    for name in ("file", "dev", "pool", "volume", "index", "startupPolicy"):
        source.attrib.pop(name, None)
    source.set("dev" if is_block else "file", path)
    disk.set("type", "block" if is_block else "file")
    drop(disk, "backingStore")
    drop(disk, "serial")
    driver = disk.find("driver")
    if driver is None:
        driver = Element("driver", {"name": "qemu"})
        disk.insert(0, driver)
    driver.set("type", form)


def _firmware(root: Element, nvram: str) -> None:
    found = root.find("os/nvram")
    if found is None:
        return
    drop(found, "source")
    found.attrib.pop("type", None)
    found.text = nvram or None
    if not nvram and not found.attrib:
        drop(root, "os/nvram")


def _endpoints(root: Element) -> None:
    """Let go of sockets, files and ports of the host, of which each guest needs its own."""
    for device in root.iterfind("devices/*"):
        if device.tag in {"serial", "console", "parallel", "channel"}:
            drop(device, "log")
            if device.get("type") in {"unix", "pty"}:
                drop(device, "source")
    for graphics in root.iterfind("devices/graphics"):
        if graphics.get("port", "-1") != "-1":
            graphics.set("port", "-1")
            graphics.set("autoport", "yes")
        graphics.attrib.pop("tlsPort", None)
        graphics.attrib.pop("socket", None)


def still_shared(root: Element) -> list[str]:
    """Say what both guests are going to use, each a line for a person."""
    lines = []
    if root.find("devices/hostdev") is not None:
        lines.append("Both have the same device of the host: only one of them can run.")
    if root.find("devices/filesystem") is not None:
        lines.append("Both share a folder of the host.")
    if root.find("devices/tpm") is not None:
        lines.append("The clone gets an empty TPM: what is sealed in the old one cannot be read there.")
    ports = (one for one in root.iterfind("devices/*") if one.tag in {"serial", "parallel"})
    kinds = {"file", "tcp", "udp", "dev"}
    lines += [f"Both have the same {one.tag} port ({one.get('type')})." for one in ports if one.get("type") in kinds]
    return lines


def nvram_of(root: Element) -> str:
    """Return where the firmware's variables are; empty for none."""
    found = root.find("os/nvram")
    if found is None:
        return ""
    return (found.text or "").strip() or attribute(found.find("source"), "file")


def default_nvram(name: str, *, session: bool) -> str:
    """Return where libvirt keeps the variables when it chooses the firmware itself: the definition does not tell."""
    if session:
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        return os.path.join(base, "libvirt", "qemu", "nvram", f"{name}_VARS.fd")
    return f"/var/lib/libvirt/qemu/nvram/{name}_VARS.fd"


def nvram_for(path: str, name: str) -> str:
    """Return where the clone's are going to be, as libvirt names them."""
    return os.path.join(os.path.dirname(path), f"{name}_VARS{os.path.splitext(path)[1] or '.fd'}")
