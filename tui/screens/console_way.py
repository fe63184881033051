"""From `c` on a guest to one of its consoles or its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from tui.domain.session import ConsoleDevice, SessionKind, SessionRequest
from tui.screens.displays import add_reaching, reach
from tui.sessions import Way

if TYPE_CHECKING:
    from tui.domain.instance import Instance
    from tui.screens.inside import Inside

ADD = "add"


async def open_console(inside: Inside, instance: Instance) -> None:
    """Open the only console, or ask which one, or where there is none, what else may be done."""
    try:
        devices = await inside.deck.source.consoles(instance.id)
    except EngineError as error:
        inside.cannot(f"{instance.name}: {error.message}", "crit")
        return
    running = instance.state.is_active
    has_screen = running and instance.guest is not None and bool(instance.guest.displays)
    if devices and not running:
        _offer_start(inside, instance)
    elif len(devices) == 1 and (not has_screen or inside.sessions.of(instance.id, request_of(devices[0])) is not None):
        await inside.open(instance, request_of(devices[0]))
    elif devices or has_screen:
        _choose(inside, instance, devices, has_screen=has_screen)
    else:
        from tui.screens.no_console import offer_console

        await offer_console(inside, instance)


def request_of(device: ConsoleDevice) -> SessionRequest:
    """Return what opens a console."""
    return SessionRequest(SessionKind.CONSOLE, device=device.alias)


def _choose(inside: Inside, instance: Instance, devices: tuple[ConsoleDevice, ...], *, has_screen: bool) -> None:
    from widgets.choose import Choice, Choose

    choices = [
        Choice(device.alias, f"console {device.alias}, {device.kind} port {device.port}", str(number))
        for number, device in enumerate(devices, 1)
    ]
    if has_screen:
        add_reaching(inside.deck, instance, choices)
    if not devices:
        choices.append(Choice(ADD, "add a serial console to it", "n"))
    by_alias = {device.alias: device for device in devices}

    def chosen(choice: str | None) -> None:
        if choice in by_alias:
            inside.lead(instance.name, inside.open(instance, request_of(by_alias[choice])))
        elif choice == ADD:
            from tui.screens.no_console import offer_console

            inside.run(offer_console(inside, instance))
        elif choice is not None:
            reach(inside, instance, choice)

    title = f"Which console of {instance.name}?" if devices else f"{instance.name} has no console, but a screen."
    inside.arrive()
    inside.deck.push_screen(Choose(title, choices), chosen)


def _offer_start(inside: Inside, instance: Instance) -> None:
    """Offer to start a guest with its console open."""
    from widgets.confirm import Confirm

    def answered(yes: bool | None) -> None:
        if yes:
            opening = inside.open(instance, SessionRequest(SessionKind.CONSOLE), anew=True, way=Way.BOOT)
            inside.lead(instance.name, opening)

    body = (
        "It does not run. It is started with its console open, so that nothing it says at boot is missed:\n"
        "started paused, the console opened, then let go."
    )
    host = inside.deck.view.host_name if inside.deck.view is not None else ""
    inside.arrive()
    inside.deck.push_screen(Confirm(f"Start guest {instance.name} on {host}?", body, yes="Start", no="No"), answered)
