"""The lines one types into below the table: the filter and the command."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.containers import Vertical

from tui.screens.pane import Pane
from tui.state import remembered

if TYPE_CHECKING:
    from tui.screens.deck import Deck
    from widgets.command_bar import CommandBar
    from widgets.filter_bar import FilterBar


class TypingLines(Vertical):
    """Shows a line while it is typed into; none of them is made before it is needed.

    Args:
        pane: gives the open pane.
        typed: what was typed into the filter before, the newest first.
    """

    def __init__(self, pane: Callable[[], Pane], typed: tuple[str, ...]) -> None:
        super().__init__(id="typing")
        self.typed = typed
        self._pane = pane

    @property
    def _deck(self) -> Deck:
        return cast("Deck", self.app)

    async def open_filter(self) -> None:
        """Type a filter for the open pane."""
        from widgets.filter_bar import FilterBar

        if not self.query(FilterBar):
            await self.mount(FilterBar(id="filter-bar"))
        bar, pane = self.query_one(FilterBar), self._pane()
        bar.placeholder = f"name, !not, {' '.join([f'{key}:' for key in pane.spec.filter_keys])}"
        bar.text = pane.filter_text
        bar.display = True
        bar.open()

    def on_filter_bar_filter_changed(self, message: FilterBar.FilterChanged) -> None:
        """Narrow the table while it is typed."""
        if message.bar.display:
            self._pane().set_filter(message.text)

    def on_filter_bar_closed(self, message: FilterBar.Closed) -> None:
        """Go back to the table."""
        pane = self._pane()
        if message.kept:
            self.typed = remembered(self.typed, pane.filter_text)
        else:
            pane.set_filter("")
        message.bar.display = False
        pane.table.focus()

    async def open_command(self) -> None:
        """Type a command."""
        from widgets.command_bar import CommandBar

        if not self.query(CommandBar):
            bar = CommandBar(self._deck.command_candidates, history=self._deck.command_history, id="command-bar")
            await self.mount(bar)
        bar = self.query_one(CommandBar)
        bar.display = True
        bar.open()

    def on_command_bar_cancelled(self, message: CommandBar.Cancelled) -> None:
        """Go back to the table."""
        message.bar.display = False
        self._pane().table.focus()

    async def on_command_bar_submitted(self, message: CommandBar.Submitted) -> None:
        """Carry a command out."""
        message.bar.display = False
        self._pane().table.focus()
        await self._deck.run_command(message.text)
