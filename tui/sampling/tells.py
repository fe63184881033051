"""What a source tells of what happened: engines, persons, and watches beside the engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.domain.event import Event
    from tui.domain.host import HostView
    from tui.domain.identity import InstanceId
    from tui.domain.timeline import TimelineEntry
    from tui.engines.watching import Watch
    from tui.sampling.board import Board
    from tui.sampling.chronicle import Chronicle


class TellsWhatHappened:
    """The part of a `HostSource` that remembers events and the timeline."""

    _board: Board
    _chronicle: Chronicle
    _watches: Sequence[Watch]
    _watch_defects: list[str]

    def events(self, subject: InstanceId | None = None) -> Sequence[Event]:
        """Return remembered events, oldest first."""
        return self._board.events(subject)

    def timeline(self) -> Sequence[TimelineEntry]:
        """Return what was seen happen since the start, oldest first."""
        return self._chronicle.entries

    def add_to_timeline(self, entry: TimelineEntry) -> None:
        """Add what a person did here."""
        self._chronicle.add(entry)

    @property
    def chronicle(self) -> Chronicle:
        """Return what `timeline` comes from, for who takes only what is new in it."""
        return self._chronicle

    @property
    def timeline_gaps(self) -> Sequence[str]:
        """Return what the timeline lacks and why, a sentence each."""
        return [*(watch.gap for watch in self._watches if watch.gap), *self._watch_defects]

    async def _follow(self, watch: Watch, view: Callable[[], HostView | None]) -> None:
        """Keep a defect in one watch from ending the rest; it shows as a gap of the timeline."""
        try:
            await watch.run(self._chronicle.add, view)
        except Exception as error:  # noqa: BLE001 - a defect of ours: said on screen, everything else goes on
            self._watch_defects.append(f"hostdeck failed to follow {type(watch).__name__}: {error}")
