"""What happened on this host, the newest first: live, and further back from the record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from tui.actions import Scope
from tui.domain.errors import HostdeckError
from tui.domain.host import HostView
from tui.present.hostbar import connecting_bar, host_bar
from tui.present.timeline import (
    FILTER_KEYS,
    GROUPS,
    Line,
    Subject,
    chips,
    entry_lines,
    timeline_columns,
    title,
)
from tui.sampling.gaps import KnowsGaps
from tui.screens.span_lines import SpanLines
from tui.screens.timeline_list import MOST_PIECES_AT_ONCE, TimelineList
from tui.screens.timeline_opening import OpensEntries
from widgets.filter_bar import FilterBar
from widgets.filter_query import FilterQuery
from widgets.key_footer import KeyFooter
from widgets.live_table import LiveTable

if TYPE_CHECKING:
    from tui.domain.timeline import TimelineEntry

NEAR_THE_END = 60

FOOTER = {
    "back": "back",
    "filter": "filter",
    "problems": "problems",
    "timeline_login": "since login",
    "timeline_only": "only this",
}
"""Keys that come first, with their words."""

TALL_FROM_LINES = 40
CLOCK_SLACK_SECONDS = 5.0
"""An engine's clock may be ahead of the view's."""


class TimelineTable(LiveTable[Line]):
    """The list; its order is given."""

    has_fixed_order = True


class TimelineScreen(OpensEntries):
    """A list of entries, and all about the one under the cursor.

    Args:
        only: what it is narrowed to from the start.
        offered: what the key that opens it narrows it to, when it is pressed again.
    """

    SCOPES: ClassVar[Collection[Scope]] = (Scope.TIMELINE, Scope.APP)
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"kind('{group}')", show=False, id=f"timeline_{group}") for n, group in enumerate(GROUPS, 1)),
        Binding("0", "all_kinds", show=False, id="timeline_all"),
        Binding("f", "only", show=False, id="timeline_only"),
        Binding("u", "since_login", show=False, id="timeline_login"),
    ]

    def __init__(self, only: Subject | None = None, offered: Subject | None = None) -> None:
        super().__init__()
        self._offered = offered or only
        self._list = TimelineList(None, only)
        self._live: object = None
        self._is_reading = False

    def compose(self) -> ComposeResult:
        """Place the lines, the list and the keys."""
        yield SpanLines((connecting_bar(80),), id="host-bar")
        yield from self.ruler()
        yield SpanLines(((),), id="title")
        yield SpanLines(((),), id="kinds")
        table = TimelineTable(timeline_columns(), sort_by="time", reverse=False, id="timeline")
        table.ascii_only = self.deck.ascii_only
        yield table
        yield SpanLines(((),), id="entry")
        bar = FilterBar(placeholder=f"word, !not, {' '.join(f'{key}:' for key in FILTER_KEYS)}", id="filter-bar")
        bar.display = False
        yield bar
        yield SpanLines(((),), id="status")
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Show what is known, and read the record."""
        self._list = TimelineList(self.deck.source.past, self._list.wanted.only)
        self._show_keys()
        self._table.focus()
        if self.deck.shown_view is not None:
            self.show_view(self.deck.shown_view)
        self._read_on()

    def _show_keys(self) -> None:
        label = self.deck.label_of
        keys = [("Enter", "open")]
        keys += [(label(action), word) for action, word in FOOTER.items()]
        if self._offered is not None:
            keys.append((label("timeline"), "everything" if self._list.wanted.only else f"only {self._offered.name}"))
        without = [*FOOTER, "timeline"]
        if self.deck.replayed is not None:  # elsewhere in the past the key goes back to live
            keys.append((label("replay"), "that moment"))
            without.append("replay")
        others = self.deck.footer_keys(self.SCOPES, without)
        self.query_one(KeyFooter).set_keys([*keys, *others])

    @property
    def _table(self) -> TimelineTable:
        return self.query_one("#timeline", TimelineTable)

    # What is shown

    def show_view(self, view: HostView) -> None:
        """Bring the bar up to date, and the list where anything happened."""
        bar = host_bar(view, self.size.width, frozen=self.deck.frozen, ascii_only=self.deck.ascii_only)
        self.query_one("#host-bar", SpanLines).show([bar])
        if self.deck.source.timeline() is not self._live or self._until(view) != self._list.wanted.until:
            self._show()
        if self._list.is_stale(view.taken_utc_seconds):
            self._read_on(newer=True)

    def _until(self, view: HostView) -> float:
        """Return up to when to show: what comes after a moment that stands still, or is over, is not there yet."""
        if self.deck.frozen_view is None and self.deck.replayed is None:
            return float("inf")
        return view.taken_utc_seconds + (CLOCK_SLACK_SECONDS if self.deck.replayed is None else 0.0)

    def _show(self) -> None:
        view = self.deck.shown_view
        if view is None:
            return
        self._live = live = self.deck.source.timeline()
        self._list.wanted = wanted = replace(self._list.wanted, until=self._until(view))
        self._table.set_rows(self._list.rows(live, view.taken_utc_seconds))
        self.query_one("#title", SpanLines).show([title(wanted, view.host_name)])
        keys = {group: self.deck.label_of(f"timeline_{group}") for group in GROUPS}
        self.query_one("#kinds", SpanLines).show([chips(wanted, keys, self.deck.label_of("timeline_all"))])
        self._show_entry()
        self.show_said()

    @on(LiveTable.RowHighlighted)
    def _highlighted(self) -> None:
        self._show_entry()
        self._grow()

    def _show_entry(self) -> None:
        entry, view = self.entry, self.deck.shown_view
        box = self.query_one("#entry", SpanLines)
        lines = (
            entry_lines(entry, self.size.width - 1, view.taken_utc_seconds, box.size.height or 3)
            if entry and view
            else []
        )
        box.show(lines or [()])

    @property
    def entry(self) -> TimelineEntry | None:
        """Return what is under the cursor."""
        row = self._table.cursor_row
        return row.data.entry if row is not None else None

    def show_said(self) -> None:
        """Show the last message, or what the timeline lacks."""
        said, source = self.deck.said, self.deck.source
        if said is None and isinstance(source, KnowsGaps) and source.timeline_gaps:
            said = (source.timeline_gaps[0], "warn")
        self.query_one("#status", SpanLines).show([((" ", "normal"), said) if said is not None else ()])

    def on_resize(self, event: Resize) -> None:
        """Give the entry under the cursor more room where there is some."""
        super().on_resize(event)
        self.set_class(event.size.height >= TALL_FROM_LINES, "-tall")
        self.call_after_refresh(self._show)

    # More of it

    def _grow(self) -> None:
        """Make more rows, and read more of the record, before the cursor reaches the end."""
        keys = self._table.view_keys
        if self._table.cursor_key not in keys[-NEAR_THE_END:]:
            return
        if self._list.make_more():
            self._show()
        else:
            self._read_on()

    def _read_on(self, *, newer: bool = False) -> None:
        if not self._is_reading and (newer or not self._list.has_all):
            self._is_reading = True
            self.run_worker(self._read(newer=newer), group="timeline")

    async def _read(self, *, newer: bool) -> None:
        """Read pieces of the record until there is something to see."""
        try:
            view, before = self.deck.shown_view, self._table.row_count
            now = view.taken_utc_seconds if view is not None else 0.0
            for _ in range(1 if newer else MOST_PIECES_AT_ONCE):
                await (self._list.read_newer(now) if newer else self._list.read_older(now))
                self._show()
                if self._list.has_all or self._table.row_count > before + self._table.page_lines:
                    return
        except (HostdeckError, OSError) as error:
            self.deck.say(f"The record cannot be read: {error}", "warn")
        finally:
            self._is_reading = False

    # What the keys do

    def _want(self, **changes: object) -> None:
        self._list.wanted = replace(self._list.wanted, **changes)  # type: ignore[arg-type]
        self._list.start_anew()
        self._show()
        self._show_keys()
        self._read_on()

    def action_kind(self, group: str) -> None:
        """Show a kind, or not any more."""
        self._want(groups=self._list.wanted.groups ^ {group})

    def action_all_kinds(self) -> None:
        """Show all kinds."""
        self._want(groups=frozenset())

    def do_problems(self) -> None:
        """Show problems only, or everything."""
        only = frozenset({"problems"})
        self._want(groups=frozenset() if self._list.wanted.groups == only else only)

    def action_only(self) -> None:
        """Show only what is under the cursor, or everything."""
        entry = self.entry
        if self._list.wanted.only is not None:
            self._want(only=None)
        elif entry is not None and (entry.subject or entry.lasting):
            self._want(only=Subject(entry.name, frozenset({entry.subject} - {""}), entry.lasting))
        else:
            self.deck.say("This line is about no guest, container or engine.", "warn")

    def do_timeline(self) -> None:
        """Show only what it was opened from, or everything."""
        if self._offered is not None:
            self._want(only=None if self._list.wanted.only is not None else self._offered)

    def action_since_login(self) -> None:
        """Show what happened since the last login of this person, or everything."""
        if self._list.wanted.since is not None:
            self._want(since=None)
        else:
            self.run_worker(self._find_login(), group="login", exclusive=True)

    async def _find_login(self) -> None:
        from tui.screens.timeline_login import find_login

        moment, sentence = await find_login(self.deck.shown_view)
        self.deck.say(sentence, "normal" if moment is not None else "warn")
        if moment is not None:
            self._want(since=moment)

    async def do_filter(self) -> None:
        """Type a filter."""
        bar = self.query_one(FilterBar)
        bar.text = self._list.wanted.query.text
        bar.display = True
        bar.open()

    @on(FilterBar.FilterChanged)
    def _filter_changed(self, message: FilterBar.FilterChanged) -> None:
        if message.bar.display:
            self._list.wanted = replace(self._list.wanted, query=FilterQuery.parse(message.text))
            self._show()

    @on(FilterBar.Closed)
    def _filter_closed(self, message: FilterBar.Closed) -> None:
        message.bar.display = False
        self._want(query=self._list.wanted.query if message.kept else FilterQuery())
        self._table.focus()

    def do_back(self) -> None:
        """Take away what narrows it, then close it."""
        if self._list.wanted.query:
            self._want(query=FilterQuery())
        else:
            self.app.pop_screen()
