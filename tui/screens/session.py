"""One session on the screen: the host goes on above it, every key but two goes to the program."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key

from tui.actions import Scope
from tui.domain.host import HostView
from tui.present.hostbar import connecting_bar, host_bar
from tui.present.sessions import session_title
from tui.screens.deck import DeckScreen
from tui.screens.span_lines import SpanLines
from tui.sessions import Session, SessionState
from widgets.key_footer import KeyFooter
from widgets.terminal import ClipboardAsked, Emulator, Resized, Searched, SelectionCopied, TerminalView

if TYPE_CHECKING:
    from tui.screens.inside import Inside
    from widgets.filter_bar import FilterBar

LINES_AROUND = 3
"""Host bar, title, keys: what a session's terminal does not get of the screen."""


class SessionScreen(DeckScreen):
    """A terminal between the host bar and the keys; leaving it leaves the session open.

    Args:
        session: it lives on when the screen goes.
        typed: keys that were pressed on the way here, for the program.
    """

    SCOPES: ClassVar[Collection[Scope]] = (Scope.SESSION,)
    OWNS_KEYS: ClassVar[bool] = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+right_square_bracket", "leave", "Leave", show=False, priority=True, id="session_leave"),
        Binding("f12", "menu", "More", show=False, priority=True, id="session_menu"),
        Binding("enter", "reopen", "Open again", show=False, priority=True, id="session_reopen"),
        Binding("escape", "close_ended", "Close", show=False, priority=True, id="session_close"),
        Binding("f3", "find(True)", "Older", show=False, priority=True, id="session_older"),
        Binding("shift+f3", "find(False)", "Newer", show=False, priority=True, id="session_newer"),
    ]

    def __init__(self, session: Session, inside: Inside, typed: Sequence[Key] = ()) -> None:
        super().__init__()
        self._typed = typed
        self.session = session
        self._inside = inside
        self._view = TerminalView(cast("Emulator", session.terminal), id="terminal")
        self._searching = False
        self._clipboard_refused = False

    def compose(self) -> ComposeResult:
        """Place the bar, the title, the terminal and the keys."""
        yield SpanLines((connecting_bar(80),), id="host-bar")
        yield SpanLines(((),), id="title")
        yield self._view
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Give every key to the program."""
        self.query_one("#title", SpanLines).styles.height = 1
        self._view.focus()
        self.session.watched = True
        if self.deck.view is not None:
            self.show_view(self.deck.view)
        self.show_session()
        for key in self._typed:
            self._view.on_key(key)

    def on_key(self, event: Key) -> None:
        """Give the program what came before the terminal had the focus."""
        if self.focused is None:
            self._view.on_key(event)

    def on_unmount(self) -> None:
        """Let news count as unread again."""
        self.session.watched = False

    def on_screen_resume(self) -> None:
        """Catch up."""
        super().on_screen_resume()
        self.session.watched = True
        self._view.focus()
        self.show_session()

    def on_screen_suspend(self) -> None:
        """Let news count as unread while a list lies over it."""
        super().on_screen_suspend()
        self.session.watched = False

    # What is shown

    def show_view(self, view: HostView) -> None:
        """Draw the host bar."""
        bar = host_bar(view, self.size.width, frozen=self.deck.frozen, ascii_only=self.deck.ascii_only)
        self.query_one("#host-bar", SpanLines).show([bar])

    def show_session(self) -> None:
        """Draw the title and the keys: they tell how the session is."""
        if not self.is_mounted:
            return
        title = session_title(self.session, self._view.emulator.title, self.deck.said)
        self.query_one("#title", SpanLines).show([title])
        self.query_one(KeyFooter).set_keys(self._keys())

    def show_said(self) -> None:
        """Show or take away the last message."""
        self.show_session()

    def _keys(self) -> list[tuple[str, str]]:
        leave, more = self.deck.label_of("session_leave"), self.deck.label_of("session_menu")
        state = self.session.state
        if state is SessionState.OPEN:
            keys = [(leave, "leave, it goes on"), (more, "search, save, end it"), ("Shift-PgUp", "back")]
            return [("F3 Shift-F3", "older, newer match"), *keys] if self._searching else keys
        keys = [("Esc", "close"), (leave, "leave"), (more, "search, save")]
        if state is SessionState.OPENING:
            return keys
        again = {SessionState.BUSY: "take it over", SessionState.ENDED: "open again"}.get(state, "try now")
        return [("Enter", again), *keys]

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Take Enter, Esc and F3 from the program only while they mean something here."""
        state = self.session.state
        if action == "reopen" and state is SessionState.OPENING:
            return False  # typed ahead, for the program
        if action in {"reopen", "close_ended"}:
            return state is not SessionState.OPEN and self._view.has_focus
        if action == "find":
            return self._searching
        return True

    def action_leave(self) -> None:
        """Go back; the session stays."""
        self._inside.left(self.session)
        self.dismiss()

    def action_reopen(self) -> None:
        """Open it again, or take it over."""
        if self.session.state is SessionState.BUSY:
            self._inside.asks.takeover(self.session)
        elif self.session.has_no_shell:
            self._inside.asks.host_tools(self.session)
        else:
            self.session.start()

    async def action_close_ended(self) -> None:
        """Close what is not open."""
        await self._inside.close(self.session)

    def action_menu(self) -> None:
        """Offer what else there is."""
        from tui.screens.session_menu import open_menu

        open_menu(self, self._inside)

    # Searching

    async def search(self) -> None:
        """Type what to look for, newest first."""
        from widgets.filter_bar import FilterBar

        if not self.query(FilterBar):
            await self.mount(FilterBar(placeholder="text to look for", id="filter-bar"), before="#keys")
        bar = self.query_one(FilterBar)
        bar.display = True
        bar.open()

    def on_filter_bar_filter_changed(self, message: FilterBar.FilterChanged) -> None:
        """Look for it while it is typed."""
        self._searching = bool(message.text)
        self._view.search(message.text)

    async def on_filter_bar_closed(self, message: FilterBar.Closed) -> None:
        """Go back to the program."""
        if not message.kept:
            self._searching = False
            self._view.search("")
        await message.bar.remove()
        self._view.focus()
        self.show_session()

    def action_find(self, older: bool) -> None:
        """Go to another match."""
        if older:
            self._view.search_older()
        else:
            self._view.search_newer()

    # What the terminal tells

    def on_searched(self, message: Searched) -> None:
        """Say how many there are."""
        found = message.found
        if self._searching:
            which = f"{found.index + 1} of {found.total}" if found.index is not None else f"{found.total}"
            self.deck.say(f"{which} found" if found.total else "nothing found", "normal" if found.total else "warn")

    def on_resized(self, message: Resized) -> None:
        """Pass the size on."""
        self.session.resize(message.columns, message.rows)

    def on_title_changed(self) -> None:
        """Show what the program calls itself."""
        self.show_session()

    def on_selection_copied(self, message: SelectionCopied) -> None:
        """Say that it is in the clipboard."""
        self.deck.say(f"{len(message.text):,} characters copied.")

    def on_clipboard_asked(self, message: ClipboardAsked) -> None:
        """Ask before a program writes into the person's clipboard; a no counts for the rest of this screen."""
        if self._clipboard_refused or self.app.screen is not self:
            return
        from widgets.confirm import Confirm

        text = message.text

        def answered(yes: bool | None) -> None:
            if yes:
                self.app.copy_to_clipboard(text)
            self._clipboard_refused = not yes

        body = text[:500] + (" ..." if len(text) > 500 else "")
        title = f"Let the program in {self.session.subject.name} write your clipboard?"
        self.app.push_screen(Confirm(title, body, yes="Write", no="Never here", unasked=True), answered)

    # For the menu

    @property
    def terminal(self) -> TerminalView:
        """Return what shows the session."""
        return self._view
