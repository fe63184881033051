from __future__ import annotations

from functools import partial

import pytest
from textual import events

from tests.ui.widgets_log_view.harness import LogApp, numbered, press, send, settled, show, until
from widgets.log_view import FollowChanged, LogLine, LogStore, LogView


async def test_the_view_sticks_to_the_end() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await show(pilot, numbered(3))
        assert app.lines()[:4] == ["  line 0", "  line 1", "  line 2", ""]
        await show(pilot, numbered(50, 3))
        assert app.lines() == [*[f"  line {number}" for number in range(44, 53)], "following  53 lines"]
        assert app.view.follow


async def test_scrolling_up_leaves_the_end_and_tells_what_is_new() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await show(pilot, numbered(50))
        await press(pilot, "k", "k")
        assert app.lines()[0] == "  line 39"
        await show(pilot, numbered(7, 50))
        assert app.lines()[0] == "  line 39"
        assert app.lines()[-1].startswith("7 new")
        assert app.view.new_lines == 7
        await press(pilot, "pagedown")
        assert app.lines()[-2] == "  line 55"
        await press(pilot, "j")
        assert app.lines()[-1].startswith("following")
        assert app.view.new_lines == 0
        assert [message.follow for message in app.told if isinstance(message, FollowChanged)] == [False, True]


async def test_a_log_that_fits_is_followed_whatever_is_pressed() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await press(pilot, "k", "g", "pageup", "j", "slash", "escape", "m", "apostrophe", "n")
        assert app.view.follow
        await show(pilot, numbered(3))
        await press(pilot, "k", "g", "pageup", "ctrl+u")
        assert app.view.follow


async def test_keys_move_by_rows_pages_and_to_both_ends() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 11)) as pilot:
        await show(pilot, numbered(100))
        tops = []
        for key in ("g", "down", "ctrl+d", "pagedown", "space", "up", "ctrl+u", "pageup", "end", "home", "G"):
            await press(pilot, key)
            tops.append(int(app.lines()[0].split()[1]))
        assert tops == [0, 1, 5, 14, 23, 22, 18, 9, 90, 0, 90]


async def test_the_wheel_and_the_scrollbar_move() -> None:
    app = LogApp()
    async with app.run_test(size=(40, 11)) as pilot:
        await show(pilot, numbered(1000))
        await pilot._post_mouse_events([events.MouseScrollUp], app.view._pane)
        await settled(pilot)
        assert app.lines()[0] == "  line 987"
        bar = app.view._pane.vertical_scrollbar
        assert bar.position == 987
        await pilot.click(bar, offset=(0, 0))
        await settled(pilot)
        assert app.lines()[0] == "  line 978"


async def test_the_oldest_lines_go_and_it_is_said() -> None:
    app = LogApp(LogView(store=LogStore(max_lines=100)))
    async with app.run_test(size=(60, 10)) as pilot:
        await show(pilot, numbered(60))
        await press(pilot, "g")
        await show(pilot, numbered(1000, 60))
        assert app.lines()[0] == f"  line {app.view.store.first}"
        assert f"oldest {app.view.store.dropped} dropped" in app.lines()[-1]
        assert not app.view.follow


async def test_resize_to_a_small_terminal_and_back() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, [LogLine("api", f"{number} " + "x" * 100) for number in range(100)])
        await press(pilot, "w", "k", "k", "k", "k", "k")
        before = app.lines()
        await pilot.resize_terminal(40, 10)
        await settled(pilot)
        assert app.lines()[0].split()[0] == before[0].split()[0]
        assert all(len(line) <= 40 for line in app.lines())
        for size in ((10, 3), (1, 1), (3, 30), (80, 24)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
        assert app.lines() == before


async def test_a_following_view_follows_through_sizes() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, numbered(100))
        for size in ((40, 10), (80, 24)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert app.lines()[-2] == "  line 99"


def looks_other(app: LogApp, wrapped: bool) -> bool:
    return app.view.wrap != wrapped


@pytest.mark.parametrize(("total", "batch"), [(200_000, 1000), (1_000_000, 1_000_000)])
async def test_a_million_lines_arrive_while_keys_are_answered(total: int, batch: int) -> None:
    app = LogApp(LogView(store=LogStore(max_bytes=8 << 20)))
    async with app.run_test(size=(80, 24)) as pilot:
        lines = numbered(1000) * (total // 1000)
        piece = max(batch, 50_000)
        answered = 0
        for start in range(0, total, piece):
            for place in range(start, min(start + piece, total), batch):
                app.view.feed(lines[place : place + batch])
            wrapped = app.view.wrap
            send(app, "w")
            await until(partial(looks_other, app, wrapped))
            answered += bool(app.view.waiting)
            await app.view.drained()
        assert answered == total // piece
        await settled(pilot)
        assert app.view.store.end == total
        assert app.view.store.used_bytes <= 8 << 20
        assert app.lines()[-2] == "  line 999"


async def test_a_source_can_stay_in_step() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 24)) as pilot:
        most = 0
        for start in range(0, 200_000, 10_000):
            most = max(most, app.view.feed(numbered(10_000, start)))
            await app.view.drained()
        assert most <= 40_000
        await settled(pilot)
        assert len(app.view.store) == 200_000


async def test_lines_of_several_sources_are_merged_with_their_names() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.view.expect(["api", "database"])
        await show(pilot, [LogLine("api", f"a{moment}", moment) for moment in (1.0, 3.0)])
        await show(pilot, [LogLine("database", "late", 2.0), LogLine("api", "next", 4.0, "stderr")])
        assert app.lines()[:4] == ["  api      a1.0", "  api      a3.0", "  database late", "e api      next"]
        app.view.clear()
        app.view.feed([LogLine("api", "a5", 5.0), LogLine("database", "d4", 4.5), LogLine("database", "d6", 6.0)])
        app.view.end_source("api")
        await until(lambda: app.lines()[2:3] == ["  database d6"])
        assert app.lines()[:3] == ["  database d4", "  api      a5", "  database d6"]


async def test_clear_forgets_everything_and_follows() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await show(pilot, numbered(100))
        await press(pilot, "m", "g", "ctrl+l")
        assert app.lines() == [*[""] * 9, "following  0 lines"]
        await show(pilot, numbered(2))
        assert app.lines()[:3] == ["  line 0", "  line 1", ""]


async def test_lines_that_come_before_the_view_is_there_are_kept() -> None:
    view = LogView()
    view.feed(numbered(5))
    view.set_filter(include="3")
    view.set_search("line")
    view.wrap = True
    view.mark("nothing to mark")
    view.set_span_label("today")
    app = LogApp(view)
    async with app.run_test(size=(60, 10)) as pilot:
        await settled(pilot)
        assert app.lines()[:2] == ["  line 3", ""]
        assert app.lines()[-1] == "following  today  1 of 5 lines  only 3  /line"


async def test_a_view_that_goes_ends_its_work() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await show(pilot, numbered(5))
        app.view.feed(numbered(100_000))
        await app.view.remove()
        assert not [worker for worker in app.workers if worker.is_running]


async def test_an_idle_view_waits_for_nothing_but_an_event() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.view.expect(["api", "db"])
        await show(pilot, numbered(500))
        assert not app.view._wake.is_set()
        assert app.view._intake.seconds_to_release() is None


async def test_the_span_is_told_and_digits_are_left_to_the_screen() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.view.set_span_label("last hour")
        await show(pilot, numbered(1))
        assert app.lines()[-1] == "following  last hour  1 line"
        keys = {key for node in app.view._pane.ancestors_with_self for key in node._bindings.key_to_bindings}
        assert not keys & set("0123456789")
