"""Lines copied to the clipboard of the person's own terminal."""

from __future__ import annotations

import pytest

from tests.ui.widgets_log_view.harness import LogApp, numbered, press, settled, show
from widgets.log_view import LogLine, LogStore, LogView


async def test_a_key_copies_the_last_line_in_view() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await show(pilot, numbered(50))
        await press(pilot, "y")
        assert app.clipboard == "line 49"
        assert app.lines()[-1].startswith("1 line copied to your terminal.")
        await press(pilot, "g", "escape", "y")
        assert app.clipboard == "line 8"


async def test_a_key_copies_the_line_that_was_found() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await show(pilot, numbered(50))
        await press(pilot, "slash", *"line 7", "enter", "y")
        assert app.clipboard == "line 7"


async def test_keys_pick_lines_beyond_the_screen_and_escape_lets_them_go() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await show(pilot, numbered(50))
        await press(pilot, *["K"] * 14, "J")
        assert app.lines()[0] == "  line 36"
        await press(pilot, "y")
        assert app.clipboard.splitlines() == [f"line {number}" for number in range(37, 50)]
        await press(pilot, "escape", "G", "y")
        assert app.clipboard == "line 49"


async def test_dragging_picks_whole_lines_and_shows_which() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await show(pilot, numbered(5))
        await pilot.mouse_down(offset=(5, 3))
        await pilot.hover(offset=(9, 2))
        await pilot.hover(offset=(1, 1))
        await pilot.mouse_up(offset=(1, 1))
        await settled(pilot)
        assert app.clipboard == "line 1\nline 2\nline 3"
        strips = app.screen._compositor.render_strips()
        reverse = [any(part.style is not None and part.style.reverse for part in strips[y]) for y in range(5)]
        assert reverse == [False, True, True, True, False]
        await pilot.click(offset=(5, 0))
        await press(pilot, "y")
        assert app.clipboard == "line 4"


async def test_a_double_click_copies_one_line() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await show(pilot, numbered(5))
        await pilot.double_click(offset=(5, 2))
        await settled(pilot)
        assert app.clipboard == "line 2"


async def test_what_is_copied_can_be_pasted_into_a_shell() -> None:
    app = LogApp(LogView(store=LogStore()))
    async with app.run_test(size=(40, 10)) as pilot:
        hostile = "\x1b[31m[red]\x1b[0m\tend\x1b]52;c;eA==\x07\x03\x08\u202e"
        await show(pilot, [LogLine("api", hostile), LogLine("api", "x" * 40_000)])
        await press(pilot, "g", "K", "K", "K", "y")  # a long line is kept in two pieces
        assert app.clipboard.splitlines()[0] == "[red]\tend\\x03\\x08\\u202e"
        assert app.clipboard.splitlines()[1] == "x" * 40_000


@pytest.mark.parametrize("key", ["y"])
async def test_nothing_and_too_much_are_told(key: str) -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await press(pilot, key)
        assert app.lines()[-1].startswith("There is no line to copy.")
        await show(pilot, [LogLine("api", "x" * 30_000) for _ in range(3)])
        await press(pilot, "K", "K", "K", key)
        assert app.lines()[-1].startswith("Too much for a clipboard: S saves it to a file.")
        assert app.clipboard == ""


async def test_a_note_stands_below_the_last_line() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await show(pilot, numbered(2))
        app.view.note("db was removed")
        await show(pilot, numbered(1, 2))
        lines = app.lines()
        assert lines[1] == "  line 1"
        assert "db was removed" in lines[2]
        assert lines[3] == "  line 2"
