"""The consoles of a guest, read from its definition."""

from xml.etree import ElementTree

from tui.domain.session import ConsoleDevice

_COPY = "serial"  # a <console> of this type is the first <serial> under another name


def read_consoles(text: str) -> tuple[ConsoleDevice, ...]:
    """Return the consoles that libvirt can open, serial ports first; of a stopped guest with the aliases it will get.

    Only a pty can be opened; a device that writes to a file or a socket cannot.
    """
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - libvirt wrote it; expat bounds what entities may expand to
    except ElementTree.ParseError:
        return ()
    found: dict[str, ConsoleDevice] = {}
    for tag in ("serial", "console"):
        for number, element in enumerate(root.iterfind(f"devices/{tag}")):
            device = _device(element, tag, number)
            if device is not None:
                found.setdefault(device.alias, device)
    return tuple(found.values())


def _device(element: ElementTree.Element, tag: str, number: int) -> ConsoleDevice | None:
    target, alias = element.find("target"), element.find("alias")
    kind = (target.get("type", "") if target is not None else "") or _COPY
    port = target.get("port", "") if target is not None else ""
    if element.get("type") != "pty":
        return None
    name = alias.get("name", "") if alias is not None else ""
    if tag == "serial":
        kind = _COPY
    elif kind == _COPY and number == 0:
        name = name or "serial0"
    return ConsoleDevice(name or f"{tag}{number}", kind, int(port) if port.isdigit() else number)


def has_any_port(text: str) -> bool:
    """Tell whether a definition has a serial or console device of any type."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - libvirt wrote it; expat bounds what entities may expand to
    except ElementTree.ParseError:
        return False
    return root.find("devices/serial") is not None or root.find("devices/console") is not None
