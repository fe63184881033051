"""What is drawn, and how little of it."""

from __future__ import annotations

import asyncio
import itertools

from textual.screen import Screen
from textual.widgets import Static

from tests.ui.widgets_terminal.harness import TerminalApp, until
from widgets.terminal import Bell, ClipboardAsked, Resized, Scrolled, TitleChanged


async def test_shows_text_at_its_place() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)):
        await app.show("\x1b[2;3Hwide \u6f22\u5b57 e\u0301\x1b[5;1Hlast".encode())
        assert app.lines() == ["", "  wide \u6f22\u5b57 e\u0301", "", "", "last"]


async def test_draws_only_rows_that_changed() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await app.show(b"one\r\ntwo\r\nthree")
        await pilot.pause()
        app.view.drawn.clear()
        await app.show(b"\x1b[2;1HTWO")
        await pilot.pause()
        assert set(app.view.drawn) == {1, 2}, "the row written to, and the one the cursor left"


async def test_draws_nothing_when_nothing_differs() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await app.show(b"one")
        await pilot.pause()
        app.view.drawn.clear()
        await app.show(b"\rone")
        await pilot.pause()
        assert app.view.drawn == []


async def test_rests_when_nothing_comes() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await app.show(b"\x1b[5m\x1b[1 qblinking")  # text and a cursor that blink elsewhere
        await pilot.pause()
        assert not app.view._is_asked
        assert app.view.emulator._work is None
        assert not app.view._timers


async def test_an_unfinished_synchronised_update_is_drawn_in_the_end() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)):
        await app.show(b"\x1b[?2026h\x1b[Hhalf")
        assert app.lines()[0] == "half"


async def test_the_cursor_is_drawn_as_the_program_wants_it() -> None:
    app = TerminalApp()
    async with app.run_test(size=(20, 3)) as pilot:
        looks = []
        for shape in (b"\x1b[2 q", b"\x1b[4 q", b"\x1b[6 q", b"\x1b[?25l"):
            await app.show(b"\x1b[H\x1b[?25h" + shape)
            await pilot.pause()
            looks.append(next(iter(app.view.render_line(0))).style)
        assert len(set(looks)) == 4


async def test_colours_that_a_program_changes_are_drawn() -> None:
    app = TerminalApp()
    async with app.run_test(size=(20, 3)) as pilot:
        await app.show(b"\x1b[31mred\x1b]4;1;rgb:01/02/03\x1b\\")
        await pilot.pause()
        style = next(iter(app.view.render_line(0))).style
        assert style is not None
        assert style.color is not None
        assert style.color.triplet == (1, 2, 3)


async def test_what_is_written_out_of_sight_is_shown_later() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"before")
        app.view.display = False
        await pilot.pause()
        await app.view.feed(b"\r\nafter")
        await app.view.emulator.quiet()
        assert not app.view._is_asked
        app.view.display = True
        await until(lambda: app.lines()[:2] == ["before", "after"])


async def test_another_screen_hides_it_for_a_while() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        app.push_screen(Screen())
        await pilot.pause()
        await app.view.feed(b"meanwhile")
        await app.view.emulator.quiet()
        app.pop_screen()
        await until(lambda: app.lines()[0] == "meanwhile")


async def test_an_emulator_outlives_its_widget() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        emulator = app.view.emulator
        await app.show(b"text")
        await app.view.remove()
        await emulator.feed(b" and more")
        await emulator.quiet()
        view = type(app.view)(emulator)
        await app.mount(view)
        await pilot.pause()
        await until(lambda: app.lines()[0] == "text and more")


async def test_a_closed_emulator_does_not_hurt() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"text")
        app.view.emulator.close()
        await pilot.press("a", "shift+pageup")
        await pilot.click(app.view)
        await pilot.resize_terminal(30, 5)
        app.view.search("text")
        app.view.paste("text")
        await app.mount(Static("still here"))
        assert app.view.rows_back == 0
        assert app.view.selected_text == ""


async def test_news_become_messages() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"\x1b]2;a title\x1b\\\x07\x1b]52;c;aGVsbG8=\x1b\\\x1b[5n")
        await pilot.pause()
        assert [message.title for message in app.messages(TitleChanged)] == ["a title"]
        assert [message.text for message in app.messages(ClipboardAsked)] == ["hello"]
        assert len(app.messages(Bell)) == 1
        assert app.typed == b"\x1b[0n"
        assert app.clipboard == "", "nothing is copied unasked"


async def test_a_storm_of_sizes_is_told_once() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await app.show(b"0123456789" * 6)
        app.told.clear()
        for width in range(41, 80):
            await pilot.resize_terminal(width, 10)
        await until(lambda: app.messages(Resized) and app.messages(Resized)[-1].columns == 79)
        await until(lambda: app.lines()[0] == "0123456789" * 6)
        core = app.view.emulator.core
        assert (core.columns, core.rows) == (79, 10)
        assert len(app.messages(Resized)) < 39


async def test_scrolling_is_told() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"".join(b"line %d\r\n" % number for number in range(100)))
        await pilot.press("shift+pageup")
        await until(lambda: app.messages(Scrolled))
        assert app.view.rows_back == 4
        await until(lambda: app.lines()[0] == "line 92")
        await pilot.press("shift+home")
        await until(lambda: app.lines()[0] == "line 0")
        await pilot.press("ctrl+shift+down")
        await until(lambda: app.lines()[0] == "line 1")
        await pilot.press("shift+end")
        await until(lambda: app.view.rows_back == 0)
        await pilot.press("ctrl+shift+up", "x")
        await until(lambda: app.view.rows_back == 0)
        assert app.typed == b"x", "typing shows the end again"


async def test_frames_are_no_closer_than_a_thirtieth_of_a_second() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)):
        draws: list[float] = []
        loop = asyncio.get_running_loop()
        draw = app.view._draw

        def counted() -> None:
            draws.append(loop.time())
            draw()

        app.view._draw = counted  # type: ignore[method-assign]
        fed = 0

        async def fed_until_drawn(times: int) -> None:
            nonlocal fed
            while len(draws) < times:
                fed += 1
                await app.view.feed(b"\r%d" % fed)
                await asyncio.sleep(0)

        async with asyncio.timeout(20):
            await fed_until_drawn(5)
        await app.drawn()
        between = [later - sooner for sooner, later in itertools.pairwise(draws)]
        assert len(draws) < fed
        assert all(seconds > 0.02 for seconds in between)
