"""LiveTable: a virtual table for rows that change all the time, keyed by identity."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from widgets.live_table import messages
from widgets.live_table.bindings import TABLE_BINDINGS
from widgets.live_table.core import TableCore
from widgets.live_table.layout import GUTTER
from widgets.live_table.model import ROLES, R
from widgets.live_table.view import HEADER_LINES


class LiveTable(TableCore[R], can_focus=True, inherit_bindings=False):
    """A table whose cursor, marks and folds follow their rows, and which draws only what changed.

    Args:
        columns: The columns, the identifying one first.
        fields: What a filter may read of a row, as key and texts (`{"state": ["running"]}`); a plain word looks at all
            of them. Without it the filter reads the cells.
        sort_by: Key of the column to sort by at first; None keeps rows ordered by their keys.
        reverse: First direction; None takes the column's own.
        sort_hold_seconds: How long after a cursor movement rows keep their places, so that none slips away under the
            finger. 0 sorts at once.
        sort_every_seconds: Rows change places at most so often, where moving them costs more than the figures do.
        clock: Monotonic seconds, for that hold.
    """

    DEFAULT_CSS = """
    LiveTable {
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
        &.-wide { overflow-x: auto; }
        & > .live-table--normal { color: $foreground; }
        & > .live-table--dim { color: $foreground 60%; }
        & > .live-table--warn { color: $text-warning; }
        & > .live-table--crit { color: $text-error; text-style: bold; }
        & > .live-table--ok { color: $text-success; }
        & > .live-table--accent { color: $text-primary; }
        & > .live-table--header { color: $foreground 70%; text-style: bold; }
        & > .live-table--sorted { color: $foreground; text-style: bold; }
        & > .live-table--cursor { background: $primary 25%; }
        & > .live-table--marked { color: $text-primary; text-style: bold; }
        & > .live-table--match { color: $text-accent; text-style: bold underline; }
        &:focus > .live-table--cursor { background: $primary 55%; text-style: bold; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"live-table--{role}" for role in ROLES),
        "live-table--header",
        "live-table--sorted",
        "live-table--cursor",
        "live-table--marked",
        "live-table--match",
    }

    BINDINGS: ClassVar[list[BindingType]] = TABLE_BINDINGS

    RowHighlighted = messages.RowHighlighted
    RowSelected = messages.RowSelected
    SortChanged = messages.SortChanged
    MarksChanged = messages.MarksChanged
    VisibleChanged = messages.VisibleChanged

    def watch_wide(self) -> None:
        """Let the table scroll sideways only when it shows all columns."""
        self.set_class(self.wide, "-wide")
        super().watch_wide()

    # Keys

    def action_cursor_down(self) -> None:
        """Move the cursor one row down."""
        self._go_to(self._cursor_index + 1)

    def action_cursor_up(self) -> None:
        """Move the cursor one row up."""
        self._go_to(self._cursor_index - 1)

    def action_cursor_home(self) -> None:
        """Move the cursor to the first row, and stay at the top when that row later moves away."""
        self._go_to(0)
        self._follow_cursor = False

    def action_cursor_end(self) -> None:
        """Move the cursor to the last row."""
        self._go_to(len(self._index.view) - 1)

    def action_page_down(self) -> None:
        """Move the cursor down by what fits the screen."""
        self._go_to(self._cursor_index + max(1, self.page_lines))

    def action_page_up(self) -> None:
        """Move the cursor up by what fits the screen."""
        self._go_to(self._cursor_index - max(1, self.page_lines))

    def action_half_page_down(self) -> None:
        """Move the cursor down by half of what fits the screen."""
        self._go_to(self._cursor_index + max(1, self.page_lines // 2))

    def action_half_page_up(self) -> None:
        """Move the cursor up by half of what fits the screen."""
        self._go_to(self._cursor_index - max(1, self.page_lines // 2))

    def action_select_row(self) -> None:
        """Open the row under the cursor."""
        if self._cursor_key is not None:
            self._go_to(self._cursor_index)  # chosen, so that the cursor stays with it
            self.post_message(messages.RowSelected(self, self._cursor_key))

    def action_toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        if self._cursor_key is not None:
            self._set_marks(self._marks ^ {self._cursor_key})

    def action_invert_marks(self) -> None:
        """Mark what is not marked and the other way round, among the rows that filter and folds show."""
        self._set_marks(self._marks ^ set(self._index.view))

    def action_clear_marks(self) -> None:
        """Take away every mark."""
        self.clear_marks()

    def action_toggle_fold(self) -> None:
        """Close or open the group under the cursor, or the one the row stands in."""
        key = self._cursor_key
        if key is not None:
            self.toggle_fold(key if key in self._index.groups else self._index.parent(key) or key)

    def action_fold(self) -> None:
        """Close the group under the cursor; from a row below a group go up to it; else scroll left."""
        key = self._cursor_key
        parent = self._index.parent(key) if key is not None else None
        if key in self._index.groups and key not in self._index.folded:
            self.action_toggle_fold()
        elif parent is not None:
            self.move_cursor(parent)
        else:
            self.scroll_to(x=max(0, self.scroll_x - self._sideways_step()), animate=False)

    def action_unfold(self) -> None:
        """Open the group under the cursor; else scroll right."""
        if self._cursor_key in self._index.folded and self._cursor_key in self._index.groups:
            self.action_toggle_fold()
        else:
            self.scroll_to(x=self.scroll_x + self._sideways_step(), animate=False)

    def _sideways_step(self) -> int:
        return max(1, self.size.width // 3)

    def action_sort_next(self) -> None:
        """Sort by the next shown column that can be sorted."""
        self._sort_beside(1)

    def action_sort_previous(self) -> None:
        """Sort by the previous shown column that can be sorted."""
        self._sort_beside(-1)

    def _sort_beside(self, step: int) -> None:
        keys = [placed.column.key for placed in self._layout_now.placed if placed.column.sort_key is not None]
        if keys:
            here = keys.index(self.sort_column) if self.sort_column in keys else -1 if step > 0 else 0
            self.sort_by(keys[(here + step) % len(keys)])

    def action_reverse_sort(self) -> None:
        """Turn the sort order round."""
        if self.sort_column is not None:
            self.sort_by(self.sort_column, not self.sort_reverse)

    def action_toggle_wide(self) -> None:
        """Show all columns, or only those that fit."""
        self.wide = not self.wide

    def action_toggle_freeze(self) -> None:
        """Keep the rows in their places, or let them move again."""
        self.frozen = not self.frozen

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Sort by a heading, fold at a fold sign, put the cursor on a row, open it with a double click."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        event.stop()
        if offset.y < HEADER_LINES:
            self._click_heading(offset.x)
            return
        index = offset.y - HEADER_LINES + round(self.scroll_y)
        if index < len(self._index.view):
            self._click_row(index, offset.x, double=event.chain == 2)

    def _click_heading(self, x: int) -> None:
        column = self.column_at(x)
        if column is not None and column.sort_key is not None and not self.has_fixed_order:
            self.sort_by(column.key, not self._reverse if column.key == self.sort_column else None)

    def _click_row(self, index: int, x: int, *, double: bool) -> None:
        key = self._index.view[index]
        self._go_to(index)
        if key in self._index.groups and x < GUTTER + 2 * self._index.depth.get(key, 0):
            self.toggle_fold(key)
        elif double:
            self.post_message(messages.RowSelected(self, key))
