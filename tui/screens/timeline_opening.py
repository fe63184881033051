"""Where an entry of the timeline leads to."""

from __future__ import annotations

from time import localtime, strftime
from typing import TYPE_CHECKING

from textual import on

from tui.actions import Targets, resolve_targets
from tui.screens.deck import DeckScreen
from tui.screens.timeline_ways import subject_of
from widgets.live_table import LiveTable

if TYPE_CHECKING:
    from tui.domain.timeline import TimelineEntry


class OpensEntries(DeckScreen):
    """A screen with an entry under the cursor, which actions and Enter go to."""

    @property
    def entry(self) -> TimelineEntry | None:
        """Return what is under the cursor."""
        raise NotImplementedError

    @property
    def current_key(self) -> str | None:
        """Return the row key of the instance under the cursor."""
        entry = self.entry
        return self._present_key(entry) if entry is not None else None

    def _present_key(self, entry: TimelineEntry) -> str:
        """Return the row key of an instance as it is now: it may have been made anew since."""
        view = self.deck.view
        found = [item for item in view.instances if item.key == entry.subject] if view is not None else []
        if not found and view is not None and entry.lasting:
            found = [item for item in view.instances if item.instance.stable_key.text == entry.lasting]
        return found[0].key if found else entry.subject

    def targets(self) -> Targets:
        """Return the instance under the cursor."""
        view, key = self.deck.view, self.current_key
        return resolve_targets(view, key, (), (key,)) if view is not None and key else Targets()

    @on(LiveTable.RowSelected)
    def do_open(self) -> None:
        """Go to what the entry is about."""
        entry = self.entry
        if entry is None:
            return
        if entry.subject_kind == "engine" or not entry.subject:
            from tui.screens.engines import EnginesScreen

            self.app.push_screen(EnginesScreen())
        else:
            self._open_instance(entry)

    def _open_instance(self, entry: TimelineEntry) -> None:
        key, view = self._present_key(entry), self.deck.view
        if view is None or subject_of(view, key) is None:
            label = self.deck.label_of("replay")
            self.deck.say(f"{entry.name} is gone; {label} shows the moment from the record.", "warn")
            return
        from tui.screens.around import open_around

        open_around(self.deck, key, entry.utc_seconds)

    async def do_replay(self) -> None:
        """Bring the moment of the entry to the screen, from the record; in the past too."""
        entry, travel = self.entry, self.deck.travel
        if self.deck.replayed is None:
            travel.enter(strftime("%Y-%m-%d %H:%M:%S", localtime(entry.utc_seconds)) if entry else "")
        elif entry is None:
            await travel.leave()
        elif travel.go_to(entry.utc_seconds):
            self.app.pop_screen()
