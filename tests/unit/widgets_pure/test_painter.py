from __future__ import annotations

from typing import Any

from rich.style import Style

from widgets.filter_query import FilterQuery
from widgets.live_table.layout import TableLayout, place_columns
from widgets.live_table.model import Cell, CellValue, Column
from widgets.live_table.painter import (
    ASCII_SIGNS,
    UNICODE_SIGNS,
    Line,
    Signs,
    changed_end,
    paint_header,
    paint_line,
)

COLUMNS = [
    Column(key="name", title="NAME", cell=str, width=8, sort_key=str),
    Column(key="cores", title="CORES", cell=str, width=10, align="right", sort_key=str),
]
LAYOUT = place_columns(COLUMNS, 24)
NOTHING = FilterQuery()


def style_of(kind: str, role: str) -> Style:
    return Style.from_meta({"kind": kind, "role": role})


def line(*cells: CellValue, fold: str = "", depth: int = 0, cursor: bool = False, marked: bool = False) -> Line:
    return Line("key", cells, fold, depth, cursor, marked)


def paint(
    what: Line, query: FilterQuery = NOTHING, signs: Signs = UNICODE_SIGNS, layout: TableLayout = LAYOUT
) -> list[tuple[str, str]]:
    segments = paint_line(what, layout, signs, query, style_of)
    return [(segment.text, segment.style.meta["role"]) for segment in segments if segment.style is not None]


def text(what: Line, signs: Signs = UNICODE_SIGNS) -> str:
    return "".join([part for part, _ in paint(what, signs=signs)])


def test_neighbours_of_one_role_are_one_segment() -> None:
    assert paint(line("web", "3.92")) == [("   web            3.92  ", "normal")]


def test_a_role_begins_with_its_text_and_blanks_cost_no_colour_change() -> None:
    assert paint(line("web", Cell("3.92", "crit"))) == [("   web      ", "normal"), ("      3.92  ", "crit")]


def test_spans_keep_their_roles() -> None:
    cell = Cell.of(("0.8 ", "warn"), ("▁▂▃", "accent"))
    assert paint(line("web", cell))[1:] == [("0.8 ", "warn"), ("▁▂▃  ", "accent")]


def test_spans_that_do_not_fit_are_cut_with_a_sign() -> None:
    cell = Cell.of(("123456 ", "warn"), ("▁▂▃▄▅", "accent"))
    assert paint(line("web", cell))[1:] == [("123456 ", "warn"), ("▁▂…  ", "accent")]


def test_marks_and_folds_have_signs() -> None:
    assert text(line("web", "1", marked=True)).startswith("●  web")
    assert text(line("pod", "1", fold="open")).startswith(" ▾ pod")
    assert text(line("pod", "1", fold="closed", marked=True)).startswith("●▸ pod")
    assert text(line("web", "1", depth=1)).startswith("     web")
    assert text(line("pod", "1", fold="closed", marked=True), ASCII_SIGNS).startswith("*+ pod")


def test_foreign_text_is_escaped_and_cut() -> None:
    assert text(line("a\x1b[2J", "1")).startswith("   a\\x1b[2J")
    assert text(line("a\x1b[2J…long", "1")).startswith("   a\\x1b[2…")
    assert text(line("größe", "1"), ASCII_SIGNS).isascii()


def test_a_match_is_a_role_of_its_own_and_ends_where_it_ends() -> None:
    query = FilterQuery.parse("EB cores:9")
    assert paint(line("web", "3.92"), query) == [
        ("   w", "normal"),
        ("eb", "match"),
        ("            3.", "normal"),
        ("9", "match"),
        ("2  ", "normal"),
    ]


def test_header_has_an_arrow_and_the_number_of_hidden_columns() -> None:
    def heading(sorted_by: str, **hidden: Any) -> str:
        layout = LAYOUT._replace(**hidden)
        segments = paint_header(layout, UNICODE_SIGNS, sorted_by, style_of, descending=True)
        return "".join([segment.text for segment in segments])

    assert heading("cores", hidden=3) == "   NAME +3      CORES▼  "
    assert heading("name", hidden=3) == "   NAME▼ +3      CORES  "
    assert heading("name", hidden=14) == "+  NAME▼         CORES  "  # no room for the number
    assert heading("cores", hidden=14, before=2, behind=12) == "   NAME <>      CORES▼  "
    segments = paint_header(LAYOUT, ASCII_SIGNS, "name", style_of, descending=False)
    assert "".join([segment.text for segment in segments]) == "   NAME^         CORES  "


def test_only_the_part_up_to_the_last_change_is_drawn() -> None:
    assert changed_end(line("a", "1"), line("b", "1"), LAYOUT) == LAYOUT.placed[0].end
    assert changed_end(line("a", "1"), line("a", "2"), LAYOUT) == LAYOUT.width
    assert changed_end(line("a", "1"), line("a", "1", marked=True), LAYOUT) == LAYOUT.width
    assert changed_end(None, line("a", "1"), LAYOUT) == LAYOUT.width


def test_another_row_that_looks_the_same_need_not_be_drawn() -> None:
    assert changed_end(line("a", "1"), line("a", "1")._replace(key="other"), LAYOUT) == 0


def test_a_heading_runs_across_the_empty_cells_behind_it() -> None:
    heading = Cell("networks of qemu", "accent", across=True)
    assert text(line(heading, "")) == "   networks of qemu     "
    assert text(line(heading, Cell(""))) == "   networks of qemu     "
    assert text(line(Cell("networks of qemu and more words", across=True), "")) == "   networks of qemu a…  "


def test_a_heading_ends_where_another_cell_has_something() -> None:
    assert text(line(Cell("networks of qemu", across=True), "3.92")) == "   network…       3.92  "


def test_a_heading_that_runs_across_is_drawn_whole_when_it_changes() -> None:
    old, new = line(Cell("a" * 12, across=True), ""), line(Cell("b" * 12, across=True), "")
    assert changed_end(old, new, LAYOUT) == LAYOUT.width
    assert changed_end(line("a", "1"), line("b", "1"), LAYOUT) == LAYOUT.placed[0].end
