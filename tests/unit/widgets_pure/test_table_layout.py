from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from widgets.key_footer import KeyWords, fit_keys
from widgets.live_table.layout import GUTTER, TableLayout, full_width, place_columns, place_window
from widgets.live_table.model import Column


def column(key: str, width: int, priority: int = 0, *, flexible: bool = False, limit: int | None = None) -> Column[str]:
    return Column(key=key, title=key, cell=str, width=width, priority=priority, flexible=flexible, max_width=limit)


def keys(layout: TableLayout) -> list[str]:
    return [placed.column.key for placed in layout.placed]


COLUMNS = [
    column("name", 10, 0, flexible=True),
    column("state", 8, 1),
    column("image", 20, 9),
    column("cores", 6, 1),
    column("read", 6, 5),
    column("write", 6, 5),
]


def test_a_flexible_column_takes_what_is_left() -> None:
    layout = place_columns(COLUMNS, 100)
    assert layout.hidden == 0
    assert layout.placed[0].width == 100 - GUTTER - (8 + 20 + 6 + 6 + 6) - 5
    assert layout.placed[-1].end == 100


def test_columns_are_dropped_by_priority_and_among_equals_from_the_right() -> None:
    assert keys(place_columns(COLUMNS, 55)) == ["name", "state", "cores", "read", "write"]
    assert keys(place_columns(COLUMNS, 40)) == ["name", "state", "cores", "read"]
    layout = place_columns(COLUMNS, 30)
    assert keys(layout) == ["name", "state", "cores"]
    assert layout.hidden == 3


def test_the_first_column_stays_and_shrinks() -> None:
    layout = place_columns(COLUMNS, 8)
    assert keys(layout) == ["name"]
    assert layout.placed[0].width == 8 - GUTTER


def test_two_flexible_columns_share_and_a_bound_holds() -> None:
    layout = place_columns([column("a", 4, flexible=True, limit=6), column("b", 4, flexible=True)], 30)
    assert [placed.width for placed in layout.placed] == [6, 30 - GUTTER - 6 - 1]


def test_a_heading_with_its_arrow_fits_its_column() -> None:
    sortable = Column(key="c", title="CORES", cell=str, width=3, sort_key=str)
    assert place_columns([sortable], 80).placed[0].width == 6


def test_a_window_shows_whole_columns_behind_the_first() -> None:
    layout = place_window(COLUMNS, 40, 9)
    assert keys(layout)[:2] == ["name", "image"]
    assert layout.placed[-1].end <= 40


def test_a_window_scrolled_to_its_end_shows_the_last_column() -> None:
    assert keys(place_window(COLUMNS, 40, full_width(COLUMNS) - 40))[-1] == "write"


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 5), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 200),
    st.integers(0, 300),
)
def test_no_column_reaches_beyond_the_line(wanted: list[tuple[int, int, bool]], width: int, offset: int) -> None:
    columns = [
        column(f"{number}", size, priority, flexible=flexible)
        for number, (size, priority, flexible) in enumerate(wanted)
    ]
    for layout in (place_columns(columns, width), place_window(columns, width, offset)):
        assert len(layout.placed) + layout.hidden == len(columns)
        assert layout.placed[0].column is columns[0]
        assert layout.placed[-1].end <= max(width, GUTTER + 1)


FOOTER = [KeyWords("S", "start"), KeyWords("T", "stop"), KeyWords("?", "help")]


def test_all_keys_are_shown_where_they_fit_exactly() -> None:
    assert fit_keys(FOOTER, len("S start  T stop  ? help")) == FOOTER


def test_one_cell_less_drops_a_key_and_leaves_room_for_the_sign() -> None:
    assert fit_keys(FOOTER, len("S start  T stop  ? help") - 1) == FOOTER[:2]
    assert fit_keys(FOOTER, len("S start  T stop  …")) == FOOTER[:2]
    assert fit_keys(FOOTER, len("S start  T stop  …") - 1) == FOOTER[:1]
    assert fit_keys(FOOTER, 3) == []
