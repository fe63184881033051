"""Put containers on networks and take them off."""

from typing import Any

from tui.domain.errors import NotFound
from tui.domain.network import Network
from tui.domain.operation import Preview, ProgressSink
from tui.domain.operation.networks import ConnectNetwork, DisconnectNetwork
from tui.engines.podman.resources.changes import Change, Done, Table, refuse
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.networks import OFF, is_in, network_now, range_of
from tui.engines.podman.resources.users import User, read_users


async def preview_connect(desk: Desk, operation: ConnectNetwork) -> Preview:
    """Look at the container, and whether the address is free."""
    network, user = await _pair(desk, operation)
    settings = (await desk.inspect(f"containers/{user.local}/json")).get("HostConfig") or {}
    return Preview(
        refusal=_connect_refusal(operation, network, user, str(settings.get("NetworkMode") or "")),
        objects=(f"container {user.name} on network {network.name}",),
    )


async def _pair(desk: Desk, operation: ConnectNetwork | DisconnectNetwork) -> tuple[Network, User]:
    network = await network_now(desk, operation.target.local)
    for user in await read_users(desk):
        if user.local == operation.container_id:
            return network, user
    raise NotFound("no longer there", f"The container {operation.container_name} is no longer there.")


def _connect_refusal(operation: ConnectNetwork, network: Network, user: User, mode: str) -> str:
    if network.name in user.networks:
        return f"{user.name} is on {network.name} already."
    if mode.startswith("container:"):
        return f"{user.name} has the network of another container or its pod: connect that one."
    if mode not in {"", "bridge", "default"}:
        return f"{user.name} has the network mode {mode}: it cannot be put on networks."
    if not operation.ip:
        return ""
    ranges = [found for subnet in network.subnets if (found := range_of(subnet.cidr)) is not None]
    if not any(is_in(operation.ip, one) for one in ranges):
        return f"{operation.ip} is no address of {network.name}."
    for member in network.members:
        if operation.ip in member.addresses:
            return f"{operation.ip} is {member.name}'s."
    return ""


async def connect(desk: Desk, operation: ConnectNetwork, _progress: ProgressSink) -> Done:
    """Put a container on a network."""
    refuse(await preview_connect(desk, operation))
    body: dict[str, Any] = {"container": operation.container_id}
    body |= {"static_ips": [operation.ip]} if operation.ip else {}
    body |= {"aliases": list(operation.aliases)} if operation.aliases else {}
    await desk.change("POST", f"networks/{operation.target.local}/connect", body=body)
    return Done()


async def preview_disconnect(desk: Desk, operation: DisconnectNetwork) -> Preview:
    """Say which addresses are lost."""
    network, user = await _pair(desk, operation)
    member = user.networks.get(network.name)
    if member is None:
        return Preview(refusal=f"{user.name} is not on {network.name}.")
    told = f" ({', '.join(member.addresses)})" if member.addresses else ""
    last = len(user.networks) == 1 and user.runs
    return Preview(
        objects=(f"container {user.name} off network {network.name}",),
        users=(user.loses(f"{OFF}{told}"),),
        warnings=("It is on no other network.",) if last else (),
    )


async def disconnect(desk: Desk, operation: DisconnectNetwork, _progress: ProgressSink) -> Done:
    """Take a container off a network."""
    refuse(await preview_disconnect(desk, operation))
    body = {"Container": operation.container_id, "Force": False}
    await desk.change("POST", f"networks/{operation.target.local}/disconnect", body=body)
    return Done()


def _connect_words(_desk: Desk, operation: ConnectNetwork) -> list[str]:
    words = ["network", "connect", *(["--ip", operation.ip] if operation.ip else [])]
    for alias in operation.aliases:
        words += ["--alias", alias]
    return [*words, operation.target.local, operation.container_name]


def _disconnect_words(_desk: Desk, operation: DisconnectNetwork) -> list[str]:
    return ["network", "disconnect", operation.target.local, operation.container_name]


CHANGES: Table = {
    ConnectNetwork: Change(preview_connect, connect, _connect_words),
    DisconnectNetwork: Change(preview_disconnect, disconnect, _disconnect_words),
}
