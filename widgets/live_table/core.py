"""The state of a live table: what its public methods read and change."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from textual.reactive import reactive

from widgets.filter_query import Fields, FilterQuery
from widgets.live_table import messages
from widgets.live_table.model import Column, R, Row
from widgets.live_table.view import TableView

SETTLING_SECONDS = 15.0


class TableCore(TableView[R], inherit_bindings=False):
    """Rows, cursor, sort order, filter, marks and folds as methods; LiveTable adds keys and mouse."""

    frozen: reactive[bool] = reactive(False, init=False, repaint=False)
    """Keep the order while values go on changing; new rows join at the end."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        fields: Callable[[R], Fields] | None = None,
        sort_by: str | None = None,
        reverse: bool | None = None,
        sort_hold_seconds: float = 0.0,
        sort_every_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 -- Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(columns, fields=fields, name=name, id=id, classes=classes, disabled=disabled)
        self._sort_hold_seconds = sort_hold_seconds
        self._sort_every_seconds = sort_every_seconds
        self._clock = clock
        self._may_hold_from: float | None = None
        self._sorted_at = float("-inf")
        self._hold_until = float("-inf")
        self._cursor_index = 0
        self._follow_cursor = False
        self._is_untouched = True
        self._choose_sort(sort_by, reverse)

    # Rows

    def set_rows(self, rows: Iterable[Row[R]]) -> None:
        """Show these rows from now on: all of them, not a difference. Draws only what looks different."""
        self._index.set_rows(rows)
        self._forget_vanished_marks()
        now = self._clock()
        keep_order = self.frozen or now < self._hold_until or self._was_sorted_lately(now)
        if not keep_order:
            self._sorted_at = now
        self._apply(keep_order=keep_order)

    def release_order(self) -> None:
        """Place the next rows anew even soon after a cursor movement: they are not those of a moment later."""
        self._hold_until = self._sorted_at = float("-inf")

    def _was_sorted_lately(self, now: float) -> bool:
        """Tell whether rows keep their places because they were put in order not long ago; not at the start."""
        if self._may_hold_from is None and self._index.rows:
            self._may_hold_from = now + SETTLING_SECONDS  # rows come before their figures
        if self._may_hold_from is None or now < self._may_hold_from:
            return False
        return now < self._sorted_at + self._sort_every_seconds

    def row(self, key: str) -> Row[R] | None:
        """Return a row by key, in view or not."""
        return self._index.rows.get(key)

    @property
    def row_count(self) -> int:
        """How many rows there are, filtered or not."""
        return len(self._index.rows)

    def _apply(self, *, keep_order: bool = False) -> None:
        """Order and filter anew, keep the cursor on its row, and draw what differs."""
        before = self._index.view
        was_in_view = self._cursor_in_view()
        if keep_order:
            self._index.keep_order()
            self._index.arrange(self._query, self._fields)
        else:
            self._rearrange()
        self._place_cursor(before)
        self._update_virtual_size()
        if self._follow_cursor and was_in_view:
            self._scroll_to_cursor()
        self._sync()

    def watch_frozen(self) -> None:
        """Sort again when thawed."""
        self._apply(keep_order=self.frozen)

    # Cursor

    @property
    def cursor_key(self) -> str | None:
        """Key of the row under the cursor; None without rows."""
        return self._cursor_key

    @property
    def cursor_row(self) -> Row[R] | None:
        """The row under the cursor."""
        return self._index.rows.get(self._cursor_key) if self._cursor_key is not None else None

    def move_cursor(self, key: str) -> bool:
        """Put the cursor on a row; False when filter or folds hide it."""
        if key not in self._index.view:
            return False
        self._go_to(self._index.view.index(key))
        return True

    def _go_to(self, index: int) -> None:
        """Put the cursor on a place in the view, as near as there is one, and scroll it into view."""
        view = self._index.view
        if not view:
            return
        self._cursor_index = max(0, min(index, len(view) - 1))
        self._follow_cursor = True
        self._is_untouched = False
        self._hold_until = self._clock() + self._sort_hold_seconds
        self._set_cursor_key(view[self._cursor_index])
        self._scroll_to_cursor()
        self._sync()

    def _set_cursor_key(self, key: str | None) -> None:
        if key != self._cursor_key:
            self._cursor_key = key
            self.post_message(messages.RowHighlighted(self, key))

    def _place_cursor(self, before: Sequence[str]) -> None:
        """Find the row of the cursor in the new view; when it is gone, take its nearest neighbour of before.

        A cursor that nobody has moved stays on the first row: rows come before their figures, and the row that was
        first then may be sorted out of sight, where a key would act on it.
        """
        view = self._index.view
        if self._is_untouched and view:
            self._cursor_index = 0
            self._set_cursor_key(view[0])
            return
        index = self._cursor_index
        if self._cursor_key is not None and index < len(view) and view[index] == self._cursor_key:
            return
        places = {key: place for place, key in enumerate(view)}
        key = self._cursor_key if self._cursor_key in places else _nearest(before, index, places)
        if key is None and view:
            key = view[max(0, min(index, len(view) - 1))]
        self._cursor_index = places[key] if key is not None else 0
        self._set_cursor_key(key)

    def _cursor_in_view(self) -> bool:
        return 0 <= self._cursor_index - round(self.scroll_y) < self.page_lines

    def _scroll_to_cursor(self) -> None:
        top = round(self.scroll_y)
        lowest = self._cursor_index - self.page_lines + 1
        target = min(max(top, lowest), self._cursor_index)
        if target != top:
            self.scroll_to(y=target, animate=False)

    # Sort

    @property
    def sort_column(self) -> str | None:
        """Key of the column the rows are sorted by."""
        return self._sort_column.key if self._sort_column is not None else None

    @property
    def sort_reverse(self) -> bool:
        """Whether the greatest value is on top."""
        return self._reverse

    def sort_by(self, key: str | None, reverse: bool | None = None) -> None:
        """Sort by a column, without `reverse` in its own direction. One that cannot be sorted ends the sorting."""
        self._choose_sort(key, reverse)
        self._hold_until = float("-inf")
        self._apply()
        self._refresh_header()
        self.post_message(messages.SortChanged(self, self.sort_column, reverse=self._reverse))

    def _choose_sort(self, key: str | None, reverse: bool | None) -> None:
        found = [column for column in self._columns if column.key == key and column.sort_key is not None]
        self._sort_column = found[0] if found else None
        self._reverse = found[0].descending_first if found and reverse is None else bool(found and reverse)

    # Filter

    @property
    def filter_query(self) -> FilterQuery:
        """The filter in force."""
        return self._query

    def set_filter(self, query: FilterQuery | str) -> None:
        """Show only rows that pass, and highlight why. Marks of hidden rows stay, but count as not visible."""
        new = FilterQuery.parse(query) if isinstance(query, str) else query
        if new == self._query:
            return
        self._query = new
        self._apply(keep_order=self.frozen)
        # the rows around the cursor came or went at a key press: a key pressed next must not act on a row out of sight
        self._is_untouched = False
        self._scroll_to_cursor()
        self.refresh()

    # Marks

    def marked_keys(self, *, visible_only: bool = True) -> tuple[str, ...]:
        """Return marked rows in drawing order; without `visible_only` also those that filter or folds hide, last."""
        shown = tuple(key for key in self._index.view if key in self._marks)
        return shown if visible_only else shown + tuple(sorted(self._marks.difference(shown)))

    def mark(self, keys: Iterable[str]) -> None:
        """Mark exactly these rows; keys without a row are left out."""
        self._set_marks({key for key in keys if key in self._index.rows})

    def clear_marks(self) -> None:
        """Take away every mark, also of hidden rows."""
        self._set_marks(set())

    def _set_marks(self, marks: set[str]) -> None:
        if marks != self._marks:
            self._marks = marks
            self._sync()
            self.post_message(messages.MarksChanged(self, frozenset(marks)))

    def _forget_vanished_marks(self) -> None:
        gone = {key for key in self._marks if key not in self._index.rows}
        if gone:
            self._marks = self._marks - gone
            self.post_message(messages.MarksChanged(self, frozenset(self._marks)))

    # Folds

    @property
    def folded_keys(self) -> frozenset[str]:
        """Keys of closed groups, also of those that are not there at the moment."""
        return frozenset(self._index.folded)

    def set_folded(self, keys: Iterable[str]) -> None:
        """Close exactly these groups."""
        self._index.folded = set(keys)
        self._apply(keep_order=self.frozen)

    def toggle_fold(self, key: str) -> None:
        """Close or open a group; a cursor below it moves up to it."""
        folded = self._index.folded
        if key in self._index.groups:
            parent = self._index.parent(self._cursor_key) if self._cursor_key is not None else None
            if parent == key and key not in folded:
                self.move_cursor(key)
            self.set_folded(folded ^ {key})


def _nearest(before: Sequence[str], index: int, places: dict[str, int]) -> str | None:
    """Return the row nearest to a place of the old view that is still there, below before above."""
    for distance in range(1, len(before) + 1):
        for place in (index + distance, index - distance):
            if 0 <= place < len(before) and before[place] in places:
                return before[place]
    return None
