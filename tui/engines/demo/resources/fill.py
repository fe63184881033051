"""What the demo host keeps when it begins: enough of each kind, and a few things that want tidying up."""

from __future__ import annotations

from dataclasses import replace

from tui.domain.image import ContainerImage
from tui.domain.instance import Instance, State
from tui.domain.network import Lease, Network, NetworkMember, Subnet
from tui.domain.snapshot import GuestSnapshot
from tui.domain.storage import ContainerVolume, Disk, DiskUser, StoragePool
from tui.engines.demo.cast import DAY
from tui.engines.demo.load import GIB, MIB, identity
from tui.engines.demo.resources.room import Room

POOL_PATH = "/var/lib/libvirt/images"
BASE = "debian-12-genericcloud.qcow2"
_MOUNTS = {
    "postgres": "pgdata", "db": "mariadb", "redis": "redis", "search": "search-data", "prometheus": "prometheus",
    "grafana": "grafana", "loki": "loki", "registry": "registry", "jupyter": "notebooks", "devdb": "devdb",
}  # fmt: skip


def fill_containers(room: Room) -> None:
    """Give a Podman its images, volumes and networks; those that its containers need, and some that nobody needs."""
    _images(room)
    _volumes(room)
    room.networks["podman"] = Network(
        "podman", id=room.digest("net/podman"), mode="bridge", bridge="podman0", builtin=True,
        subnets=(Subnet("10.88.0.0/16", "10.88.0.1"),), created_unix_seconds=room.begin - 200 * DAY,
    )  # fmt: skip
    if room.engine == "podman":
        room.networks["shop"] = Network(
            "shop", id=room.digest("net/shop"), mode="bridge", bridge="podman1", dns=True,
            subnets=(Subnet("10.89.0.0/24", "10.89.0.1"),), created_unix_seconds=room.begin - 90 * DAY,
        )  # fmt: skip


def fill_guests(room: Room) -> None:
    """Give libvirt its pools, disks, networks and snapshots."""
    room.pools["default"] = StoragePool(
        "default", room.digest("pool/default"), "dir", "active", POOL_PATH, 900 * GIB, 0, 0, autostart=True
    )
    room.pools["iso"] = StoragePool("iso", room.digest("pool/iso"), "dir", "active", "/srv/iso", 200 * GIB, 0, 0)
    room.pools["nfs-backup"] = StoragePool("nfs-backup", room.digest("pool/nfs"), "netfs", "inactive", "/mnt/backup")
    base = Disk("default", BASE, f"{POOL_PATH}/{BASE}", "qcow2", 3 * GIB, 640 * MIB)
    room.disks[f"default/{BASE}"] = base
    for guest in room.instances():
        _disk(room, guest, base)
    room.disks["default/old-mail.qcow2"] = Disk(
        "default", "old-mail.qcow2", f"{POOL_PATH}/old-mail.qcow2", "qcow2", 40 * GIB, 31 * GIB
    )
    room.disks["iso/debian-12-netinst.iso"] = Disk(
        "iso", "debian-12-netinst.iso", "/srv/iso/debian-12-netinst.iso", "iso", 629 * MIB, 629 * MIB
    )
    room.networks["default"] = Network(
        "default", room.digest("net/default"), "nat", "virbr0", autostart=True, dns=True,
        subnets=(Subnet("192.168.122.0/24", "192.168.122.1", "192.168.122.2", "192.168.122.254"),),
    )  # fmt: skip
    room.networks["lab"] = Network(
        "lab", room.digest("net/lab"), "isolated", "virbr1", isolated=True, active=False,
        subnets=(Subnet("192.168.150.0/24", "192.168.150.1"),),
    )  # fmt: skip
    _snapshots(room)


def _images(room: Room) -> None:
    for instance in room.instances():
        name = instance.container.image if instance.container else ""
        identifier = room.digest(f"image/{name}")
        known = room.images.get(identifier)
        if known is None:
            room.images[identifier] = ContainerImage(
                identifier,
                (name,),
                size_bytes=(40 + identity(name) % 900) * MIB,
                shared_bytes=(20 + identity(name) % 60) * MIB,
                created_unix_seconds=room.begin - (3 + identity(name) % 200) * DAY,
                arch="amd64",
            )
    if room.engine != "podman":
        return
    for number, size in enumerate((412, 87, 96)):
        identifier = room.digest(f"image/dangling/{number}")
        room.images[identifier] = ContainerImage(
            identifier, (), size * MIB, 74 * MIB, room.begin - (9 + 20 * number) * DAY, "amd64", dangling=True
        )
    old = room.digest("image/api-old")
    room.images[old] = ContainerImage(
        old, ("registry.example.org/shop/api:2.13.0",), 310 * MIB, 74 * MIB, room.begin - 40 * DAY, "amd64"
    )


