from __future__ import annotations

from tests.ui.widgets_log_view.harness import LogApp, numbered, press, send, settled, show, until
from widgets.log_view import LogLine, LogStore, LogView

ENDLESS = "(a+)+$"


def status(app: LogApp) -> str:
    return app.lines()[-1]


async def test_the_filter_works_while_it_is_typed() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await show(pilot, numbered(100))
        await press(pilot, "f", "7")
        assert app.lines()[0] == "  line 74"
        assert app.lines()[-2] == "only 7"
        await press(pilot, "$")
        assert app.lines()[:8] == [f"  line {number}7" for number in range(2, 10)]
        await press(pilot, "enter")
        assert app.lines()[-2] == "  line 97"
        assert status(app) == "following  10 of 100 lines  only 7$"
        await show(pilot, numbered(20, 100))
        assert app.lines()[-2] == "  line 117"
        await press(pilot, "f", "escape")
        assert status(app) == "following  120 lines"
        assert app.focused is app.view._pane


async def test_the_inverse_filter_hides() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await show(pilot, numbered(20))
        await press(pilot, "v", "1", "enter")
        assert [line for line in app.lines()[:-1] if line] == [f"  line {number}" for number in (0, *range(2, 10))]
        await press(pilot, "f", "8", "enter")
        assert app.lines()[:2] == ["  line 8", ""]
        assert status(app) == "following  1 of 20 lines  only 8  without 1"


async def test_a_filter_keeps_the_place_in_the_log() -> None:
    app = LogApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await show(pilot, numbered(1000))
        app.view._pane.move_to_place(500)
        await pilot.pause()
        app.view.set_filter(include="[05]$")
        await settled(pilot)
        assert app.lines()[0] == "  line 500"
        app.view.set_filter(include="")
        await settled(pilot)
        assert app.lines()[0] == "  line 500"


async def test_what_is_no_pattern_is_told_and_changes_nothing() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await show(pilot, numbered(100))
        await press(pilot, "f", "9", "left_parenthesis")
        assert status(app).startswith("Not a regular expression: missing ), unterminated subpattern at character 2.")
        assert app.lines()[0] == "  line 92"
        await press(pilot, "backspace")
        assert status(app).startswith("following")
        await press(pilot, "enter", "slash", "[", "enter")
        assert status(app).startswith("Not a regular expression: unterminated character set at character 1.")


async def test_a_search_goes_to_the_next_match_and_round() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await show(pilot, numbered(300))
        await press(pilot, "g", "slash", *"99$", "enter")
        assert "> line 99" in app.lines()
        assert not app.view.follow
        await press(pilot, "n")
        assert "> line 199" in app.lines()
        await press(pilot, "N")
        assert "> line 99" in app.lines()
        await press(pilot, "N")
        assert "> line 299" in app.lines()
        assert status(app).startswith("The search went on at the other end.")
        await press(pilot, "k")
        assert status(app).startswith("not following")
        await press(pilot, "escape")
        assert "> line 299" not in app.lines()
        assert "/99$" not in status(app)


async def test_a_search_without_a_match_says_so() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await show(pilot, numbered(30))
        await press(pilot, "n")
        assert status(app).startswith("Nothing to look for")
        await press(pilot, "slash", *"zebra", "enter")
        assert status(app).startswith("No line matches.")


async def test_what_matches_is_highlighted_while_it_is_typed() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await show(pilot, [LogLine("a", "one \x1b[32mtwo\x1b[0m three")])
        await press(pilot, "slash", *"two")
        strip = app.screen._compositor.render_strips()[0]
        marked = [segment.text for segment in strip if segment.style and segment.style.underline]
        assert marked == ["two"]


async def test_escape_is_left_to_the_screen_while_nothing_is_searched() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await show(pilot, numbered(3))
        assert not app.view.check_action("leave_search", ())
        app.view.set_search("line")
        assert app.view.check_action("leave_search", ())


async def test_an_endless_pattern_is_stopped_with_a_sentence() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await show(pilot, [*numbered(30), LogLine("api", "a" * 100 + "b")])
        app.view.set_search(ENDLESS)
        app.view.find(1)
        await settled(pilot)
        assert status(app).startswith("This search takes too long for these lines and was stopped.")
        app.view.set_search("")
        app.view.set_filter(include=ENDLESS)
        await settled(pilot)
        assert status(app).startswith("The filter takes too long for these lines and was taken away.")
        assert app.lines()[-2].startswith("  aaaa")
        await press(pilot, "g")
        assert app.lines()[0] == "  line 0"


async def test_keys_are_answered_while_a_large_log_is_filtered_and_searched() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.view.feed(numbered(1000) * 200)
        await settled(pilot)
        app.view.set_filter(include="line 5")
        assert app.view.status.behind > 100_000
        send(app, "t")
        await until(lambda: app.view.stamps == "local")
        assert app.view.status.behind
        await settled(pilot)
        assert app.view.status.shown == 200 * 111
        app.view.set_filter(include="")
        app.view.set_search("zebra")
        app.view.find(1)
        send(app, "t")
        await until(lambda: app.view.stamps == "utc")
        assert app.view.status.searched is not None
        await until(lambda: status(app).startswith("No line matches."))


async def test_a_filter_holds_while_old_lines_go() -> None:
    app = LogApp(LogView(store=LogStore(max_lines=200)))
    async with app.run_test(size=(80, 10)) as pilot:
        app.view.set_filter(include="7$")
        for start in range(0, 2000, 100):
            await show(pilot, numbered(100, start))
        await press(pilot, "g")
        first = app.view.store.first
        assert app.lines()[0] == f"  line {first + (7 - first) % 10}"
