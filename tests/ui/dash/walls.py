"""The dashboard over a host that moves only when a test says so."""

from collections.abc import Sequence

from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, until
from tui.config import Config
from tui.dash.app import DashApp
from tui.dash.rotation import ALL_PAGES, PageId


def make_wall(host: StillHost, *, pages: Sequence[PageId] = ALL_PAGES, rotate_seconds: float = 0.0) -> DashApp:
    return DashApp(
        host,
        config=Config(theme="hostdeck"),
        pages=pages,
        rotate_seconds=rotate_seconds,
        monotonic=lambda: host.now,
        utc=host.utc,
    )


async def shown(pilot: Pilot[None], app: DashApp) -> None:
    """Wait for the first figures to be on the screen."""
    await until(pilot, lambda: app.view is not None, "no view came")
    app.show_moment()
    await pilot.pause()
