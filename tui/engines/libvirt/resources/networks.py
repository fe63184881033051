"""Changes of networks."""

import contextlib
import ipaddress
from functools import partial
from typing import Any
from xml.etree import ElementTree

from tui.domain.errors import ActionRefused, NotFound
from tui.domain.network import Network
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.networks import (
    CreateGuestNetwork,
    RemoveNetwork,
    SetNetworkAutostart,
    StartNetwork,
    StopNetwork,
)
from tui.domain.resource import ResourceKind
from tui.engines.libvirt.resources import hostlinks
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.leases import populated, read_networks
from tui.engines.libvirt.resources.network_rules import create_problem
from tui.engines.libvirt.resources.stock import guests_of
from tui.engines.libvirt.resources.survey import resource_of
from tui.engines.libvirt.resources.words import script

DEADLINE_SECONDS = 60.0  # a start runs dnsmasq and the firewall's programs
BACK = "A guest that runs is on it again only after its interface is attached anew, or after a restart of the guest."


async def _known(around: Surroundings) -> tuple[Network, ...]:
    return await around.ask(around.networks, read_networks)


async def _create_problem(around: Surroundings, operation: CreateGuestNetwork) -> str:
    links = await hostlinks.read(around) if around.has_files_here else None
    return create_problem(operation, await _known(around), links)


async def preview_create(around: Surroundings, operation: CreateGuestNetwork) -> Preview:
    """Say what would be defined, and what is in its way."""
    refusal = await _create_problem(around, operation)
    return Preview(
        refusal=refusal,
        objects=(f"network {operation.name}",),
        document="" if refusal else network_xml(operation),
        language="xml",
    )


def network_xml(operation: CreateGuestNetwork) -> str:
    """Return the definition of a network whose fields make sense."""
    root = ElementTree.Element("network")
    ElementTree.SubElement(root, "name").text = operation.name
    if operation.mode != "isolated":
        forward = ElementTree.SubElement(root, "forward", mode=operation.mode)
        if operation.forward_dev and operation.mode != "bridge":
            forward.set("dev", operation.forward_dev)
    if operation.mode == "bridge":
        ElementTree.SubElement(root, "bridge", name=operation.bridge)
    else:
        ElementTree.SubElement(root, "bridge", {"name": operation.bridge} if operation.bridge else {}, delay="0")
    if operation.domain and operation.mode != "bridge":
        ElementTree.SubElement(root, "domain", name=operation.domain, localOnly="yes")
    if operation.address and operation.mode != "bridge":
        _add_address(root, operation)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")


def _add_address(root: ElementTree.Element, operation: CreateGuestNetwork) -> None:
    address = ipaddress.ip_interface(operation.address)
    ip = ElementTree.SubElement(root, "ip", address=str(address.ip), prefix=str(address.network.prefixlen))
    if address.version == 6:
        ip.set("family", "ipv6")
    if operation.dhcp_first:
        dhcp = ElementTree.SubElement(ip, "dhcp")
        ElementTree.SubElement(dhcp, "range", start=operation.dhcp_first, end=operation.dhcp_last)


async def create(around: Surroundings, operation: CreateGuestNetwork, _progress: ProgressSink) -> Done:
    """Define it and start it; all or nothing."""
    if problem := await _create_problem(around, operation):
        raise ActionRefused("not possible", problem)
    work = partial(_create, text=network_xml(operation), start=operation.start, autostart=operation.autostart)
    await around.change(around.networks, work, deadline=DEADLINE_SECONDS)
    return Done(made=around.resource(ResourceKind.NETWORK, operation.name))


def _create(libvirt: Any, connection: Any, *, text: str, start: bool, autostart: bool) -> None:
    network = connection.networkDefineXML(text)
    try:
        if start:
            network.create()
        if autostart:
            network.setAutostart(1)
    except libvirt.libvirtError:
        with contextlib.suppress(libvirt.libvirtError):
            if network.isActive():
                network.destroy()
            network.undefine()
        raise


async def _seen(around: Surroundings, operation: Operation) -> Network:
    """Return a network with the guests on it.

    Raises:
        NotFound: there is none.
    """
    name = resource_of(operation).local
    for network in populated(await _known(around), await guests_of(around)):
        if network.name == name:
            return network
    raise NotFound("no such network", f"There is no network {name}.")


async def _standing_on(around: Surroundings, network: Network) -> tuple[str, ...]:
    """Name other networks that put their guests on the same bridge."""
    others = await _known(around) if network.bridge else ()
    return tuple(
        f"Network {other.name} uses its bridge {network.bridge}, which goes away."
        for other in others
        if other.bridge == network.bridge and other.name != network.name
    )


