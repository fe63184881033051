"""Create, remove and prune networks."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from tui.domain.errors import EngineError, NotFound
from tui.domain.network import Network
from tui.domain.operation import Preview, ProgressSink
from tui.domain.operation.networks import (
    CreateContainerNetwork,
    PruneNetworks,
    RemoveNetwork,
)
from tui.domain.resource import ResourceKind
from tui.engines.podman.resources.changes import Change, Done, Table, count_text, refuse
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.rows import network_of, parsed
from tui.engines.podman.resources.spec import NAME, NAME_RULE
from tui.engines.podman.resources.users import read_users

DRIVERS = ("bridge", "macvlan", "ipvlan")
OFF = "loses its addresses on this network"

Range = ipaddress.IPv4Network | ipaddress.IPv6Network


async def _networks(desk: Desk) -> tuple[Network, ...]:
    users = await read_users(desk)
    return parsed(lambda row: network_of(row, users), await desk.rows("networks/json"))


async def network_now(desk: Desk, name: str) -> Network:
    """Return one network with who is on it.

    Raises:
        NotFound: it is gone.
        EngineError: with its sentence.
    """
    for network in await _networks(desk):
        if network.name == name:
            return network
    raise NotFound("no longer there", f"There is no network {name}.")


# create


async def preview_create(desk: Desk, operation: CreateContainerNetwork) -> Preview:
    """Look at the name and the addresses, and whether another network has them."""
    refusal = _form_refusal(operation) or _taken_refusal(operation, await _networks(desk))
    return Preview(refusal=refusal, objects=(f"network {operation.name}",))


def _form_refusal(operation: CreateContainerNetwork) -> str:
    if NAME.fullmatch(operation.name) is None:
        return NAME_RULE
    if operation.driver not in DRIVERS:
        return f"The driver is one of {', '.join(DRIVERS)}."
    if operation.driver == "bridge" and operation.parent:
        return "A bridge network has no interface of the host; macvlan and ipvlan have."
    if operation.gateway and not operation.subnet:
        return "A gateway needs a subnet."
    if not operation.subnet:
        return ""
    subnet = range_of(operation.subnet)
    if subnet is None:
        return f"{operation.subnet} is no subnet: write it like 10.89.7.0/24."
    if operation.gateway and not is_in(operation.gateway, subnet):
        return f"The gateway {operation.gateway} is not in {subnet}."
    return ""


def range_of(text: str) -> Range | None:
    """Return a subnet, None for what is none."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def is_in(address: str, subnet: Range) -> bool:
    """Tell whether a text is an address of a subnet."""
    try:
        return ipaddress.ip_address(address) in subnet
    except ValueError:
        return False


def _taken_refusal(operation: CreateContainerNetwork, networks: Sequence[Network]) -> str:
    wanted = range_of(operation.subnet)
    for network in networks:
        if network.name == operation.name:
            return f"There is a network {operation.name} already."
        for subnet in network.subnets:
            other = range_of(subnet.cidr)
            if wanted is not None and other is not None and _overlap(wanted, other):
                return f"{operation.subnet} overlaps with {subnet.cidr} of the network {network.name}."
    return ""


def _overlap(one: Range, other: Range) -> bool:
    return one.version == other.version and one.overlaps(other)


def body_of(operation: CreateContainerNetwork) -> dict[str, Any]:
    """Return the body of `networks/create`."""
    subnet = {key: value for key, value in (("subnet", operation.subnet), ("gateway", operation.gateway)) if value}
    body: dict[str, Any] = {
        "name": operation.name,
        "driver": operation.driver,
        "network_interface": operation.parent,
        "subnets": [subnet] if subnet else [],
        "internal": operation.internal,
        "ipv6_enabled": operation.ipv6,
        "options": {"isolate": "true"} if operation.isolate else {},
    }
    return {**{key: value for key, value in body.items() if value}, "dns_enabled": operation.dns}


async def create(desk: Desk, operation: CreateContainerNetwork, _progress: ProgressSink) -> Done:
    """Make a network."""
    refuse(await preview_create(desk, operation))
    await desk.change("POST", "networks/create", body=body_of(operation))
    return Done(made=desk.resource(ResourceKind.NETWORK, operation.name))


def _create_words(_desk: Desk, operation: CreateContainerNetwork) -> list[str]:
    words = ["network", "create", "--driver", operation.driver]
    for option, value in (
        ("--subnet", operation.subnet),
        ("--gateway", operation.gateway),
        ("--opt", f"parent={operation.parent}" if operation.parent else ""),
        ("--opt", "isolate=true" if operation.isolate else ""),
    ):
        words += [option, value] if value else []
    for option, wanted in (
        ("--internal", operation.internal),
        ("--ipv6", operation.ipv6),
        ("--disable-dns", not operation.dns),
    ):
        words += [option] if wanted else []
    return [*words, operation.name]


# remove


async def preview_remove(desk: Desk, operation: RemoveNetwork) -> Preview:
    """Name who is on it."""
    network = await network_now(desk, operation.target.local)
    lines = (f"container {member.name}: {OFF}" for member in network.members)
    return Preview(refusal=_remove_refusal(network), objects=(f"network {network.name}",), users=tuple(lines))


def _remove_refusal(network: Network) -> str:
    if network.builtin:
        return "It is Podman's own default network, which is always there."
    if not network.members:
        return ""
    names = ", ".join(member.name for member in network.members)
    return f"Containers are on it: {names}. Disconnect or remove them first."


async def remove(desk: Desk, operation: RemoveNetwork, _progress: ProgressSink) -> Done:
    """Remove a network that nobody is on."""
    refuse(await preview_remove(desk, operation))
    await desk.change("DELETE", f"networks/{operation.target.local}")
    return Done()


# prune


async def preview_prune(desk: Desk, _operation: PruneNetworks) -> Preview:
    """List what would go."""
    unused = tuple(network for network in await _networks(desk) if not network.members and not network.builtin)
    subnets = {network.name: ", ".join(subnet.cidr for subnet in network.subnets) for network in unused}
    return Preview(
        refusal="" if unused else "Every network has a container on it.",
        objects=tuple(f"{name} ({cidr})" if cidr else name for name, cidr in subnets.items()),
    )


async def prune(desk: Desk, operation: PruneNetworks, _progress: ProgressSink) -> Done:
    """Remove every network that nobody is on, and tell which went."""
    refuse(await preview_prune(desk, operation))
    rows = [row for row in (await desk.change("POST", "networks/prune")).json() or () if isinstance(row, dict)]
    failures = [f"{row.get('Name')}: {row.get('Error')}" for row in rows if row.get("Error")]
    gone = [str(row.get("Name")) for row in rows if not row.get("Error")]
    if failures and not gone:
        raise EngineError("Podman failed", f"Nothing was removed: {'; '.join(failures)}")
    told = f"{count_text(len(gone), 'network')} removed{': ' if gone else ''}{', '.join(gone)}."
    return Done(told + (f" Not removed: {'; '.join(failures)}" if failures else ""))


CHANGES: Table = {
    CreateContainerNetwork: Change(preview_create, create, _create_words),
    RemoveNetwork: Change(preview_remove, remove, lambda _desk, operation: ["network", "rm", operation.target.local]),
    PruneNetworks: Change(preview_prune, prune, lambda _desk, _operation: ["network", "prune", "--force"]),
}
