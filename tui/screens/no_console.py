"""A guest without a console: the offer to add a serial one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from tui.sessions import Subject
from widgets.confirm import Confirm

if TYPE_CHECKING:
    from tui.domain.instance import Instance
    from tui.screens.inside import Inside


async def offer_console(inside: Inside, instance: Instance) -> None:
    """Show the change of the definition, and make it when the person agrees."""
    try:
        offer = await inside.deck.source.guest_help(instance.id).offer_serial(instance.id)
    except EngineError as error:
        inside.cannot(f"{instance.name} has no console that can be opened: {error.message}")
        return

    def answered(yes: bool | None) -> None:
        if yes:
            inside.run(_add(inside, instance))

    body = f"Its stored definition would change so:\n\n{offer.diff}"
    inside.arrive()
    title = f"Add a serial console to guest {instance.name}?"
    inside.deck.push_screen(Confirm(title, body, yes="Add", no="Leave it"), answered)


async def _add(inside: Inside, instance: Instance) -> None:
    try:
        said = await inside.sessions.add_console(Subject.of(instance))
    except EngineError as error:
        inside.deck.say(f"{instance.name}: {error.message}", "crit")
    else:
        inside.deck.say(f"{instance.name}: {said}", "ok")
