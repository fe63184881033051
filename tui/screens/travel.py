"""The past on the screen: the same screens, fed from a record; what is live waits and goes on underneath."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.audit import NoAudit
from tui.domain.errors import HostdeckError
from tui.jobs import Jobs
from tui.present.hostbar import Replayed
from tui.record.at import find_moment, not_covered
from tui.screens.deck import LIVE
from tui.screens.ruler_lines import RulerLines, RulerSpan
from tui.screens.travel_keys import TravelKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from textual.worker import Worker

    from tui.actions import Action
    from tui.domain.host import HostView
    from tui.present.roles import Span
    from tui.record.reading import RecordReader
    from tui.record.replay import ReplaySource
    from tui.sampling.source import HostSource
    from tui.screens.deck import Deck
    from tui.screens.main import MainScreen
    from tui.screens.past_screen import PastScreen

PAST = "past"
NO_RECORD = "There is no record of this host: hostdeck record, best as a service, writes one."
NO_DEMO_RECORD = "The demo host has no record."
_NOT_RECORDED = {
    "logs": "Logs are not recorded.",
    "raw": "Raw descriptions are not recorded.",
    "pane_images": "Images and volumes are not recorded.",
    "pane_networks": "Networks are not recorded.",
    "network_map": "Networks are not recorded.",
}
_CHANGELESS = "It cannot change."  # short: with the way back it has to fit into a line of 80
_OF_NOW = {
    "sessions": "Sessions are live.",
    "jobs": "Jobs are live.",
    "bundle": "Bundles are live.",
    "actions": _CHANGELESS,
}


@dataclass(slots=True)
class Away:
    """What is live while the past is on the screen.

    Attributes:
        view: the newest moment; it is kept up to date.
        frozen_view: the moment that stood still.
        main: the screen with the live panes.
    """

    source: HostSource
    jobs: Jobs
    view: HostView | None
    frozen_view: HostView | None
    main: MainScreen | None


class Travel:
    """Brings the past to the screen of one application, and the present back.

    Args:
        deck: the application.
        open_record: opens the record and tells where it is; may raise `RecordError`; None where there is none.

    Attributes:
        replay: the past that is on the screen, None where it is live.
        away: what is live meanwhile; None where it is live, or where nothing is because hostdeck was started so.
        span: how much time the ruler shows.
    """

    def __init__(self, deck: Deck, open_record: Callable[[], tuple[RecordReader, str]] | None) -> None:
        self._deck = deck
        self._open_record = open_record
        self._worker: Worker[None] | None = None
        self._complaint: Span | None = None
        self.replay: ReplaySource | None = None
        self.away: Away | None = None
        self.span = RulerSpan()
        self.actors: Sequence[object] = (TravelKeys(self, deck),)

    # There and back

    def begin_with(self, source: ReplaySource) -> None:
        """Take a replay that hostdeck was started with."""
        self._take(source)

    def enter(self, when: str = "") -> None:
        """Bring the past to the screen: the newest sample, or the time that a text names."""
        if self.replay is not None:
            self.go(when)
            return
        self._deck.run_worker(self._enter(when), group="travel", exclusive=True)

    async def _enter(self, when: str) -> None:
        from tui.record.opening import open_replay

        view = self._deck.view
        if self._open_record is None:
            self._deck.say(NO_DEMO_RECORD if view is not None and view.is_demo else NO_RECORD, "warn")
            return
        try:
            source = await open_replay(self._open_record, when, view.taken_utc_seconds if view is not None else None)
        except (HostdeckError, OSError) as error:
            self._deck.say(error.message if isinstance(error, HostdeckError) else str(error), "warn")
            return
        await self.show(source)

    async def show(self, source: ReplaySource) -> None:
        """Bring an open replay to the screen."""
        from tui.screens.details import DetailsScreen
        from tui.screens.main import MainScreen
        from tui.screens.on_instance import open_details

        deck, top = self._deck, self._deck.screen
        main = next((screen for screen in deck.screen_stack if isinstance(screen, MainScreen)), None)
        self.away = Away(deck.source, deck.jobs, deck.view, deck.frozen_view, main)
        self._take(source)
        deck.frozen_view = None
        deck.add_mode(PAST, self._past_screen)
        await deck.switch_mode(PAST)
        deck.set_class(True, "-replay")
        self._worker = deck.run_worker(source.run(self.publish), group="replay", exclusive=True)
        if isinstance(top, DetailsScreen):
            open_details(deck, top.key)
        key = deck.label_of("replay")
        deck.say(
            source.damage[-1] if source.damage else f"{key} goes back to live, which goes on underneath.", "normal"
        )

    def _past_screen(self) -> PastScreen:
        from tui.screens.past_screen import PastScreen

        main = self.away.main if self.away is not None else None
        if main is None:
            return PastScreen()
        return PastScreen(main.kept, main.configured_columns, main.current_key)

    def _take(self, source: ReplaySource) -> None:
        deck = self._deck
        source.on_problem = self._say_problem
        self.replay = source
        self.span.fit(*source.covered)
        deck.source = source
        deck.jobs = Jobs(source, NoAudit(), read_only=True)
        deck.view = source.view
        self._tell()

    async def leave(self) -> None:
        """Bring back what is live."""
        deck, away, source = self._deck, self.away, self.replay
        if source is None:
            return
        if away is None:
            deck.say("hostdeck was started with --replay: there is no live screen to go back to.", "warn")
            return
        if self._worker is not None:
            self._worker.cancel()
        self.replay = self.away = self._worker = deck.replayed = None
        deck.source, deck.jobs, deck.view, deck.frozen_view = away.source, away.jobs, away.view, away.frozen_view
        deck.set_class(False, "-replay")
        deck.switch_mode(LIVE)
        await deck.remove_mode(PAST)
        await source.close()
        deck.say("Live again.")

    # Moments

    def keeps(self, view: HostView) -> bool:
        """Take a live moment while the past is on the screen; tell whether it was taken."""
        if self.away is None:
            return False
        self.away.view = view
        self.away.jobs.observe(view)
        return True

    def publish(self, view: HostView) -> None:
        """Take a moment of the past."""
        deck = self._deck
        if self.replay is None or not deck.screen_stack:
            return
        deck.view = view
        self._tell()
        deck.catch_up()
        self.show_time()

    def show_time(self) -> None:
        """Bring the ruler on top up to date."""
        if self._deck.screen_stack:
            for ruler in self._deck.screen.query(RulerLines):
                ruler.show_time()

    def _tell(self) -> None:
        source = self.replay
        if source is not None:
            gap = source.gap
            times = None if gap is None else (gap.begin_utc_seconds, gap.end_utc_seconds)
            self._deck.replayed = Replayed(source.utc, times)

    def go(self, when: str) -> None:
        """Go to the time that a text names; empty is the newest."""
        source = self.replay
        if source is None:
            self.enter(when)
            return
        live = self.away.view if self.away is not None else None
        now = live.taken_utc_seconds if live is not None else time.time()
        try:
            self._show_moment(find_moment(when, now, source.covered) if when else source.covered.last)
        except HostdeckError as error:
            self._complain(error.message)

    def go_to(self, utc: float) -> bool:
        """Go to a moment of the past that is on the screen; says it, and returns False, where it is not recorded."""
        source = self.replay
        if source is None:
            return False
        if why_not := not_covered(utc, source.covered):
            self._complain(why_not)
            return False
        self._show_moment(utc)
        return True

    def _show_moment(self, utc: float) -> None:
        if self.replay is not None:
            self.replay.go_to(utc)
        if self._complaint is not None and self._deck.said == self._complaint:
            self._deck.unsay()
        self._complaint = None

    def _complain(self, sentence: str) -> None:
        """Say why it does not go to a moment: until it goes to another."""
        self._complaint = (sentence, "warn")
        self._deck.say(sentence, "warn")

    # What is refused

    def refusal(self, action: Action) -> str:
        """Return why an action is refused in the past; empty when it is not."""
        if self.replay is None:
            return ""
        back = f" {self._deck.label_of('replay')}: back to live." if self.away is not None else ""
        if action.id in _NOT_RECORDED:
            return f"{_NOT_RECORDED[action.id]}{back}"
        if action.id in _OF_NOW or action.needs_write:
            return f"{self.replay.refusal} {_OF_NOW.get(action.id, _CHANGELESS)}{back}"
        return ""

    def footer(self, actions: Sequence[Action], without: Collection[str]) -> list[tuple[str, str]]:
        """Return keys and words: the way back to live first, then those of the past, without what is refused."""
        kept = [action for action in actions if action.id not in without and not self.refusal(action)]
        label = self._deck.label_of
        return [
            (f"{label(action.footer_with)} {action.label}" if action.footer_with else action.label,
             "live" if action.id == "replay" else action.help)
            for action in sorted(kept, key=lambda action: action.id != "replay")
            if action.id != "replay" or self.away is not None
        ]  # fmt: skip

    def _say_problem(self, sentence: str) -> None:
        self._deck.say(sentence, "warn")

    async def close(self) -> None:
        """End what is live, because hostdeck ends while the past is on the screen."""
        if self.away is not None:
            with suppress(Exception):
                await self.away.jobs.close()  # it tells how they end, on a screen that is not there any more
            await self.away.source.close()
