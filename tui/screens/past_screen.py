"""The panes, fed from a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tui.actions import BY_ID as ACTIONS
from tui.domain.host import HostView
from tui.present.hostbar import no_record
from tui.screens.main import MainScreen
from tui.screens.panes import BY_ID, OVERVIEW
from tui.state import UiState

MOST_TICKS = 12
"""A moment that is later than this is no next one: rows are placed by it alone, not by where they were."""


class PastScreen(MainScreen):
    """The screen one works in, as it was; panes of what is not recorded stay closed.

    Args:
        kept: how the panes are looked at.
        columns: columns of the panes by the configuration.
        cursor: row key that the cursor goes to first.
    """

    def __init__(
        self,
        kept: UiState | None = None,
        columns: Mapping[str, tuple[str, ...]] | None = None,
        cursor: str | None = None,
    ) -> None:
        kept = kept or UiState()
        if kept.pane in BY_ID and not BY_ID[kept.pane].lists_instances:
            kept = replace(kept, pane=OVERVIEW.id)
        super().__init__(kept, columns)
        self._cursor = cursor
        self._drawn_at = 0.0

    async def open(self, pane: str) -> None:
        """Open a pane; say why where there is nothing of it."""
        why_not = self.deck.refusal(ACTIONS[BY_ID[pane].action])
        if why_not:
            self.deck.say(why_not, "warn")
        else:
            await super().open(pane)

    @property
    def actors(self) -> Sequence[object]:
        """Return what carries out actions first; Esc leaves the past where a pane has no use for it."""
        found = super().actors
        return (*self.deck.travel.actors, *found) if found and not self.pane.has_layers else found

    @property
    def note(self) -> str:
        """Return what stands in the status line as long as it is true."""
        replayed, source = self.deck.replayed, self.deck.travel.replay
        if replayed is not None and replayed.gap is not None:
            return f"{no_record(*replayed.gap)}: what was then is not known."
        return super().note or (source.damage[-1] if source is not None and source.damage else "")

    def show_view(self, view: HostView) -> None:
        """Bring the lines, the open pane and the ruler up to date."""
        source = self.deck.travel.replay
        tick = source.tick_seconds if source is not None else 0.0
        if not 0 <= view.taken_utc_seconds - self._drawn_at <= MOST_TICKS * tick:
            self._book.forget()
        self._drawn_at = view.taken_utc_seconds
        super().show_view(view)
        if self._cursor is not None and self._cursor in self.pane.table.view_keys:
            self.pane.table.move_cursor(self._cursor)
            self._cursor = None
        self.deck.travel.show_time()
