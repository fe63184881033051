"""A guest without a serial console: where its screen is, and the offer to add a console."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from tui.engines.sessions import ScreenPlace
from tui.sessions import Subject
from widgets.confirm import Confirm

if TYPE_CHECKING:
    from tui.domain.instance import Instance
    from tui.screens.inside import Inside


async def offer_console(inside: Inside, instance: Instance) -> None:
    """Show the change of the definition, and make it when the person agrees; tell where the guest's screen is."""
    deck = inside.deck
    try:
        helper = deck.source.guest_help(instance.id)
        places = await helper.screen_addresses(instance.id)
        offer = await helper.offer_serial(instance.id)
    except EngineError as error:
        deck.say(f"{instance.name} has no console that can be opened: {error.message}", "warn")
        return

    def answered(yes: bool | None) -> None:
        if yes:
            deck.run_worker(_add(inside, instance))

    body = "\n".join([*screen_lines(places), "Its stored definition would change so:", "", offer.diff])
    title = f"Add a serial console to guest {instance.name}?"
    deck.push_screen(Confirm(title, body, yes="Add", no="Leave it"), answered)


def screen_lines(places: Sequence[ScreenPlace]) -> list[str]:
    """Return where a guest's screen can be reached, with the command for a person on another machine."""
    lines = []
    for place in places:
        if place.text:
            lines += [f"Its screen: {place.text}", f"  {place.ssh_line(_login())}"]
    return [*lines, "  :screen shows a still of it here.", ""] if lines else []


def _login() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):  # no such user in the password file
        return socket.gethostname()


async def _add(inside: Inside, instance: Instance) -> None:
    try:
        said = await inside.sessions.add_console(Subject.of(instance))
    except EngineError as error:
        inside.deck.say(f"{instance.name}: {error.message}", "crit")
    else:
        inside.deck.say(f"{instance.name}: {said}", "ok")
