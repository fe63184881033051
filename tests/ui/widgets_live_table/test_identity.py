"""Cursor, marks and order stay with their rows while rows move."""

from __future__ import annotations

from dataclasses import replace

from tests.ui.widgets_live_table.harness import CountingTable, Guest, TableApp, guest_columns, many, show
from widgets.live_table import LiveTable


def names(app: TableApp) -> list[str]:
    return list(app.table.view_keys)


async def test_the_cursor_stays_on_its_row_while_rows_move() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, [Guest("a", 3), Guest("b", 2), Guest("c", 1)])
        await pilot.press("j")
        assert app.table.cursor_key == "b"
        await show(pilot, app.table, [Guest("a", 3), Guest("b", 9), Guest("c", 5)])
        assert names(app) == ["b", "c", "a"]
        assert app.table.cursor_key == "b"
        await pilot.press("j")
        assert app.table.cursor_key == "c"


async def test_the_view_follows_a_cursor_that_someone_moved() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        guests = many(50)
        await show(pilot, app.table, guests)
        await pilot.press("j")
        guests[1] = replace(guests[1], cores=0.5)
        await show(pilot, app.table, guests)
        assert app.table.cursor_key == "g001"
        assert "g001" in app.table.visible_keys


async def test_a_cursor_that_nobody_moved_stays_on_the_first_row() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        guests = many(50)
        await show(pilot, app.table, guests)
        guests[0] = replace(guests[0], cores=0.5)
        await show(pilot, app.table, guests)
        assert app.table.visible_keys[0] == "g001"
        assert app.table.cursor_key == "g001"


async def test_a_row_that_was_opened_keeps_the_cursor_in_sight() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        guests = many(50)
        await show(pilot, app.table, guests)
        await pilot.press("enter")
        guests[0] = replace(guests[0], cores=0.5)
        await show(pilot, app.table, guests)
        assert app.table.cursor_key == "g000"
        assert "g000" in app.table.visible_keys


async def test_the_view_stays_at_the_top_when_the_row_gone_to_by_home_moves_away() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        guests = many(50)
        await show(pilot, app.table, guests)
        await pilot.press("g")
        guests[0] = replace(guests[0], cores=0.5)
        await show(pilot, app.table, guests)
        assert app.table.visible_keys[0] == "g001"
        await pilot.press("k")
        await pilot.pause()
        assert "g048" in app.table.visible_keys


async def test_when_a_filter_ends_the_row_of_the_cursor_is_still_in_sight() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        await show(pilot, app.table, many(50))
        app.table.set_filter("g040")
        assert app.table.cursor_key == "g040"
        app.table.set_filter("")
        await pilot.pause()
        assert app.table.cursor_key == "g040"
        assert "g040" in app.table.visible_keys


async def test_when_its_row_vanishes_the_cursor_goes_to_the_nearest() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        guests = many(6)
        await show(pilot, app.table, guests)
        await pilot.press("j", "j")
        del guests[2]
        await show(pilot, app.table, guests)
        assert app.table.cursor_key == "g003"
        await pilot.press("G")
        await show(pilot, app.table, guests[:-1])
        assert app.table.cursor_key == "g004"
        # Below and above vanish as well: the next one further up.
        await show(pilot, app.table, guests[:1])
        assert app.table.cursor_key == "g000"
        assert [message.key for message in app.told if isinstance(message, LiveTable.RowHighlighted)][-1] == "g000"


async def test_equal_values_keep_rows_where_they_are() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        guests = [Guest(name, 1.0) for name in "dbca"]
        await show(pilot, app.table, guests)
        assert names(app) == list("abcd")
        await show(pilot, app.table, guests[::-1])
        assert names(app) == list("abcd")


async def test_a_frozen_table_keeps_its_order_and_shows_new_values() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, [Guest("a", 3), Guest("b", 2), Guest("c", 1)])
        app.table.action_toggle_freeze()
        await show(pilot, app.table, [Guest("b", 7), Guest("c", 8), Guest("d", 99)])
        assert names(app) == ["b", "c", "d"]
        assert "8.00" in app.lines()[2]
        app.table.action_toggle_freeze()
        await pilot.pause()
        assert names(app) == ["d", "c", "b"]


