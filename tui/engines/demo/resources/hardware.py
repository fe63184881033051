"""The hardware of the demo's guests."""

from __future__ import annotations

from tui.domain.hardware import GuestDisk, GuestHardware, GuestInterface
from tui.engines.demo.documents import document_of
from tui.engines.demo.resources.fill import POOL_PATH, network_now
from tui.engines.demo.resources.room import Room


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
