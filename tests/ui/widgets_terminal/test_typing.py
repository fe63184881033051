"""What goes to the program: keys, pasted text, mouse; and what does not."""

from __future__ import annotations

import asyncio

from textual import events

from tests.ui.widgets_terminal.harness import TerminalApp, until
from widgets.terminal import SelectionCopied, Typed


async def test_every_key_goes_to_the_program_but_the_parent_s() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.press("a", "tab", "escape", "ctrl+c", "up", "enter", "ctrl+right_square_bracket", "f1")
        await pilot.pause()
        assert app.typed == b"a\t\x1b\x03\x1b[A\r\x1bOP"
        assert app.left == 1
        assert app.view.has_focus


async def test_a_megabyte_is_pasted_in_pieces() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"\x1b[?2004h")
        app.view.post_message(events.Paste("0123456789" * 100_000))
        await until(lambda: app.typed.endswith(b"\x1b[201~"))
        assert app.typed == b"\x1b[200~" + b"0123456789" * 100_000 + b"\x1b[201~"
        assert max(len(message.data) for message in app.messages(Typed)) <= 8192
        await pilot.press("x")
        assert app.typed.endswith(b"x")


async def test_keys_are_answered_while_a_program_floods() -> None:
    app = TerminalApp()
    async with app.run_test(size=(80, 24)):
        flooding = asyncio.create_task(flood(app))
        await until(lambda: app.view.emulator.waiting)
        waiting: list[int] = []
        app.view.emulator.sink = lambda _data: waiting.append(app.view.emulator.waiting)
        for number in range(20):
            app.simulate_key("a")
            await until(lambda: len(waiting) > number)  # noqa: B023 -- awaited in the same turn
        flooding.cancel()
        assert any(waiting), "keys went out while bytes were waiting"
        assert max(waiting) < 2_000_000


async def flood(app: TerminalApp) -> None:
    while True:
        await app.view.feed(b"y\r\n" * 30_000)
        await asyncio.sleep(0)


async def test_a_line_of_a_megabyte_is_shown() -> None:
    app = TerminalApp()
    async with app.run_test(size=(80, 24)):
        await app.show(b"x" * 1_000_000 + b"END")
        assert app.lines()[23].endswith("END")


async def test_the_mouse_selects_and_copies() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"one two three\r\nfour")
        await pilot.mouse_down(app.view, offset=(4, 0))
        await pilot.hover(app.view, offset=(1, 1))
        await pilot.mouse_up(app.view, offset=(1, 1))
        await until(lambda: app.messages(SelectionCopied))
        assert app.clipboard == "two three\nfo"
        await until(lambda: app.view._rows[0].line.selected == (4, 40))
        await pilot.press("x")
        await until(lambda: app.view._rows[0].line.selected is None)


async def test_clicks_select_words_and_lines_and_one_click_nothing() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"one two three")
        await pilot.click(app.view, offset=(5, 0))
        assert app.clipboard == ""
        await pilot.click(app.view, offset=(5, 0), times=2)
        await until(lambda: app.clipboard == "two")
        await pilot.click(app.view, offset=(5, 0), times=3)
        await until(lambda: app.clipboard == "one two three")


async def test_the_mouse_is_the_program_s_where_it_asked_for_it() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"one two three\x1b[?1002h\x1b[?1006h")
        await pilot.mouse_down(app.view, offset=(4, 0))
        await pilot.hover(app.view, offset=(6, 0))
        await pilot.mouse_up(app.view, offset=(6, 0))
        assert app.typed.endswith(b"\x1b[<0;5;1M\x1b[<32;7;1M\x1b[<0;7;1m")
        app.view.post_message(events.MouseScrollUp(app.view, 0, 0, 0, 0, 0, False, False, False))
        await until(lambda: app.typed.endswith(b"\x1b[<64;1;1M"))
        assert app.clipboard == ""


async def test_shift_takes_the_mouse_from_the_program() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"one two three\x1b[?1002h\x1b[?1006h")
        await pilot.mouse_down(app.view, offset=(4, 0), shift=True)
        await pilot.hover(app.view, offset=(6, 0))
        await pilot.mouse_up(app.view, offset=(6, 0), shift=True)
        await until(lambda: app.clipboard == "two")
        assert app.typed == b""


async def test_the_wheel_scrolls_back_or_moves_in_a_pager() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)):
        await app.show(b"line\r\n" * 100)
        app.view.post_message(events.MouseScrollUp(app.view, 0, 0, 0, 0, 0, False, False, False))
        await until(lambda: app.view.rows_back == 3)
        app.view.post_message(events.MouseScrollDown(app.view, 0, 0, 0, 0, 0, False, False, False))
        await until(lambda: app.view.rows_back == 0)
        await app.show(b"\x1b[?1049h")
        app.view.post_message(events.MouseScrollDown(app.view, 0, 0, 0, 0, 0, False, False, False))
        await until(lambda: app.typed == b"\x1b[B" * 3)


async def test_focus_is_told_where_it_is_asked_for() -> None:
    app = TerminalApp()
    async with app.run_test(size=(40, 5)) as pilot:
        await app.show(b"\x1b[?1004h")
        app.screen.set_focus(None)
        await pilot.pause()
        app.view.focus()
        await until(lambda: app.typed == b"\x1b[O\x1b[I")
