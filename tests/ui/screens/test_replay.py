"""The past on the screen."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, screen_text, until
from tests.unit.fake_record import FakeRecord
from tui.app import HostdeckApp
from tui.audit import NoAudit
from tui.domain.host import Severity
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.lane import Lane
from tui.jobs import Jobs
from tui.record.opening import open_replay
from tui.record.read_past import ReadPast
from tui.record.reading import RecordError, RecordReader
from tui.record.replay import ReplaySource
from tui.screens.around import open_around
from tui.screens.details import DetailsScreen
from tui.screens.main import MainScreen
from tui.screens.pane import Pane
from tui.screens.past_screen import PastScreen
from tui.screens.ruler_lines import RulerLines
from widgets.key_footer import KeyFooter

SIZE = (80, 24)


class Recorded:
    """A live host whose moments are recorded, one each second, with a gap and some marks.

    Attributes:
        texts: what stood on the live screen, by the time of the moment.
    """

    def __init__(self, size: tuple[int, int] = SIZE) -> None:
        self.size = size
        self.host = StillHost()
        self.record = FakeRecord([])
        self.texts: dict[float, str] = {}
        self.opened = 0

    def open(self) -> tuple[RecordReader, str]:
        self.opened += 1
        return self.record, "/var/lib/hostdeck"

    async def record_some(self, pilot: Pilot[None], app: HostdeckApp, count: int) -> None:
        for _ in range(count):
            self.host.step()
            await pilot.pause()
            assert self.host.view is not None
            self.record.views.append(self.host.view)
            self.texts[self.host.view.taken_utc_seconds] = screen_text(app)

    def skip(self, seconds: int) -> None:
        for _ in range(seconds):
            self.host.step(published=False)

    def at(self, number: int) -> float:
        return self.record.views[number].taken_utc_seconds

    def mark(self, number: int, *, raised: bool) -> None:
        kind = EntryKind.RAISED if raised else EntryKind.EVENT
        severity = Severity.CRITICAL if raised else None
        self.record.written.append(
            TimelineEntry(utc_seconds=self.at(number), kind=kind, what="raised", name="db", severity=severity)
        )


def lines_of(text: str) -> list[str]:
    return text.splitlines()


async def recording(pilot: Pilot[None], app: HostdeckApp, recorded: Recorded) -> None:
    await until(pilot, lambda: app.view is not None and bool(app.view.instances))
    await recorded.record_some(pilot, app, 15)
    recorded.skip(30)
    await recorded.record_some(pilot, app, 15)
    recorded.mark(4, raised=False)
    recorded.mark(20, raised=True)


async def gone_back(pilot: Pilot[None], app: HostdeckApp) -> ReplaySource:
    await pilot.press("h")
    await until(pilot, lambda: isinstance(app.screen, PastScreen), "the past did not come")
    source = app.travel.replay
    assert source is not None
    await until(pilot, lambda: "REPLAY" in screen_text(app))
    return source


async def test_back_in_time_and_to_live_again() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        live_screen = app.screen
        await gone_back(pilot, app)
        first = lines_of(screen_text(app))[0]
        assert first.startswith(" REPLAY Thu 09 Oct 08:5")
        assert app.has_class("-replay")
        recorded.host.step()
        await pilot.pause()
        assert app.view is recorded.record.views[-1]
        await pilot.press("h")
        await until(pilot, lambda: app.screen is live_screen)
        assert app.view is recorded.host.view
        assert "REPLAY" not in screen_text(app)
        assert not app.has_class("-replay")
        assert recorded.record.closed
        assert app.source is recorded.host


async def test_what_one_looks_at_stays_in_view() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        key = named(recorded.host, "gitlab").key
        assert isinstance(app.screen, MainScreen)
        app.screen.pane.table.move_cursor(key)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        await pilot.press("h")
        await until(pilot, lambda: app.replayed is not None and isinstance(app.screen, DetailsScreen))
        assert isinstance(app.screen, DetailsScreen)
        assert app.screen.key == key
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PastScreen) and app.screen.current_key == key)
        await pilot.press("h")
        await until(pilot, lambda: app.replayed is None and isinstance(app.screen, DetailsScreen))


async def test_esc_on_the_panes_leads_back_to_live() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        await gone_back(pilot, app)
        await pilot.press("p")
        await until(pilot, lambda: "problems only" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "problems only" not in screen_text(app))
        assert app.replayed is not None
        await pilot.press("escape")
        await until(pilot, lambda: app.replayed is None)


async def test_steps_gaps_and_jumps_by_keys() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        source = await gone_back(pilot, app)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: app.view is recorded.record.views[-2])
        await pilot.press("left_parenthesis")
        await until(pilot, lambda: app.view is recorded.record.views[20])
        await pilot.press("left_parenthesis")
        await until(pilot, lambda: app.view is recorded.record.views[4])
        await pilot.press("right_parenthesis")
        await until(pilot, lambda: app.view is recorded.record.views[20])
        source.go_to(recorded.at(14) + 15)
        await until(pilot, lambda: "NO RECORD" in lines_of(screen_text(app))[0])
        text = screen_text(app)
        assert "postgres" not in text
        assert "Guests 0" not in text
        assert "no problems" not in text
        app.said = None
        app.came_up()
        await until(pilot, lambda: "what was then is not known" in screen_text(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: app.view is recorded.record.views[15])
        assert "NO RECORD" not in screen_text(app)


async def test_playing_goes_on_and_stands_at_the_end() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        source = await gone_back(pilot, app)
        await pilot.press("v")
        await until(pilot, lambda: "end of the record" in screen_text(app))
        source.go_to(recorded.at(16))
        await until(pilot, lambda: app.view is recorded.record.views[16])
        await pilot.press("x", "x", "v")
        await until(pilot, lambda: "PLAYING 10x" in screen_text(app))
        await until(pilot, lambda: app.view is recorded.record.views[-1])
        await until(pilot, lambda: not source.playing)
        await pilot.press("x", "z")
        assert not source.playing


async def test_a_time_is_typed() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        await app.run_command("at -10s")
        await until(pilot, lambda: app.view is recorded.record.views[-11] and app.replayed is not None)
        await app.run_command("at now")
        await until(pilot, lambda: app.view is recorded.record.views[-1])
        await app.run_command("at 03:00")
        await until(pilot, lambda: "is not recorded: the record goes from" in screen_text(app))
        await app.run_command("at -5s")
        await until(pilot, lambda: app.view is recorded.record.views[-6] and app.said is None)
        assert "is not recorded" not in screen_text(app)
        await app.run_command("at noon")
        await until(pilot, lambda: "is not a time: write one like" in screen_text(app))
        await app.run_command("at")
        await until(pilot, lambda: "Name a time" in screen_text(app))


async def test_what_would_change_something_or_is_not_recorded_is_refused() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        await gone_back(pilot, app)
        screen = app.screen
        assert isinstance(screen, PastScreen)
        for key in ("S", "T", "K", "D", "A", "N", "E", "H", "s", "c", "l", "y", "a", "o", "b", "B", "4", "5", "m"):
            app.said = None
            await pilot.press(key)
            await until(pilot, lambda: said_of(app), key)
        for command in ("start postgres", "stop postgres", "logs postgres", "shell postgres", "images", "bundle"):
            app.said = None
            await app.run_command(command)
            await until(pilot, lambda: said_of(app), command)
        assert app.screen is screen
        assert "overview" in {pane.pane for pane in screen.query(Pane) if pane.display}
        assert recorded.host.performed == []


def said_of(app: HostdeckApp) -> bool:
    """Tell whether a refusal stands on the screen, whole and with the way back."""
    return app.said is not None and app.said[0].endswith("h: back to live.") and app.said[0] in screen_text(app)


async def test_no_key_that_is_refused_is_offered_and_those_of_time_are() -> None:
    recorded = Recorded((200, 50))
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        await gone_back(pilot, app)
        words = {words: key for key, words in app.screen.query_one(KeyFooter).keys}
        assert not words.keys() & {"start", "stop", "shell", "console", "logs", "kill", "actions", "jobs"}
        assert (words["live"], words["step"], words["jump"], words["zoom"]) == ("h", "[ ]", "( )", "+ -")


async def test_the_ruler_zooms_and_a_click_goes_there() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        source = await gone_back(pilot, app)
        source.go_to(recorded.at(2))
        await until(pilot, lambda: "15 min" in lines_of(screen_text(app))[2] and "x" in lines_of(screen_text(app))[1])
        await pilot.press("minus")
        await until(pilot, lambda: " 1 h" in lines_of(screen_text(app))[2])
        await pilot.press("plus")
        await until(pilot, lambda: "15 min" in lines_of(screen_text(app))[2])
        await pilot.click(RulerLines, offset=(3, 0))
        await until(pilot, lambda: source.utc == recorded.at(0))


async def test_details_of_the_past_tell_its_charts_and_times() -> None:
    recorded = Recorded((200, 50))
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        await gone_back(pilot, app)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        await until(pilot, lambda: "The 15 minutes before" in screen_text(app))
        assert "now" not in {word for line in lines_of(screen_text(app))[10:30] for word in line.split()}
        assert lines_of(screen_text(app))[0].startswith(" REPLAY")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: app.view is recorded.record.views[-2])
        await pilot.press("d")
        await until(pilot, lambda: "Last hour from the record" in screen_text(app) and "mean" in screen_text(app))
        await until(pilot, lambda: "Not recorded: 07:5" in screen_text(app))
        await pilot.press("d", "d", "d")
        await until(pilot, lambda: "Last 7 days from the record" in screen_text(app))
        await pilot.press("d")
        await until(pilot, lambda: "The 15 minutes before" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PastScreen))


async def test_charts_of_the_live_host_reach_into_the_record_or_say_why_not() -> None:
    recorded = Recorded((200, 50))
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        await app.run_command("host")
        await pilot.press("G")
        await until(pilot, lambda: "No record is read here" in screen_text(app))
        recorded.host.past = ReadPast(recorded.record, Lane("record"), "folder")
        await pilot.press("d")
        await pilot.pause()
        await pilot.press("G")
        await until(pilot, lambda: "Last 6 hours from the record" in screen_text(app))
        await until(pilot, lambda: "Not recorded: " in screen_text(app))


async def test_a_problem_leads_to_charts_around_its_moment() -> None:
    recorded = Recorded((200, 50))
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        recorded.host.past = ReadPast(recorded.record, Lane("record"), "folder")
        key = named(recorded.host, "postgres").key
        open_around(app, key, recorded.at(10))
        await until(pilot, lambda: "Last 15 minutes" in screen_text(app))
        await pilot.press("escape")
        open_around(app, key, recorded.at(10) - 7200)
        await until(pilot, lambda: "Hour around Thu 09 Oct 06:53:5" in screen_text(app))
        await until(pilot, lambda: "Nothing is recorded of this time." in screen_text(app))
        await pilot.press("escape")
        open_around(app, "nobody", recorded.at(10))
        await until(pilot, lambda: "There are no details of this line." in screen_text(app))


async def test_without_a_record_the_screen_stays_and_says_why() -> None:
    recorded = Recorded()
    app = make_app(recorded.host)
    async with app.run_test(size=recorded.size) as pilot:
        await until(pilot, lambda: app.view is not None and bool(app.view.instances))
        await pilot.press("h")
        await until(pilot, lambda: "The demo host has no record." in screen_text(app))

    def refuse() -> tuple[RecordReader, str]:
        raise RecordError("closed", "The record in /var/lib/hostdeck belongs to root.")

    await refused(refuse, "belongs to root.")
    await refused(Recorded().open, "Nothing is recorded here.")


async def refused(opens: Callable[[], tuple[RecordReader, str]], sentence: str) -> None:
    host = StillHost()
    app = make_app(host, open_record=opens)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.view is not None and bool(app.view.instances))
        await pilot.press("h")
        await until(pilot, lambda: sentence in screen_text(app))
        assert app.replayed is None
        assert app.source is host


async def test_damage_stays_said() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        recorded.record.damage = ("2025-10-09.sqlite is damaged: 08:20 to 08:30 is lost.",)
        await gone_back(pilot, app)
        await until(pilot, lambda: "08:20 to 08:30 is lost." in screen_text(app))


async def test_started_with_the_past_there_is_nothing_to_go_back_to() -> None:
    recorded = Recorded()
    live = make_app(recorded.host)
    async with live.run_test(size=recorded.size) as pilot:
        await recording(pilot, live, recorded)
    source = await open_replay(recorded.open, "08:54:30", recorded.at(-1))
    app = HostdeckApp(source, Jobs(source, NoAudit(), read_only=True), replay=source)
    async with app.run_test(size=recorded.size) as pilot:
        await until(pilot, lambda: "REPLAY Thu 09 Oct 08:54:30" in screen_text(app))
        assert app.has_class("-replay")
        await pilot.press("h")
        await until(pilot, lambda: "there is no live screen" in screen_text(app))
        await pilot.press("escape")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "REPLAY Thu 09 Oct 08:54:29" in screen_text(app))
        await pilot.press("T")
        await until(pilot, lambda: "This is a replay of" in screen_text(app))
        assert "live" not in {words for _, words in app.screen.query_one(KeyFooter).keys}
    assert recorded.record.closed


async def test_leaving_hostdeck_from_the_past_asks_about_what_is_live() -> None:
    recorded = Recorded()
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=recorded.size) as pilot:
        await recording(pilot, app, recorded)
        recorded.host.answers = asyncio.Event()
        await app.run_command("start staging")
        await until(pilot, lambda: bool(app.jobs.active))
        await gone_back(pilot, app)
        await pilot.press("q")
        await until(pilot, lambda: "Leave while actions are under way?" in screen_text(app))


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 30)])
async def test_no_width_leaves_out_that_it_is_a_replay(size: tuple[int, int]) -> None:
    recorded = Recorded(size)
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=size) as pilot:
        await recording(pilot, app, recorded)
        await gone_back(pilot, app)
        for keys in ((), ("i",), ("escape", "question_mark")):
            await pilot.press(*keys)
            await until(pilot, lambda: lines_of(screen_text(app))[0].startswith(" REPLAY Thu 09 Oct 08:54:"))


@pytest.mark.parametrize("name", ["main", "gap", "details"])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_snapshots(snap_compare: Callable[..., bool], size: tuple[int, int], name: str) -> None:
    recorded = Recorded(size)
    app = make_app(recorded.host, open_record=recorded.open)

    async def run(pilot: Pilot[None]) -> None:
        await recording(pilot, app, recorded)
        source = await gone_back(pilot, app)
        source.go_to(recorded.at(14) + 15 if name == "gap" else recorded.at(2))
        await until(pilot, lambda: app.view is not recorded.record.views[-1])
        if name == "details":
            open_around(app, named(recorded.host, "postgres").key, recorded.at(20) - 1500)
            await until(pilot, lambda: "Not recorded" in screen_text(app) or size[0] == 80)
        app.said = None
        app.came_up()
        await until(pilot, lambda: "x" in lines_of(screen_text(app))[1])

    assert snap_compare(app, terminal_size=size, run_before=run)
