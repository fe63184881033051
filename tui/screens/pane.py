"""One pane: its table, and in the Overview the problems above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from tui.actions import Targets, resolve_targets
from tui.domain.errors import HostdeckError
from tui.domain.host import HostView, Problem
from tui.present.columns import Moment, Shape
from tui.present.panes import PaneSpec
from tui.sampling.source import HostSource
from tui.screens.problem_table import ProblemTable
from tui.screens.table_actions import TableActions
from tui.state import PaneState
from widgets.live_table import Column, LiveTable

SORT_HOLD_SECONDS = 1.5
LOW_BANDWIDTH_SORT_SECONDS = 300.0
"""After a cursor movement rows keep their places for so long, so that none slips away under the finger."""

ROOMY_FROM_COLUMNS = 120

LEAST_CELLS = 10
"""Room for a heading with its signs, however short the texts below it are."""


class InstanceTable(LiveTable[Any]):
    """The table of a pane."""


class Pane(Vertical):
    """The table of one kind of thing.

    Args:
        spec: what it lists.
        moment: shared with the cells of all panes.
        source: asked for what moments do not carry.
        kept: how it was looked at last time.
        chosen: columns of the configuration, () for the usual ones; what was chosen on the screen counts more.
        folded: keys of the groups that are closed.
    """

    class Told(Message):
        """The rows in view, the marks or a sentence about them changed."""

        def __init__(self, sentence: str = "") -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(
        self,
        spec: PaneSpec[Any],
        moment: Moment,
        source: HostSource,
        *,
        kept: PaneState,
        chosen: tuple[str, ...] = (),
        folded: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(id=spec.id, classes="pane")
        self.spec = spec
        self.problems_only = False
        self.actors = (*([spec.actor(self)] if spec.actor is not None else []), TableActions(self))
        self._moment = moment
        self._source = source
        self._kept = kept
        self._configured = chosen
        self._chosen = kept.columns
        self._columns_for: object = None
        self._shape = Shape()
        self._lister = spec.lister()
        self._view: HostView | None = None
        self._asked_at: float | None = None
        self.problem_table = ProblemTable() if spec.lists_problems else None
        self.table = self._make_table(folded)

    def compose(self) -> ComposeResult:
        """Place the tables."""
        if self.problem_table is not None:
            self.problem_table.ascii_only = self._moment.ascii_only
            yield self.problem_table
        self.table.ascii_only = self._moment.ascii_only
        self.table.wide = self._kept.wide
        yield self.table

    def _make_table(self, folded: frozenset[str]) -> InstanceTable:
        column, reverse = (self._kept.sort, self._kept.descending) if self._kept.sort else self.spec.sort
        found = self.spec.chosen_columns(self._moment, self._shape, self.chosen)
        if column not in {one.key for one in found}:
            column, reverse = _first_orderable(found) or "", False
        table = InstanceTable(
            found,
            fields=self.spec.fields,
            sort_by=column,
            reverse=reverse,
            sort_hold_seconds=SORT_HOLD_SECONDS,
            sort_every_seconds=LOW_BANDWIDTH_SORT_SECONDS if self._moment.is_coarse else 0.0,
            clock=self._moment.monotonic,
            id=f"table-{self.spec.id}",
        )
        table.set_folded(folded)
        return table

    @property
    def pane(self) -> str:
        """Return its name."""
        return self.spec.id

    # Columns

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the keys of all columns it can show."""
        return self.spec.column_names(self._moment)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the columns a person wants, () for the usual ones."""
        return self._chosen if self._chosen is not None else self._configured

    def choose_columns(self, names: tuple[str, ...]) -> None:
        """Show these columns; () brings the usual ones back. The rows stay ordered by one that is there."""
        sorted_by = self.table.sort_column
        self._chosen = names or None
        self._columns_for = None
        self._fit_columns()
        if sorted_by is not None and self.table.sort_column is None:
            first = _first_orderable(self.table.columns)
            self.table.sort_by(first)
            order = f"sorted by {first}" if first is not None else "in no order"
            self.post_message(self.Told(f"{sorted_by} is not among these columns: the rows are {order} now."))

    def on_resize(self) -> None:
        """Choose the columns for another width."""
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Tell engine and user only where there are several, and give names and states the room that they need."""
        lister, width = self._lister, self.size.width
        if width:  # a pane that is not open has none, and stays as it was
            self._shape = Shape(
                len(lister.engines) > self.spec.usual_engines, len(lister.users) > 1, width >= ROOMY_FROM_COLUMNS
            )
        wanted = (self._shape, lister.longest)
        if wanted == self._columns_for:
            return
        self._columns_for = wanted
        found = self.spec.chosen_columns(self._moment, self._shape, self.chosen)
        self.table.set_columns([_bounded(column, lister.longest.get(column.key)) for column in found])

    # A new moment

    def show_view(self, view: HostView) -> None:
        """Show a moment."""
        self._view = view
        if self.problem_table is not None:
            self.problem_table.show_view(view, self._room)
        self._ask_if_due(view)
        self._show_rows()

    @property
    def _room(self) -> int:
        """Return the lines there are; of what the pane stands in, because one that just opens has none itself yet."""
        return self.parent.size.height if isinstance(self.parent, Widget) else 0

    def show_problems_only(self, problems_only: bool) -> None:
        """Show only what needs a person, or everything."""
        self.problems_only = problems_only
        self._show_rows()
        self.post_message(self.Told())

    def _show_rows(self) -> None:
        if self._view is None:
            return
        rows = self._lister.rows(self._view, problems_only=self.problems_only)
        self._fit_columns()
        self.table.set_rows(rows)

    def _ask_if_due(self, view: HostView) -> None:
        every, now = self._lister.asks_every_seconds, view.taken_monotonic_seconds
        if every is None or (self._asked_at is not None and now - self._asked_at < every):
            return
        self._asked_at = now
        self.run_worker(self._ask(), exclusive=True)

    async def _ask(self) -> None:
        try:
            await self._lister.ask(self._source)
        except HostdeckError as error:
            self.post_message(self.Told(error.message))
            return
        self._show_rows()
        self.post_message(self.Told())

    # What an action goes to

    @property
    def focused_key(self) -> str | None:
        """Return the row key that an action is about: of the problem under the cursor where that list has the focus."""
        problems = self.problem_table
        if problems is not None and problems.has_focus:
            return problems.subject
        return self.table.cursor_key

    @property
    def focused_problems(self) -> Sequence[Problem] | None:
        """Return what the line of the list of problems stands for; None where that list has no focus."""
        problems = self.problem_table
        return problems.chosen if problems is not None and problems.has_focus else None

    def targets(self, view: HostView) -> Targets:
        """Return the instances an action goes to: the marked rows in view, else the row under the cursor."""
        if not self.spec.lists_instances:
            return Targets()
        problems, table = self.problem_table, self.table
        if problems is not None and problems.has_focus:
            key = problems.subject
            return resolve_targets(view, key, (), (key,) if key else ())
        marked = table.marked_keys(visible_only=False)
        return resolve_targets(view, table.cursor_key, marked, table.view_keys, filtered=bool(table.filter_query))

    # Filter

    def set_filter(self, text: str) -> None:
        """Show only rows that match."""
        self.table.set_filter(text)
        self.post_message(self.Told())

    @property
    def filter_text(self) -> str:
        """Return the filter as typed."""
        return self.table.filter_query.text

    @property
    def has_layers(self) -> bool:
        """Tell whether Esc has something to take away: a filter, marks, problems only."""
        return bool(self.filter_text or self.table.marked_keys(visible_only=False) or self.problems_only)

    @property
    def filter_note(self) -> str:
        """Return a sentence about a key that no row has, where it makes the filter useless; else nothing.

        What follows such a key may be meant as a word, `alpine:3.19`: then it finds something.
        """
        unknown = [key for key in self.table.filter_query.keys if key not in self.spec.filter_keys]
        if not unknown or 0 < len(self.table.view_keys) < self.table.row_count:
            return ""
        return f"no such key: {unknown[0]}; keys are {', '.join(self.spec.filter_keys)}"

    @property
    def state(self) -> PaneState:
        """Return what is to be kept."""
        table = self.table
        return PaneState(
            columns=self._chosen, sort=table.sort_column or "", descending=table.sort_reverse, wide=table.wide
        )


def _first_orderable(columns: Iterable[Column[Any]]) -> str | None:
    return next((column.key for column in columns if column.sort_key is not None), None)


def _bounded(column: Column[Any], longest: int | None) -> Column[Any]:
    """Let a flexible column ask for no more than its longest text; the rest is for the others."""
    if longest is None or not column.flexible:
        return column
    most = max(longest, LEAST_CELLS)
    most = most if column.max_width is None else min(most, column.max_width)
    return replace(column, width=min(column.width, most), max_width=most)
