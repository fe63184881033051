"""One pane: a table of instances, and in the Overview the problems above it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from tui.domain.host import HostView
from tui.present.columns import OVERVIEW, ROOMY_FROM_COLUMNS, Moment, columns, default_sort, kind_of
from tui.present.entry import Entry
from tui.present.fields import filter_fields
from tui.present.placing import Placer
from tui.present.problems import ProblemClock, ProblemLine, problem_columns, problem_rows
from tui.state import PaneState
from widgets.live_table import LiveTable

SORT_HOLD_SECONDS = 1.5
"""After a cursor movement rows keep their places for so long, so that none slips away under the finger."""

MOST_PROBLEM_LINES = 8


class InstanceTable(LiveTable[Entry]):
    """The table of a pane."""


class ProblemTable(LiveTable[ProblemLine]):
    """What needs a person; as high as it must be, up to a third of the pane."""

    has_fixed_order = True

    def __init__(self) -> None:
        self._clock_of_view = ProblemClock()
        super().__init__(problem_columns(self._clock_of_view), sort_by="name", reverse=False, id="problems")

    def show_view(self, view: HostView, room: int) -> None:
        """Show the problems of a moment; nothing at all where there are none."""
        self._clock_of_view.utc_seconds = view.taken_utc_seconds
        rows = problem_rows(view)
        self.display = bool(rows)
        height = 1 + min(len(rows), max(2, min(MOST_PROBLEM_LINES, room // 3)))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        self.set_rows(rows)

    @property
    def subject(self) -> str | None:
        """Return the row key of the instance (or the engine's id) that the problem under the cursor is about."""
        row = self.cursor_row
        return row.data.problem.subject if row is not None else None


class Pane(Vertical):
    """A table of all instances of a kind, or of both.

    Args:
        pane: its name.
        moment: shared with the cells of all panes.
        kept: how it was looked at last time.
        chosen: columns of the configuration, () for the usual ones; what was chosen on the screen counts more.
    """

    def __init__(
        self,
        pane: str,
        moment: Moment,
        kept: PaneState,
        chosen: tuple[str, ...] = (),
        folded: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(id=pane, classes="pane")
        self.pane = pane
        self.problems_only = False
        self._moment = moment
        self._kept = kept
        self._configured = chosen
        self._chosen = kept.columns
        self._layout_of_columns: tuple[bool, bool, bool] | None = (False, False, False)
        self._placer = Placer(kind_of(pane))
        self.problem_table = ProblemTable() if pane == OVERVIEW else None
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
        column, reverse = (self._kept.sort, self._kept.descending) if self._kept.sort else default_sort(self.pane)
        table = InstanceTable(
            columns(self.pane, self._moment, chosen=self.chosen),
            fields=filter_fields,
            sort_by=column,
            reverse=reverse,
            sort_hold_seconds=SORT_HOLD_SECONDS,
            clock=self._moment.monotonic,
            id=f"table-{self.pane}",
        )
        table.set_folded(folded)
        return table

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the columns a person wants, () for the usual ones."""
        return self._chosen if self._chosen is not None else self._configured

    def choose_columns(self, names: tuple[str, ...]) -> None:
        """Show these columns; () brings the usual ones back."""
        self._chosen = names or None
        self._layout_of_columns = None
        self._fit_columns()

    @property
    def state(self) -> PaneState:
        """Return what is to be kept."""
        table = self.table
        return PaneState(
            columns=self._chosen, sort=table.sort_column or "", descending=table.sort_reverse, wide=table.wide
        )

    def show_view(self, view: HostView) -> None:
        """Show a moment."""
        problems = self.problem_table
        if problems is not None:
            problems.show_view(view, self.size.height)
        table = self.table
        rows = self._placer.rows(view, problems_only=self.problems_only)
        self._fit_columns()
        table.set_rows(rows)

    def on_resize(self) -> None:
        """Choose the columns for another width."""
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Tell engine and user only where there are several, and give names room where there is room."""
        several_engines = len(self._placer.engines) > (2 if kind_of(self.pane) is None else 1)
        wanted = (several_engines, len(self._placer.users) > 1, self.size.width >= ROOMY_FROM_COLUMNS)
        if wanted == self._layout_of_columns:
            return
        self._layout_of_columns = wanted
        self.table.set_columns(
            columns(
                self.pane,
                self._moment,
                chosen=self.chosen,
                several_engines=wanted[0],
                several_users=wanted[1],
                roomy=wanted[2],
            )
        )

    @property
    def focused_key(self) -> str | None:
        """Return the row key that an action is about: of the problem under the cursor where that list has the focus."""
        problems = self.problem_table
        if problems is not None and problems.has_focus:
            return problems.subject
        return self.table.cursor_key
