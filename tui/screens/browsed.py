"""What a browser that may change nothing is refused: to leave something on the host, or to send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.actions import Action
    from tui.screens.deck import Deck

NO_FILE = "In a browser no file is written on the host, because it may change nothing there."
NO_MESSAGE = "From a browser nothing is sent, because it may change nothing on the host."

_REFUSED = {"bundle": NO_FILE, "export": NO_FILE, "notify": NO_MESSAGE}


def why_not_from_here(deck: Deck, action: Action) -> str:
    """Return why an action is refused to who looks on from a browser; empty when it is not."""
    return _REFUSED.get(action.id, "") if deck.only_looks_on else ""
