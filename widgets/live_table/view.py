"""The drawing half of the live table: it knows what stands on each screen line and redraws only what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.filter_query import Fields, FilterQuery
from widgets.live_table.layout import TableLayout, full_width, place_columns, place_window
from widgets.live_table.messages import VisibleChanged
from widgets.live_table.model import CellValue, Column, R
from widgets.live_table.painter import ASCII_SIGNS, UNICODE_SIGNS, Line, Signs, changed_end, paint_header, paint_line
from widgets.live_table.rows import RowIndex
from widgets.live_table.styles import StyleBook

HEADER_LINES = 1


class TableView(ScrollView, Generic[R], inherit_bindings=False):
    """A view of rows on Textual's line API. Cells are computed for the rows in view alone."""

    ALLOW_SELECT = False

    ascii_only: reactive[bool] = reactive(False, repaint=False)
    """Draw signs in ASCII, and spell out whatever else in the cells is not."""

    wide: reactive[bool] = reactive(False, repaint=False)
    """Show all columns and scroll sideways, instead of dropping columns; the first column stays in place."""

    has_fixed_order = False
    """The order is given and not a person's choice: the heading shows no arrow and takes no click."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        fields: Callable[[R], Fields] | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 -- Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._columns: tuple[Column[R], ...] = tuple(columns)
        self._fields = fields or self._fields_of_cells
        self._index: RowIndex[R] = RowIndex()
        self._query = FilterQuery()
        self._cursor_key: str | None = None
        self._marks: set[str] = set()
        self._sort_column: Column[R] | None = None
        self._reverse = False
        self._layout_now = TableLayout()
        self._laid_out: tuple[object, ...] = ()
        self._strips: dict[int, Strip] = {}
        self._cell_functions: list[Callable[[R], CellValue]] = []
        self._lines: list[Line | None] = []
        self._visible_keys: tuple[str, ...] = ()
        self._styles_now = StyleBook(self, "live-table")

    # What is shown

    @property
    def columns(self) -> tuple[Column[R], ...]:
        """All columns, shown or not."""
        return self._columns

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Replace the columns; rows, cursor and marks stay. A sort column that is gone ends the sorting."""
        self._columns = tuple(columns)
        if self._sort_column is not None:
            key = self._sort_column.key
            self._sort_column = next((column for column in self._columns if column.key == key), None)
            self._rearrange()
        self._relayout()

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """Keys of the columns that found room."""
        return tuple(placed.column.key for placed in self._layout_now.placed)

    @property
    def hidden_columns(self) -> int:
        """How many columns found no room."""
        return self._layout_now.hidden

    @property
    def visible_keys(self) -> tuple[str, ...]:
        """Keys of the rows in view, from top to bottom."""
        return self._visible_keys

    @property
    def view_keys(self) -> tuple[str, ...]:
        """Keys of all rows that pass filter and folds, in order, in view or to be scrolled to."""
        return tuple(self._index.view)

    @property
    def page_lines(self) -> int:
        """Rows that fit the screen at once; 0 before the first layout."""
        return max(0, self.scrollable_size.height - HEADER_LINES)

    def _fields_of_cells(self, data: R) -> Fields:
        """Let a filter read what the columns show, when nobody told what else there is to read."""
        found: dict[str, Sequence[str]] = {}
        for column in self._columns:
            cell = column.cell(data)
            found[column.key] = (cell if isinstance(cell, str) else cell.text,)
        return found

    # Keeping the screen true

    def _rearrange(self) -> None:
        """Sort and filter anew, for the subclass to extend with what depends on the order."""
        column = self._sort_column
        self._index.sort(column.sort_key if column is not None else None, reverse=self._reverse)
        self._index.arrange(self._query, self._fields)

    def _relayout(self) -> None:
        """Place the columns for the present width and draw everything."""
        width = self.scrollable_size.width
        if self.wide:
            layout = place_window(self._columns, width, round(self.scroll_x))
        else:
            layout = place_columns(self._columns, width)
        # A line fills the gutter of the scrollbar when no scrollbar stands there. A line of another length than what
        # can be seen of it would be cut, thus copied, at each refresh.
        self._layout_now = layout if self.show_vertical_scrollbar else layout._replace(width=self.size.width)
        self._laid_out = self._space()
        self._cell_functions = [placed.column.cell for placed in self._layout_now.placed]
        self._lines = [None] * self.page_lines
        self._update_virtual_size()
        self._sync()
        self.refresh()

    def _space(self) -> tuple[object, ...]:
        """Return all that the places of columns and lines depend on."""
        return self.size, self.scrollable_size, self.show_vertical_scrollbar

    def _update_virtual_size(self) -> None:
        # A change of this size makes Textual lay out the screen and draw the whole table. Where all rows fit, their
        # number does not matter.
        height = max(len(self._index.view) + HEADER_LINES, self.scrollable_size.height)
        size = Size(full_width(self._columns) if self.wide else 0, height)
        before = self.virtual_size
        if size == before:
            return
        if size.width == before.width and min(size.height, before.height) > self.scrollable_size.height > 0:
            # Longer than the screen before and after: only the scroll bar looks different.
            self.set_reactive(TableView.virtual_size, size)
            self._scroll_update(size)
            if self.scroll_y > self.max_scroll_y:
                self.scroll_to(y=self.max_scroll_y, animate=False)
        else:
            self.virtual_size = size

    def _sync(self) -> None:
        """Compare each screen line with what it should show now, and ask to redraw those that differ."""
        lines = self._lines
        top = round(self.scroll_y)
        view = self._index.view
        regions = []
        for y, old in enumerate(lines):
            new = self._line(view[top + y]) if top + y < len(view) else None
            if new != old:
                lines[y] = new
                end = changed_end(old, new, self._layout_now)
                if end:
                    regions.append(Region(0, y + HEADER_LINES, end, 1))
        if regions:
            self.refresh(*regions)
        self._tell_visible(tuple([line.key for line in lines if line is not None]))

    def _line(self, key: str) -> Line:
        index = self._index
        data = index.rows[key].data
        cells = tuple([cell(data) for cell in self._cell_functions])
        fold = ""
        if key in index.groups:
            fold = "closed" if key in index.folded else "open"
        return Line(key, cells, fold, index.depth.get(key, 0), key == self._cursor_key, key in self._marks)

    def _tell_visible(self, keys: tuple[str, ...]) -> None:
        if keys != self._visible_keys:
            self._visible_keys = keys
            self.post_message(VisibleChanged(self, keys))

    def _refresh_header(self) -> None:
        self.refresh(Region(0, 0, self.size.width, HEADER_LINES))

    # Textual's side

    def on_mount(self) -> None:
        """Redraw in new colours when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._restyle())

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Place the columns anew; a Resize event is not sent when only a scrollbar came or went."""
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        if self._space() != self._laid_out:
            self._relayout()
        return changed

    def notify_style_update(self) -> None:
        """Forget styles worked out for another focus or stylesheet."""
        super().notify_style_update()
        self._styles_now.clear()
        self._strips.clear()

    def _restyle(self) -> None:
        self._styles_now.clear()
        self.refresh()

    def watch_ascii_only(self) -> None:
        """Draw everything with other signs."""
        self.refresh()

    def watch_wide(self) -> None:
        """Place the columns anew."""
        self.scroll_to(x=0, animate=False)
        self._relayout()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Work out the lines now in view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._sync()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Choose the columns now in view."""
        super().watch_scroll_x(old_value, new_value)
        if round(old_value) != round(new_value):
            self._relayout()

    @property
    def _signs(self) -> Signs:
        return ASCII_SIGNS if self.ascii_only else UNICODE_SIGNS

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        if not regions:
            self._strips.clear()
        for region in regions:
            for y in region.line_range:
                self._strips.pop(y, None)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines from `render_line`, each drawn once until it is dirty again.

        Textual's own way copies each line three times: for borders and padding, for the filters of the app, and to its
        length. Filters are in the styles already, and a table has neither border nor padding unless someone gives it.
        """
        if crop.x or crop.width != self.size.width or self.styles.gutter.totals != (0, 0) or self.opacity < 1:
            return super().render_lines(crop)
        strips = self._strips
        for y in crop.line_range:
            if y not in strips:
                strips[y] = self.render_line(y)
        return [strips[y] for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen, the heading first."""
        segments = self._segments(y)
        if segments is None:
            return Strip.blank(self._layout_now.width, self._styles_now.style_of("", "normal"))
        return Strip(segments, self._layout_now.width)

    def _segments(self, y: int) -> list[Segment] | None:
        style_of = self._styles_now.style_of
        if y < HEADER_LINES:
            column = None if self.has_fixed_order else self._sort_column
            sorted_by = column.key if column is not None else None
            return paint_header(self._layout_now, self._signs, sorted_by, style_of, descending=self._reverse)
        line = self._lines[y - HEADER_LINES] if y - HEADER_LINES < len(self._lines) else None
        if line is None:
            return None
        return paint_line(line, self._layout_now, self._signs, self._query, style_of)

    def column_at(self, x: int) -> Column[Any] | None:
        """Return the column drawn at a cell of the screen, or None."""
        return self._layout_now.column_at(x)
