"""The list of what needs a person, above the rows of the Overview."""

from __future__ import annotations

from tui.domain.host import HostView
from tui.present.problems import ProblemClock, ProblemLine, problem_columns, problem_rows
from widgets.live_table import LiveTable

MOST_PROBLEM_LINES = 8


class ProblemTable(LiveTable[ProblemLine]):
    """What needs a person; as high as it must be, up to a third of the room."""

    has_fixed_order = True

    def __init__(self) -> None:
        self._clock_of_view = ProblemClock()
        super().__init__(problem_columns(self._clock_of_view), sort_by="name", reverse=False, id="problems")

    def show_view(self, view: HostView, room: int) -> None:
        """Show the problems of a moment in `room` lines shared with the rows; nothing at all where there are none."""
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
