"""What the keys do while the past is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.record.replay import SPEEDS

if TYPE_CHECKING:
    from tui.record.replay import ReplaySource
    from tui.screens.deck import Deck
    from tui.screens.travel import Travel


class TravelKeys:
    """Carries out the actions of the past: a method `do_ID` for the action ID. It is asked only while there is one.

    Args:
        travel: what is on the screen.
        deck: the application.
    """

    def __init__(self, travel: Travel, deck: Deck) -> None:
        self._travel = travel
        self._deck = deck

    @property
    def _source(self) -> ReplaySource:
        if self._travel.replay is None:
            raise RuntimeError("the past is not on the screen")
        return self._travel.replay

    async def do_replay(self) -> None:
        """Go back to live."""
        await self._travel.leave()

    async def do_back(self) -> None:
        """Close the screen on top; on the panes go back to live."""
        if len(self._deck.screen_stack) > 1:
            self._deck.pop_screen()
        elif self._travel.away is not None:
            await self._travel.leave()

    def do_replay_back(self) -> None:
        """Go one sample back."""
        self._source.step(-1)

    def do_replay_on(self) -> None:
        """Go one sample on."""
        self._source.step(1)

    def do_replay_mark_back(self) -> None:
        """Go to the mark before."""
        self._source.jump(-1)

    def do_replay_mark_on(self) -> None:
        """Go to the next mark."""
        self._source.jump(1)

    def do_replay_play(self) -> None:
        """Play, or pause."""
        source = self._source
        if not source.playing and source.utc >= source.covered.last:
            self._deck.say("This is the end of the record: go back first.", "warn")
            return
        source.play(on=not source.playing)
        self._travel.show_time()

    def do_freeze(self) -> None:
        """Play, or pause: time that stands still is paused."""
        self.do_replay_play()

    def do_replay_speed(self) -> None:
        """Choose the next speed."""
        source = self._source
        source.speed = SPEEDS[(SPEEDS.index(source.speed) + 1) % len(SPEEDS)]
        self._travel.show_time()

    def do_replay_closer(self) -> None:
        """Show less time on the ruler."""
        self._zoom(-1)

    def do_replay_wider(self) -> None:
        """Show more time on the ruler."""
        self._zoom(1)

    def _zoom(self, steps: int) -> None:
        self._travel.span.zoom(steps, self._source.utc)
        self._travel.show_time()
