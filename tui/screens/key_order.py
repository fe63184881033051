"""One key after the other: what is typed ahead goes where the keys before it lead."""

from __future__ import annotations

from collections import deque
from time import monotonic

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key

PATIENCE_SECONDS = 1.0
"""A key that is not done with after so long holds the next ones back no more."""

CLIMBS = 3
"""The key itself, the message of the field it was typed into, the message of the bar around that field."""


class KeysInOrder(App[None], inherit_bindings=False):
    """An application that gives out a key only when the one before it has had its effect.

    Textual gives a key to what has the focus when it arrives. Keys that arrive together, pasted or over a slow line,
    would all go to the table although the first of them opens a field to type into: `/dev` would open details and
    events instead of looking for `dev`.
    """

    _key: Key | None = None
    _given_out_at = 0.0

    def __init__(self) -> None:
        super().__init__()
        self._typed_ahead: deque[Key] = deque()

    async def on_event(self, event: Event) -> None:
        """Keep a key back while another one is on its way."""
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._key is not None and monotonic() - self._given_out_at < PATIENCE_SECONDS:
            self._typed_ahead.append(event)
        else:
            self._typed_ahead.append(event)
            await self._give_out()

    async def _give_out(self) -> None:
        event = self._key = self._typed_ahead.popleft()
        self._given_out_at = monotonic()
        target: DOMNode = self.focused or self.screen
        await super().on_event(event)
        self._follow(event, target, target, CLIMBS)

    def _follow(self, event: Key, start: DOMNode, node: DOMNode | None, climbs: int) -> None:
        """Go the way of the key, behind it in every queue, up to the application, where bindings are carried out."""
        if node is None or node is self:
            self.call_later(self._climbed, event, start, climbs - 1)
        elif not node.call_later(self._follow, event, start, node.parent, climbs):
            self.call_later(self._climbed, event, start, 0)

    async def _climbed(self, event: Key, start: DOMNode, climbs: int) -> None:
        """Climb again behind what the key has caused; at last a new focus is set, by a callback of the application."""
        if climbs > 0:
            self._follow(event, start, start, climbs)
        else:
            self.call_later(self._done_with, event)

    async def _done_with(self, event: Key) -> None:
        if self._key is not event:
            return
        self._key = None
        if self._typed_ahead:
            await self._give_out()
