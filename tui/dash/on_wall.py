"""The dashboard on a terminal."""

from __future__ import annotations

from tui import thrift
from tui.config import Config
from tui.dash.app import DashApp
from tui.dash.rotation import PageId
from tui.on_terminal import RestoresTerminal, run_app
from tui.pacing.paced import Paced
from tui.sampling.deferred import DeferredSource
from tui.sampling.source import HostSource
from tui.wiring import Wanted, make_source


class WallApp(Paced, RestoresTerminal, DashApp):
    """The dashboard on a terminal that takes one frame at a time."""


def run_dash(
    wanted: Wanted,
    config: Config,
    *,
    pages: tuple[PageId, ...],
    rotate_seconds: float,
    past: HostSource | None = None,
) -> int:
    """Show the dashboard on this terminal, or in the browser it was started for, until it ends.

    Args:
        past: a record that is shown in the place of this host.

    Returns:
        0, 1 after a crash, 129 when the terminal went away, 143 by SIGTERM.
    """
    thrift.begin()
    source = past or DeferredSource(lambda: make_source(wanted), wanted.interval_seconds)
    app = WallApp(source, config=config, pages=pages, rotate_seconds=rotate_seconds, is_replay=past is not None)
    if config.low_bandwidth:
        app.draw_few_colours()
    return run_app(app, mouse=False)
