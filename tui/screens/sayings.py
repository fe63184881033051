"""How long a message stays in the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.present.roles import Span
from tui.screens.deck import DeckScreen

if TYPE_CHECKING:
    from tui.screens.deck import Deck

SAID_SECONDS = 8.0
FRESH_SECONDS = 1.0
"""What was said so shortly before another screen came up is about that one too."""


class Sayings:
    """Shows the last message for some seconds, and not over a screen that came up later.

    Args:
        deck: the application; its `said` is set.
    """

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._said_at = 0.0

    def say(self, said: Span) -> None:
        """Show a message."""
        self._deck.said = said
        self._said_at = self._deck.monotonic()
        self._show()
        self._deck.set_timer(SAID_SECONDS, lambda: self._unsay(said))

    def _unsay(self, said: Span) -> None:
        if self._deck.said is said:
            self.unsay()

    def unsay(self) -> None:
        """Take away the last message."""
        self._deck.said = None
        self._show()

    def came_up(self) -> None:
        """Take away what was said before the screen on top came up."""
        if self._deck.said is not None and self._deck.monotonic() - self._said_at > FRESH_SECONDS:
            self._deck.said = None
        self._show()

    def _show(self) -> None:
        screen = self._deck.screen
        if isinstance(screen, DeckScreen) and screen.is_mounted:  # one that just comes up shows it when it is there
            screen.show_said()
