"""What every screen of hostdeck shares: the application as screens see it, and the way of a key to its method."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget

from tui.actions import Action, Scope, Targets
from tui.domain.host import HostView, Problem
from tui.jobs import Job, Jobs
from tui.present.hostbar import Replayed, connecting_bar, host_bar
from tui.present.roles import Span, Spans
from tui.sampling.source import HostSource
from tui.screens.key_order import KeysInOrder
from tui.screens.messages import HostSampled
from tui.screens.span_lines import SpanLines
from widgets.live_table.model import Role
from widgets.thin_update import ThinCompositor

LIVE = "live"
"""The stack of screens that show what is sampled now; the past has one of its own."""

LEAST_COLUMNS = 60
LEAST_LINES = 15


if TYPE_CHECKING:
    from textual.driver import Driver

    from tui.config import Config
    from tui.screens.inside import Inside
    from tui.screens.travel import Travel
    from tui.screens.xml_edit import Draft
    from tui.sessions import Session


class Deck(KeysInOrder, inherit_bindings=False):
    """The application as its screens know it.

    Attributes:
        view: the newest moment, None before the first sample.
        frozen_view: the moment that stands still, None while the screen moves.
        replayed: the past that is on the screen, None where it is live.
        ascii_only: draw no sign beyond ASCII.
        low_bandwidth: draw nothing that moves on every tick and is not a figure.
        read_only: it was started so that nothing may be changed.
        said: the last message with its meaning, None when it has been there long enough.
        table_of_actions: all actions with the keys of this person.
        pane_keys: key that opens a pane, by its name.
        confirm_delete_count: deleting more than these asks to type their number.
        stop_timeout_seconds: how long a container may take to stop before Podman kills it.
        log_memory_mib: memory for the lines of one log.
        monotonic: the clock of what waits for a person.
        typed_forms: what was last typed into each form, by its name.
        form_drafts: what stood in forms that were left without being submitted, by their titles.
        lasting_forms: what is to be there again after the next start, by name; no secrets.
        config: preferences.
        kept_edits: edited definitions that were not taken, by the row key of their guest.
    """

    source: HostSource
    jobs: Jobs
    view: HostView | None = None
    frozen_view: HostView | None = None
    replayed: Replayed | None = None
    config: Config
    ascii_only: bool = False
    low_bandwidth: bool = False
    read_only: bool = False
    said: Span | None = None
    pane_keys: Mapping[str, str]
    table_of_actions: Sequence[Action] = ()
    confirm_delete_count: int = 10
    stop_timeout_seconds: float = 10.0
    log_memory_mib: int = 64
    typed_forms: dict[str, dict[str, str]]
    form_drafts: dict[str, dict[str, str]]
    lasting_forms: dict[str, dict[str, str]]
    kept_edits: dict[str, Draft]
    monotonic: Callable[[], float] = staticmethod(time.monotonic)

    @property
    def frozen(self) -> float | Replayed | None:
        """Return the UTC time of the moment that stands still, or the past that is shown, None while it moves."""
        if self.replayed is not None:
            return self.replayed
        return self.frozen_view.taken_utc_seconds if self.frozen_view is not None else None

    @property
    def only_looks_on(self) -> bool:
        """Tell whether a browser shows it that may change nothing: no file is written then, and nothing is sent."""
        return self.is_web and self.read_only

    @property
    def shown_view(self) -> HostView | None:
        """Return the moment a screen should show; actions go by `view`, the newest."""
        return self.frozen_view or self.view

    def catch_up(self) -> None:
        """Have the screen on top show the newest moment."""
        raise NotImplementedError

    def came_up(self) -> None:
        """Take away what was said before the screen on top came up."""
        raise NotImplementedError

    def say(self, text: str, role: Role = "normal") -> None:
        """Show a message in the status line for some seconds."""
        raise NotImplementedError

    def unsay(self) -> None:
        """Take away the last message: it is not true any more."""
        raise NotImplementedError

    def attend(self, key: str | None) -> None:
        """Have all figures of a row read on every tick."""
        raise NotImplementedError

    def footer_keys(self, scopes: Collection[Scope], without: Collection[str] = ()) -> list[tuple[str, str]]:
        """Return keys and words for the footer, the most important first."""
        raise NotImplementedError

    def command_candidates(self, text: str) -> Sequence[str]:
        """Return whole command lines that could stand for the one typed so far."""
        raise NotImplementedError

    async def action_deck(self, action_id: str) -> None:
        """Carry out an action of the table of actions."""
        raise NotImplementedError

    def choose_theme(self, name: str) -> None:
        """Take a theme and keep it for the next start."""
        raise NotImplementedError

    def label_of(self, action_id: str) -> str:
        """Return the first key of an action as shown."""
        raise NotImplementedError

    def offer_stronger(self, job: Job, *, unasked: bool = False) -> None:
        """Ask whether to do what a job offers; unasked: the question comes by itself."""
        raise NotImplementedError

    @property
    def travel(self) -> Travel:
        """Return what brings the past to the screen."""
        raise NotImplementedError

    @property
    def live_jobs(self) -> Jobs:
        """Return the jobs of now, whatever time is on the screen."""
        raise NotImplementedError

    @property
    def terminal(self) -> Driver | None:
        """Return what writes to the terminal; None where there is none, or another program has it."""
        raise NotImplementedError

    async def test_notices(self) -> None:
        """Try every way to tell of problems, and show what came of each."""
        raise NotImplementedError

    def refusal(self, action: Action) -> str:
        """Return why an action is refused in the past, or in a browser that only looks on; empty when it is not."""
        raise NotImplementedError

    @property
    def inside(self) -> Inside:
        """Return what opens consoles, shells and logs."""
        raise NotImplementedError

    @property
    def live_sessions(self) -> Sequence[Session]:
        """Return the open sessions."""
        raise NotImplementedError

    @property
    def command_history(self) -> Sequence[str]:
        """Return earlier command lines, oldest first."""
        raise NotImplementedError

    async def run_command(self, text: str) -> None:
        """Carry out a command line."""
        raise NotImplementedError


class DeckScreen(Screen[None]):
    """A screen that is told about new moments while it is on top.

    A method `do_ID` carries out the action with that id.
    """

    SCOPES: ClassVar[Collection[Scope]] = (Scope.APP,)
    AUTO_FOCUS: ClassVar[str | None] = None

    def __init__(self) -> None:
        super().__init__()
        self._compositor = self._thin = ThinCompositor()

    @property
    def deck(self) -> Deck:
        """Return the application."""
        return cast("Deck", self.app)

    def on_mount(self) -> None:
        """Leave out what cannot be drawn with ASCII signs: lines and scroll bars."""
        self.set_class(self.deck.ascii_only, "-ascii")
        self.set_class(self.deck.low_bandwidth, "-low-bandwidth")

    def show_view(self, view: HostView) -> None:
        """Bring what is visible up to date."""

    def show_said(self) -> None:
        """Show or take away the last message."""

    def host_line(self) -> SpanLines:
        """Return the line that tells of the host, and of its problems, to be placed first."""
        return SpanLines((connecting_bar(80),), id="host-bar")

    def show_host(self, view: HostView) -> None:
        """Bring that line up to date."""
        bar = host_bar(view, self.size.width, frozen=self.deck.frozen, ascii_only=self.deck.ascii_only)
        self.query_one("#host-bar", SpanLines).show([bar])

    def ruler(self) -> Iterable[Widget]:
        """Return the line of time where the past is on the screen, to be placed below the host bar."""
        if self.deck.replayed is None:
            return ()
        from tui.screens.ruler_lines import RulerLines

        return (RulerLines(self.deck.travel),)

    @property
    def actors(self) -> Sequence[object]:
        """Return what carries out actions before the screen itself: a method `do_ID` for the action ID."""
        return ()

    @property
    def current_key(self) -> str | None:
        """Return the row key an action is about."""
        return None

    @property
    def current_problems(self) -> Sequence[Problem] | None:
        """Return the problem under the cursor; None where the cursor is on no list of problems."""
        return None

    @property
    def is_typing(self) -> bool:
        """Tell whether a text is being typed, which a question must not interrupt."""
        from textual.widgets import Input

        return isinstance(self.focused, Input)

    def targets(self) -> Targets:
        """Return what an action goes to."""
        return Targets()

    def on_host_sampled(self, message: HostSampled) -> None:
        """Show a new moment."""
        self.show_view(message.view)

    def on_screen_resume(self) -> None:
        """Catch up on what happened while another screen was on top."""
        self._thin.forget()
        if self.deck.shown_view is not None:
            self.show_view(self.deck.shown_view)
        self.deck.came_up()

    def on_screen_suspend(self) -> None:
        """Take nothing for granted that another screen may draw over."""
        self._thin.forget()

    def on_resize(self, event: Resize) -> None:
        """Say so where the terminal is too small for anything true."""
        small = event.size.width < LEAST_COLUMNS or event.size.height < LEAST_LINES
        self.set_class(small, "-too-small")
        if small:
            self.query_one("#too-small", SpanLines).show(too_small(event.size.width, event.size.height))


def too_small(width: int, height: int) -> list[Spans]:
    """Return the sentence for a terminal that is too small, in lines that are short enough for most."""
    return [
        (("hostdeck needs more room:", "warn"),),
        ((f"at least {LEAST_COLUMNS}x{LEAST_LINES},", "normal"),),
        ((f"this is {width}x{height}.", "normal"),),
        (("Sampling goes on.", "dim"),),
    ]
