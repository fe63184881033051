"""What was on the live screen is on the screen of the past: through the files of a real record."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, screen_text, until
from tests.ui.screens.test_replay import gone_back
from tui.app import HostdeckApp
from tui.domain.host import HostView
from tui.record.folder import Keeping
from tui.record.reading import RecordReader, open_record
from tui.record.resolution import rounded, rounded_host
from tui.record.retention import Limits
from tui.record.store import Store

RULER_LINES = 2


def recorded(view: HostView) -> HostView:
    """Return a view with the figures that a recorder sees."""
    items = tuple(replace(item, usage=rounded(item.usage)) for item in view.instances)
    return replace(view, instances=items, usage=rounded_host(view.usage))


class Live:
    """A live host that a real store records, and what stood on its screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = StillHost()
        self.host.change = recorded
        self.views: list[HostView] = []
        self.texts: list[list[str]] = []

    def open(self) -> tuple[RecordReader, str]:
        return open_record(self.folder), str(self.folder)

    async def record(self, pilot: Pilot[None], app: HostdeckApp, count: int) -> None:
        store = Store(Keeping(self.folder), 1.0, Limits(days=7, max_mib=1024))
        for _ in range(count):
            self.host.step()
            await pilot.pause()
            assert self.host.view is not None
            self.views.append(self.host.view)
            self.texts.append(table_lines(screen_text(app)))
            store.write(self.host.view, (), self.host.view.taken_utc_seconds)
        store.close(self.views[-1].taken_utc_seconds)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_replay_equals_what_the_live_screen_showed(tmp_path: Path, size: tuple[int, int]) -> None:
    live = Live(tmp_path / "record")
    app = make_app(live.host, open_record=live.open)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.view is not None and bool(app.view.instances))
        await pilot.press("2")
        await live.record(pilot, app, 150)
        source = await gone_back(pilot, app)
        for number in (149, 120, 121, 135, 148):
            view = live.views[number]
            source.go_to(view.taken_utc_seconds)
            await until(pilot, shows(app, view.taken_utc_seconds), f"{number} did not come")
            assert app.view == view
            was, now = live.texts[number], table_lines(screen_text(app))
            assert now[1 + RULER_LINES : -2] == was[1 : -2 - RULER_LINES]


def table_lines(text: str) -> list[str]:
    """Return the lines without the panel beside the table: its charts are lower by the ruler's lines."""
    return [line.partition("▏")[0] for line in text.splitlines()]


def shows(app: HostdeckApp, utc: float) -> Callable[[], bool]:
    return lambda: app.view is not None and app.view.taken_utc_seconds == utc
