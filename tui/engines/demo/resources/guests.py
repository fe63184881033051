"""What operations do to the demo's pools, disks, networks and guests."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace

from tui.domain.errors import ActionRefused, NotFound
from tui.domain.identity import InstanceId
from tui.domain.instance import GuestFacts, Instance, Kind, State
from tui.domain.network import Network, Subnet
from tui.domain.operation import Operation, Preview
from tui.domain.operation.guests import (
    AttachDisk,
    AttachInterface,
    ChangeHardware,
    CloneGuest,
    CreateGuest,
    CreateSnapshot,
    DefineXml,
    DeleteSnapshot,
    DetachDisk,
    DetachInterface,
    RevertSnapshot,
)
from tui.domain.operation.networks import (
    CreateGuestNetwork,
    RemoveNetwork,
    SetNetworkAutostart,
    StartNetwork,
    StopNetwork,
)
from tui.domain.operation.storage import (
    CloneDisk,
    CreateDisk,
    CreatePool,
    DeleteDisk,
    RefreshPool,
    RemovePool,
    ResizeDisk,
    SetPoolAutostart,
    StartPool,
    StopPool,
)
from tui.domain.resource import ResourceKind
from tui.domain.snapshot import GuestSnapshot
from tui.domain.storage import Disk, StoragePool
from tui.engines.demo.load import GIB, MIB
from tui.engines.demo.resources.fill import disk_now, network_now, pool_now, state_word
from tui.engines.demo.resources.hardware import (
    attach_disk,
    attach_interface,
    change_hardware,
    define,
    detach_disk,
    detach_interface,
)
from tui.engines.demo.resources.keeper import EXTERNAL, Effect, nothing_to_ask
from tui.engines.demo.resources.room import Made, Room


def _line(*words: str) -> str:
    return shlex.join(["virsh", *words])


def _pool_state(state: str) -> object:
    def change(room: Room, operation: StartPool | StopPool) -> Made:
        pool = room.pool(operation.target.local)
        if state == "active" and pool.type == "netfs":
            raise ActionRefused("no answer", "mount.nfs: backup.example.org: Connection timed out")
        room.pools[pool.name] = replace(pool, state=state)
        return "", None

    return change


def _stop_pool_preview(room: Room, operation: StopPool) -> Preview:
    pool = pool_now(room, room.pool(operation.target.local))
    users = tuple(f"guest {user.name}: cannot start without it" for disk in pool.disks or () for user in disk.users[:1])
    return Preview(objects=(f"pool {pool.name}",), users=users, warnings=("Guests that run go on.",))


def _new_disk_preview(room: Room, operation: CreateDisk | CloneDisk) -> Preview:
    pool = operation.target.local if isinstance(operation, CreateDisk) else operation.pool or "default"
    taken = f"{pool}/{operation.name}" in room.disks
    return Preview(f"There is a disk {operation.name} in pool {pool} already." if taken else "")


def _new_pool_preview(room: Room, operation: CreatePool) -> Preview:
    return Preview(f"There is a pool {operation.name} already." if operation.name in room.pools else "")


def _new_network_preview(room: Room, operation: CreateGuestNetwork) -> Preview:
    return Preview(f"There is a network {operation.name} already." if operation.name in room.networks else "")


def _create_pool(room: Room, operation: CreatePool) -> Made:
    if operation.name in room.pools:
        raise ActionRefused("name taken", f"There is a pool {operation.name} already.")
    room.pools[operation.name] = StoragePool(
        operation.name, room.digest(operation.name), "dir", "active", operation.path, 400 * GIB, 0, 400 * GIB,
        autostart=operation.autostart,
    )  # fmt: skip
    return "", room.made(ResourceKind.POOL, operation.name)


def _remove_pool(room: Room, operation: RemovePool) -> Made:
    del room.pools[operation.target.local]
    return "", None


def _autostart(room: Room, operation: SetPoolAutostart | SetNetworkAutostart) -> Made:
    local = operation.target.local
    if isinstance(operation, SetPoolAutostart):
        room.pools[local] = replace(room.pool(local), autostart=operation.enabled)
    else:
        room.networks[local] = replace(room.network(local), autostart=operation.enabled)
    return "", None


def _new_disk(room: Room, pool: str, name: str, disk: Disk) -> Made:
    key = f"{pool}/{name}"
    if key in room.disks:
        raise ActionRefused("name taken", f"There is a disk {name} in pool {pool} already.")
    room.disks[key] = replace(disk, pool=pool, name=name, path=f"{room.pool(pool).path}/{name}")
    return "", room.made(ResourceKind.DISK, key)


def _create_disk(room: Room, operation: CreateDisk) -> Made:
    taken = operation.capacity_bytes if operation.preallocate else MIB
    disk = Disk("", "", "", operation.format, operation.capacity_bytes, taken)
    return _new_disk(room, operation.target.local, operation.name, disk)


def _clone_disk(room: Room, operation: CloneDisk) -> Made:
    base = room.disk(operation.target.local)
    size = operation.capacity_bytes or base.capacity_bytes
    disk = replace(base, capacity_bytes=size, backing=(base.path, *base.backing) if operation.overlay else base.backing)
    if operation.overlay:
        disk = replace(disk, allocation_bytes=MIB, format="qcow2", backing_format=base.format)
    return _new_disk(room, operation.pool or base.pool, operation.name, disk)


def _resize_disk(room: Room, operation: ResizeDisk) -> Made:
    disk = room.disk(operation.target.local)
    room.disks[operation.target.local] = replace(disk, capacity_bytes=operation.capacity_bytes)
    return "", None


def _delete_disk_preview(room: Room, operation: DeleteDisk) -> Preview:
    disk = disk_now(room, room.disk(operation.target.local))
    users = tuple(
        f"guest {user.name}, {'running' if user.active else 'off'}: {'its base' if user.through else user.target}"
        for user in disk.users
    )
    refusal = f"{disk.name} is needed by {users[0]}." if users else ""
    return Preview(refusal, (disk.path,), users, ("What is on it is lost.",), frees_bytes=disk.allocation_bytes)


def _delete_disk(room: Room, operation: DeleteDisk) -> Made:
    del room.disks[operation.target.local]
    return "", None


def _hangs_preview(room: Room, operation: StopNetwork | RemoveNetwork) -> Preview:
    network = network_now(room, room.network(operation.target.local))
    users = tuple(f"guest {one.name}: loses its network" for one in network.members if one.active)
    return Preview(objects=(f"network {network.name}, bridge {network.bridge}",), users=users)


def _start_network(room: Room, operation: StartNetwork) -> Made:
    room.networks[operation.target.local] = replace(room.network(operation.target.local), active=True)
    return "", None


def _stop_network(room: Room, operation: StopNetwork) -> Made:
    room.networks[operation.target.local] = replace(room.network(operation.target.local), active=False)
    return "", None


def _remove_network(room: Room, operation: RemoveNetwork) -> Made:
    del room.networks[operation.target.local]
    return "", None


def _create_network(room: Room, operation: CreateGuestNetwork) -> Made:
    if operation.name in room.networks:
        raise ActionRefused("name taken", f"There is a network {operation.name} already.")
    subnets = (Subnet(operation.address, dhcp_first=operation.dhcp_first, dhcp_last=operation.dhcp_last),)
    room.networks[operation.name] = Network(
        operation.name, room.digest(operation.name), operation.mode, operation.bridge or f"virbr{len(room.networks)}",
        subnets if operation.address else (), operation.domain, isolated=operation.mode == "isolated",
        active=operation.start, autostart=operation.autostart,
    )  # fmt: skip
    return "", room.made(ResourceKind.NETWORK, operation.name)


def _new_guest(room: Room, name: str, vcpus: int, memory: int, *, running: bool) -> InstanceId:
    if any(one.name == name for one in room.instances()):
        raise ActionRefused("name taken", f"There is a guest {name} already.")
    identity = InstanceId(room.host, room.engine, room.digest(f"guest/{name}/{room.serial}")[:32])
    facts = GuestFacts(vcpus, memory, taps=("vnet90",) if running else (), domain_id=90 if running else None)
    state = State.RUNNING if running else State.STOPPED
    room.add(
        Instance(identity, Kind.GUEST, name, state, driver="qemu", pid=52_000 if running else None,
                 started_unix_seconds=room.begin if running else None, guest=facts),
        name,
    )  # fmt: skip
    return identity


def _create_guest_preview(room: Room, operation: CreateGuest) -> Preview:
    taken = any(one.name == operation.name for one in room.instances())
    if taken:
        return Preview(f"There is a guest {operation.name} already.")
    xml = (
        f"<domain type='kvm'>\n  <name>{operation.name}</name>\n  <memory>{operation.memory_bytes}</memory>\n"
        f"  <vcpu>{operation.vcpus}</vcpu>\n</domain>\n"
    )
    return Preview(objects=(f"guest {operation.name}", f"disk {operation.name}.qcow2"), document=xml, language="xml")


def _create_guest(room: Room, operation: CreateGuest) -> Made:
    name = f"{operation.name}.qcow2"
    backing = (operation.base,) if operation.overlay and operation.base else ()
    _new_disk(room, operation.target.local or "default", name,
              Disk("", "", "", "qcow2", operation.disk_bytes or 10 * GIB, 4 * MIB, backing))  # fmt: skip
    made = _new_guest(room, operation.name, operation.vcpus, operation.memory_bytes, running=operation.start)
    return f"{operation.name} {'runs' if operation.start else 'is defined'}", made


def _clone_guest_preview(room: Room, operation: CloneGuest) -> Preview:
    guest = room.instance(operation.target.local)
    if guest.state.is_active:
        return Preview(f"{guest.name} runs: shut it off before it is cloned.")
    return Preview(objects=(f"guest {operation.name}", f"disk {operation.name}.qcow2"))


def _clone_guest(room: Room, operation: CloneGuest) -> Made:
    guest = room.instance(operation.target.local)
    facts = guest.guest or GuestFacts(1, GIB)
    base = room.disk(f"default/{guest.name}.qcow2")
    _new_disk(room, "default", f"{operation.name}.qcow2", base)
    return "", _new_guest(room, operation.name, facts.vcpus, facts.memory_max_bytes, running=operation.start)


def _snapshot(room: Room, local: str, name: str) -> GuestSnapshot:
    for one in room.snapshots.get(local, []):
        if one.name == name:
            return one
    raise NotFound("gone", f"There is no snapshot {name} any more.")


def _create_snapshot(room: Room, operation: CreateSnapshot) -> Made:
    guest = room.instance(operation.target.local)
    kept = room.snapshots.setdefault(guest.id.local, [])
    if any(one.name == operation.name for one in kept):
        raise ActionRefused("name taken", f"There is a snapshot {operation.name} already.")
    parent = next((one.name for one in kept if one.current), "")
    room.snapshots[guest.id.local] = [
        *(replace(one, current=False, children=one.children + (one.name == parent)) for one in kept),
        GuestSnapshot(operation.name, parent, operation.description, room.begin, state_word(guest.state),
                      external=operation.external, has_memory=operation.memory, current=True),
    ]  # fmt: skip
    return "", None


def _revert_preview(room: Room, operation: RevertSnapshot) -> Preview:
    snapshot = _snapshot(room, operation.target.local, operation.name)
    guest = room.instance(operation.target.local)
    return Preview(
        EXTERNAL if snapshot.external else "",
        (f"guest {guest.name}, {guest.state}", f"snapshot {snapshot.name}"),
        warnings=("Everything written since is lost.",),
    )


def _revert(room: Room, operation: RevertSnapshot) -> Made:
    kept = room.snapshots[operation.target.local]
    room.snapshots[operation.target.local] = [replace(one, current=one.name == operation.name) for one in kept]
    return "", None


def _delete_snapshot_preview(room: Room, operation: DeleteSnapshot) -> Preview:
    snapshot = _snapshot(room, operation.target.local, operation.name)
    refusal = "An external snapshot's file is part of the disk: it cannot be thrown away." if snapshot.external else ""
    return Preview(refusal, (f"snapshot {snapshot.name}",), warnings=("The guest's present data stay.",))


def _delete_snapshot(room: Room, operation: DeleteSnapshot) -> Made:
    gone = _snapshot(room, operation.target.local, operation.name)
    kept = [one for one in room.snapshots[operation.target.local] if one.name != gone.name]
    room.snapshots[operation.target.local] = [
        replace(one, parent=gone.parent) if one.parent == gone.name else one for one in kept
    ]
    return "", None


def _of_guest(verb: str) -> object:
    return lambda room, operation: _line(verb, room.instance(operation.target.local).name)


def _of_snapshot(verb: str) -> object:
    return lambda room, operation: _line(verb, room.instance(operation.target.local).name, operation.name)


def _of_resource(verb: str) -> object:
    return lambda _room, operation: _line(verb, operation.target.local)


def _size(_room: Room, operation: CloneDisk) -> int:
    return 0 if operation.overlay else _room.disk(operation.target.local).allocation_bytes


def _effect(preview: object, carry_out: object, command: object, bytes_moved: object = None) -> Effect:
    moved = {"bytes_moved": bytes_moved} if bytes_moved else {}
    return Effect(preview, carry_out, command, **moved)  # type: ignore[arg-type]  # each takes its own operation


def _clone_line(room: Room, operation: CloneGuest) -> str:
    return shlex.join(
        ["virt-clone", "--original", room.instance(operation.target.local).name, "--name", operation.name]
    )


GUEST_EFFECTS: Mapping[type[Operation], Effect] = {
    CreatePool: _effect(_new_pool_preview, _create_pool,
                        lambda _r, o: _line("pool-define-as", o.name, "dir", "--target", o.path)),
    RemovePool: _effect(nothing_to_ask, _remove_pool, _of_resource("pool-undefine")),
    StartPool: _effect(nothing_to_ask, _pool_state("active"), _of_resource("pool-start")),
    StopPool: _effect(_stop_pool_preview, _pool_state("inactive"), _of_resource("pool-destroy")),
    RefreshPool: _effect(nothing_to_ask, lambda _r, _o: ("", None), _of_resource("pool-refresh")),
    SetPoolAutostart: _effect(nothing_to_ask, _autostart, _of_resource("pool-autostart")),
    CreateDisk: _effect(_new_disk_preview, _create_disk,
                        lambda _r, o: _line("vol-create-as", o.target.local, o.name, str(o.capacity_bytes))),
    CloneDisk: _effect(_new_disk_preview, _clone_disk, lambda _r, o: _line("vol-clone", o.target.local, o.name), _size),
    ResizeDisk: _effect(nothing_to_ask, _resize_disk,
                        lambda _r, o: _line("vol-resize", o.target.local, str(o.capacity_bytes))),
    DeleteDisk: _effect(_delete_disk_preview, _delete_disk, _of_resource("vol-delete")),
    StartNetwork: _effect(nothing_to_ask, _start_network, _of_resource("net-start")),
    StopNetwork: _effect(_hangs_preview, _stop_network, _of_resource("net-destroy")),
    RemoveNetwork: _effect(_hangs_preview, _remove_network, _of_resource("net-undefine")),
    SetNetworkAutostart: _effect(nothing_to_ask, _autostart, _of_resource("net-autostart")),
    CreateGuestNetwork: _effect(_new_network_preview, _create_network,
                                lambda _r, o: _line("net-define", f"{o.name}.xml")),
    CreateGuest: _effect(_create_guest_preview, _create_guest,
                         lambda _r, o: shlex.join(["virt-install", "--name", o.name]),
                         lambda _r, o: 0 if o.overlay else 640 * MIB),
    CloneGuest: _effect(_clone_guest_preview, _clone_guest,
                        _clone_line,
                        lambda _r, _o: 4 * GIB),
    CreateSnapshot: _effect(nothing_to_ask, _create_snapshot, _of_snapshot("snapshot-create-as")),
    RevertSnapshot: _effect(_revert_preview, _revert, _of_snapshot("snapshot-revert")),
    DeleteSnapshot: _effect(_delete_snapshot_preview, _delete_snapshot, _of_snapshot("snapshot-delete")),
    ChangeHardware: _effect(nothing_to_ask, change_hardware, _of_guest("edit")),
    AttachDisk: _effect(nothing_to_ask, attach_disk, _of_guest("attach-disk")),
    DetachDisk: _effect(nothing_to_ask, detach_disk, _of_guest("detach-disk")),
    AttachInterface: _effect(nothing_to_ask, attach_interface, _of_guest("attach-interface")),
    DetachInterface: _effect(nothing_to_ask, detach_interface, _of_guest("detach-interface")),
    DefineXml: _effect(nothing_to_ask, define, _of_guest("define")),
}  # fmt: skip
