from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from tests.ui.dash.walls import make_wall, shown
from tests.ui.screens.still import StillHost
from tui.dash.rotation import PageId

SnapCompare = Callable[..., bool]


def wall_of(*pages: PageId) -> tuple[object, Callable[[Pilot[None]], object]]:
    app = make_wall(StillHost(read_only=True, ticks=62, tick_seconds=15.0), pages=pages)
    return app, lambda pilot: shown(pilot, app)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
@pytest.mark.parametrize("page", list(PageId))
def test_page(snap_compare: SnapCompare, page: PageId, size: tuple[int, int]) -> None:
    app, prepare = wall_of(page)
    assert snap_compare(app, terminal_size=size, run_before=prepare)


def test_wall(snap_compare: SnapCompare) -> None:
    app, prepare = wall_of(PageId.OVERVIEW, PageId.GUESTS)
    assert snap_compare(app, terminal_size=(480, 130), run_before=prepare)


def test_figures_that_are_old(snap_compare: SnapCompare) -> None:
    host = StillHost(read_only=True, ticks=62)
    app = make_wall(host)

    async def grow_old(pilot: Pilot[None]) -> None:
        await shown(pilot, app)
        host.now += 42
        app.show_moment()
        await pilot.pause()

    assert snap_compare(app, terminal_size=(80, 24), run_before=grow_old)
