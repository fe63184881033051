"""Processors, memory and boot order inside a definition."""

from tui.engines.libvirt.guests.hardware import bytes_in, vcpus_of
from tui.engines.libvirt.guests.xml_edit import Element, drop, put

KIB = 1024


def memory_of(root: Element) -> int:
    """Return what it starts with."""
    return bytes_in(root, "currentMemory") or bytes_in(root, "memory")


def put_vcpus(root: Element, wanted: int) -> None:
    """Set how many are plugged in; the most there can be grows where it must."""
    most = vcpus_of(root)[1]
    element = put(root, "vcpu", str(max(most, wanted)), after=("memory", "currentMemory"))
    element.attrib.pop("current", None)
    if wanted < most:
        element.set("current", str(wanted))
    drop(root, "vcpus")  # which of them are plugged in: libvirt chooses anew


def put_memory(root: Element, wanted: int) -> None:
    """Set what it starts with; the most it can get stays larger only where it was larger before."""
    most, before = bytes_in(root, "memory"), memory_of(root)
    most = max(most, wanted) if before < most else wanted
    for tag, count in (("memory", most), ("currentMemory", wanted)):
        element = put(root, tag, str(count // KIB), after=("name", "uuid", "genid", "title", "description", "metadata"))
        element.set("unit", "KiB")


def put_boot(root: Element, boot: tuple[str, ...]) -> None:
    """Set the order of kinds, which devices with a place of their own would contradict."""
    drop(root, "os/boot")
    drop(root, "devices/*/boot")
    os_element = root.find("os")
    if os_element is None:
        return
    places = [number for number, one in enumerate(os_element) if one.tag in {"type", "firmware", "loader", "nvram"}]
    place = (places[-1] if places else -1) + 1
    for number, kind in enumerate(boot):
        os_element.insert(place + number, Element("boot", {"dev": kind}))
