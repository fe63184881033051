"""What the command palette offers: the table of actions."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from tui.actions import Action, palette

if TYPE_CHECKING:
    from tui.screens.deck import Deck


class Palette(CommandPalette):
    """Textual's palette, also on a terminal that has no room for its list."""

    def _action_command_list(self, action: str) -> None:
        """Move in the list; Textual's fails with a KeyError when it pages through a list that has no lines."""
        with suppress(KeyError):
            super()._action_command_list(action)


class ActionProvider(Provider):
    """Every action, found by its name and description."""

    @property
    def _deck(self) -> Deck:
        return cast("Deck", self.app)

    async def discover(self) -> Hits:
        """Offer everything before something is typed."""
        for action in self._actions():
            yield DiscoveryHit(_title(action), partial(self._deck.action_deck, action.id), help=action.description)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for action in self._actions():
            score = matcher.match(f"{action.name} {action.help}")
            if score > 0:
                title = _title(action)
                yield Hit(score, title, partial(self._deck.action_deck, action.id), text=title, help=action.description)

    def _actions(self) -> list[Action]:
        return [action for action in palette(actions=self._deck.table_of_actions) if action.id not in _ONLY_TYPED]


_ONLY_TYPED = frozenset({"sort", "columns"})
"""They need a word behind them."""


def _title(action: Action) -> str:
    return f"{action.name} ({action.label})" if action.label else action.name
