"""The timeline while the past is on the screen: up to the moment, and the way there and back."""

from tests.ui.screens.still import make_app, until
from tests.ui.screens.test_replay import SIZE, Recorded, gone_back, recording
from tests.ui.screens.test_timeline import opened, table, told
from tui.app import HostdeckApp
from tui.audit import NoAudit
from tui.jobs import Jobs
from tui.record.opening import open_replay
from tui.screens.past_screen import PastScreen
from tui.screens.timeline import TimelineScreen
from widgets.key_footer import KeyFooter


async def test_it_shows_what_was_up_to_the_moment() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=SIZE) as pilot:
        await recording(pilot, app, recorded)
        await gone_back(pilot, app)
        await opened(pilot, app)
        await until(pilot, lambda: told(app) == ["raised db raised", "event db raised"])
        await pilot.press("left_parenthesis", "left_parenthesis")
        await until(pilot, lambda: told(app) == ["event db raised"])
        await pilot.press("right_parenthesis")
        await until(pilot, lambda: told(app) == ["raised db raised", "event db raised"])
        assert ("h", "that moment") in app.screen.query_one(KeyFooter).keys
        await pilot.press("down", "h")
        await until(pilot, lambda: isinstance(app.screen, PastScreen))
        await until(pilot, lambda: app.view is recorded.record.views[4])
        assert app.replayed is not None


async def test_started_with_the_past_an_entry_leads_to_its_moment() -> None:
    recorded = Recorded()
    live = make_app(recorded.host)
    async with live.run_test(size=SIZE) as pilot:
        await recording(pilot, live, recorded)
    source = await open_replay(recorded.open, "", recorded.at(-1))
    app = HostdeckApp(source, Jobs(source, NoAudit(), read_only=True), replay=source)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await until(pilot, lambda: told(app) == ["raised db raised", "event db raised"])
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, PastScreen))
        await until(pilot, lambda: app.view is recorded.record.views[20])
        assert app.said is None


async def test_from_live_an_entry_leads_to_its_moment() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=SIZE) as pilot:
        await recording(pilot, app, recorded)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, TimelineScreen) and bool(table(app).row_count))
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, PastScreen), "the past did not come")
        assert app.travel.replay is not None
        assert app.travel.replay.covered.first <= app.travel.replay.utc <= app.travel.replay.covered.last
