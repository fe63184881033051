"""What is asked before a container goes on or off a network, or is written to disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.operation.images import CheckpointContainer
from tui.domain.operation.networks import ConnectNetwork, DisconnectNetwork
from tui.domain.resource import ResourceId, ResourceKind
from tui.screens.image_forms import place
from tui.screens.operating import fill_form, propose
from tui.screens.restocking import restocked
from tui.screens.stock_forms import new_file_problem, read_path
from widgets.form import YES, Field, FieldKind, Values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.domain.instance import Instance
    from tui.domain.network import Network
    from tui.domain.operation import Operation
    from tui.screens.deck import Deck


async def connecting(deck: Deck, instance: Instance) -> None:
    """Ask which network to put a container on."""
    others = [one for one in await _networks(deck, instance) if not _is_on(instance, one)]

    def make(target: ResourceId) -> Operation:
        return ConnectNetwork(target=target, container_id=instance.id.local, container_name=instance.name)

    _choose(deck, instance, f"Put {instance.name} on which network?", others, make)


async def disconnecting(deck: Deck, instance: Instance) -> None:
    """Ask which network to take a container off."""
    its_own = [one for one in await _networks(deck, instance) if _is_on(instance, one)]

    def make(target: ResourceId) -> Operation:
        return DisconnectNetwork(target=target, container_id=instance.id.local, container_name=instance.name)

    _choose(deck, instance, f"Take {instance.name} off which network?", its_own, make)


def checkpoint(deck: Deck, instance: Instance) -> None:
    """Ask where a container is written to."""
    fields = (
        Field("path", "File", check=new_file_problem, hint="a new file on this machine; empty: kept by Podman itself"),
        Field("running", "Leave it running", FieldKind.TICK, hint="else it is stopped, to be restored later"),
    )

    def make(values: Values) -> Operation:
        path = read_path(values["path"])
        return CheckpointContainer(target=instance.id, path=path, leave_running=values["running"] == YES)

    fill_form(deck, "checkpoint", f"Checkpoint {instance.name}", fields, make, verb="Write", forget=("path",))


async def _networks(deck: Deck, instance: Instance) -> list[Network]:
    stock = await restocked(deck, instance.id.engine, ResourceKind.NETWORK)
    return sorted(stock.networks, key=lambda one: one.name) if stock is not None else []


def _is_on(instance: Instance, network: Network) -> bool:
    return any(member.instance_id == instance.id.local for member in network.members)


def _choose(
    deck: Deck, instance: Instance, title: str, networks: list[Network], make: Callable[[ResourceId], Operation]
) -> None:
    from widgets.choose import Choice, Choose

    if not networks:
        deck.say(f"There is no network for that: {instance.name} is on all of them, or on none.", "warn")
        return
    choices = [
        Choice(one.name, "  ".join([one.name, one.mode, *(subnet.cidr for subnet in one.subnets)])) for one in networks
    ]

    def chosen(name: str | None) -> None:
        if name is not None:
            propose(deck, [make(place(deck, instance.id.engine, ResourceKind.NETWORK, name))])

    deck.push_screen(Choose(title, choices), chosen)