async def test_rows_hold_still_for_a_moment_after_the_cursor_moved() -> None:
    now = [100.0]
    table = CountingTable(guest_columns(), sort_by="cores", sort_hold_seconds=1.0, clock=lambda: now[0])
    app = TableApp(table)
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, table, [Guest("a", 3), Guest("b", 2)])
        await pilot.press("j")
        now[0] += 0.5
        await show(pilot, table, [Guest("a", 1), Guest("b", 2)])
        assert names(app) == ["a", "b"]
        now[0] += 0.6
        await show(pilot, table, [Guest("a", 1), Guest("b", 2)])
        assert names(app) == ["b", "a"]


async def test_rows_of_another_time_are_placed_anew_soon_after_the_cursor_moved_too() -> None:
    now = 100.0
    table = CountingTable(
        guest_columns(), sort_by="cores", sort_hold_seconds=1.0, sort_every_seconds=60.0, clock=lambda: now
    )
    app = TableApp(table)
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, table, [Guest("a", 3), Guest("b", 2)])
        await pilot.press("j")
        table.release_order()
        await show(pilot, table, [Guest("a", 1), Guest("b", 2)])
        assert names(app) == ["b", "a"]
        assert table.cursor_key == "b"


async def test_rows_change_places_only_so_often_where_moving_them_is_dear() -> None:
    now = [100.0]
    table = CountingTable(guest_columns(), sort_by="cores", sort_every_seconds=60.0, clock=lambda: now[0])
    app = TableApp(table)
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, table, [Guest("a", 0), Guest("b", 0)])
        now[0] += 5
        await show(pilot, table, [Guest("a", 3), Guest("b", 9)])
        assert names(app) == ["b", "a"], "at the start rows come before their figures"
        now[0] += 30
        await show(pilot, table, [Guest("a", 9), Guest("b", 3), Guest("c", 99)])
        assert names(app) == ["b", "a", "c"]
        now[0] += 31
        await show(pilot, table, [Guest("a", 9), Guest("b", 3), Guest("c", 99)])
        assert names(app) == ["c", "a", "b"]


async def test_marks_stay_with_their_rows_and_go_with_them() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, [Guest("a", 3), Guest("b", 2), Guest("c", 1)])
        await pilot.press("space", "j", "j", "space")
        assert app.table.marked_keys() == ("a", "c")
        await show(pilot, app.table, [Guest("a", 1), Guest("b", 2), Guest("c", 3)])
        assert app.table.marked_keys() == ("c", "a")
        assert [line[0] for line in app.lines()[1:4]] == ["●", " ", "●"]
        await show(pilot, app.table, [Guest("b", 2), Guest("c", 3)])
        assert app.table.marked_keys(visible_only=False) == ("c",)
        last = [message for message in app.told if isinstance(message, LiveTable.MarksChanged)][-1]
        assert last.keys == {"c"}


async def test_marks_hidden_by_a_filter_do_not_count_as_visible_and_are_not_inverted() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, [Guest("web-1", 3), Guest("web-2", 2), Guest("db", 1)])
        app.table.mark(["db", "web-1", "unknown"])
        app.table.set_filter("web")
        assert app.table.marked_keys() == ("web-1",)
        app.table.action_invert_marks()
        assert app.table.marked_keys() == ("web-2",)
        assert app.table.marked_keys(visible_only=False) == ("web-2", "db")
        app.table.action_clear_marks()
        assert app.table.marked_keys(visible_only=False) == ()
        await pilot.pause()


async def test_marks_hidden_by_a_fold_do_not_count_as_visible() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, app.table, [Guest("pod", 3), Guest("c", 2)], c="pod")
        app.table.mark(["c"])
        app.table.toggle_fold("pod")
        await pilot.pause()
        assert app.table.marked_keys() == ()
        assert app.table.marked_keys(visible_only=False) == ("c",)
