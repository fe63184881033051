"""The past on the screen."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, screen_text, until
from tests.unit.fake_record import FakeRecord
from tui.app import HostdeckApp
from tui.domain.host import HostView, Severity
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.record.reading import RecordError, RecordReader
from tui.record.replay import ReplaySource
from tui.screens.details import DetailsScreen
from tui.screens.main import MainScreen
from tui.screens.past_screen import PastScreen
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


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_screen_is_that_of_the_live_one_line_for_line(size: tuple[int, int]) -> None:
    recorded = Recorded(size)
    app = make_app(recorded.host, open_record=recorded.open)
    async with app.run_test(size=size) as pilot:
        await recording(pilot, app, recorded)
        source = await gone_back(pilot, app)
        for number in (22, 18, 29):
            source.go_to(recorded.at(number))
            await until(pilot, lambda number=number: app.view is recorded.record.views[number])
            live, past = lines_of(recorded.texts[recorded.at(number)]), lines_of(screen_text(app))
            first_row = next(place for place, line in enumerate(live) if "NAME" in line)
            rows = [line for line in live[1:first_row]]
            assert rows == past[3 : 2 + first_row]
