"""Network interfaces that come to a guest and leave it."""

import re
import secrets
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.guests import AttachInterface, DetachInterface
from tui.engines.libvirt.commands import guest_word
from tui.engines.libvirt.guests import devices
from tui.engines.libvirt.guests.create_checks import problem_of_network
from tui.engines.libvirt.guests.guest_disks import when_options
from tui.engines.libvirt.guests.hardware import network_of
from tui.engines.libvirt.guests.new_xml import interface
from tui.engines.libvirt.guests.reading import Guest, guest_of, read_guest
from tui.engines.libvirt.guests.xml_edit import Element, attribute, pretty
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.stock import guests_of

MODELS = frozenset({"virtio", "e1000", "e1000e", "rtl8139", "igb", "vmxnet3"})
_MAC = re.compile(r"[0-9a-f][02468ace](:[0-9a-f]{2}){5}$")  # of one device: the lowest bit of the first pair is 0


def new_mac() -> str:
    """Return an address of QEMU's range, chosen here so that it is the same now and at the next start."""
    return "52:54:00:" + ":".join(f"{one:02x}" for one in secrets.token_bytes(3))


async def _attach_problem(around: Surroundings, operation: AttachInterface, guest: Guest) -> str:
    if problem := devices.when_problem(guest, live=operation.live, stored=operation.stored):
        return problem
    if not operation.network:
        return "Choose a network or a bridge."
    if operation.model not in MODELS:
        return f'hostdeck gives guests no interfaces of the model "{operation.model}".'
    mac = operation.mac.lower()
    if mac and not _MAC.match(mac):
        return f'"{operation.mac}" is no MAC address of a device, such as 52:54:00:12:34:56.'
    if mac:
        owners = [one.name for one in await guests_of(around) if any(port.mac == mac for port in one.ports)]
        if owners:
            return f"{owners[0]} has the MAC address {mac} already."
    return await problem_of_network(around, operation.network, runs=operation.live)


async def preview_attach(around: Surroundings, operation: AttachInterface) -> Preview:
    """Say where it goes."""
    guest = await read_guest(around, guest_of(operation))
    when = devices.when_words(guest, live=operation.live, stored=operation.stored)
    return Preview(
        refusal=await _attach_problem(around, operation, guest),
        objects=(f"guest {guest.name}: an interface in {operation.network}, {when}",),
        document=pretty(interface(operation.network, operation.model, operation.mac.lower())),
        language="xml",
    )


async def attach(around: Surroundings, operation: AttachInterface, _progress: ProgressSink) -> Done:
    """Plug it in."""
    guest = await read_guest(around, guest_of(operation))
    if problem := await _attach_problem(around, operation, guest):
        raise ActionRefused("not possible", problem)
    mac = operation.mac.lower() or new_mac()
    device = interface(operation.network, operation.model, mac)
    await devices.attach(around, guest, device, live=operation.live, stored=operation.stored)
    return Done(f"Its MAC address is {mac}.")


def words_attach(around: Surroundings, operation: AttachInterface) -> tuple[str, ...]:
    """Return virsh's command."""
    uuid = guest_of(operation).local
    bridge = operation.network.removeprefix("bridge:")
    kind = "network" if bridge == operation.network else "bridge"
    mac = ("--mac", operation.mac) if operation.mac else ()
    options = when_options(live=operation.live, stored=operation.stored)
    guest = guest_word(around.name_of(uuid), uuid)
    return ("attach-interface", guest, kind, bridge, "--model", operation.model, *mac, *options)


# away


def _find(root: Element, *, mac: str) -> Element | None:
    found = root.iterfind("devices/interface")
    return next((one for one in found if attribute(one.find("mac"), "address").lower() == mac.lower()), None)


def _detach_problem(operation: DetachInterface, guest: Guest) -> str:
    if problem := devices.when_problem(guest, live=operation.live, stored=operation.stored):
        return problem
    if operation.live and _find(guest.now, mac=operation.mac) is None:
        return f"{guest.name} has no interface {operation.mac} now."
    if operation.stored and _find(guest.next, mac=operation.mac) is None:
        return f"{guest.name} has no interface {operation.mac} at its next start."
    return ""


async def preview_detach(around: Surroundings, operation: DetachInterface) -> Preview:
    """Say what goes."""
    guest = await read_guest(around, guest_of(operation))
    found = _find(guest.now if operation.live else guest.next, mac=operation.mac)
    network = "" if found is None else f" in {network_of(found)}"
    when = devices.when_words(guest, live=operation.live, stored=operation.stored)
    return Preview(
        refusal=_detach_problem(operation, guest),
        objects=(f"guest {guest.name} loses the interface {operation.mac}{network}, {when}",),
        warnings=("Its connections through it break.",) if operation.live and guest.active else (),
    )


async def detach(around: Surroundings, operation: DetachInterface, _progress: ProgressSink) -> Done:
    """Take it away."""
    guest = await read_guest(around, guest_of(operation))
    if problem := _detach_problem(operation, guest):
        raise ActionRefused("not possible", problem)
    find = partial(_find, mac=operation.mac)
    return await devices.detach(around, guest, find, operation.mac, live=operation.live, stored=operation.stored)


def words_detach(around: Surroundings, operation: DetachInterface) -> tuple[str, ...]:
    """Return virsh's command."""
    uuid = guest_of(operation).local
    guest = guest_word(around.name_of(uuid), uuid)
    options = when_options(live=operation.live, stored=operation.stored)
    return ("detach-interface", guest, "network", "--mac", operation.mac, *options)


HANDLERS: dict[type[Operation], Handler[Any]] = {
    AttachInterface: Handler(preview_attach, attach, words_attach),
    DetachInterface: Handler(preview_detach, detach, words_detach),
}
