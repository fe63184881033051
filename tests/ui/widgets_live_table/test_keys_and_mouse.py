from __future__ import annotations

import pytest
from textual import events

from tests.ui.widgets_live_table.harness import Guest, TableApp, many, show
from widgets.live_table import LiveTable


def view(app: TableApp) -> tuple[str, ...]:
    return app.table.view_keys


LINES = 10
"""Rows in view on a screen of eleven lines."""

EVERY_KEY = (
    "j",
    "k",
    "g",
    "G",
    "ctrl+d",
    "ctrl+u",
    "pageup",
    "pagedown",
    "home",
    "end",
    "space",
    "enter",
    "left",
    "right",
)


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ("j", "g001"),
        ("down down up", "g001"),
        ("k", "g000"),
        ("G", "g049"),
        ("end up", "g048"),
        ("G g", "g000"),
        ("end home", "g000"),
        ("pagedown", "g010"),
        ("pagedown pagedown pageup", "g010"),
        ("ctrl+d", "g005"),
        ("ctrl+d ctrl+d ctrl+u", "g005"),
        ("G j", "g049"),
    ],
)
async def test_keys_move_the_cursor_and_the_view(keys: str, key: str) -> None:
    app = TableApp()
    async with app.run_test(size=(80, LINES + 1)) as pilot:
        await show(pilot, app.table, many(50))
        await pilot.press(*keys.split())
        await pilot.pause()
        assert app.table.cursor_key == key
        assert key in app.table.visible_keys


async def test_keys_can_be_moved_by_the_keymap() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        app.set_keymap({"table.down": "n"})
        await show(pilot, app.table, many(5))
        await pilot.press("n", "j")
        assert app.table.cursor_key == "g001"


async def test_enter_opens() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        await show(pilot, app.table, many(5))
        await pilot.press("j", "enter")
        await pilot.pause()
        assert [message.key for message in app.told if isinstance(message, LiveTable.RowSelected)] == ["g001"]


async def test_an_empty_table_takes_every_key() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        await pilot.press(
            *[
                "j",
                "k",
                "g",
                "G",
                "ctrl+d",
                "ctrl+u",
                "pageup",
                "pagedown",
                "home",
                "end",
                "space",
                "enter",
                "left",
                "right",
            ]
        )
        app.table.action_invert_marks()
        app.table.action_sort_next()
        await pilot.pause()
        assert app.table.cursor_key is None
        assert not [message for message in app.told if isinstance(message, LiveTable.RowSelected)]


async def test_sort_column_and_direction() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        await show(pilot, app.table, [Guest("a", 1), Guest("b", None), Guest("c", 3)])
        assert (app.table.sort_column, app.table.sort_reverse) == ("cores", True)
        assert view(app) == ("c", "a", "b")
        assert "CORES▼" in app.lines()[0]
        app.table.action_reverse_sort()
        await pilot.pause()
        assert view(app) == ("a", "c", "b")
        assert "CORES▲" in app.lines()[0]
        app.table.action_sort_next()
        assert (app.table.sort_column, app.table.sort_reverse) == ("read", True)
        app.table.action_sort_next()
        assert (app.table.sort_column, app.table.sort_reverse) == ("name", False)
        app.table.action_sort_previous()
        assert app.table.sort_column == "read"
        app.table.sort_by("name", reverse=True)
        await pilot.pause()
        assert view(app) == ("c", "b", "a")
        last = [message for message in app.told if isinstance(message, LiveTable.SortChanged)][-1]
        assert (last.column, last.reverse) == ("name", True)


async def test_a_click_on_a_heading_sorts_and_another_reverses() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        await show(pilot, app.table, many(3))
        await pilot.click(app.table, offset=(4, 0))
        assert (app.table.sort_column, app.table.sort_reverse) == ("name", False)
        await pilot.click(app.table, offset=(4, 0))
        assert (app.table.sort_column, app.table.sort_reverse) == ("name", True)
        note = app.table._layout_now.placed[-1].x
        await pilot.click(app.table, offset=(note, 0))
        assert app.table.sort_column == "name"


async def test_a_click_puts_the_cursor_and_a_double_click_opens() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        await show(pilot, app.table, many(5))
        await pilot.click(app.table, offset=(20, 3))
        assert app.table.cursor_key == "g002"
        await pilot.click(app.table, offset=(20, 9))
        assert app.table.cursor_key == "g002"
        await pilot.double_click(app.table, offset=(20, 4))
        await pilot.pause()
        assert [message.key for message in app.told if isinstance(message, LiveTable.RowSelected)] == ["g003"]


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        await show(pilot, app.table, many(50))
        for _ in range(3):
            await pilot._post_mouse_events([events.MouseScrollDown], app.table, offset=(5, 5))
        await pilot.pause()
        assert app.table.scroll_y > 0
        assert app.table.cursor_key == "g000"
        first = app.table.visible_keys[0]
        assert first != "g000"
        assert app.lines()[1].split()[0] == first
        last = [message for message in app.told if isinstance(message, LiveTable.VisibleChanged)][-1]
        assert last.keys == app.table.visible_keys


async def test_groups_fold_by_key_by_mouse_and_stay_folded() -> None:
    app = TableApp()
    guests = [Guest("pod", 5), Guest("c1", 2), Guest("c2", 1), Guest("x", 3)]
    parents = {"c1": "pod", "c2": "pod"}
    async with app.run_test(size=(80, 11)) as pilot:
        await show(pilot, app.table, guests, **parents)
        assert view(app) == ("pod", "c1", "c2", "x")
        await pilot.press("left")
        await pilot.pause()
        assert view(app) == ("pod", "x")
        assert app.lines()[1].startswith(" ▸ pod")
        await show(pilot, app.table, guests, **parents)
        assert view(app) == ("pod", "x")
        await pilot.press("right", "j", "j")
        assert app.table.cursor_key == "c2"
        await pilot.press("left")
        assert app.table.cursor_key == "pod"
        await pilot.press("j")
        app.table.action_toggle_fold()
        await pilot.pause()
        assert app.table.cursor_key == "pod"
        assert app.table.folded_keys == {"pod"}
        await pilot.click(app.table, offset=(1, 1))
        assert view(app) == ("pod", "c1", "c2", "x")
        await pilot.click(app.table, offset=(1, 1))
        assert view(app) == ("pod", "x")


async def test_a_filter_narrows_highlights_and_keeps_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)) as pilot:
        await show(pilot, app.table, [Guest("web-1", 4), Guest("db", 3, "paused"), Guest("web-2", 2)])
        await pilot.press("G")
        app.table.set_filter("WEB")
        await pilot.pause()
        assert view(app) == ("web-1", "web-2")
        assert app.table.cursor_key == "web-2"
        strip = app.table.render_line(1)
        assert [segment.text for segment in strip if segment.style and segment.style.underline] == ["web", "web"]
        app.table.set_filter("state:paus")
        await pilot.pause()
        assert view(app) == ("db",)
        assert app.table.cursor_key == "db"
        app.table.set_filter("nothing like this")
        await pilot.pause()
        assert view(app) == ()
        assert app.table.row_count == 3
        app.table.set_filter("")
        await pilot.pause()
        assert view(app) == ("web-1", "db", "web-2")
