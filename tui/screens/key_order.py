"""One key after the other: what is typed ahead goes where the keys before it lead, within bounds."""

from __future__ import annotations

from collections import deque
from time import monotonic

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key
from textual.message import Message

PATIENCE_SECONDS = 1.0
"""A key that is not done with after so long holds the next ones back no more."""

CLIMBS = 3
"""The key itself, the message of the field it was typed into, the message of the bar around that field."""


MOST_AHEAD = 200
"""More keys than these wait for no finger: a held one gives thirty a second, and a line hangs for a few seconds."""

QUIET_SECONDS = 0.5
"""A flood of keys is over when none has come for so long."""


class PastedKeysIgnored(Message):
    """A flood of keys was thrown away."""


class KeysInOrder(App[None], inherit_bindings=False):
    """An application that gives out a key only when the one before it has had its effect.

    Textual gives a key to what has the focus when it arrives. Keys that arrive together, pasted or over a slow line,
    would all go to the table although the first of them opens a field to type into: `/dev` would open details and
    events instead of looking for `dev`.

    Thrown away are keys pressed before `take_keys` was called, because they were meant for what stood on the terminal
    before; and a text that a terminal without bracketed paste sends as keys, because each letter would be an action.
    A screen that has every key for itself, `OWNS_KEYS`, takes a paste of any length.
    """

    _key: Key | None = None
    _given_out_at = 0.0

    def __init__(self) -> None:
        super().__init__()
        self._typed_ahead: deque[Key] = deque()
        self._takes_keys_from: float | None = None
        self._flooded_at = float("-inf")

    def take_keys(self) -> None:
        """Take the keys that are pressed from now on."""
        self._takes_keys_from = monotonic()  # the clock of Textual's messages

    async def on_event(self, event: Event) -> None:
        """Keep a key back while another one is on its way."""
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._is_unwanted(event):
            event.stop()
        elif self._key is not None and monotonic() - self._given_out_at < PATIENCE_SECONDS:
            self._typed_ahead.append(event)
        else:
            self._typed_ahead.append(event)
            await self._give_out()

    def _is_unwanted(self, event: Key) -> bool:
        if self._takes_keys_from is None or event.time < self._takes_keys_from:
            return True
        if getattr(self.screen, "OWNS_KEYS", False):
            return False
        if event.time - self._flooded_at < QUIET_SECONDS:
            self._flooded_at = event.time
            return True
        if len(self._typed_ahead) < MOST_AHEAD:
            return False
        self._typed_ahead.clear()
        self._flooded_at = event.time
        self.post_message(PastedKeysIgnored())
        return True

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
