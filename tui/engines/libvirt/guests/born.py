"""Guests that come and, when something fails after that, go again."""

from functools import partial
from typing import Any

from tui.domain.errors import EngineError
from tui.engines.libvirt.failures import NO_DOMAIN, UNSUPPORTED, sentence
from tui.engines.libvirt.guests.definitions import define
from tui.engines.libvirt.guests.steps import Steps
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.undoing import all_or_nothing

START_SECONDS = 120.0


def taken(name: str) -> str:
    """Say that a name is taken."""
    return f"There is a guest {name} already."


def exists(libvirt: Any, connection: Any, *, name: str) -> bool:
    """Tell whether a guest has this name; blocks."""
    try:
        connection.lookupByName(name)
    except libvirt.libvirtError as error:
        if error.get_error_code() == NO_DOMAIN:
            return False
        raise
    return True


async def name_taken(around: Surroundings, name: str) -> str:
    """Say that a name is taken; "" when it is free."""
    return taken(name) if await around.ask(around.guests, partial(exists, name=name)) else ""


async def bring(around: Surroundings, steps: Steps, text: str, uuid: str, *, autostart: bool, start: bool) -> None:
    """Define a guest, and start it when that is wanted; noted in `steps`.

    Raises:
        EngineError: with libvirt's words.
    """
    there: list[bool] = []

    def work(libvirt: Any, connection: Any) -> None:
        domain = define(libvirt, connection, text)
        there.append(True)
        if autostart:
            domain.setAutostart(1)
        if start:
            _start(libvirt, domain, is_kvm=text.startswith('<domain type="kvm"'))

    async def undo() -> None:
        if there:  # else a guest of this UUID would be somebody else's
            async with around.line(f"guest {uuid}") as line:
                await around.change(line, partial(remove, uuid=uuid))

    try:
        async with around.line(f"guest {uuid}") as line:
            await all_or_nothing(around.change(line, work, deadline=START_SECONDS), undo)
    finally:
        around.touched(uuid)
    steps.made(undo)


def _start(libvirt: Any, domain: Any, *, is_kvm: bool) -> None:
    try:
        domain.create()
    except libvirt.libvirtError as error:
        words = sentence(error)
        if not (is_kvm and "kvm" in words.lower()):
            raise
        failure = EngineError("KVM fails", f"KVM does not work on this host; an emulated guest would. {words}")
    else:
        return
    raise failure


def remove(libvirt: Any, connection: Any, *, uuid: str) -> None:
    """End a guest and forget it with its firmware's variables; one that is gone is no error."""
    try:
        domain = connection.lookupByUUIDString(uuid)
        if domain.isActive():
            domain.destroy()
        try:
            domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_NVRAM)
        except libvirt.libvirtError as error:
            if error.get_error_code() not in {*UNSUPPORTED, libvirt.VIR_ERR_INVALID_ARG}:
                raise
            domain.undefine()
    except libvirt.libvirtError as error:
        if error.get_error_code() != NO_DOMAIN:
            raise
