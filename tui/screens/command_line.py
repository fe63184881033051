"""The line after `:` on the screen: what was typed, what may follow, and carrying it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.errors import HostdeckError
from tui.screens.main import MainScreen
from tui.state import remembered

if TYPE_CHECKING:
    from tui.commands import CommandContext
    from tui.screens.deck import Deck


class CommandLine:
    """Reads command lines for the screen on top.

    Args:
        deck: the application.
        typed: earlier lines, the newest first.
    """

    def __init__(self, deck: Deck, typed: tuple[str, ...]) -> None:
        self._deck = deck
        self.typed = typed

    def candidates(self, text: str) -> Sequence[str]:
        """Return whole lines that could stand for the one typed so far."""
        from tui.commands import complete

        return complete(text, self._context())

    async def run(self, text: str) -> None:
        """Carry out a line; says what is wrong with it."""
        from tui.commands import parse
        from tui.screens.commands import run_command

        self.typed = remembered(self.typed, text)
        try:
            command = parse(text, self._context())
        except HostdeckError as error:
            self._deck.say(error.message, "warn")
            return
        await run_command(self._deck, command)

    def _context(self) -> CommandContext:
        from tui.commands import CommandContext

        screen = self._deck.screen
        main = screen if isinstance(screen, MainScreen) else None
        return CommandContext(
            view=self._deck.view,
            themes=tuple(self._deck.available_themes),
            columns=main.column_names if main is not None else (),
            filters=main.typed_filters if main is not None else (),
        )
