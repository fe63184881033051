"""What operations do to the demo's images, volumes and networks of containers."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace

from tui.domain.errors import ActionRefused
from tui.domain.identity import InstanceId
from tui.domain.image import ContainerImage
from tui.domain.instance import Address, ContainerFacts, Instance, Kind, State
from tui.domain.network import Network, Subnet
from tui.domain.operation import Operation, Preview
from tui.domain.operation.images import (
    CommitContainer,
    CreateContainerVolume,
    PruneContainerVolumes,
    PruneImages,
    PullImage,
    RemoveContainerVolume,
    RemoveImage,
    RunContainer,
    TagImage,
    UntagImage,
    UpdateLimits,
)
from tui.domain.operation.networks import (
    ConnectNetwork,
    CreateContainerNetwork,
    DisconnectNetwork,
    PruneNetworks,
    RemoveNetwork,
)
from tui.domain.resource import ResourceKind
from tui.domain.storage import ContainerVolume
from tui.engines.demo.load import MIB
from tui.engines.demo.resources.fill import image_now, network_now
from tui.engines.demo.resources.keeper import Effect, nothing_to_ask
from tui.engines.demo.resources.room import Made, Room


def _line(*words: str) -> str:
    return shlex.join(["podman", *words])


def _users(room: Room, ids: tuple[str, ...]) -> tuple[str, ...]:
    found = [room.instance(local) for local in ids]
    return tuple(f"container {one.name}, {one.state}" for one in found)


def _pull(room: Room, operation: PullImage) -> Made:
    name = operation.reference if ":" in operation.reference.rpartition("/")[2] else f"{operation.reference}:latest"
    identifier = room.digest(f"image/{name}")
    room.images[identifier] = ContainerImage(identifier, (name,), 184 * MIB, 74 * MIB, room.begin - 86400, "amd64")
    return f"{name} is here, 184 MiB", room.made(ResourceKind.IMAGE, identifier)


def _tag(room: Room, operation: TagImage) -> Made:
    image = room.image(operation.target.local)
    room.images[image.id] = replace(image, names=(*image.names, operation.name), dangling=False)
    return "", None


def _untag(room: Room, operation: UntagImage) -> Made:
    image = room.image(operation.target.local)
    names = tuple(name for name in image.names if name != operation.name)
    room.images[image.id] = replace(image, names=names, dangling=not names)
    return "", None


def _remove_image_preview(room: Room, operation: RemoveImage) -> Preview:
    image = image_now(room, room.image(operation.target.local))
    running = [one for one in map(room.instance, image.container_ids) if one.state.is_active]
    users = _users(room, image.container_ids)
    refusal = ""
    if running:
        refusal = f"{image.name} is in use: {running[0].name} runs from it. Stop and delete the container first."
    elif users and not operation.force:
        refusal = f"{image.name} is in use by {len(users)} stopped containers, which go too when forced."
    return Preview(
        refusal, (image.name, *image.names[1:]), users, frees_bytes=image.size_bytes - (image.shared_bytes or 0)
    )


def _remove_image(room: Room, operation: RemoveImage) -> Made:
    del room.images[operation.target.local]
    return "", None


def _prunable(room: Room, *, every: bool) -> list[ContainerImage]:
    now = [image_now(room, image) for image in room.images.values()]
    return [image for image in now if not image.container_ids and (every or image.dangling)]


def _prune_preview(room: Room, operation: PruneImages) -> Preview:
    found = _prunable(room, every=operation.every)
    freed = sum(image.size_bytes - (image.shared_bytes or 0) for image in found)
    return Preview(
        "" if found else "There is nothing to prune.", tuple(image.name for image in found), frees_bytes=freed
    )


def _prune(room: Room, operation: PruneImages) -> Made:
    found = _prunable(room, every=operation.every)
    for image in found:
        del room.images[image.id]
    return f"{len(found)} images removed", None


def _run_preview(room: Room, operation: RunContainer) -> Preview:
    taken = any(one.name == operation.name for one in room.instances())
    return Preview(refusal=f"The name {operation.name} is taken by another container." if taken else "")


def _run(room: Room, operation: RunContainer) -> Made:
    name = operation.name or f"eager_{room.digest(operation.image + str(room.serial))[:6]}"
    identity = InstanceId(room.host, room.engine, room.digest(f"run/{name}/{room.serial}"))
    room.add(
        Instance(
            identity, Kind.CONTAINER, name, State.RUNNING, user="root", pid=41_000 + room.serial, driver="podman",
            started_unix_seconds=room.begin, addresses=(Address("10.88.0.77", "engine", "podman"),),
            container=ContainerFacts(operation.image, " ".join(operation.command), ports=operation.ports),
        ),
        name,
    )  # fmt: skip
    return f"{name} runs", identity


def run_command(operation: RunContainer) -> str:
    """Return the podman run line of an operation."""
    words = ["run", "--detach", *(["--name", operation.name] if operation.name else [])]
    for port in operation.ports:
        where = f"{port.host_ip}:" if port.host_ip else ""
        words += ["--publish", f"{where}{port.host_port}:{port.container_port}/{port.protocol}"]
    for mount in operation.mounts:
        words += ["--volume", ":".join(part for part in (mount.source, mount.destination, mount.options) if part)]
    for entry in operation.environment:
        words += ["--env", entry]
    words += ["--cpus", f"{operation.cpus:g}"] if operation.cpus else []
    words += ["--memory", str(operation.memory_bytes)] if operation.memory_bytes else []
    words += ["--restart", operation.restart_policy] if operation.restart_policy != "no" else []
    return _line(*words, operation.image, *operation.command)


def _commit(room: Room, operation: CommitContainer) -> Made:
    identifier = room.digest(f"commit/{operation.reference}/{room.serial}")
    room.images[identifier] = ContainerImage(
        identifier, (operation.reference,), 260 * MIB, 184 * MIB, room.begin, "amd64"
    )
    return "", room.made(ResourceKind.IMAGE, identifier)


def _new_volume_preview(room: Room, operation: CreateContainerVolume) -> Preview:
    return Preview(f"There is a volume {operation.name} already." if operation.name in room.volumes else "")


def _new_network_preview(room: Room, operation: CreateContainerNetwork) -> Preview:
    return Preview(f"There is a network {operation.name} already." if operation.name in room.networks else "")


def _create_volume(room: Room, operation: CreateContainerVolume) -> Made:
    if operation.name in room.volumes:
        raise ActionRefused("name taken", f"There is a volume {operation.name} already.")
    path = f"/var/lib/containers/storage/volumes/{operation.name}/_data"
    room.volumes[operation.name] = ContainerVolume(operation.name, "local", path, 0, room.begin)
    return "", room.made(ResourceKind.VOLUME, operation.name)


def _remove_volume_preview(room: Room, operation: RemoveContainerVolume) -> Preview:
    volume = room.volume(operation.target.local)
    users = _users(room, volume.container_ids)
    refusal = f"{volume.name} is in use by {users[0]}." if users else ""
    return Preview(refusal, (volume.name,), users, ("All files in it are lost.",), frees_bytes=volume.size_bytes)


def _remove_volume(room: Room, operation: RemoveContainerVolume) -> Made:
    del room.volumes[operation.target.local]
    return "", None


def _unused_volumes(room: Room) -> list[ContainerVolume]:
    return [volume for volume in room.volumes.values() if not volume.container_ids]


def _prune_volumes_preview(room: Room, _operation: PruneContainerVolumes) -> Preview:
    found = _unused_volumes(room)
    return Preview(
        "" if found else "There is nothing to prune.",
        tuple(volume.name for volume in found),
        warnings=("All files in them are lost.",),
        frees_bytes=sum(volume.size_bytes or 0 for volume in found),
    )


def _prune_volumes(room: Room, _operation: PruneContainerVolumes) -> Made:
    found = _unused_volumes(room)
    for volume in found:
        del room.volumes[volume.name]
    return f"{len(found)} volumes removed", None


def _create_network(room: Room, operation: CreateContainerNetwork) -> Made:
    if operation.name in room.networks:
        raise ActionRefused("name taken", f"There is a network {operation.name} already.")
    subnet = Subnet(operation.subnet or f"10.89.{len(room.networks)}.0/24", operation.gateway)
    room.networks[operation.name] = Network(
        operation.name, room.digest(operation.name), operation.driver, f"podman{len(room.networks)}", (subnet,),
        dns=operation.dns, isolated=operation.internal, created_unix_seconds=room.begin,
    )  # fmt: skip
    return "", room.made(ResourceKind.NETWORK, operation.name)


def _remove_network_preview(room: Room, operation: RemoveNetwork) -> Preview:
    network = network_now(room, room.network(operation.target.local))
    users = tuple(f"container {one.name}: on this network" for one in network.members)
    refusal = "Podman's default network cannot be removed." if network.builtin else ""
    if users and not refusal:
        refusal = f"{network.name} is in use by {len(users)} containers."
    return Preview(refusal, (network.name,), users)


def _remove_network(room: Room, operation: RemoveNetwork) -> Made:
    del room.networks[operation.target.local]
    return "", None


def _unused_networks(room: Room) -> list[str]:
    now = [network_now(room, network) for network in room.networks.values()]
    return [network.name for network in now if not network.members and not network.builtin]


def _prune_networks_preview(room: Room, _operation: PruneNetworks) -> Preview:
    found = tuple(_unused_networks(room))
    return Preview("" if found else "There is nothing to prune.", found)


def _prune_networks(room: Room, _operation: PruneNetworks) -> Made:
    found = _unused_networks(room)
    for name in found:
        del room.networks[name]
    return f"{len(found)} networks removed", None


def _connect(room: Room, operation: ConnectNetwork) -> Made:
    container = room.instance(operation.container_id)
    name = operation.target.local
    ip = operation.ip or f"{room.network(name).subnets[0].cidr.rpartition('.')[0]}.{100 + room.serial % 100}"
    room.put(replace(container, addresses=(*container.addresses, Address(ip, "engine", name))))
    return "", None


def _disconnect(room: Room, operation: DisconnectNetwork) -> Made:
    container = room.instance(operation.container_id)
    left = tuple(one for one in container.addresses if one.network != operation.target.local)
    room.put(replace(container, addresses=left))
    return "", None


def _done(_room: Room, _operation: Operation) -> Made:
    return "", None


CONTAINER_EFFECTS: Mapping[type[Operation], Effect] = {
    PullImage: Effect(nothing_to_ask, _pull, lambda _r, o: _line("pull", o.reference), lambda _r, _o: 184 * MIB),
    TagImage: Effect(nothing_to_ask, _tag, lambda r, o: _line("tag", r.image(o.target.local).name, o.name)),
    UntagImage: Effect(nothing_to_ask, _untag, lambda r, o: _line("untag", r.image(o.target.local).name, o.name)),
    RemoveImage: Effect(
        _remove_image_preview, _remove_image, lambda r, o: _line("image", "rm", r.image(o.target.local).name)
    ),
    PruneImages: Effect(
        _prune_preview, _prune, lambda _r, o: _line("image", "prune", "--force", *(["--all"] if o.every else []))
    ),
    RunContainer: Effect(_run_preview, _run, lambda _r, o: run_command(o)),
    CommitContainer: Effect(
        nothing_to_ask,
        _commit,
        lambda r, o: _line("commit", r.instance(o.target.local).name, o.reference),
        lambda _r, _o: 76 * MIB,
    ),
    UpdateLimits: Effect(nothing_to_ask, _done, lambda r, o: _line("update", r.instance(o.target.local).name)),
    CreateContainerVolume: Effect(_new_volume_preview, _create_volume, lambda _r, o: _line("volume", "create", o.name)),
    RemoveContainerVolume: Effect(
        _remove_volume_preview, _remove_volume, lambda _r, o: _line("volume", "rm", o.target.local)
    ),
    PruneContainerVolumes: Effect(
        _prune_volumes_preview, _prune_volumes, lambda _r, _o: _line("volume", "prune", "--force")
    ),
    CreateContainerNetwork: Effect(
        _new_network_preview, _create_network, lambda _r, o: _line("network", "create", o.name)
    ),
    RemoveNetwork: Effect(
        _remove_network_preview, _remove_network, lambda _r, o: _line("network", "rm", o.target.local)
    ),
    PruneNetworks: Effect(
        _prune_networks_preview, _prune_networks, lambda _r, _o: _line("network", "prune", "--force")
    ),
    ConnectNetwork: Effect(
        nothing_to_ask, _connect, lambda _r, o: _line("network", "connect", o.target.local, o.container_name)
    ),
    DisconnectNetwork: Effect(
        nothing_to_ask, _disconnect, lambda _r, o: _line("network", "disconnect", o.target.local, o.container_name)
    ),
}
