"""The list of what needs a person, above the rows of the Overview."""

from __future__ import annotations

from textual.events import Resize

from tui.domain.host import HostView, Problem
from tui.present.problems import SILENCED, ProblemClock, ProblemLine, longest_who, problem_columns, problem_rows
from widgets.live_table import LiveTable

MOST_PROBLEM_LINES = 8
WIDE_FROM_COLUMNS = 120


class ProblemTable(LiveTable[ProblemLine]):
    """What needs a person; as high as it must be, up to a third of the room. Silenced ones are folded away."""

    has_fixed_order = True

    def __init__(self) -> None:
        self._clock_of_view = ProblemClock()
        self._is_wide = False
        self._who_cells = 0
        self._silenced: tuple[Problem, ...] = ()
        self._room = 0
        self._shown: tuple[Problem, ...] | None = None
        super().__init__(problem_columns(self._clock_of_view), sort_by="name", reverse=False, id="problems")
        self.set_folded(frozenset({SILENCED}))

    def show_view(self, view: HostView, room: int) -> None:
        """Show the problems of a moment in `room` lines shared with the rows; nothing at all where there are none."""
        self._clock_of_view.see(view)
        if view.problems is self._shown and room == self._room:
            return
        # a line of an engine tells the age of its values, which is another one each time
        self._shown = view.problems if not any(problem.kind == "engine" for problem in view.problems) else None
        rows = problem_rows(view)
        self._silenced = tuple(row.data.problem for row in rows if row.parent == SILENCED)
        self.display = bool(rows)
        self._room = room
        self._fit_columns(self._is_wide, longest_who(rows))
        self.set_rows(rows)
        self._fit(len(rows))

    def _fit(self, rows: int) -> None:
        """Be as high as the lines that are not folded away, within bounds."""
        lines = rows - (len(self._silenced) if SILENCED in self.folded_keys else 0)
        height = 1 + min(lines, max(2, min(MOST_PROBLEM_LINES, self._room // 3)))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def on_resize(self, event: Resize) -> None:
        """Show more of each problem where there is room."""
        self._fit_columns(event.size.width >= WIDE_FROM_COLUMNS, self._who_cells)

    def _fit_columns(self, is_wide: bool, who_cells: int) -> None:
        """Leave no room empty that another column would use."""
        if (is_wide, who_cells) == (self._is_wide, self._who_cells):
            return
        self._is_wide, self._who_cells = is_wide, who_cells
        self.set_columns(problem_columns(self._clock_of_view, wide=is_wide, who_cells=who_cells))

    @property
    def subject(self) -> str | None:
        """Return the row key of the instance (or the engine's id) that the problem under the cursor is about."""
        row = self.cursor_row
        return row.data.problem.subject if row is not None and not row.data.heading else None

    @property
    def chosen(self) -> tuple[Problem, ...]:
        """Return the problem under the cursor; on the line that counts the silenced ones, all of them."""
        row = self.cursor_row
        if row is None:
            return ()
        return self._silenced if row.data.heading else (row.data.problem,)

    def opens_group(self) -> bool:
        """Show or hide the silenced ones where the cursor is on their line; tell whether it is."""
        row = self.cursor_row
        if row is None or not row.data.heading:
            return False
        self.action_toggle_fold()
        self._fit(self.row_count)
        return True
