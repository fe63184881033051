"""The panes that were opened so far: made when first needed, remembered for the next start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.host import HostView
from tui.present.columns import Moment
from tui.present.sparks import Sparks
from tui.screens.pane import Pane
from tui.screens.panes import BY_ID, OVERVIEW
from tui.state import PaneState, UiState

if TYPE_CHECKING:
    from tui.screens.deck import Deck

SPARKS_FORGOTTEN_EVERY = 60


class PaneBook:
    """Makes panes, and knows which one is open.

    Args:
        kept: how they were looked at last time.
        columns: their columns by the configuration.
    """

    def __init__(self, kept: UiState, columns: Mapping[str, tuple[str, ...]]) -> None:
        self.open = kept.pane if kept.pane in BY_ID else OVERVIEW.id
        self._kept = kept
        self._columns = columns
        self._panes: dict[str, Pane] = {}
        self._moment: Moment | None = None

    def __contains__(self, name: str) -> bool:
        return name in self._panes

    @property
    def pane(self) -> Pane:
        """Return the open pane."""
        return self._panes[self.open]

    def make(self, name: str, deck: Deck) -> Pane:
        """Make a pane as it was looked at last time."""
        kept, chosen = self._kept.panes.get(name, PaneState()), self._columns.get(name, ())
        made = Pane(BY_ID[name], self._shared(deck), deck.source, kept=kept, chosen=chosen, folded=self._kept.folded)
        self._panes[name] = made
        return made

    def _shared(self, deck: Deck) -> Moment:
        """Return what the cells of all panes share."""
        if self._moment is None:
            source, ascii_only = deck.source, deck.ascii_only
            sparks = Sparks(source.series, source.tick_seconds, ascii_only=ascii_only)
            drawn = None if deck.low_bandwidth else sparks
            self._moment = Moment(drawn, ascii_only=ascii_only, monotonic=deck.monotonic)
        return self._moment

    def begin(self, view: HostView) -> None:
        """Tell the cells of what moment they are."""
        if self._moment is not None:
            self._moment.utc_seconds, self._moment.tick = view.taken_utc_seconds, view.tick

    def tidy(self, view: HostView) -> None:
        """Forget now and then what belongs to rows that are gone."""
        if self._moment is None or view.tick % SPARKS_FORGOTTEN_EVERY:
            return
        self._keep({item.key for item in view.instances} | {pod.key for pod in view.pods})

    def forget(self) -> None:
        """Forget all that was drawn: the next moment does not follow the one before it."""
        self._keep(set())
        for pane in self._panes.values():
            pane.table.release_order()

    def _keep(self, alive: set[str]) -> None:
        if self._moment is None:
            return
        if self._moment.sparks is not None:
            self._moment.sparks.forget(alive)
        self._moment.steady.forget(alive)

    def state(self, filters: tuple[str, ...]) -> UiState:
        """Return how the panes are looked at, to be kept with what was typed into the filter."""
        panes = {name: pane.state for name, pane in self._panes.items()}
        folded = frozenset[str]().union(*(pane.table.folded_keys for pane in self._panes.values()))
        return replace(self._kept, pane=self.open, panes={**self._kept.panes, **panes}, filters=filters, folded=folded)
