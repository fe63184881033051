"""All about an instance with its charts around a moment: where a problem leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.deck import Deck

LIVE_REACHES_SECONDS = 840.0
"""What began so shortly before is in the chart of the last 15 minutes."""


def open_around(deck: Deck, key: str, utc: float | None) -> None:
    """Show all about the row with this key; its charts are around a moment where the last 15 minutes do not show it.

    Args:
        key: row key of an instance or a pod.
        utc: UTC seconds of the moment, None where it is not known.
    """
    from tui.screens.details import DetailsScreen

    view = deck.view
    keys = set() if view is None else {item.key for item in view.instances} | {pod.key for pod in view.pods}
    if view is None or key not in keys:
        deck.say("There are no details of this line.", "warn")
        return
    reached = utc is None or 0 <= view.taken_utc_seconds - utc <= LIVE_REACHES_SECONDS
    deck.push_screen(DetailsScreen(key, around=None if reached else utc))
