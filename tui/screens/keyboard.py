"""A guest's keyboard and its screen: keys written by their names, and the still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import EngineError
from tui.domain.instance import Instance, Kind
from tui.sessions import Subject

if TYPE_CHECKING:
    from tui.screens.inside import Inside

HINT = "ctrl-alt-del, sysrq-b, alt-f2, enter: pressed together on the guest's keyboard"


def ask_keys(inside: Inside, instance: Instance, text: str = "") -> None:
    """Ask which keys to press on a guest's keyboard, or whether to press these."""
    deck, subject = inside.deck, Subject.of(instance)
    if instance.kind is not Kind.GUEST:
        deck.say(f"{instance.name} is a container: it has no keyboard.", "warn")
        return
    if not text:
        ask_which(inside, subject, f"Which keys to press on guest {instance.name}?")
        return
    from widgets.confirm import Confirm

    def answered(yes: bool | None) -> None:
        if yes:
            send_keys(inside, subject, text)

    deck.push_screen(Confirm(f"Press {text} on guest {instance.name}?", yes="Press", no="No"), answered)


def ask_which(inside: Inside, subject: Subject, title: str) -> None:
    """Ask which keys to press."""
    from widgets.ask_text import AskText

    def typed(keys: str | None) -> None:
        if keys:
            send_keys(inside, subject, keys)

    inside.deck.push_screen(AskText(title, HINT), typed)


def send_keys(inside: Inside, subject: Subject, text: str) -> None:
    """Press keys of a guest's keyboard, written as a person writes them."""
    from tui.sessions.keynames import linux_keys

    try:
        keys = linux_keys(text)
    except ValueError as error:
        inside.deck.say(str(error), "warn")
        return
    inside.run(_send_keys(inside, subject, text, keys))


async def _send_keys(inside: Inside, subject: Subject, text: str, keys: tuple[str, ...]) -> None:
    try:
        await inside.sessions.send_keys(subject, keys)
    except EngineError as error:
        inside.deck.say(f"{subject.name}: {error.message}", "crit")
    else:
        inside.deck.say(f"{subject.name}: {text} was sent.", "ok")


def show_still(inside: Inside, instance: Instance) -> None:
    """Show a still of a guest's screen."""
    if instance.kind is not Kind.GUEST or not instance.state.is_active:
        inside.deck.say(f"{instance.name} is no running guest: it has no screen.", "warn")
        return
    from tui.screens.still import StillScreen

    inside.deck.push_screen(StillScreen(instance, inside))
