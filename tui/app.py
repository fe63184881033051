"""Wiring: theme, screens, source and jobs handed in, keys from the one table of actions."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from tui.actions import BY_ID, Scope, Targets, bound, footer, remapped
from tui.config import Config
from tui.domain.errors import HostdeckError
from tui.domain.host import HostView
from tui.domain.instance import Instance
from tui.jobs import BatchSummary, Job, Jobs
from tui.present.columns import CONTAINERS, GUESTS, OVERVIEW
from tui.sampling.source import HostSource
from tui.screens.deck import Deck, DeckScreen
from tui.screens.keys import keymap
from tui.screens.main import MainScreen
from tui.screens.messages import HostSampled
from tui.screens.theme import HOSTDECK, SIXTEEN_COLOURS
from tui.state import StateFile, UiState, remembered
from widgets.live_table.model import Role

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.command import Provider
    from textual.screen import Screen

    from tui.commands import CommandContext
    from tui.screens.inside import Inside

SAID_SECONDS = 8.0
PANE_ACTIONS = {OVERVIEW: "pane_overview", GUESTS: "pane_guests", CONTAINERS: "pane_containers"}


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
    """

    TITLE = "hostdeck"
    CSS_PATH = "styles/app.tcss"
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
    ) -> None:
        super().__init__()
        self.monotonic = monotonic
        self.config = config or Config()
        self.source = source
        self.jobs = jobs
        self.ascii_only = _wants_ascii(self.config, self.console.encoding)
        self.confirm_delete_count = self.config.confirm_delete_count
        self.stop_timeout_seconds = self.config.stop_timeout_seconds
        self.table_of_actions = self._actions = remapped(self.config.keys)
        self.pane_keys = {
            pane: action.label
            for pane, wanted in PANE_ACTIONS.items()
            for action in self._actions
            if action.id == wanted
        }
        self._kept = kept
        if kept is not None:
            kept.on_problem = self._say_soon
        self._state = kept.load() if kept is not None else UiState()
        self._started_with = ""
        self._offered: set[int] = set()
        self._inside: Inside | None = None
        jobs.on_change = self._job_changed
        jobs.on_batch = self._batch_ended
        self.set_keymap(keymap(self.config.keys))

    # Start and end

    def get_default_screen(self) -> Screen[None]:
        """Return the screen one works in."""
        return MainScreen(self._state, self.config.columns)

    def on_mount(self) -> None:
        """Take the theme, and begin to sample once the first frame stands."""
        self.register_theme(HOSTDECK)
        self.theme = self._started_with = self._first_theme()
        self.call_after_refresh(self._begin)

    def _first_theme(self) -> str:
        for theme in (self._state.theme, self.config.theme):
            if theme in self.available_themes:
                return theme
        return SIXTEEN_COLOURS if self.console.color_system == "standard" else HOSTDECK.name

    def _begin(self) -> None:
        self.run_worker(self.source.run(self.publish), name="source", exclusive=True)

    def _keep(self) -> None:
        """Write down what the screen looks like, for the next start."""
        main = next((screen for screen in self.screen_stack if isinstance(screen, MainScreen)), None)
        if self._kept is None or main is None:
            return
        theme = self.theme if self.theme != self._started_with else self._state.theme
        self._kept.save(replace(main.kept, theme=theme, commands=self._state.commands))

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End; what the screen looks like is kept."""
        self._keep()
        super().exit(result, return_code, message)

    async def on_unmount(self) -> None:
        """End jobs and engines."""
        if self._inside is not None:
            with suppress(Exception):
                await self._inside.close_all()
        with suppress(Exception):
            await self.jobs.close()
        await self.source.close()

    # A new moment

    def publish(self, view: HostView) -> None:
        """Take a new moment: jobs look for their effects, the screen on top is told unless it is frozen."""
        if not self.screen_stack:
            return  # the last one came while the application ends
        self.view = view
        self.jobs.observe(view)
        if self._inside is not None:
            self._inside.observe(view)
        if not self.frozen:
            self._tell_screen(view)
        self._offer_stronger()

    def _tell_screen(self, view: HostView) -> None:
        if isinstance(self.screen, DeckScreen):
            self.screen.post_message(HostSampled(view))

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
        name = f"do_{action_id}"
        return getattr(self.screen, name, None) or getattr(self, name, None)

    def footer_keys(self, scopes: Collection[Scope], without: Collection[str] = ()) -> list[tuple[str, str]]:
        """Return keys and words for the footer; what would be refused anyway is left out."""
        read_only = self.view is not None and self.view.read_only
        shown = [action for action in footer(scopes, self._actions) if action.id not in without]
        return [(action.label, action.help) for action in shown if not (read_only and action.changes)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Textual's own keys to what has every key for itself, and shared keys to whose screen it is."""
        if action == "command_palette":
            return not getattr(self.screen, "OWNS_KEYS", False)
        return action != "deck" or bool(BY_ID[str(parameters[0])].verb or self._method(str(parameters[0])))

    # What is inside instances

    @property
    def inside(self) -> Inside:
        """Return what opens consoles, shells and logs; imported when first needed."""
        if self._inside is None:
            from tui.screens.inside import Inside

            self._inside = Inside(self)
        return self._inside

    def _targets(self) -> Targets:
        screen = self.screen
        return screen.targets() if isinstance(screen, DeckScreen) else Targets()

    async def do_shell(self) -> None:
        """Open a shell in the container under the cursor."""
        await self.inside.shell(self._targets())

    async def do_console(self) -> None:
        """Open the console of the guest under the cursor, or attach to the container."""
        await self.inside.console(self._targets())

    def do_logs(self) -> None:
        """Open the log of the marked rows, or of the row under the cursor."""
        self.inside.logs(self._targets())

    def do_sessions(self) -> None:
        """List the open sessions."""
        self.inside.show_sessions()

    def do_send_keys(self) -> None:
        """Ask which keys to press on the guest under the cursor."""
        self.inside.ask_keys(self._targets())

    def do_guest_screen(self) -> None:
        """Show a still of the screen of the guest under the cursor."""
        self.inside.guest_screen(self._targets())

    # Actions of the application

    def do_quit(self) -> None:
        """Leave; asks only while jobs are under way."""
        active = self.jobs.active
        sessions = self._inside.sessions.live if self._inside is not None else ()
        if not active and not sessions:
            self.exit()
            return
        from widgets.confirm import Confirm

        lines = [f"{job.word} {job.name}: {self.jobs.progress(job)}" for job in active[:10]]
        if active:
            lines += ["", "The engines go on with what they were asked; what comes of it is not seen any more.", ""]
        if sessions:
            lines += [f"{one.request.kind} in {one.subject.name}" for one in sessions]
            lines += ["", "Sessions are left: what runs at the other end goes on there, out of sight."]
        what = "actions are under way" if active else "sessions are open"
        self.push_screen(Confirm(f"Leave while {what}?", "\n".join(lines), yes="Leave", no="Stay"), self._leave)

    def _leave(self, yes: bool | None) -> None:
        if yes:
            self.exit()

    def do_freeze(self) -> None:
        """Let the screen stand still, or go on."""
        self.frozen = not self.frozen
        for screen in self.screen_stack:
            if isinstance(screen, MainScreen):
                screen.show_bar()
        if not self.frozen and self.view is not None:
            self._tell_screen(self.view)
        self.say("The screen stands still; sampling goes on." if self.frozen else "The screen goes on.")

    def open_details(self, key: str) -> None:
        """Show all about the row with this key."""
        view = self.view
        if view is None or not _is_shown(view, key):
            self.say("There are no details of this line.", "warn")
            return
        from tui.screens.details import DetailsScreen

        self.push_screen(DetailsScreen(key))

    def do_details(self) -> None:
        """Show all about the row under the cursor."""
        key = self.screen.current_key if isinstance(self.screen, DeckScreen) else None
        if key:
            self.open_details(key)

    def do_events(self) -> None:
        """Show the events of the row under the cursor."""
        self.do_details()
        screen = self.screen
        self.call_after_refresh(getattr(screen, "do_events", lambda: None))

    def do_raw(self) -> None:
        """Show the raw description of the instance under the cursor."""
        screen = self.screen
        targets = screen.targets() if isinstance(screen, DeckScreen) else None
        if targets is None or len(targets.instances) != 1:
            self.say("One guest or container has a raw description: put the cursor on one.", "warn")
            return
        self.open_raw(targets.instances[0])

    def open_raw(self, instance: Instance) -> None:
        """Show the raw description of an instance."""
        from tui.screens.raw import RawScreen

        self.push_screen(RawScreen(instance.id, instance.name))

    def do_agent(self) -> None:
        """Ask the agent of the guest under the cursor."""
        screen = self.screen
        targets = screen.targets() if isinstance(screen, DeckScreen) else None
        guests = [item for item in targets.instances if item.guest is not None] if targets is not None else []
        if len(guests) != 1:
            self.say("One guest can be asked: put the cursor on one.", "warn")
            return
        self.ask_agent(guests[0])

    def ask_agent(self, instance: Instance) -> None:
        """Ask a guest's agent for its addresses, after asking the person."""
        from tui.screens.agent import ask_agent

        ask_agent(self, instance)

    def do_help(self) -> None:
        """Show all keys and commands."""
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def do_jobs(self) -> None:
        """Show what was asked of the engines."""
        from tui.screens.jobs import JobsScreen

        self.push_screen(JobsScreen())

    def do_theme(self) -> None:
        """Choose the colours."""
        self.search_themes()

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

    def do_back(self) -> None:
        """Close the screen on top."""
        if len(self.screen_stack) > 1:
            self.pop_screen()

    # Messages

    def say(self, text: str, role: Role = "normal") -> None:
        """Show a message in the status line for some seconds."""
        said = self.said = (text, role)
        self._show_said()
        self.set_timer(SAID_SECONDS, lambda: self._unsay(said))

    def _say_soon(self, sentence: str) -> None:
        self.call_later(self.say, sentence, "warn")

    def _unsay(self, said: tuple[str, Role]) -> None:
        if self.said is said:
            self.said = None
            self._show_said()

    def _show_said(self) -> None:
        if isinstance(self.screen, DeckScreen):
            self.screen.show_said()

    # Jobs

    def _job_changed(self, job: Job) -> None:
        if job.state.is_error:
            self.say(f"{job.word} {job.name}: {job.message}  ({self.label_of('jobs')} jobs)", "crit")
        elif not job.state.is_active:
            self.say(f"{job.name}: {self.jobs.progress(job)}.", "ok")

    def _batch_ended(self, summary: BatchSummary) -> None:
        if summary.total > 1:
            bad = summary.failed or summary.refused or summary.unknown
            self.say(f"{summary.text}" + (f"  ({self.label_of('jobs')} jobs)" if bad else ""), "crit" if bad else "ok")

    def label_of(self, action_id: str) -> str:
        """Return the first key of an action as shown."""
        return next(action.label for action in self._actions if action.id == action_id)

    def _offer_stronger(self) -> None:
        """Ask whether to kill what did not obey, once for each job, never over another question."""
        offers = [job for job in self.jobs.offers if job.id not in self._offered]
        if not offers or not isinstance(self.screen, DeckScreen) or self.screen.is_typing:
            return
        self.offer_stronger(offers[0], unasked=True)

    def offer_stronger(self, job: Job, *, unasked: bool = False) -> None:
        """Ask whether to do something stronger to what does not obey."""
        from tui.screens.acting import offer_text
        from widgets.confirm import Confirm

        self._offered.add(job.id)
        host_name = self.view.host_name if self.view is not None else ""
        title, body, word = offer_text(job, self.jobs.progress(job), host_name)

        def answered(yes: bool | None) -> None:
            self.jobs.answer(job.id, accept=bool(yes))

        self.push_screen(Confirm(title, body, yes=word, no="Wait", unasked=unasked), answered)

    # Commands

    @property
    def command_history(self) -> Sequence[str]:
        """Return earlier command lines, oldest first."""
        return self._state.commands[::-1]

    def _command_context(self) -> CommandContext:
        from tui.commands import CommandContext

        screen = self.screen
        main = screen if isinstance(screen, MainScreen) else None
        return CommandContext(
            view=self.view,
            themes=tuple(self.available_themes),
            columns=main.column_names if main is not None else (),
            filters=main.typed_filters if main is not None else (),
        )

    def command_candidates(self, text: str) -> Sequence[str]:
        """Return whole command lines that could stand for the one typed so far."""
        from tui.commands import complete

        return complete(text, self._command_context())

    async def run_command(self, text: str) -> None:
        """Carry out a command line; says what is wrong with it."""
        from tui.commands import parse
        from tui.screens.commands import run_command

        self._state = replace(self._state, commands=remembered(self._state.commands, text))
        try:
            command = parse(text, self._command_context())
        except HostdeckError as error:
            self.say(error.message, "warn")
            return
        await run_command(self, command)

    def choose_theme(self, name: str) -> None:
        """Take a theme and keep it for the next start."""
        self.theme = name


def _is_shown(view: HostView, key: str) -> bool:
    return any(item.key == key for item in view.instances) or any(pod.key == key for pod in view.pods)


def _wants_ascii(config: Config, encoding: str) -> bool:
    """Tell whether to draw with ASCII signs only: asked for, or the terminal could not draw others."""
    if config.ascii_only != "auto":
        return config.ascii_only
    from os import environ

    return "utf" not in encoding.lower() or environ.get("TERM", "") in {"linux", "vt100", "vt220", "dumb"}
