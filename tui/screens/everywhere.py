"""What the keys do that mean the same on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.main import MainScreen

if TYPE_CHECKING:
    from tui.screens.deck import Deck

MOST_JOBS_NAMED = 10


class Everywhere:
    """Carries out the actions of the application: a method `do_ID` for the action ID.

    Args:
        deck: the application.
    """

    def __init__(self, deck: Deck) -> None:
        self._deck = deck

    def do_quit(self) -> None:
        """Leave; asks only while actions are under way or sessions are open."""
        deck = self._deck
        active, sessions = deck.live_jobs.active, deck.live_sessions
        if not active and not sessions:
            deck.exit()
            return
        from widgets.confirm import Confirm

        lines = [f"{job.word} {job.name}: {deck.live_jobs.progress(job)}" for job in active[:MOST_JOBS_NAMED]]
        if active:
            lines += ["", "The engines go on with what they were asked; what comes of it is not seen any more.", ""]
        if sessions:
            lines += [f"{one.request.kind} in {one.subject.name}" for one in sessions]
            lines += ["", "Sessions are left: what runs at the other end goes on there, out of sight."]
        what = "actions are under way" if active else "sessions are open"
        deck.push_screen(Confirm(f"Leave while {what}?", "\n".join(lines), yes="Leave", no="Stay"), self._leave)

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self._deck.exit()

    def do_replay(self) -> None:
        """Bring the past to the screen."""
        self._deck.travel.enter()

    def do_replay_at(self) -> None:
        """Say how a time is named."""
        self._deck.say("Name a time, like :at 03:00, :at yesterday 03:00, :at -2h, :at 2026-11-23 03:00.", "warn")

    def do_freeze(self) -> None:
        """Let the screen stand still, or go on."""
        deck = self._deck
        deck.frozen_view = deck.view if deck.frozen_view is None else None
        for screen in deck.screen_stack:
            if isinstance(screen, MainScreen):
                screen.show_bar()
        if deck.frozen_view is None:
            deck.catch_up()
        still = deck.frozen_view is not None
        deck.say("The screen stands still; sampling goes on." if still else "The screen goes on.")

    def do_help(self) -> None:
        """Show all keys and commands."""
        from tui.screens.help import HelpScreen

        self._deck.push_screen(HelpScreen())

    def do_jobs(self) -> None:
        """Show what was asked of the engines."""
        from tui.screens.jobs import JobsScreen

        self._deck.push_screen(JobsScreen())

    def do_bundle(self) -> None:
        """Collect all that tells what is wrong into one file."""
        from tui.screens.bundling import start_bundle

        start_bundle(self._deck)

    def do_export(self) -> None:
        """Say how a table is written to a file."""
        self._deck.say("Say how: :export csv, or :export jsonl.", "warn")

    def do_sessions(self) -> None:
        """List the open sessions."""
        self._deck.inside.show_sessions()

    def do_timeline(self) -> None:
        """Show what happened."""
        from tui.screens.timeline_ways import show_timeline

        show_timeline(self._deck)

    def do_notify(self) -> None:
        """Try every way to tell of problems."""
        self._deck.run_worker(self._deck.test_notices(), group="notices")

    def do_network_map(self) -> None:
        """Show what hangs on what."""
        from tui.screens.network_map import show_map

        show_map(self._deck)

    def do_theme(self) -> None:
        """Choose the colours."""
        self._deck.search_themes()

    def do_back(self) -> None:
        """Close the screen on top."""
        if len(self._deck.screen_stack) > 1:
            self._deck.pop_screen()
