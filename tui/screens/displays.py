"""A guest's VNC or SPICE screen: drawn here, by virt-viewer, or from the person's own machine."""

from __future__ import annotations

import asyncio
import os
import subprocess
from typing import TYPE_CHECKING

from tui.present.displays import reaching_lines
from tui.sessions.reaching import ssh_line, ssh_login, viewer_list
from widgets.choose import Choice

if TYPE_CHECKING:
    from tui.domain.display import Display
    from tui.domain.instance import Instance
    from tui.screens.deck import Deck
    from tui.screens.inside import Inside

STILL, ADDRESS, VIEWER = "still", "address", "viewer"
LOOKED_AT_SECONDS = 2.0
"""A viewer that ends within this time could not show anything."""


def add_reaching(deck: Deck, instance: Instance, choices: list[Choice]) -> None:
    """Add the ways to a guest's screen."""
    found = displays(instance)
    if not found:
        return
    choices.append(Choice(STILL, "its screen, drawn here; keys are sent to it", "p"))
    if viewer_list(_uri(deck, instance), instance.id.local, found, os.environ):
        choices.append(Choice(VIEWER, "its screen in virt-viewer, on this display", "v"))
    choices.append(Choice(ADDRESS, f"how to reach it: {found[0].address or found[0].kind}", "a"))


def displays(instance: Instance) -> tuple[Display, ...]:
    """Return the screens of a guest; () of anything else."""
    return instance.guest.displays if instance.guest is not None else ()


def reach(inside: Inside, instance: Instance, way: str) -> None:
    """Carry out what was chosen of `add_reaching`."""
    if way == STILL:
        inside.show_still(instance)
    elif way == VIEWER:
        inside.run(_view(inside.deck, instance))
    elif way == ADDRESS:
        _show_addresses(inside.deck, instance)


def _show_addresses(deck: Deck, instance: Instance) -> None:
    """Show where the screen is and the ssh command, which may be copied."""
    from widgets.confirm import Confirm

    found = displays(instance)
    login = ssh_login(_uri(deck, instance), os.environ)
    lines = reaching_lines(found, login)
    copied = next((line for line in (ssh_line(one, login) for one in found) if line), "")

    def answered(yes: bool | None) -> None:
        if yes and copied:
            deck.copy_to_clipboard(copied)
            deck.say("The ssh line was given to the terminal for its clipboard.")

    yes, no = ("Copy the ssh line", "Back") if copied else ("Well", "Back")
    deck.push_screen(Confirm(f"The screen of {instance.name}", "\n".join(lines), yes=yes, no=no), answered)


async def _view(deck: Deck, instance: Instance) -> None:
    """Start virt-viewer beside hostdeck; one that ends at once is told."""
    command = viewer_list(_uri(deck, instance), instance.id.local, displays(instance), os.environ)
    if not command:
        return
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        deck.say(f"virt-viewer could not be started: {error.strerror}", "crit")
        return
    deck.say(f"{instance.name}: virt-viewer was started.")
    try:
        async with asyncio.timeout(LOOKED_AT_SECONDS):
            code = await process.wait()
    except TimeoutError:
        return
    if code:
        deck.say(f"{instance.name}: virt-viewer ended with exit code {code}.", "crit")


def _uri(deck: Deck, instance: Instance) -> str:
    sources = deck.view.sources if deck.view is not None else ()
    return next((one.url for one in sources if one.id == instance.id.engine), "")
