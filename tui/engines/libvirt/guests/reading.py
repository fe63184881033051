"""A guest as libvirt has it now: its state and both of its definitions."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation
from tui.engines.libvirt.guests.xml_edit import Element, parse
from tui.engines.libvirt.resources.around import Surroundings

RUNNING_STATES = frozenset({1, 2})  # virDomainState: running, blocked
PAUSED = 3


@dataclass(frozen=True, slots=True)
class Guest:
    """One guest.

    Attributes:
        state: libvirt's number.
        live: its definition now; empty when it does not run.
        stored: for its next start, with its secrets, so that nothing is lost when it is defined again; empty for a
            transient guest.
        saved: its memory is on disk.
        snapshots: names.
    """

    uuid: str
    name: str
    active: bool = False
    state: int = 0
    live: str = ""
    stored: str = ""
    saved: bool = False
    snapshots: tuple[str, ...] = ()

    @property
    def now(self) -> Element:
        """Return the definition that holds now."""
        return parse(self.live or self.stored)

    @property
    def next(self) -> Element:
        """Return the definition that holds at the next start."""
        return parse(self.stored or self.live)

    @property
    def persistent(self) -> bool:
        """Tell whether it is still there when it is off."""
        return bool(self.stored)


def read(libvirt: Any, connection: Any, *, uuid: str) -> Guest:
    """Read a guest; blocks, and asks no QEMU."""
    domain = connection.lookupByUUIDString(uuid)
    active = bool(domain.isActive())
    return Guest(
        uuid=domain.UUIDString(),
        name=domain.name(),
        active=active,
        state=domain.state(0)[0],
        live=domain.XMLDesc(0) if active else "",
        stored=stored_xml(libvirt, domain) if domain.isPersistent() else "",
        saved=_flag(libvirt, domain.hasManagedSaveImage),
        snapshots=_names(libvirt, domain),
    )


def stored_xml(libvirt: Any, domain: Any) -> str:
    """Return the definition for the next start; without its secrets on a connection that may only read."""
    flags = libvirt.VIR_DOMAIN_XML_INACTIVE
    try:
        return str(domain.XMLDesc(flags | libvirt.VIR_DOMAIN_XML_SECURE))
    except libvirt.libvirtError:
        return str(domain.XMLDesc(flags))


def _flag(libvirt: Any, question: Any) -> bool:
    try:
        return bool(question(0))
    except libvirt.libvirtError:
        return False  # a driver without it


def _names(libvirt: Any, domain: Any) -> tuple[str, ...]:
    try:
        return tuple(domain.snapshotListNames(0))
    except libvirt.libvirtError:
        return ()  # a driver without it


async def read_guest(around: Surroundings, target: InstanceId) -> Guest:
    """Return a guest.

    Raises:
        EngineError: it is gone, among others.
    """
    return await around.ask(around.guests, partial(read, uuid=target.local))


def guest_of(operation: Operation) -> InstanceId:
    """Return the target of an operation that is about a guest.

    Raises:
        ActionRefused: it is a resource.
    """
    if not isinstance(operation.target, InstanceId):
        raise ActionRefused("not possible", f"One can {operation.title} of a guest only.")
    return operation.target