def _losers(network: Network, *, removed: bool) -> tuple[str, ...]:
    """Name the guests that lose it, those that run first."""
    running = [f"guest {one.name}, running: loses its network" for one in network.members if one.active]
    off = "is defined on a network that will not exist" if removed else "cannot start until the network runs"
    return tuple(
        dict.fromkeys((*running, *(f"guest {one.name}, off: {off}" for one in network.members if not one.active)))
    )


async def preview_plain(around: Surroundings, operation: Operation) -> Preview:
    """Name the network; nobody loses anything."""
    network = await _seen(around, operation)
    return Preview(objects=(f"network {network.name}",))


async def preview_start(around: Surroundings, operation: StartNetwork) -> Preview:
    """Refuse what runs already."""
    network = await _seen(around, operation)
    refusal = f"Network {network.name} runs already." if network.active else ""
    return Preview(refusal=refusal, objects=(f"network {network.name}",))


async def preview_stop(around: Surroundings, operation: StopNetwork) -> Preview:
    """Name the guests that lose it."""
    network = await _seen(around, operation)
    if not network.active:
        return Preview(refusal=f"Network {network.name} is off already.")
    warnings = [BACK] if any(member.active for member in network.members) else []
    warnings += await _standing_on(around, network)
    if not network.persistent:
        warnings.append("The network has no definition on disk: stopping it forgets it.")
    return Preview(objects=(_described(network),), users=_losers(network, removed=False), warnings=tuple(warnings))


async def preview_remove(around: Surroundings, operation: RemoveNetwork) -> Preview:
    """Name the guests that lose it."""
    network = await _seen(around, operation)
    return Preview(
        objects=(_described(network),),
        users=_losers(network, removed=True),
        warnings=("It is stopped first.", *(await _standing_on(around, network))) if network.active else (),
    )


def _described(network: Network) -> str:
    subnets = ", ".join(subnet.cidr for subnet in network.subnets)
    return f"network {network.name}" + (f", {subnets}" if subnets else "")


def _remove(_libvirt: Any, network: Any) -> None:
    persistent = network.isPersistent()
    if network.isActive():
        network.destroy()
    if persistent:
        network.undefine()


async def _change(around: Surroundings, operation: Operation, act: Any) -> Done:
    name = resource_of(operation).local

    def work(libvirt: Any, connection: Any) -> None:
        act(libvirt, connection.networkLookupByName(name))

    await around.change(around.networks, work, deadline=DEADLINE_SECONDS)
    return Done()


def _operate(act: Any) -> Any:
    async def operate(around: Surroundings, operation: Operation, _progress: ProgressSink) -> Done:
        return await _change(around, operation, act)

    return operate


async def set_autostart(around: Surroundings, operation: SetNetworkAutostart, _progress: ProgressSink) -> Done:
    """Say whether it starts with the daemon."""
    enabled = operation.enabled
    return await _change(around, operation, lambda _libvirt, network: network.setAutostart(int(enabled)))


def words_create(_around: Surroundings, operation: CreateGuestNetwork) -> tuple[str, ...]:
    """Return virsh's commands; the definition is the preview's document."""
    start = (("net-start", operation.name),) if operation.start else ()
    autostart = (("net-autostart", operation.name),) if operation.autostart else ()
    return script(("net-define", f"{operation.name}.xml"), *start, *autostart)


def _words(*words: str) -> Any:
    def line(_around: Surroundings, operation: Operation) -> tuple[str, ...]:
        return (*words, operation.target.local)

    return line


def words_remove(_around: Surroundings, operation: RemoveNetwork) -> tuple[str, ...]:
    """Return virsh's commands."""
    return script(("net-destroy", operation.target.local), ("net-undefine", operation.target.local))


def words_autostart(_around: Surroundings, operation: SetNetworkAutostart) -> tuple[str, ...]:
    """Return virsh's command."""
    return ("net-autostart", operation.target.local, *(() if operation.enabled else ("--disable",)))


HANDLERS: dict[type[Operation], Handler[Any]] = {
    CreateGuestNetwork: Handler(preview_create, create, words_create),
    StartNetwork: Handler(preview_start, _operate(lambda _libvirt, network: network.create()), _words("net-start")),
    StopNetwork: Handler(preview_stop, _operate(lambda _libvirt, network: network.destroy()), _words("net-destroy")),
    RemoveNetwork: Handler(preview_remove, _operate(_remove), words_remove),
    SetNetworkAutostart: Handler(preview_plain, set_autostart, words_autostart),
}
