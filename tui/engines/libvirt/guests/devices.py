"""Devices that are plugged into a guest and taken from it, now and at its next start."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tui.domain.action import Result
from tui.engines.libvirt.guests import jobs
from tui.engines.libvirt.guests.reading import Guest
from tui.engines.libvirt.guests.xml_edit import Element, attribute, drop, parse, text_of
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.handler import Done

LIVE, STORED = 1, 2  # VIR_DOMAIN_AFFECT_LIVE and VIR_DOMAIN_AFFECT_CONFIG
GONE_SECONDS, LOOK_SECONDS = 10.0, 0.25
PREFIXES = {"virtio": "vd", "sata": "sd", "scsi": "sd", "usb": "sd", "ide": "hd", "fdc": "fd", "xen": "xvd"}


def when_problem(guest: Guest, *, live: bool, stored: bool) -> str:
    """Say why a device cannot come or go then; "" when it can."""
    if not live and not stored:
        return "Choose when: now, at the next start, or both."
    if live and not guest.active:
        return f"{guest.name} does not run: nothing can change now, only at its next start."
    if stored and not guest.persistent:
        return f"{guest.name} is gone when it stops: it has no next start."
    return ""


def when_words(guest: Guest, *, live: bool, stored: bool) -> str:
    """Say when it holds."""
    if live and stored:
        return "now and at its next start"
    if live:
        return "now, not at its next start"
    return "at its next start, not now" if guest.active else "stored"


def roots(guest: Guest, *, live: bool, stored: bool) -> Iterator[Element]:
    """Return the definitions that are to change."""
    if live and guest.active:
        yield guest.now
    if stored and guest.persistent:
        yield guest.next


def free_device(guest: Guest, bus: str) -> str:
    """Return the first device name that is used neither now nor at the next start."""
    found = [root.iterfind("devices/disk/target") for root in roots(guest, live=True, stored=True)]
    used = {attribute(target, "dev") for targets in found for target in targets}
    prefix = PREFIXES.get(bus, "vd")
    number = 0
    while (name := f"{prefix}{letters(number)}") in used:
        number += 1
    return name


def letters(number: int) -> str:
    """Count as disks do: a to z, aa to az, and so on."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


async def attach(around: Surroundings, guest: Guest, device: Element, *, live: bool, stored: bool) -> None:
    """Plug a device in; when it can be no part of one definition it is no part of the other either."""
    flags = (LIVE if live else 0) | (STORED if stored else 0)
    text = text_of(device)

    def work(_libvirt: Any, connection: Any) -> None:
        connection.lookupByUUIDString(guest.uuid).attachDeviceFlags(text, flags)

    try:
        await jobs.quick(around, f"guest {guest.name}", work)
    finally:
        around.touched(guest.uuid)


async def detach(
    around: Surroundings,
    guest: Guest,
    find: Callable[[Element], Element | None],
    what: str,
    *,
    live: bool,
    stored: bool,
) -> Done:
    """Take a device from a guest; now is a request, which its system may leave unanswered.

    Args:
        find: returns the device of a definition.
    """
    device = find(guest.next if stored else guest.now)
    flags = (LIVE if live else 0) | (STORED if stored else 0)
    text = "" if device is None else _bare(device)

    def work(_libvirt: Any, connection: Any) -> None:
        connection.lookupByUUIDString(guest.uuid).detachDeviceFlags(text, flags)

    try:
        await jobs.quick(around, f"guest {guest.name}", work)
        if live and not await _gone(around, guest.uuid, find):
            return Done(f"{guest.name} was asked to let go of {what}; it has not yet.", result=Result.REQUESTED)
    finally:
        around.touched(guest.uuid)
    return Done()


def _bare(device: Element) -> str:
    """Return a device without its place on a bus, which may be another one now than at the next start."""
    for tag in ("address", "alias"):
        drop(device, tag)
    return text_of(device)


async def _gone(around: Surroundings, uuid: str, find: Callable[[Element], Element | None]) -> bool:
    """Wait a while until a running guest has let go of a device."""
    look = partial(_has, uuid=uuid, find=find)
    try:
        async with asyncio.timeout(GONE_SECONDS):
            while True:
                if not await around.ask(around.guests, look):
                    return True
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        return False


def _has(_libvirt: Any, connection: Any, *, uuid: str, find: Callable[[Element], Element | None]) -> bool:
    return find(parse(connection.lookupByUUIDString(uuid).XMLDesc(0))) is not None
