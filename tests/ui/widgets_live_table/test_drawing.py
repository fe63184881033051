from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Region

from tests.ui.widgets_live_table.harness import (
    CountingTable,
    Guest,
    TableApp,
    guest_columns,
    laid_out,
    many,
    rows,
    show,
)
from widgets.confirm import Confirm
from widgets.live_table import Column, Row


def shown(app: TableApp) -> tuple[str, ...]:
    return app.table.shown_columns


async def test_nothing_is_drawn_when_nothing_changed() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(100))
        app.table.drawn.clear()
        await show(pilot, app.table, many(100))
        assert app.table.drawn == []
        assert not app.table._repaint_regions


async def test_only_changed_rows_are_drawn() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        guests = many(100)
        await show(pilot, app.table, guests)
        app.table.drawn.clear()
        guests[3] = replace(guests[3], read=5.0)
        guests[17] = replace(guests[17], state="paused")
        guests[60] = replace(guests[60], state="paused")  # out of view
        await show(pilot, app.table, guests)
        assert app.table.drawn == [4, 18]
        assert app.lines()[18].split()[1] == "paused"


async def test_only_the_part_of_a_row_up_to_its_last_change_is_marked_dirty() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        guests = many(100)
        await show(pilot, app.table, guests)
        guests[3] = replace(guests[3], state="paused")
        app.table.set_rows(rows_of(app.table, guests))
        state = app.table._layout_now.placed[1]
        assert state.column.key == "state"
        assert app.table._repaint_regions == {Region(0, 4, state.end, 1)}
        await pilot.pause()


def rows_of(table: CountingTable, guests: list[Guest]) -> list[Row[Guest]]:
    found = []
    for guest in guests:
        row = table.row(guest.name)
        assert row is not None
        found.append(row._replace(data=guest))
    return found


@pytest.mark.parametrize("number", [50, 2000])
async def test_cells_are_computed_for_rows_in_view_only(number: int) -> None:
    asked: list[str] = []

    def cell(guest: Guest) -> str:
        asked.append(guest.name)
        return guest.name

    columns = [Column(key="name", title="NAME", cell=cell), *guest_columns()[1:]]
    app = TableApp(CountingTable(columns, sort_by="cores"))
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(number))
        asked.clear()
        await show(pilot, app.table, many(number))
        assert len(asked) == 23
        assert asked == list(app.table.visible_keys)


async def test_moving_the_cursor_draws_two_rows() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(100))
        app.table.drawn.clear()
        await pilot.press("j")
        await pilot.pause()
        assert sorted(app.table.drawn) == [1, 2]


async def test_a_row_that_goes_blanks_its_line() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(3))
        await show(pilot, app.table, many(3)[:2])
        assert [line for line in app.lines()[1:] if line] == app.lines()[1:3]
        await show(pilot, app.table, [])
        assert not any(app.lines()[1:])
        assert app.table.cursor_key is None


async def test_a_row_more_or_less_where_all_fit_leaves_the_others_alone() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(5))
        app.table.drawn.clear()
        guests = [*many(5), Guest("new", -1.0)]
        app.table.set_rows(rows(guests))
        assert app.table._repaint_regions == {Region(0, 6, 80, 1)}
        await pilot.pause()
        assert app.table.drawn == [6]
        await show(pilot, app.table, many(5))
        assert app.table.drawn == [6, 6]


async def test_a_row_more_or_less_in_a_long_table_does_not_lay_out_the_screen() -> None:
    app = TableApp()
    layouts: list[object] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(200))
        await laid_out(pilot, app.table)
        app.screen.screen_layout_refresh_signal.subscribe(app.table, layouts.append)
        await show(pilot, app.table, many(199))
        assert app.table.max_scroll_y == 199 + 1 - 24
        await pilot.press("G")
        await pilot.pause()
        assert app.table.visible_keys[-1] == "g198"
        await show(pilot, app.table, many(150))
        assert app.table.scroll_offset.y == app.table.max_scroll_y
        assert app.table.visible_keys[-1] == "g149"
        assert app.lines()[-1].split()[0] == "g149"
        assert layouts == []
        await show(pilot, app.table, many(3))
        assert not app.table.show_vertical_scrollbar
        assert layouts != []


