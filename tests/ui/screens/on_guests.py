"""What tests of the screens about guests and containers share."""

from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from tests.ui.screens.still import StillHost, named, ready, screen_text, until
from tui.app import HostdeckApp
from tui.domain.action import Result
from tui.domain.operation import Operation, OperationOutcome, ProgressSink
from tui.screens.main import MainScreen
from widgets.choose import Choose
from widgets.form import Form

SIZE = (80, 24)


class AskedHost(StillHost):
    """Remembers what it was asked to change, and fails where a test says so.

    Attributes:
        failure: why everything fails when it is done; empty to let the demo host do it.
    """

    def __init__(self, *, read_only: bool = False) -> None:
        super().__init__(read_only=read_only)
        self.asked: list[Operation] = []
        self.failure = ""

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        self.asked.append(operation)
        if self.failure:
            return OperationOutcome(operation, Result.FAILED, self.failure)
        return await super().operate(operation, progress)


async def on_row(pilot: Pilot[None], app: HostdeckApp, host: StillHost, name: str, pane: str = "1") -> None:
    """Put the cursor of a pane on a guest or container."""
    await ready(pilot, app)
    await pilot.press(pane)
    await pilot.pause()
    assert isinstance(app.screen, MainScreen)
    app.screen.pane.table.move_cursor(named(host, name).key)
    await pilot.pause()


async def menu(pilot: Pilot[None], app: HostdeckApp) -> list[str]:
    """Wait for a menu and return its lines."""
    await until(pilot, lambda: isinstance(app.screen, Choose), "no menu came")
    assert isinstance(app.screen, Choose)
    return [str(option.prompt) for option in app.screen.query_one(OptionList).options]


async def form(pilot: Pilot[None], app: HostdeckApp, title: str) -> Form:
    """Wait for a form."""
    await until(pilot, lambda: isinstance(app.screen, Form) and title in screen_text(app), f"no form {title}")
    assert isinstance(app.screen, Form)
    return app.screen


def hint(app: HostdeckApp) -> str:
    """Return what a form says about its values."""
    return str(app.screen.query_one("#form-hint", Static).render())
