"""The guest agent: asked only because a person wants it, and told what that leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from widgets.confirm import Confirm

if TYPE_CHECKING:
    from tui.domain.instance import Instance
    from tui.screens.deck import Deck

BODY = (
    "The agent inside the guest is asked for its addresses.\n"
    "libvirt marks the guest as tainted from then on, until it stops, and writes that to its log."
)


def ask_agent(deck: Deck, instance: Instance) -> None:
    """Ask the person, then the agent; the answer is a message."""
    if deck.view is not None and deck.view.read_only:
        deck.say("hostdeck was started with --read-only.", "warn")
        return

    def answered(yes: bool | None) -> None:
        if yes:
            deck.run_worker(_ask(deck, instance))

    host = deck.view.host_name if deck.view is not None else ""
    deck.push_screen(
        Confirm(f"Ask the agent of guest {instance.name} on {host}?", BODY, yes="Ask", no="Cancel"), answered
    )


async def _ask(deck: Deck, instance: Instance) -> None:
    deck.say(f"{instance.name}: its agent is being asked.")
    try:
        found = await deck.source.ask_agent(instance.id)
    except EngineError as error:
        deck.say(f"{instance.name}: {error.message}", "crit")
        return
    told = ", ".join(address.ip for address in found)
    deck.say(f"{instance.name}: {told or 'its agent told no address'}.")
