"""The hardware of the demo's guests."""

from __future__ import annotations

from dataclasses import replace

from tui.domain.hardware import GuestDisk, GuestHardware, GuestInterface
from tui.domain.operation.guests import (
    AttachDisk,
    AttachInterface,
    ChangeHardware,
    DefineXml,
    DetachDisk,
    DetachInterface,
)
from tui.engines.demo.documents import document_of
from tui.engines.demo.resources.fill import POOL_PATH, network_now
from tui.engines.demo.resources.room import Made, Room


def hardware_of(room: Room, local: str) -> GuestHardware:
    """Return what a guest is built of; what was changed before is kept."""
    if local in room.hardware:
        return room.hardware[local]
    guest = room.instance(local)
    facts = guest.guest
    assert facts is not None  # noqa: S101 - only guests are asked for
    active = guest.state.is_active
    members = [one for one in network_now(room, room.networks["default"]).members if one.instance_id == local]
    mac = members[0].mac if members else "52:54:00:00:00:01"
    return GuestHardware(
        vcpus=facts.vcpus,
        vcpus_max=facts.vcpus * 2,
        memory_bytes=facts.memory_max_bytes,
        memory_max_bytes=facts.memory_max_bytes,
        vcpus_live=facts.vcpus if active else None,
        memory_live_bytes=facts.memory_max_bytes if active else None,
        boot=("hd",),
        title=guest.title,
        description=guest.description,
        disks=(GuestDisk("vda", f"{POOL_PATH}/{guest.name}.qcow2", "qcow2", "virtio", live=active, stored=True),),
        interfaces=(
            GuestInterface(mac, "default", "virtio", facts.taps[0] if facts.taps else "", live=active, stored=True),
        ),
        stored_xml=document_of(guest).text,
    )


def change_hardware(room: Room, operation: ChangeHardware) -> Made:
    """Change what a guest has at its next start."""
    before = hardware_of(room, operation.target.local)
    room.hardware[operation.target.local] = replace(
        before,
        vcpus=operation.vcpus or before.vcpus,
        memory_bytes=operation.memory_bytes or before.memory_bytes,
        boot=before.boot if operation.boot is None else operation.boot,
        title=before.title if operation.title_text is None else operation.title_text,
        description=before.description if operation.description is None else operation.description,
    )
    return "at the next start", None


def attach_disk(room: Room, operation: AttachDisk) -> Made:
    """Give a guest one more disk."""
    before = hardware_of(room, operation.target.local)
    device = operation.device or f"vd{chr(ord('a') + len(before.disks))}"
    disk = GuestDisk(device, operation.path, operation.format, operation.bus, read_only=operation.read_only,
                     live=operation.live, stored=operation.stored)  # fmt: skip
    room.hardware[operation.target.local] = replace(before, disks=(*before.disks, disk))
    return f"attached as {device}", None


def detach_disk(room: Room, operation: DetachDisk) -> Made:
    """Take a disk from a guest."""
    before = hardware_of(room, operation.target.local)
    left = tuple(one for one in before.disks if one.device != operation.device)
    room.hardware[operation.target.local] = replace(before, disks=left)
    return "", None


def attach_interface(room: Room, operation: AttachInterface) -> Made:
    """Give a guest one more interface."""
    before = hardware_of(room, operation.target.local)
    mac = operation.mac or f"52:54:00:aa:bb:{len(before.interfaces):02x}"
    one = GuestInterface(mac, operation.network, operation.model, live=operation.live, stored=operation.stored)
    room.hardware[operation.target.local] = replace(before, interfaces=(*before.interfaces, one))
    return f"attached as {mac}", None


def detach_interface(room: Room, operation: DetachInterface) -> Made:
    """Take an interface from a guest."""
    before = hardware_of(room, operation.target.local)
    left = tuple(one for one in before.interfaces if one.mac != operation.mac)
    room.hardware[operation.target.local] = replace(before, interfaces=left)
    return "", None


def define(room: Room, operation: DefineXml) -> Made:
    """Take an edited definition."""
    room.hardware[operation.target.local] = replace(hardware_of(room, operation.target.local), stored_xml=operation.xml)
    return "at the next start", None
