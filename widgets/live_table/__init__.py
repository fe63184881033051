"""A table for rows that change all the time: virtual, keyed by identity, drawing only what changed.

    table = LiveTable(
        [
            Column(key="name", title="NAME", cell=name_cell, sort_key=lambda guest: guest.name, flexible=True),
            Column(key="cores", title="CORES", cell=cores_cell, sort_key=lambda guest: guest.cores, align="right"),
        ],
        fields=lambda guest: {"name": [guest.name], "state": [guest.state]},
        sort_by="cores",
    )
    table.set_rows(Row(guest.id, guest, parent=guest.pod_id) for guest in guests)   # each tick, all rows

`Column.cell` returns a string or a `Cell` with a role ("normal", "dim", "warn", "crit", "ok", "accent") and is called
for rows in view only. Colours are the component classes `live-table--ROLE`.

Reads: `cursor_key`, `cursor_row`, `marked_keys()`, `view_keys`, `visible_keys`, `row(key)`, `row_count`, `sort_column`,
`sort_reverse`, `folded_keys`, `shown_columns`, `hidden_columns`, `filter_query`.
Changes: `set_rows`, `set_columns`, `set_filter`, `sort_by`, `move_cursor`, `mark`, `clear_marks`, `set_folded`,
`toggle_fold`, and the reactives `frozen`, `wide`, `ascii_only`.
Tells: `RowHighlighted`, `RowSelected`, `SortChanged`, `MarksChanged`, `VisibleChanged`.
Keys have ids beginning with `table.`; actions without a key of their own, for the application to bind: `invert_marks`,
`clear_marks`, `toggle_fold`, `sort_next`, `sort_previous`, `reverse_sort`, `toggle_wide`, `toggle_freeze`.
"""

from widgets.filter_query import Fields, FilterQuery
from widgets.live_table.messages import MarksChanged, RowHighlighted, RowSelected, SortChanged, VisibleChanged
from widgets.live_table.model import Cell, CellValue, Column, Role, Row
from widgets.live_table.table import LiveTable

__all__ = [
    "Cell",
    "CellValue",
    "Column",
    "Fields",
    "FilterQuery",
    "LiveTable",
    "MarksChanged",
    "Role",
    "Row",
    "RowHighlighted",
    "RowSelected",
    "SortChanged",
    "VisibleChanged",
]
