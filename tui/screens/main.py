"""The screen one works in: host bar, panes, the row at a glance, what just happened, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import DescendantFocus, Resize

from tui.actions import Targets
from tui.domain.host import HostView, Problem
from tui.present.hostbar import connecting_bar, host_bar
from tui.present.jobs import said_or_under_way
from tui.present.status import status_line
from tui.present.tabs import tabs
from tui.screens.deck import DeckScreen
from tui.screens.pane import Pane
from tui.screens.pane_book import PaneBook
from tui.screens.pane_tabs import PaneTabs
from tui.screens.panes import OVERVIEW, PANES
from tui.screens.span_lines import SpanLines
from tui.screens.typing_lines import TypingLines
from tui.state import UiState
from widgets.key_footer import KeyFooter
from widgets.live_table import LiveTable

if TYPE_CHECKING:
    from tui.screens.side_panel import SidePanel

SIDE_PANEL_FROM_COLUMNS = 160


class MainScreen(DeckScreen):
    """Panes with tables; only the open one is brought up to date.

    Args:
        pane: the one to open first.
        kept: how the panes were looked at last time.
        columns: columns of the panes by the configuration.
    """

    def __init__(self, kept: UiState | None = None, columns: Mapping[str, tuple[str, ...]] | None = None) -> None:
        super().__init__()
        kept = kept or UiState()
        self.configured_columns = columns or {}
        self._book = PaneBook(kept, self.configured_columns)
        self._bar = SpanLines((connecting_bar(80),), id="host-bar")
        self._tabs = PaneTabs(id="tabs")
        self._status = SpanLines(((),), id="status")
        self._side: SidePanel | None = None
        self._typing = TypingLines(lambda: self.pane, kept.filters)
        self._shown: HostView | None = None

    # Parts

    def compose(self) -> ComposeResult:
        """Place the lines and the pane that is open first; everything else comes when it is needed."""
        yield self._bar
        yield from self.ruler()
        yield self._tabs
        with Horizontal(id="body"):
            yield self._book.make(self._book.open, self.deck)
        yield self._typing
        yield self._status
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Show names and keys before the first sample."""
        self._show_tabs()
        self._show_keys()
        self.pane.table.focus()
        self._show_status()

    def _show_keys(self) -> None:
        """Show the keys; what would be refused anyway is left out, and that is known with the first moment."""
        keys = self.deck.footer_keys(self.pane.spec.scopes, without=self.pane.spec.left_out)
        if self.current_problems is not None:
            first = [self.deck.label_of(action) for action in ("handle", "open")]
            keys = [one for label in first for one in keys if one[0] == label] + [
                (self.deck.label_of("problems_list"), "to the table"),
                *(one for one in keys if one[0] not in first),
            ]
        self.query_one(KeyFooter).set_keys(keys)

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self._show_keys()

    @property
    def pane(self) -> Pane:
        """Return the open pane."""
        return self._book.pane

    @property
    def actors(self) -> Sequence[object]:
        """Return what carries out actions before the screen itself: the open pane."""
        return self.pane.actors if self._book.open in self._book else ()

    @property
    def kept(self) -> UiState:
        """Return how the panes are looked at, to be kept."""
        return self._book.state(self._typing.typed)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the keys of all columns the open pane can show."""
        return self.pane.column_names

    @property
    def typed_filters(self) -> tuple[str, ...]:
        """Return what was typed into the filter, the newest first."""
        return self._typing.typed

    async def open(self, pane: str) -> None:
        """Open a pane."""
        if pane == self._book.open:
            return
        self.pane.display = False
        self._book.open = pane
        if pane not in self._book:
            await self.query_one("#body").mount(self._book.make(pane, self.deck), before=0)
        self.pane.display = True
        self.pane.table.focus()
        self.deck.came_up()
        self._show_tabs()
        self._show_keys()
        self._fit_side()
        if self._shown is not None:
            self.pane.show_view(self._shown)
        self._show_side()
        self._show_status()

    # A new moment

    def show_view(self, view: HostView) -> None:
        """Bring the lines and the open pane up to date."""
        if self._shown is None or self._shown.read_only is not view.read_only:
            self._show_keys()
        self._shown = view
        self._book.begin(view)
        if self.has_class("-too-small"):
            return
        self.show_bar()
        self._show_tabs()
        self.pane.show_view(view)
        self._show_side()
        self._show_status()
        self._book.tidy(view)

    def show_bar(self) -> None:
        """Draw the host bar."""
        width = self.size.width
        if self._shown is None:
            self._bar.show([connecting_bar(width)])
        else:
            self._bar.show([host_bar(self._shown, width, frozen=self.deck.frozen, ascii_only=self.deck.ascii_only)])

    def _show_tabs(self) -> None:
        is_known = self.deck.replayed is None or self.deck.replayed.gap is None
        self._tabs.show_tabs(tabs(PANES, self._shown if is_known else None, self.deck.pane_keys), self._book.open)

    @property
    def _has_side(self) -> bool:
        return self.pane.spec.lists_instances and self.size.width >= SIDE_PANEL_FROM_COLUMNS

    def _fit_side(self) -> None:
        self.set_class(self._has_side, "-with-side")

    def _show_side(self) -> None:
        """Show the row under the cursor beside the table, and have its figures read on every tick."""
        self.deck.attend(self.current_key)
        if not self._has_side or self._shown is None:
            return
        row = self.pane.table.row(self.current_key) if self.current_key else None
        if self._side is None:
            from tui.screens.side_panel import SidePanel

            self._side = SidePanel(id="side")
            self.query_one("#body").mount(self._side)
            self.call_after_refresh(self._show_side)
        elif self._side.is_mounted:
            entry = row.data if row is not None else None
            past = self.deck.replayed is not None
            self._side.show_entry(entry, self._shown, self.deck.source, ascii_only=self.deck.ascii_only, past=past)

    def _show_status(self) -> None:
        table = self.pane.table
        jobs = self.deck.jobs
        marked = len(table.marked_keys(visible_only=False))
        text = status_line(
            self._shown,
            self.size.width,
            said=said_or_under_way(self.deck.said, jobs.active, jobs.progress),
            marked=marked,
            hidden_marks=marked - len(table.marked_keys()),
            shown=len(table.view_keys) if table.filter_query else None,
            of=table.row_count,
            query=table.filter_query.text,
            problems_only=self.pane.problems_only,
            note=self.note,
            is_overview=self._book.open == OVERVIEW.id,
            ascii_only=self.deck.ascii_only,
        )
        self._status.show([text])

    @property
    def note(self) -> str:
        """Return what stands in the status line as long as it is true."""
        return self.pane.filter_note

    def show_said(self) -> None:
        """Show or take away what was said last."""
        self._show_status()

    def on_resize(self, event: Resize) -> None:
        """Fit the lines to another width."""
        super().on_resize(event)
        self._fit_side()
        self.show_bar()
        if self._shown is not None:
            self.call_after_refresh(self.show_view, self._shown)

    # What tables tell

    @on(LiveTable.RowHighlighted)
    def _row_highlighted(self) -> None:
        self._show_side()

    @on(LiveTable.RowSelected)
    async def _row_selected(self) -> None:
        await self.deck.action_deck("open")

    @on(LiveTable.MarksChanged)
    def _marks_changed(self) -> None:
        self._show_status()

    @on(Pane.Told)
    def _pane_told(self, message: Pane.Told) -> None:
        if message.sentence:
            self.deck.say(message.sentence, "warn")
        self._show_status()

    @on(PaneTabs.Chosen)
    async def _pane_chosen(self, message: PaneTabs.Chosen) -> None:
        await self.open(message.pane)

    # Actions of the table

    @property
    def current_key(self) -> str | None:
        """Return the row key an action is about."""
        return self.pane.focused_key

    @property
    def current_problems(self) -> Sequence[Problem] | None:
        """Return the problem under the cursor; None where the list of problems has no focus."""
        return self.pane.focused_problems

    def targets(self) -> Targets:
        """Return what an action goes to in the open pane."""
        view = self.deck.view
        return self.pane.targets(view) if view is not None else Targets()

    def do_open(self) -> None:
        """Open the row under the cursor."""
        self.do_details()

    def do_details(self) -> None:
        """Show all about the row under the cursor; about the engines where it is a line of one."""
        key, problems = self.current_key, self.pane.problem_table
        if problems is not None and problems.has_focus and problems.opens_group():
            return
        if self._shown is not None and (key == "" or any(status.id == key for status in self._shown.sources)):
            self.do_engines()
        elif key:
            from tui.screens.around import open_around

            chosen = self.current_problems
            open_around(self.deck, key, chosen[0].since_utc_seconds if chosen else None)

    def do_engines(self) -> None:
        """Show the host, and what hostdeck is connected to."""
        from tui.screens.engines import EnginesScreen

        self.app.push_screen(EnginesScreen())

    # Filter and command line

    async def do_filter(self) -> None:
        """Type a filter."""
        await self._typing.open_filter()

    async def do_command(self) -> None:
        """Type a command."""
        await self._typing.open_command()
