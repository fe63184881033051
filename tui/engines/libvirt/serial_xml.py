"""A serial console for a guest that has none: the smallest change of its definition."""

import difflib
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from tui.domain.errors import ActionRefused
from tui.engines.libvirt.console_xml import has_any_port, read_consoles

SERIAL = ("<serial type='pty'/>", "<console type='pty'/>")
ADDED = (
    "The console is there from the next start; the guest shows something on it when its kernel is told "
    "`console=ttyS0` and a login runs on ttyS0."
)


@dataclass(frozen=True, slots=True)
class SerialOffer:
    """What would be changed.

    Attributes:
        xml: the whole changed definition.
        diff: the change, as a unified diff.
    """

    xml: str
    diff: str


def with_serial(xml: str) -> SerialOffer:
    """Add a serial port and the console on it.

    Raises:
        ActionRefused: it has one already, of whatever type, or the text is no definition.
    """
    if read_consoles(xml):
        raise ActionRefused("has a console", "The guest has a serial console already.")
    if has_any_port(xml):
        raise ActionRefused(
            "has a serial port", "The guest's serial port goes elsewhere (a file or a socket): libvirt cannot open it."
        )
    before = _end_of_devices(xml)
    if before is None:
        raise ActionRefused("no devices", "The definition has no devices to add a console to.")
    line = xml.rfind("\n", 0, before) + 1
    margin = xml[line:before]
    if margin.strip():  # not alone on its line, as libvirt writes it
        line, margin = before, ""
    added = "".join(f"{margin}  {element}\n" for element in SERIAL) if margin else "".join(SERIAL)
    changed = xml[:line] + added + xml[line:]
    lines = difflib.unified_diff(xml.splitlines(), changed.splitlines(), "now", "with a console", lineterm="")
    return SerialOffer(changed, "\n".join(lines))


def _end_of_devices(xml: str) -> int | None:
    """Return where "</devices>" of the domain begins; foreign metadata may hold another one."""
    parser, path, found = expat.ParserCreate(), list[str](), list[int]()
    raw = xml.encode()

    def start(name: str, _attributes: dict[str, str]) -> None:
        path.append(name)

    def end(_name: str) -> None:
        if path == ["domain", "devices"] and raw[parser.CurrentByteIndex :].startswith(b"</devices"):
            found.append(len(raw[: parser.CurrentByteIndex].decode()))
        path.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(raw, True)
    except expat.ExpatError:
        return None
    return found[0] if found else None


def stored_definition(libvirt: Any, connection: Any, *, uuid: str) -> str:
    """Return the definition that the next start uses, without secrets; blocks.

    Raises:
        ActionRefused: the guest has none: it vanishes at its stop.
    """
    domain = connection.lookupByUUIDString(uuid)
    _refuse_transient(domain)
    return str(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))


def store_serial(libvirt: Any, connection: Any, *, uuid: str) -> None:
    """Change the definition that the next start uses; blocks. Passwords in it stay.

    Raises:
        ActionRefused: as `with_serial`, or the guest has no stored definition.
    """
    domain = connection.lookupByUUIDString(uuid)
    _refuse_transient(domain)
    whole = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE)
    connection.defineXML(with_serial(whole).xml)


def _refuse_transient(domain: Any) -> None:
    if not domain.isPersistent():
        raise ActionRefused("no definition", f"{domain.name()} has no definition on disk; it vanishes at its stop.")
