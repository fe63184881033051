import pytest

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, step, until
from tui.app import HostdeckApp
from tui.config import Config
from tui.screens.help import HelpScreen
from tui.screens.main import MainScreen


def main_of(app: HostdeckApp) -> MainScreen:
    assert isinstance(app.screen, MainScreen)
    return app.screen


async def open_pane(pilot: object, app: HostdeckApp, key: str, pane: str) -> None:
    await pilot.press(key)  # type: ignore[attr-defined]
    await until(pilot, lambda: main_of(app).pane.pane == pane)  # type: ignore[arg-type]


async def test_every_problem_stands_there_at_once_when_the_overview_comes_back(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert host.view is not None
        names = [problem.name for problem in host.view.problems]
        await open_pane(pilot, app, "2", "guests")
        await step(pilot, host, 2)
        await open_pane(pilot, app, "1", "overview")
        problems = main_of(app).pane.problem_table
        assert problems is not None
        assert len(problems.visible_keys) == len(names)
        assert all(name in screen_text(app) for name in names)


async def test_what_was_said_goes_with_its_screen(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.say("It is done.")
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "It is done." in screen_text(app)  # it was said just now
        await step(pilot, host, 2)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert "It is done." not in screen_text(app)


async def test_an_unknown_filter_key_is_named_and_an_image_tag_is_no_key(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(120, 24)) as pilot:
        await ready(pilot, app)
        await open_pane(pilot, app, "3", "containers")
        await pilot.press("slash", *"foo:bar")
        await until(pilot, lambda: "no such key: foo; keys are state, kind" in screen_text(app))
        await pilot.press("escape", "slash", *"postgres:16")
        await until(pilot, lambda: len(main_of(app).pane.table.view_keys) == 2)
        assert "no such key" not in screen_text(app)


async def test_a_frozen_screen_says_since_when_and_shows_that_moment_on_every_screen(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("z")
        await until(pilot, lambda: "FROZEN since " in screen_text(app))
        bar = screen_text(app).splitlines()[0]
        await step(pilot, host, 5)
        await pilot.press("i")
        await until(pilot, lambda: "Last 15 minutes" in screen_text(app))
        assert screen_text(app).splitlines()[0] == bar
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert screen_text(app).splitlines()[0] == bar


async def test_states_get_the_room_that_names_leave(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await open_pane(pilot, app, "2", "guests")
        await until(pilot, lambda: "shut off: saved" in screen_text(app))
        assert "x paused: I/O error" in screen_text(app)


async def test_the_sign_of_hidden_columns_stands_apart_and_turns_into_arrows_where_all_can_be_scrolled_to(
    host: StillHost,
) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await open_pane(pilot, app, "2", "guests")
        await until(pilot, lambda: "   NAME▲ +" in screen_text(app))
        await pilot.press("w")
        await until(pilot, lambda: "   NAME▲ > " in screen_text(app))
        await pilot.press("right")
        await until(pilot, lambda: "   NAME▲ <>" in screen_text(app))


async def test_columns_without_the_one_that_orders_the_rows_say_what_orders_them_now(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"columns name memory", "enter")
        await until(pilot, lambda: "cores is not among these columns" in screen_text(app))
        assert main_of(app).pane.table.sort_column == "name"


async def test_configured_columns_without_the_usual_order_are_ordered_by_the_first(host: StillHost) -> None:
    app = make_app(host, Config(columns={"overview": ("name", "memory")}))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert main_of(app).pane.table.sort_column == "name"


@pytest.mark.parametrize("name", ["gitlab", "postgres"])
async def test_details_name_the_limit_that_the_bar_of_the_table_is_drawn_against(host: StillHost, name: str) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 60)) as pilot:
        await ready(pilot, app)
        main_of(app).pane.table.move_cursor(named(host, name).key)
        await pilot.press("i")
        await until(pilot, lambda: "Last 15 minutes" in screen_text(app))
        memory = next(line for line in screen_text(app).splitlines() if line.startswith(" memory "))
        assert "of 8.0G" in memory
        assert "%" in memory
        assert "pressure" in screen_text(app)
