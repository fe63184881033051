"""Changes of guests beyond their power: new ones, their hardware, their snapshots."""

from dataclasses import dataclass
from typing import ClassVar

from tui.domain.identity import InstanceId
from tui.domain.operation.base import Operation


@dataclass(frozen=True, slots=True)
class CloudInit:
    """What a guest finds at its first boot (NoCloud).

    Attributes:
        ssh_keys: public keys, one each.
        password: of the user, in clear text until it is hashed for the seed; empty for none. Never shown or written.
        user_data: path of a file of the person's own; then user, keys and password are not used.
    """

    hostname: str = ""
    user: str = ""
    ssh_keys: tuple[str, ...] = ()
    password: str = ""
    user_data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateGuest(Operation):
    """Define a guest on a new disk made from a base, and start it.

    Attributes:
        target: of the engine, kind POOL, `local` the pool that gets the new disk.
        base: path of the base volume; empty for an empty disk.
        overlay: stand on the base instead of copying it.
        disk_bytes: None for the base's own size.
        network: name of a libvirt network, "bridge:NAME" for a bridge of the host, or empty for none.
        iso: path of an image to boot from, empty for none.
        cloud_init: None for a base without cloud-init.
        firmware: "bios" or "uefi".
        os: short id of libosinfo ("debian12"); empty when not known.
        emulated: without KVM, also where libvirt believes that there is one: slow, and works in every virtual machine.
    """

    verb: ClassVar[str] = "create-guest"
    title: ClassVar[str] = "create a guest"
    name: str
    base: str = ""
    overlay: bool = True
    disk_bytes: int | None = None
    vcpus: int = 1
    memory_bytes: int = 1 << 30
    network: str = ""
    iso: str = ""
    cloud_init: CloudInit | None = None
    firmware: str = "bios"
    os: str = ""
    description: str = ""
    graphical: bool = False
    autostart: bool = False
    start: bool = True
    emulated: bool = False

    @property
    def subject(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneGuest(Operation):
    """Make a guest like another one that is shut off: copies (or overlays) of its disks, new MACs and UUID."""

    verb: ClassVar[str] = "clone-guest"
    title: ClassVar[str] = "clone a guest"
    target: InstanceId
    name: str
    overlay: bool = False
    start: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSnapshot(Operation):
    """Take a snapshot.

    Attributes:
        external: overlays in files of their own; else inside the qcow2 files.
        memory: with the memory of a running guest.
        quiesce: the guest agent flushes and freezes file systems meanwhile; needs the agent.
    """

    verb: ClassVar[str] = "create-snapshot"
    title: ClassVar[str] = "take a snapshot"
    target: InstanceId
    name: str
    description: str = ""
    external: bool = False
    memory: bool = False
    quiesce: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertSnapshot(Operation):
    """Go back to a snapshot; everything written since is lost."""

    verb: ClassVar[str] = "revert-snapshot"
    title: ClassVar[str] = "revert to a snapshot"
    destroys: ClassVar[bool] = True
    target: InstanceId
    name: str
    start: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSnapshot(Operation):
    """Delete a snapshot; `children` deletes those after it too. The guest's present data stay."""

    verb: ClassVar[str] = "delete-snapshot"
    title: ClassVar[str] = "delete a snapshot"
    destroys: ClassVar[bool] = True
    target: InstanceId
    name: str
    children: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedSave(Operation):
    """Write the guest's memory to disk and stop it; the next start goes on from there."""

    verb: ClassVar[str] = "managed-save"
    title: ClassVar[str] = "save and stop"
    target: InstanceId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveManagedSave(Operation):
    """Throw the saved memory away; the next start is a boot."""

    verb: ClassVar[str] = "remove-managed-save"
    title: ClassVar[str] = "throw the saved memory away"
    destroys: ClassVar[bool] = True
    target: InstanceId


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachDisk(Operation):
    """Give a guest one more disk.

    Attributes:
        device: as the guest sees it ("vdb"); empty for the next free one.
        live: now, while it runs; `stored`: at its next start too. At least one is True.
    """

    verb: ClassVar[str] = "attach-disk"
    title: ClassVar[str] = "attach a disk"
    target: InstanceId
    path: str
    format: str = ""
    bus: str = "virtio"
    device: str = ""
    read_only: bool = False
    cdrom: bool = False
    live: bool = True
    stored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachDisk(Operation):
    """Take a disk from a guest; the file stays."""

    verb: ClassVar[str] = "detach-disk"
    title: ClassVar[str] = "detach a disk"
    target: InstanceId
    device: str
    live: bool = True
    stored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachInterface(Operation):
    """Give a guest one more network interface; `network` as in `CreateGuest`."""

    verb: ClassVar[str] = "attach-interface"
    title: ClassVar[str] = "attach a network interface"
    target: InstanceId
    network: str
    model: str = "virtio"
    mac: str = ""
    live: bool = True
    stored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachInterface(Operation):
    """Take a network interface from a guest."""

    verb: ClassVar[str] = "detach-interface"
    title: ClassVar[str] = "detach a network interface"
    target: InstanceId
    mac: str
    live: bool = True
    stored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeHardware(Operation):
    """Change what a guest has at its next start, and now where `live` and libvirt can.

    None leaves a value as it is.

    Attributes:
        boot: device kinds in order: "hd", "cdrom", "network".
    """

    verb: ClassVar[str] = "change-hardware"
    title: ClassVar[str] = "change hardware"
    target: InstanceId
    vcpus: int | None = None
    memory_bytes: int | None = None
    boot: tuple[str, ...] | None = None
    title_text: str | None = None
    description: str | None = None
    live: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineXml(Operation):
    """Take an edited definition.

    Attributes:
        xml: the whole definition.
        before: the definition that was edited: refused when it is another one by now.
    """

    verb: ClassVar[str] = "define-xml"
    title: ClassVar[str] = "change the definition"
    target: InstanceId
    xml: str
    before: str
