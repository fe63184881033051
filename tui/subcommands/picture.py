"""The screen as a picture, drawn without a terminal."""

import asyncio
from collections.abc import Callable

from tui.app import HostdeckApp
from tui.audit import NoAudit
from tui.config import Config
from tui.domain.host import HostView
from tui.jobs import Jobs
from tui.sampling.deferred import DeferredSource
from tui.sampling.source import HostSource

SIZE = (200, 50)


class _Standing(DeferredSource):
    """A source at one moment: it shows it, answers as before, and is not closed with the screen."""

    def __init__(self, source: HostSource, moment: HostView) -> None:
        super().__init__(lambda: source, source.tick_seconds)
        self._real = source
        self._moment = moment

    @property
    def view(self) -> HostView:
        """Return the moment."""
        return self._moment

    async def run(self, publish: Callable[[HostView], None]) -> None:
        """Show the moment, and nothing after it."""
        publish(self._moment)
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Leave the source to who opened it."""


async def draw(source: HostSource, view: HostView, config: Config) -> str:
    """Return what the screen shows at a moment, as SVG."""
    standing = _Standing(source, view)
    app = HostdeckApp(standing, Jobs(standing, NoAudit(), read_only=True), config=config)
    async with app.run_test(size=SIZE) as pilot:
        while app.view is None:
            await pilot.pause()
        await pilot.pause()
        return app.export_screenshot(title=f"hostdeck {view.host_name}")