async def test_a_short_table_never_gets_a_scrollbar_and_a_long_one_has_it_at_once() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(8))
        for size in ((40, 12), (80, 24), (40, 9)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert not app.table.show_vertical_scrollbar
            assert app.table.visible_keys == tuple(guest.name for guest in many(8))
        await show(pilot, app.table, many(9))
        assert app.table.show_vertical_scrollbar
        assert app.table.max_scroll_y == 1
        await pilot.press("G")
        await pilot.pause()
        assert app.table.visible_keys[-1] == "g008"
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        assert app.table.visible_keys == tuple(guest.name for guest in many(9))


async def test_another_theme_draws_anew_and_the_same_text() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(30))
        before = app.lines()
        app.table.drawn.clear()
        app.theme = "textual-light"
        await pilot.pause()
        assert set(range(24)) <= set(app.table.drawn)
        assert app.lines() == before


async def test_resize_to_a_small_terminal_and_back() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, many(100))
        await pilot.press(*"jjjjjjjjjjjjjjj")
        await pilot.pause()
        before = app.lines()
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert shown(app) == ("name", "state", "cores", "read")
        assert app.lines()[0].startswith("   NAME +1 ")
        assert all(len(line) <= 40 for line in app.lines())
        await pilot.resize_terminal(20, 3)
        await pilot.pause()
        assert shown(app) == ("name",)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.lines() == before
        assert app.table.cursor_key == "g015"


async def test_wide_shows_every_column_by_scrolling_sideways() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 12)) as pilot:
        await show(pilot, app.table, many(5))
        app.table.action_toggle_wide()
        await pilot.pause()
        seen = set(app.table.shown_columns)
        for _ in range(4):
            await pilot.press("right")
            await pilot.pause()
            assert app.table.shown_columns[0] == "name"
            seen |= set(app.table.shown_columns)
        assert seen == {column.key for column in app.table.columns}
        assert app.table.shown_columns[-1] == "note"
        app.table.action_toggle_wide()
        await pilot.pause()
        assert shown(app) == ("name", "state", "cores", "read")


async def test_foreign_text_is_shown_escaped() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 6)) as pilot:
        await show(pilot, app.table, [Guest("\x1b[2Jx"), Guest("[b]y[/b]"), Guest("\u202ez")])
        text = "\n".join(app.lines())
        assert "\\x1b[2Jx" in text
        assert "[b]y[/b]" in text
        assert "\\u202ez" in text


async def test_ascii_draws_no_other_sign() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.table.ascii_only = True
        await show(
            pilot,
            app.table,
            [Guest("größe-with-a-long-name-that-is-cut-" + "x" * 40), Guest("pod"), Guest("c")],
            c="pod",
        )
        await pilot.press("space")
        await pilot.pause()
        lines = app.lines()
        assert all(line.isascii() for line in lines)
        assert "CORESv" in lines[0]
        assert lines[1].startswith("*")
        assert "- pod" in "\n".join(lines)


async def test_without_colours_the_cursor_is_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await show(pilot, app.table, many(3))
        await pilot.press("j")
        await pilot.pause()
        reversed_lines = [
            y for y in range(10) if any(segment.style and segment.style.reverse for segment in app.table.render_line(y))
        ]
        assert reversed_lines == [2]


def background_of_the_cursor(app: TableApp) -> object:
    """Return the colour behind the first row as the screen shows it."""
    strip = app.screen._compositor.render_strips()[1]
    style = next(iter(strip)).style
    assert style is not None
    return style.bgcolor


async def test_the_cursor_looks_different_without_the_focus() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await show(pilot, app.table, many(3))
        focused = background_of_the_cursor(app)
        app.screen.set_focus(None)
        await pilot.pause()
        blurred = background_of_the_cursor(app)
        assert blurred != focused
        app.table.focus()
        await pilot.pause()
        assert background_of_the_cursor(app) == focused


async def test_a_table_under_a_dialog_is_drawn_as_it_was_when_the_dialog_goes() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 12)) as pilot:
        guests = many(30)
        await show(pilot, app.table, guests)
        app.push_screen(Confirm("Stop?"))
        await pilot.pause()
        guests[1] = replace(guests[1], state="paused")
        await show(pilot, app.table, guests)
        await pilot.press("escape")
        await pilot.pause()
        assert app.lines()[2].split()[1] == "paused"
        assert [line.split()[0] for line in app.lines()[1:]] == [guest.name for guest in guests[:11]]


async def test_borders_and_padding_are_drawn_where_someone_gives_them() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 8)) as pilot:
        app.table.styles.border = ("ascii", "white")
        app.table.styles.padding = (0, 1)
        await show(pilot, app.table, many(30))
        await pilot.pause()
        lines = app.lines()
        assert lines[0].startswith("+--")
        assert lines[2].startswith("|    g000")
        assert lines[2].endswith("|")
        assert len(app.table.visible_keys) == 5
