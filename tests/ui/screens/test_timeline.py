"""The timeline by keyboard alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import UTC, StillHost, make_app, named, ready, screen_text, step, until
from tui.app import HostdeckApp
from tui.domain.event import Event
from tui.domain.host import Severity
from tui.domain.instance import State
from tui.domain.past import RecordStatus, Stretch
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.screens.details import DetailsScreen
from tui.screens.engines import EnginesScreen
from tui.screens.main import MainScreen
from tui.screens.span_lines import SpanLines
from tui.screens.timeline import TimelineScreen
from widgets.live_table import LiveTable

SnapCompare = Callable[..., bool]
SIZE = (80, 24)


class Recorded:
    """A record with a few entries of long ago."""

    def __init__(self, *entries: TimelineEntry) -> None:
        self.entries = entries
        self.status = RecordStatus("/var/lib/hostdeck", "", UTC)

    async def look(self) -> RecordStatus:
        return self.status

    async def stretches(self, begin: float, end: float) -> Sequence[Stretch]:
        return [Stretch(self.entries[0].utc_seconds, end)] if self.entries else []

    async def timeline(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        return [one for one in self.entries if begin <= one.utc_seconds <= end]


def entry(ago: float, what: str, **more: Any) -> TimelineEntry:
    fields: dict[str, Any] = {"kind": EntryKind.EVENT, "name": "old", **more}
    return TimelineEntry(utc_seconds=UTC - ago, what=what, **fields)


async def opened(pilot: Pilot[None], app: HostdeckApp, key: str = "t") -> TimelineScreen:
    await ready(pilot, app)
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, TimelineScreen) and bool(table(app).row_count), "no timeline")
    assert isinstance(app.screen, TimelineScreen)
    return app.screen


def table(app: HostdeckApp) -> LiveTable[Any]:
    return app.screen.query_one("#timeline", LiveTable)


def told(app: HostdeckApp) -> list[str]:
    """Return what the rows in view say, from top to bottom."""
    rows = [table(app).row(key) for key in table(app).view_keys]
    entries = [row.data.entry for row in rows if row is not None]
    return [f"{one.kind} {one.name} {one.what}" for one in entries if one is not None]


def title(app: HostdeckApp) -> str:
    return app.screen.query_one("#title", SpanLines).text


async def test_the_newest_is_on_top_and_everything_is_there(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        assert told(app)[0] == "event api-3 died"
        kinds = {line.split()[0] for line in told(app)}
        assert {"event", "raised", "cleared", "action", "kernel", "daemon", "handled", "state"} <= kinds
        assert "api-3" in screen_text(app)


async def test_what_happens_now_comes_on_top(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        web = named(host, "web-front")
        host._board.put_event(Event(host.utc() + 1.0, web.id.engine, web.id, "web-front", "paused"))
        await step(pilot, host)
        await until(pilot, lambda: told(app)[0] == "event web-front paused")


@pytest.mark.parametrize(
    ("keys", "kinds"),
    [
        ("1", {"event"}),
        ("2", {"state"}),
        ("3", {"raised", "cleared", "handled"}),
        ("p", {"raised", "cleared", "handled"}),
        ("4", {"action"}),
        ("5", {"kernel"}),
        ("6", {"daemon", "recorder"}),
        ("56", {"kernel", "daemon", "recorder"}),
    ],
)
async def test_digits_choose_kinds(host: StillHost, keys: str, kinds: set[str]) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        everything = told(app)
        await pilot.press(*keys)
        await until(pilot, lambda: {line.split()[0] for line in told(app)} == kinds)
        await pilot.press("p" if keys == "p" else "0")
        await until(pilot, lambda: told(app) == everything)


async def test_only_one_instance_and_everything_again(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("f")
        await until(pilot, lambda: {line.split()[1] for line in told(app)} == {"api-3"})
        assert "of api-3" in title(app)
        await pilot.press("f")
        await until(pilot, lambda: len({line.split()[1] for line in told(app)}) > 1)


async def test_from_details_it_is_of_that_instance(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        assert isinstance(app.screen, MainScreen)
        app.screen.pane.table.move_cursor(named(host, "mail01").key)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        await opened(pilot, app)
        assert {line.split()[1] for line in told(app)} == {"mail01"}
        await pilot.press("t")
        await until(pilot, lambda: len({line.split()[1] for line in told(app)}) > 1)
        await pilot.press("t")
        await until(pilot, lambda: {line.split()[1] for line in told(app)} == {"mail01"})


async def test_the_filter_narrows_and_escape_takes_it_away(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        everything = told(app)
        await pilot.press("slash", *"kind:action", "enter")
        await until(pilot, lambda: {line.split()[0] for line in told(app)} == {"action"})
        assert "filter kind:action" in title(app)
        await pilot.press("escape")
        await until(pilot, lambda: told(app) == everything)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_since_the_last_login_says_which_moment_that_is(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(100, 24)) as pilot:
        await opened(pilot, app)
        everything = told(app)
        await pilot.press("u")
        await until(pilot, lambda: "since your last login Wed 08 Oct 23:53" in title(app))
        assert 0 < len(told(app)) < len(everything)
        await pilot.press("u")
        await until(pilot, lambda: told(app) == everything)


async def test_enter_goes_to_the_instance(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailsScreen))
        assert isinstance(app.screen, DetailsScreen)
        assert app.screen.key == named(host, "api-3").key


async def test_what_is_gone_is_said_to_be_gone(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(120, 24)) as pilot:
        await opened(pilot, app)
        host.add_to_timeline(entry(-300.0, "removed", name="gone", subject="host/podman/gone"))
        await step(pilot, host)
        await until(pilot, lambda: told(app)[0] == "event gone removed")
        await pilot.press("enter")
        await until(pilot, lambda: "gone is gone; h shows the moment from the record." in screen_text(app))


async def test_enter_on_an_engine_goes_to_the_engines(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("6", "j", "enter")
        await until(pilot, lambda: isinstance(app.screen, EnginesScreen))


async def test_an_action_of_hostdeck_is_told_with_its_command(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(120, 30)) as pilot:
        await ready(pilot, app)
        assert isinstance(app.screen, MainScreen)
        app.screen.pane.table.move_cursor(named(host, "build-6").key)
        await pilot.press("S")
        await until(pilot, lambda: any(one.kind is EntryKind.ACTION and one.what == "start" for one in host.timeline()))
        await opened(pilot, app)
        await pilot.press("4")
        await until(pilot, lambda: "virsh" in app.screen.query_one("#entry", SpanLines).text)


async def test_further_back_the_record_is_read(host: StillHost) -> None:
    day = 86_400.0
    host.past = Recorded(  # type: ignore[assignment]
        *(entry(3 * day + number * 60.0, f"event {number:03}") for number in range(300, 0, -1)),
        entry(2 * day, "raised", kind=EntryKind.RAISED, severity=Severity.WARNING),
    )
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("G")
        await until(pilot, lambda: "event old event 300" in told(app))
        await pilot.press("G")
        await until(pilot, lambda: "the record begins here" in screen_text(app))
        assert "raised old raised" in told(app)


async def test_without_a_record_it_says_so(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("G")
        await until(pilot, lambda: "no record is kept here" in screen_text(app))


async def test_a_record_that_may_not_be_read_says_why(host: StillHost) -> None:
    record = Recorded()
    record.status = RecordStatus("", "The record may only be read by root.", None)
    host.past = record  # type: ignore[assignment]
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("G")
        await until(pilot, lambda: "The record may only be read by root." in screen_text(app))


async def test_a_screen_that_stands_still_shows_nothing_new(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await pilot.press("z")
        before = told(app)
        api = named(host, "web-front")
        host._board.put_event(Event(host.utc() + 60.0, api.id.engine, api.id, "web-front", "paused"))
        await step(pilot, host, 10)
        assert told(app) == before
        await pilot.press("z")
        await until(pilot, lambda: told(app)[0] == "event web-front paused")


async def test_foreign_text_is_drawn_as_text(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        host.add_to_timeline(entry(-300.0, "[red]x[/]\x1b[31m", name="e\u202evil", detail="\n\x07"))
        await step(pilot, host)
        await until(pilot, lambda: "[red]x[/]\\x1b[31m" in screen_text(app))
        assert "e\\u202evil" in screen_text(app)


async def test_what_the_timeline_lacks_is_said(host: StillHost) -> None:
    host.timeline_gaps = ["Kernel messages cannot be read."]  # type: ignore[attr-defined]
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        await until(pilot, lambda: "Kernel messages cannot be read." in screen_text(app))


async def test_a_change_that_no_event_tells_appears(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, app)
        key = named(host, "vpn").key

        def crashed(view: Any) -> Any:
            changed = [
                replace(one, instance=replace(one.instance, state=State.CRASHED)) if one.key == key else one
                for one in view.instances
            ]
            return replace(view, instances=tuple(changed))

        host.change = crashed
        await step(pilot, host, 4)
        await until(pilot, lambda: "state vpn crashed" in told(app))


async def test_sixty_columns_are_enough(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(60, 15)) as pilot:
        await opened(pilot, app)
        assert "died" in screen_text(app)


def pictured(*keys: str) -> Callable[[Pilot[None]], Any]:
    async def prepare(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, HostdeckApp)
        await opened(pilot, app)
        await until(pilot, lambda: bool(app.screen.query_one("#entry", SpanLines).text.strip()))
        await pilot.press(*keys)
        await pilot.pause()

    return prepare


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
@pytest.mark.parametrize("keys", ["", "3j", "G"], ids=["all", "problems", "end"])
def test_looks(snap_compare: SnapCompare, keys: str, size: tuple[int, int]) -> None:
    assert snap_compare(make_app(StillHost()), terminal_size=size, run_before=pictured(*keys))