def _volumes(room: Room) -> None:
    for instance in room.instances():
        name = _MOUNTS.get(instance.name)
        if name:
            room.volumes[name] = ContainerVolume(
                name, "local", f"/var/lib/containers/storage/volumes/{name}/_data",
                (1 + identity(name) % 40) * 211 * MIB, room.begin - 60 * DAY, (instance.id.local,),
            )  # fmt: skip
    if room.engine == "podman":
        stray = room.digest("volume/stray")
        room.volumes[stray] = ContainerVolume(
            stray, "local", f"/var/lib/containers/storage/volumes/{stray}/_data", 1300 * MIB, room.begin - 31 * DAY,
            anonymous=True,
        )  # fmt: skip


def _disk(room: Room, guest: Instance, base: Disk) -> None:
    size = (20 + identity(guest.name) % 8 * 10) * GIB
    name = f"{guest.name}.qcow2"
    overlay = guest.name.startswith(("build-", "web-", "test-"))
    room.disks[f"default/{name}"] = Disk(
        "default", name, f"{POOL_PATH}/{name}", "qcow2", size, int(size * (0.2 + identity(name) % 60 / 100)),
        backing=(base.path,) if overlay else (), backing_format="qcow2" if overlay else "",
    )  # fmt: skip


def _snapshots(room: Room) -> None:
    for guest in room.instances():
        if guest.name == "gitlab":
            room.snapshots[guest.id.local] = [
                GuestSnapshot("before-16.11", "", "before the upgrade", room.begin - 63 * DAY, "running",
                              has_memory=True, children=1),
                GuestSnapshot("before-17.0", "before-16.11", "before the upgrade", room.begin - 9 * DAY, "running",
                              has_memory=True, current=True),
            ]  # fmt: skip
        if guest.name == "test-alma9":
            room.snapshots[guest.id.local] = [
                GuestSnapshot("clean", "", "freshly installed", room.begin - 20 * DAY, "shutoff", external=True,
                              current=True, files=(f"{POOL_PATH}/test-alma9.clean",)),
            ]  # fmt: skip


def disk_now(room: Room, disk: Disk) -> Disk:
    """Return a disk with those who need it now."""
    users = []
    for guest in room.instances():
        own = f"{POOL_PATH}/{guest.name}.qcow2"
        if disk.path == own:
            users.append(DiskUser(guest.id.local, guest.name, "vda", guest.state.is_active))
        elif any(disk.path in other.backing for other in room.disks.values() if other.path == own):
            users.append(DiskUser(guest.id.local, guest.name, "vda", guest.state.is_active, through=True))
    return replace(disk, users=tuple(users))


def pool_now(room: Room, pool: StoragePool) -> StoragePool:
    """Return a pool with its disks, and what they take."""
    if not pool.is_active:
        return replace(pool, disks=())
    disks = tuple(disk_now(room, disk) for disk in room.disks.values() if disk.pool == pool.name)
    taken = sum(disk.allocation_bytes for disk in disks)
    return replace(pool, disks=disks, allocation_bytes=taken, available_bytes=max(0, pool.capacity_bytes - taken))


def image_now(room: Room, image: ContainerImage) -> ContainerImage:
    """Return an image with the containers made from it."""
    users = tuple(
        one.id.local
        for one in room.instances()
        if one.container is not None and one.container.image in (*image.names, image.id)
    )
    return replace(image, container_ids=users)


def network_now(room: Room, network: Network) -> Network:
    """Return a network with the instances on it, and the leases of those that have one."""
    members, leases = [], []
    for one in room.instances():
        found = tuple(address.ip for address in one.addresses if address.network == network.name)
        if not found and not (
            network.builtin and one.container and not one.container.pod_id and room.engine == "podman"
        ):
            continue
        mac = "52:54:00:" + ":".join(room.digest(one.name)[at : at + 2] for at in (0, 2, 4))
        tap = one.guest.taps[0] if one.guest and one.guest.taps else ""
        members.append(
            NetworkMember(one.id.local, one.name, mac, found, tap, "" if one.guest else "eth0", one.state.is_active)
        )
        if one.guest and found:
            leases.append(Lease(mac, found[0], one.name, one.name, room.begin + 3600))
    return replace(network, members=tuple(members), leases=tuple(leases))


def state_word(state: State) -> str:
    """Return libvirt's word for a snapshot of a guest in this state."""
    return "running" if state.is_active else "shutoff"
