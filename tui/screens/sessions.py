"""All open sessions: which said something new, how they are, where to go."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult

from tui.actions import Scope, Targets, resolve_targets
from tui.domain.host import HostView
from tui.present.hostbar import connecting_bar, host_bar
from tui.present.sessions import session_columns
from tui.screens.deck import DeckScreen
from tui.screens.span_lines import SpanLines
from tui.sessions import Session
from widgets.key_footer import KeyFooter
from widgets.live_table import LiveTable, Row

if TYPE_CHECKING:
    from tui.screens.inside import Inside


def program_title(session: Session) -> str:
    """Return what the program in a session calls itself; empty when it does not."""
    return str(getattr(session.terminal, "title", ""))


class SessionsScreen(DeckScreen):
    """A table of sessions; Enter goes to one, x closes it."""

    SCOPES: ClassVar[Collection[Scope]] = (Scope.SESSIONS, Scope.APP)

    def __init__(self, inside: Inside) -> None:
        super().__init__()
        self._inside = inside

    def compose(self) -> ComposeResult:
        """Place the bar, the table and the keys."""
        yield SpanLines((connecting_bar(80),), id="host-bar")
        yield SpanLines((((" Sessions", "accent"), ("  * said something new", "dim")),), id="title")
        table = LiveTable(session_columns(program_title), sort_by="number", id="sessions")
        table.ascii_only = self.deck.ascii_only
        yield table
        yield SpanLines(((),), id="status")
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Show the sessions."""
        keys = [("Enter", "go there"), (self.deck.label_of("back"), "back")]
        self.query_one(KeyFooter).set_keys([*keys, *self.deck.footer_keys(self.SCOPES, without=("back", "sessions"))])
        self._table.focus()
        self.show_sessions()
        if self.deck.view is not None:
            self.show_view(self.deck.view)

    @property
    def _table(self) -> LiveTable[Session]:
        return self.query_one("#sessions", LiveTable)

    def show_view(self, view: HostView) -> None:
        """Draw the host bar."""
        bar = host_bar(view, self.size.width, frozen=self.deck.frozen, ascii_only=self.deck.ascii_only)
        self.query_one("#host-bar", SpanLines).show([bar])

    def on_screen_resume(self) -> None:
        """Catch up."""
        super().on_screen_resume()
        self.show_sessions()

    def show_sessions(self) -> None:
        """Bring the list up to date."""
        if self.is_mounted:
            self._table.set_rows([Row(str(one.number), one) for one in self._inside.sessions.all])
            self.show_said()

    def show_said(self) -> None:
        """Show the last message, or that there is nothing."""
        if not self.is_mounted:
            return
        said = self.deck.said
        if said is None and not self._inside.sessions.all:
            shell, console = self.deck.label_of("shell"), self.deck.label_of("console")
            said = (f"Nothing is open: {shell} opens a shell, {console} a console.", "dim")
        self.query_one("#status", SpanLines).show([((" ", "normal"), said) if said is not None else ()])

    @property
    def current(self) -> Session | None:
        """Return the session under the cursor."""
        row = self._table.cursor_row
        return row.data if row is not None else None

    @property
    def current_key(self) -> str | None:
        """Return the row key of the instance whose session is under the cursor."""
        return str(self.current.subject.target) if self.current is not None else None

    def targets(self) -> Targets:
        """Return that instance: a shell, a console or a log of it opens from here too."""
        view, key = self.deck.view, self.current_key
        return resolve_targets(view, key, (), (key,)) if view is not None and key else Targets()

    @on(LiveTable.RowSelected)
    def _chosen(self) -> None:
        if self.current is not None:
            self._inside.show(self.current)

    def do_open(self) -> None:
        """Go to the session under the cursor."""
        self._chosen()

    def do_sessions_close(self) -> None:
        """Close the session under the cursor."""
        if self.current is not None:
            self._inside.asks.close(self.current)

    def do_sessions(self) -> None:
        """Do nothing: it is open."""
