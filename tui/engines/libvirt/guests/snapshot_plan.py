"""What a new snapshot is going to be, and what is in its way."""

import os
from dataclasses import dataclass
from xml.etree import ElementTree

from tui.domain.operation.guests import CreateSnapshot
from tui.engines.libvirt.guests.hardware import bytes_in, source_of
from tui.engines.libvirt.guests.reading import Guest
from tui.engines.libvirt.guests.xml_edit import Element, attribute, child, pretty, text_problem
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.words import name_problem

INTERNAL_WITH_UEFI = (10, 10, 0)
AGENT_CHANNEL = "org.qemu.guest_agent.0"


@dataclass(frozen=True, slots=True)
class _Disk:
    device: str
    source: str
    format: str
    kept: bool  # it is part of the snapshot


class Plan:
    """What is known before a snapshot is taken."""

    def __init__(self, operation: CreateSnapshot, guest: Guest) -> None:
        self.operation = operation
        self.guest = guest
        self.root = guest.now
        self.disks = tuple(_disk(element) for element in self.root.iterfind("devices/disk"))
        self.kept = tuple(disk for disk in self.disks if disk.kept)

    @property
    def with_memory(self) -> bool:
        """Tell whether the memory is part of it."""
        return self.guest.active and self.operation.memory

    @property
    def memory_bytes(self) -> int:
        """Return about what the memory takes."""
        return bytes_in(self.root, "currentMemory") if self.with_memory else 0

    def file_of(self, disk: _Disk) -> str:
        """Return where an overlay goes."""
        return f"{os.path.splitext(disk.source)[0]}.{self.operation.name}"

    @property
    def memory_file(self) -> str:
        """Return where the memory of an external one goes; empty for none."""
        if not (self.operation.external and self.with_memory and self.kept):
            return ""
        folder = os.path.dirname(self.kept[0].source)
        return os.path.join(folder, f"{self.guest.name.replace('/', '_')}.{self.operation.name}.memory")

    def problem(self, around: Surroundings) -> str:
        """Say why it cannot be taken; "" when it can."""
        operation, guest = self.operation, self.guest
        if problem := name_problem(operation.name, "snapshot") or text_problem("description", operation.description):
            return problem
        if operation.name in guest.snapshots:
            return f"{guest.name} has a snapshot {operation.name} already."
        if not guest.persistent:
            return f"{guest.name} is gone when it stops: it can have no snapshots."
        if not self.kept:
            return f"{guest.name} has no disk that a snapshot could keep."
        if operation.memory and not guest.active:
            return f"{guest.name} does not run: there is no memory to keep."
        if guest.saved:
            return f"The memory of {guest.name} is saved on disk. Start the guest, or throw that away, first."
        if problem := self._quiesce_problem():
            return problem
        return self._external_problem(around) if operation.external else self._internal_problem(around)

    def _quiesce_problem(self) -> str:
        if not self.operation.quiesce:
            return ""
        if not self.guest.active:
            return f"{self.guest.name} does not run: there is nothing to freeze."
        if not self.operation.external or self.operation.memory:
            return "File systems are frozen for an external snapshot without memory only."
        if not agent_connected(self.root):
            return f"The guest agent of {self.guest.name} is not connected: its file systems cannot be frozen."
        return ""

    def _external_problem(self, around: Surroundings) -> str:
        for disk in self.kept:
            if not disk.source.startswith("/"):
                return f"{disk.device} is no file of the host: an external snapshot of it is not made here."
            if around.has_files_here and os.path.lexists(self.file_of(disk)):
                return f"{self.file_of(disk)} is there already; it is not overwritten."
        if self.memory_file and around.has_files_here and os.path.lexists(self.memory_file):
            return f"{self.memory_file} is there already; it is not overwritten."
        return ""

    def _internal_problem(self, around: Surroundings) -> str:
        other = [disk for disk in self.kept if disk.format != "qcow2"]
        if other:
            names = " and ".join(f"{disk.device} is {disk.format or 'of unknown format'}" for disk in other)
            return f"{names}: an internal snapshot needs qcow2 disks. An external one is possible."
        if self.guest.active and not self.operation.memory:
            return "An internal snapshot of a running guest keeps its memory too. Take it with memory, or external."
        if has_uefi(self.root) and around.version < INTERNAL_WITH_UEFI:
            return "The guest boots by UEFI: internal snapshots of such guests need libvirt 10.10 or newer."
        return ""

    def xml(self) -> str:
        """Return its definition."""
        root = ElementTree.Element("domainsnapshot")
        child(root, "name", self.operation.name)
        if self.operation.description:
            child(root, "description", self.operation.description)
        way = "external" if self.operation.external else "internal"
        place = {"file": self.memory_file} if self.memory_file else {}
        child(root, "memory", snapshot=way if self.with_memory else "no", **place)
        disks = child(root, "disks")
        for disk in self.disks:
            one = child(disks, "disk", name=disk.device, snapshot=way if disk.kept else "no")
            if disk.kept and self.operation.external:
                child(one, "driver", type="qcow2")
                child(one, "source", file=self.file_of(disk))
        return pretty(root)

    def objects(self) -> tuple[str, ...]:
        """Name what would be made."""
        lines = [f"snapshot {self.operation.name} of {self.guest.name}"]
        if self.operation.external:
            lines += [
                f"file {self.file_of(disk)}: all that is written to {disk.device} from now on" for disk in self.kept
            ]
            lines += [f"file {self.memory_file}: the memory"] if self.memory_file else []
        else:
            lines += [f"inside {disk.source} ({disk.device})" for disk in self.kept]
        return tuple(lines)

    def warnings(self) -> tuple[str, ...]:
        """Say what a person must know."""
        operation, lines = self.operation, []
        if self.with_memory and not operation.external:
            lines.append(f"{self.guest.name} stands still until its memory is written.")
        if self.guest.active and not self.with_memory and not operation.quiesce:
            lines.append("The disks are kept as after a power cut: file systems are not frozen.")
        if operation.external:
            lines.append("From now on the guest needs the old files and the new ones.")
        left = [disk.device for disk in self.disks if not disk.kept and disk.source]
        if left:
            lines.append(f"Not part of it: {', '.join(left)}.")
        return tuple(lines)


def _disk(element: Element) -> _Disk:
    fixed = element.find("readonly") is not None or element.find("shareable") is not None
    source = source_of(element)
    return _Disk(
        device=attribute(element.find("target"), "dev"),
        source=source,
        format=attribute(element.find("driver"), "type"),
        kept=bool(source) and element.get("device", "disk") == "disk" and not fixed,
    )


def agent_connected(root: Element) -> bool:
    """Tell whether the guest agent has opened its channel."""
    targets = root.iterfind("devices/channel/target")
    return any(one.get("name") == AGENT_CHANNEL and one.get("state") == "connected" for one in targets)


def has_uefi(root: Element) -> bool:
    """Tell whether the firmware keeps variables in a file."""
    return root.find("os/nvram") is not None or attribute(root.find("os"), "firmware") == "efi"
