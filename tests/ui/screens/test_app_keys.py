from collections.abc import Collection
from dataclasses import replace

from textual.events import Key

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, step, until
from tests.ui.screens.test_key_order import type_at_once
from tui.app import HostdeckApp
from tui.domain.action import Verb
from tui.domain.host import HostView
from tui.domain.instance import State
from tui.jobs import JobState
from tui.screens.details import DetailsScreen
from tui.screens.key_order import MOST_AHEAD
from tui.screens.main import MainScreen
from widgets.confirm import Confirm
from widgets.key_footer import KeyFooter


def main_of(app: HostdeckApp) -> MainScreen:
    assert isinstance(app.screen, MainScreen)
    return app.screen


async def test_keys_from_before_the_first_frame_are_thrown_away(host: StillHost) -> None:
    early = [Key("S", "S"), Key("3", "3"), Key("q", "q")]
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        for key in early:
            app.post_message(key)
        await pilot.press("2")
        await until(pilot, lambda: main_of(app).pane.pane == "guests")
        assert host.performed == []


async def test_a_text_pasted_as_keys_is_ignored_and_said(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        type_at_once(app, "jumps STD 3 over" * 1000)
        await until(pilot, lambda: "Pasted text ignored." in screen_text(app))
        assert host.performed == []
        assert main_of(app).pane.pane == "overview"


async def test_a_held_key_is_no_paste(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table = main_of(app).pane.table
        last = table.view_keys[-1]
        type_at_once(app, "j" * (MOST_AHEAD // 2))
        await until(pilot, lambda: table.cursor_key == last)
        assert "ignored" not in screen_text(app)


async def test_a_key_of_a_pane_leads_there_from_any_screen(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        await pilot.press("question_mark", "3")
        await until(pilot, lambda: isinstance(app.screen, MainScreen) and app.screen.pane.pane == "containers")


async def test_read_only_offers_no_key_that_is_refused() -> None:
    app = make_app(StillHost(read_only=True))
    async with app.run_test(size=(200, 50)) as pilot:
        await ready(pilot, app)
        await pilot.pause()
        words = {words for _, words in app.screen.query_one(KeyFooter).keys}
        assert {"logs", "filter", "details"} <= words
        assert not words & {"shell", "console", "start", "stop", "kill"}


async def test_after_waiting_the_key_that_still_kills_is_named(host: StillHost) -> None:
    app = make_app(host)
    host.obeys = False
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        main_of(app).pane.table.move_cursor(named(host, "win-legacy").key)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: [job.state for job in app.jobs.jobs] == [JobState.WAITING])
        await step(pilot, host, 12)
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape")
        await until(pilot, lambda: "win-legacy gets more time; K" in screen_text(app))
        assert [request.verb for request in host.performed] == [Verb.STOP]


def with_stopped(view: HostView, keys: Collection[str]) -> HostView:
    return replace(
        view,
        instances=tuple(
            replace(item, instance=replace(item.instance, state=State.STOPPED)) if item.key in keys else item
            for item in view.instances
        ),
    )


async def test_deleting_more_than_ten_asks_for_their_number(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("3")
        await until(pilot, lambda: main_of(app).pane.pane == "containers")
        table = main_of(app).pane.table
        assert host.view is not None
        keys = [
            item.key for item in host.view.instances if item.instance.container and not item.instance.container.is_infra
        ]
        doomed = keys[:11]
        host.change = lambda view: with_stopped(view, doomed)
        await step(pilot, host)
        table.mark(doomed)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "11" in screen_text(app)
        await pilot.press("1", "2", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Confirm)  # a wrong number is no agreement
        assert host.performed == []
        await pilot.press("backspace", "1", "enter")
        await until(pilot, lambda: len(host.performed) == 11)
        assert {request.verb for request in host.performed} == {Verb.DELETE}
