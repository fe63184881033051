"""What the panes of images and networks share: the lines that an action goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, cast

from tui.present.words import wrapped
from widgets.live_table.model import R

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.present.roles import Spans
    from tui.screens.deck import Deck
    from tui.screens.pane import Pane


class StockActions(Generic[R]):
    """Carries out actions on the lines of a pane: a method `do_ID` for the action ID.

    Args:
        pane: the pane whose lines they are.
    """

    def __init__(self, pane: Pane) -> None:
        self.pane = pane

    @property
    def deck(self) -> Deck:
        """Return the application."""
        return cast("Deck", self.pane.app)

    @property
    def current(self) -> R | None:
        """Return the line under the cursor."""
        row = self.pane.table.cursor_row
        return cast("R | None", row.data if row is not None else None)

    def chosen(self) -> list[R]:
        """Return the marked lines in view, else the line under the cursor."""
        table = self.pane.table
        rows: list[Any] = [table.row(key) for key in table.marked_keys()]
        found = [row.data for row in rows if row is not None]
        hidden = len(table.marked_keys(visible_only=False)) - len(rows)
        if hidden:
            self.deck.say(f"{hidden} marked lines out of view are left alone.", "warn")
        if not found and self.current is not None:
            found = [self.current]
        return found

    def open_heading(self, sentence: str) -> None:
        """Show the whole of what an engine says, or fold a group."""
        if not sentence:
            self.pane.table.action_toggle_fold()
            return
        from tui.screens.resource_pages import ResourcePage

        async def load(width: int) -> Sequence[Spans]:
            return wrapped("", sentence, width, "warn")

        self.deck.push_screen(ResourcePage("What could not be read", "", load))

    def no_such(self, what: str) -> None:
        """Say that an action is not for this line."""
        self.deck.say(f"{what}.", "warn")
