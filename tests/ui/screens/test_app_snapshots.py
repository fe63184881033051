from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, ready
from tui.screens.main import MainScreen

SnapCompare = Callable[..., bool]
SIZES = [(80, 24), (200, 50)]
TICKS = 62
TICK_SECONDS = 15.0  # the history of a quarter of an hour without 900 samples


def pictured(*keys: str, cursor: str = "") -> Callable[[Pilot[None]], Any]:
    async def prepare(pilot: Pilot[None]) -> None:
        app = pilot.app
        await ready(pilot, app)  # type: ignore[arg-type]
        assert isinstance(app.screen, MainScreen)
        if cursor:
            app.screen.pane.table.move_cursor(named(app.source, cursor).key)  # type: ignore[attr-defined]
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    return prepare


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pane", ["1", "2", "3"])
def test_pane(snap_compare: SnapCompare, pane: str, size: tuple[int, int]) -> None:
    app = make_app(StillHost(ticks=TICKS, tick_seconds=TICK_SECONDS))
    assert snap_compare(app, terminal_size=size, run_before=pictured(pane, "j"))


@pytest.mark.parametrize("size", SIZES)
def test_details(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    app = make_app(StillHost(ticks=TICKS, tick_seconds=TICK_SECONDS))
    assert snap_compare(app, terminal_size=size, run_before=pictured("i", cursor="postgres"))


@pytest.mark.parametrize(
    ("name", "keys"),
    [("help", ["question_mark"]), ("jobs", ["b"]), ("confirm", ["T"]), ("filter", ["slash", *"api"])],
)
def test_other(snap_compare: SnapCompare, name: str, keys: list[str]) -> None:
    app = make_app(StillHost(ticks=TICKS, tick_seconds=TICK_SECONDS))
    assert name
    assert snap_compare(app, terminal_size=(80, 24), run_before=pictured(*keys, cursor="web-front"))


def test_without_colours(snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app(StillHost(ticks=TICKS, tick_seconds=TICK_SECONDS))
    assert snap_compare(app, terminal_size=(80, 24), run_before=pictured("3"))
