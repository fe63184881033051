"""What the keys of a table do in the open pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.pane import Pane


class TableActions:
    """Carries out the actions of tables: a method `do_ID` for the action ID.

    Args:
        pane: the pane whose table it is.
    """

    def __init__(self, pane: Pane) -> None:
        self._pane = pane

    def do_mark(self) -> None:
        """Mark the row under the cursor."""
        self._pane.table.action_toggle_mark()

    def do_mark_invert(self) -> None:
        """Invert the marks."""
        self._pane.table.action_invert_marks()

    def do_sort_left(self) -> None:
        """Sort by the column to the left."""
        self._pane.table.action_sort_previous()

    def do_sort_right(self) -> None:
        """Sort by the column to the right."""
        self._pane.table.action_sort_next()

    def do_sort_reverse(self) -> None:
        """Turn the order round."""
        self._pane.table.action_reverse_sort()

    def do_wide(self) -> None:
        """Show all columns, or those that fit."""
        self._pane.table.action_toggle_wide()

    def do_fold(self) -> None:
        """Close or open the group under the cursor."""
        self._pane.table.action_toggle_fold()

    def do_problems(self) -> None:
        """Show only what needs a person, or everything."""
        self._pane.show_problems_only(not self._pane.problems_only)

    def do_back(self) -> None:
        """Go back one layer: the filter, the marks, problems only."""
        pane, table = self._pane, self._pane.table
        if pane.filter_text:
            pane.set_filter("")
        elif table.marked_keys(visible_only=False):
            table.clear_marks()
        elif pane.problems_only:
            self.do_problems()
        else:
            table.focus()
