"""Wiring: theme, screens, source and jobs handed in, keys from the one table of actions."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from tui.actions import BY_ID, Scope, bound, footer, remapped
from tui.config import Config
from tui.domain.host import HostView
from tui.jobs import Job, Jobs
from tui.sampling.source import HostSource
from tui.screens.browsed import why_not_from_here
from tui.screens.command_line import CommandLine
from tui.screens.deck import LIVE, Deck, DeckScreen
from tui.screens.everywhere import Everywhere
from tui.screens.job_news import JobNews
from tui.screens.keys import keymap
from tui.screens.main import MainScreen
from tui.screens.messages import HostSampled
from tui.screens.on_instance import OnInstance
from tui.screens.panes import BY_ACTION
from tui.screens.sayings import Sayings
from tui.screens.theme import HOSTDECK, first_theme, wants_ascii
from tui.state import StateFile, UiState
from widgets.live_table.model import Role

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.command import Provider
    from textual.driver import Driver
    from textual.screen import Screen

    from tui.actions import Action
    from tui.record.reading import RecordReader
    from tui.record.replay import ReplaySource
    from tui.screens.inside import Inside
    from tui.screens.notices import Notices
    from tui.screens.travel import Travel
    from tui.sessions import Session


def _action_provider() -> type[Provider]:
    """Return what the palette offers; it is needed only when the palette opens."""
    from tui.screens.palette import ActionProvider

    return ActionProvider


class HostdeckApp(Deck, inherit_bindings=False):
    """One host on the screen.

    Args:
        source: the host; its `run` is driven from here until the end.
        jobs: carries actions out; its callbacks are taken.
        config: preferences.
        kept: what the screen looked like last, and where that is kept; None keeps nothing.
        monotonic: the clock by which rows keep their places for a moment after the cursor moved.
        open_record: opens the record of this host and tells where it is; None where there is none.
        replay: the past that is shown from the start; it is the source then.
        read_only: nothing may be changed; a browser may not even leave a file on the host then.
    """

    TITLE = "hostdeck"
    CSS_PATH = "styles/app.tcss"
    DEFAULT_MODE: ClassVar[str] = LIVE
    COMMANDS: ClassVar[set[Any]] = {_action_provider}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), f"deck('{action.id}')", action.help, show=False, id=action.id)
        for action in bound()
    ]

    def __init__(
        self,
        source: HostSource,
        jobs: Jobs,
        *,
        config: Config | None = None,
        kept: StateFile | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        open_record: Callable[[], tuple[RecordReader, str]] | None = None,
        replay: ReplaySource | None = None,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self.add_mode(LIVE, self.get_default_screen)
        self.monotonic = monotonic
        self.config = config or Config()
        self.source = source
        self.jobs = jobs
        self.low_bandwidth = self.config.low_bandwidth
        self.read_only = read_only
        self.ascii_only = wants_ascii(self.config, self.console.encoding)
        self.confirm_delete_count = self.config.confirm_delete_count
        self.stop_timeout_seconds = self.config.stop_timeout_seconds
        self.log_memory_mib = self.config.log_memory_mib
        self.form_drafts = {}
        self.kept_edits = {}
        self.table_of_actions = self._actions = remapped(self.config.keys)
        self.pane_keys = {BY_ACTION[action.id].id: action.label for action in self._actions if action.id in BY_ACTION}
        self._kept = kept
        if kept is not None:
            kept.on_problem = self._say_soon
        self._state = kept.load() if kept is not None else UiState()
        self.lasting_forms = {name: dict(values) for name, values in self._state.forms.items()}
        self.typed_forms = {name: dict(values) for name, values in self._state.forms.items()}
        self._command_line = CommandLine(self, self._state.commands)
        self._started_with = ""
        self._sayings = Sayings(self)
        self._inside: Inside | None = None
        self._notices: Notices | None = None
        self._open_record = open_record
        self._travel: Travel | None = None
        if replay is not None:
            self.travel.begin_with(replay)
        self._job_news = JobNews(self)
        self._actors = (Everywhere(self), OnInstance(self))
        self.set_keymap(keymap(self.config.keys))

    # Start and end

    def get_default_screen(self) -> Screen[None]:
        """Return the screen one works in."""
        if self._travel is not None:
            from tui.screens.past_screen import PastScreen

            return PastScreen(self._state, self.config.columns)
        return MainScreen(self._state, self.config.columns)

    def on_mount(self) -> None:
        """Take the theme, and begin to sample once the first frame stands."""
        self.register_theme(HOSTDECK)
        self.theme = self._started_with = first_theme(self, (self._state.theme, self.config.theme))
        self.set_class(self.replayed is not None, "-replay")
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.take_keys()
        if self.config.notify is not None and self._travel is None:
            from tui.screens.notices import Notices

            folder = self.config.record.folder if self.config.record is not None else ""
            self._notices = Notices(self, self.config.notify, folder=Path(folder) if folder else None)
        publish = self.publish if self._travel is None else self._travel.publish
        self.run_worker(self.source.run(publish), name="source", exclusive=True)

    def _keep(self) -> None:
        """Write down what the screen looks like, for the next start."""
        away = self._travel.away if self._travel is not None else None
        stack = self.screen_stack if away is None else (away.main,)
        main = next((screen for screen in stack if isinstance(screen, MainScreen)), None)
        if self._kept is None or main is None:
            return
        theme = self.theme if self.theme != self._started_with else self._state.theme
        kept = replace(main.kept, theme=theme, commands=self._command_line.typed, forms=self.lasting_forms)
        self._kept.save(kept)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End; what the screen looks like is kept."""
        self._keep()
        super().exit(result, return_code, message)

    async def on_unmount(self) -> None:
        """End jobs and engines."""
        if self._notices is not None:
            with suppress(Exception):
                await self._notices.close()
        if self._inside is not None:
            with suppress(Exception):
                await self._inside.close_all()
        with suppress(Exception):
            await self.jobs.close()
        if self._travel is not None:
            await self._travel.close()
        await self.source.close()

    def on_pasted_keys_ignored(self) -> None:
        """Say that a text came in as keys and was thrown away."""
        self.say("Pasted text ignored.", "warn")

    # A new moment

    def publish(self, view: HostView) -> None:
        """Take a new moment: jobs look for their effects, the screen on top is told unless it is frozen."""
        if not self.screen_stack:
            return  # the last one came while the application ends
        if self._notices is not None:
            self._notices.take(view)
        if self._travel is not None and self._travel.keeps(view):
            if self._inside is not None:
                self._inside.observe(view)
            return
        self.view = view
        self.jobs.observe(view)
        if self._inside is not None:
            self._inside.observe(view)
        if self.frozen_view is None:
            self.catch_up()
        self._job_news.offer_what_is_due()

    def catch_up(self) -> None:
        """Have the screen on top show the newest moment."""
        if isinstance(self.screen, DeckScreen) and self.view is not None:
            self.screen.post_message(HostSampled(self.view))

    @property
    def terminal(self) -> Driver | None:
        """Return what writes to the terminal; None where there is none, or another program has it."""
        return None if self.is_headless else self._driver  # while it is handed over, the event loop stands still

    async def test_notices(self) -> None:
        """Try every way to tell of problems, and show what came of each."""
        if self._notices is None:
            self.say("No way to tell of problems is configured: see [notify] in the configuration.", "warn")
            return
        from tui.screens.notices import show_test

        self.say("Trying the notifications ...")
        said = self.said
        found = await self._notices.test()
        if self.said is said:
            self.unsay()
        show_test(self, found)

    def attend(self, key: str | None) -> None:
        """Have all figures of a row read on every tick; of a pod those of its members."""
        pods = self.view.pods if self.view is not None else ()
        members = next((pod.member_ids for pod in pods if pod.key == key), None)
        self.source.attend(members if members is not None else (key,) if key else ())

    # Keys

    async def action_deck(self, action_id: str) -> None:
        """Carry out an action of the table of actions: the screen on top comes first, then the application."""
        action = BY_ID[action_id]
        screen = self.screen
        if why_not := self.refusal(action):
            self.say(why_not, "warn")
            return
        method = self._method(action_id)
        if method is not None:
            result = method()
            if inspect.isawaitable(result):
                await result
        elif action.verb is not None and isinstance(screen, DeckScreen):
            from tui.screens.acting import ask_and_submit

            ask_and_submit(self, action, screen.targets())

    def _method(self, action_id: str) -> Callable[[], Any] | None:
        """Return what carries out an action here, None when nothing does."""
        screen = self.screen
        before = screen.actors if isinstance(screen, DeckScreen) else ()
        travel = self._travel
        past = travel.actors if travel is not None and travel.replay is not None else ()
        for actor in (*before, screen, *past, *self._actors):
            method: Callable[[], Any] | None = getattr(actor, f"do_{action_id}", None)
            if method is not None:
                return method
        pane = BY_ACTION.get(action_id)
        return partial(self.open_pane, pane.id) if pane is not None else None

    async def open_pane(self, pane: str) -> None:
        """Open a pane; what lies over the panes is closed."""
        while len(self.screen_stack) > 1 and not isinstance(self.screen, MainScreen):
            await self.pop_screen()
        if isinstance(self.screen, MainScreen):
            await self.screen.open(pane)

    def footer_keys(self, scopes: Collection[Scope], without: Collection[str] = ()) -> list[tuple[str, str]]:
        """Return keys and words for the footer; what would be refused anyway is left out."""
        if self.replayed is not None:
            return self.travel.footer(footer((*scopes, Scope.REPLAY), self._actions), without)
        read_only = self.view is not None and self.view.read_only
        shown = [action for action in footer(scopes, self._actions) if action.id not in without]
        allowed = [action for action in shown if not (read_only and action.needs_write) and not self.refusal(action)]
        return [(action.label, action.help) for action in allowed]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Textual's own keys to what has every key for itself, and shared keys to whose screen it is."""
        if action == "command_palette":
            return not getattr(self.screen, "OWNS_KEYS", False)
        return action != "deck" or bool(BY_ID[str(parameters[0])].verb or self._method(str(parameters[0])))

    # The past

    @property
    def travel(self) -> Travel:
        """Return what brings the past to the screen; imported when first needed."""
        if self._travel is None:
            from tui.screens.travel import Travel

            self._travel = Travel(self, self._open_record)
        return self._travel

    @property
    def live_jobs(self) -> Jobs:
        """Return the jobs of now, whatever time is on the screen."""
        away = self._travel.away if self._travel is not None else None
        return self.jobs if away is None else away.jobs

    def refusal(self, action: Action) -> str:
        """Return why an action is refused in the past, or in a browser that only looks on; empty when it is not."""
        in_the_past = self._travel.refusal(action) if self._travel is not None else ""
        return in_the_past or why_not_from_here(self, action)

    # What is inside instances

    @property
    def inside(self) -> Inside:
        """Return what opens consoles, shells and logs; imported when first needed."""
        if self._inside is None:
            from tui.screens.inside import Inside

            self._inside = Inside(self)
        return self._inside

    @property
    def live_sessions(self) -> Sequence[Session]:
        """Return the open sessions."""
        return self._inside.sessions.live if self._inside is not None else ()

    def search_themes(self) -> None:
        """Choose the colours, also where Textual asks for it."""
        from textual.theme import ThemeProvider

        from tui.screens.palette import Palette

        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes"))

    def action_command_palette(self) -> None:
        """Offer every action by its name."""
        from tui.screens.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    # Messages

    def say(self, text: str, role: Role = "normal") -> None:
        """Show a message in the status line for some seconds."""
        self._sayings.say((text, role))

    def unsay(self) -> None:
        """Take away the last message: it is not true any more."""
        self._sayings.unsay()

    def _say_soon(self, sentence: str) -> None:
        self.call_later(self.say, sentence, "warn")

    def came_up(self) -> None:
        """Take away what was said before the screen on top came up."""
        self._sayings.came_up()

    def label_of(self, action_id: str) -> str:
        """Return the first key of an action as shown."""
        return next(action.label for action in self._actions if action.id == action_id)

    def offer_stronger(self, job: Job, *, unasked: bool = False) -> None:
        """Ask whether to do something stronger to what does not obey."""
        self._job_news.offer(job, unasked=unasked)

    # Commands

    @property
    def command_history(self) -> Sequence[str]:
        """Return earlier command lines, oldest first."""
        return self._command_line.typed[::-1]

    def command_candidates(self, text: str) -> Sequence[str]:
        """Return whole command lines that could stand for the one typed so far."""
        return self._command_line.candidates(text)

    async def run_command(self, text: str) -> None:
        """Carry out a command line; says what is wrong with it."""
        await self._command_line.run(text)

    def choose_theme(self, name: str) -> None:
        """Take a theme and keep it for the next start."""
        self.theme = name
