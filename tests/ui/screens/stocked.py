"""What tests of the panes of images and networks share: going to a line, choosing from a menu, filling in a form."""

from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, ready, step, until
from tui.app import HostdeckApp
from tui.screens.main import MainScreen
from widgets.choose import Choose
from widgets.confirm import Confirm
from widgets.form import Form

SIZE = (80, 24)


def main_of(app: HostdeckApp) -> MainScreen:
    screen = app.screen
    assert isinstance(screen, MainScreen), screen
    return screen


async def opened(pilot: Pilot[None], host: StillHost, pane: str, key: str) -> HostdeckApp:
    """Open a pane and wait for its rows."""
    app = pilot.app
    assert isinstance(app, HostdeckApp)
    await ready(pilot, app)
    await pilot.press(pane)
    await until(pilot, lambda: main_of(app).pane.pane == key, "the pane is open")
    await step(pilot, host)
    await until(pilot, lambda: len(main_of(app).pane.table.view_keys) > 3, "rows are there")
    return app


def key_of(app: HostdeckApp, name: str, nth: int = 0) -> str:
    """Return the row key of the nth line with a name."""
    table = main_of(app).pane.table
    rows = [table.row(key) for key in table.view_keys]
    found = [row.key for row in rows if row is not None and row.data.name == name]
    assert len(found) > nth, f"no line {name} among {[row.data.name for row in rows if row is not None]}"
    return found[nth]


def names(app: HostdeckApp) -> list[str]:
    """Return the names of the lines in view."""
    table = main_of(app).pane.table
    return [row.data.name for key in table.view_keys if (row := table.row(key)) is not None]


async def at(pilot: Pilot[None], app: HostdeckApp, name: str, nth: int = 0) -> None:
    """Put the cursor on a line."""
    assert main_of(app).pane.table.move_cursor(key_of(app, name, nth))
    await pilot.pause()


async def choose(pilot: Pilot[None], app: HostdeckApp, key: str, words: str) -> None:
    """Open a menu by a key and choose the entry with these words."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, Choose), "a menu")
    assert isinstance(app.screen, Choose)
    texts = [choice.text for choice in app.screen._choices]
    place = next((at for at, text in enumerate(texts) if words in text), None)
    assert place is not None, texts
    await pilot.press(*["down"] * place, "enter")


async def form(pilot: Pilot[None], app: HostdeckApp) -> Form:
    """Wait for a form."""
    await until(pilot, lambda: isinstance(app.screen, Form) and app.screen.is_mounted, "a form")
    assert isinstance(app.screen, Form)
    return app.screen


async def fill(pilot: Pilot[None], app: HostdeckApp, **values: str) -> Form:
    """Type into text fields of a form, by the keyboard."""
    asked = await form(pilot, app)
    for key, value in values.items():
        asked.query_one(f"#field-{key}").focus()
        await pilot.press("end", *["backspace"] * len(asked.values[key]), *value)
    await pilot.pause()
    return asked


async def answer(pilot: Pilot[None], app: HostdeckApp, key: str = "y") -> str:
    """Wait for a question, answer it and return its whole text."""
    await until(pilot, lambda: isinstance(app.screen, Confirm), "a question")
    asked = app.screen
    assert isinstance(asked, Confirm)
    await pilot.press(key)
    return f"{asked._title_text}\n{asked._body_text}"


async def jobs_over(pilot: Pilot[None], app: HostdeckApp, host: StillHost) -> None:
    """Wait until everything asked for is over, and its effect is listed."""
    await until(pilot, lambda: bool(app.jobs.jobs) and not app.jobs.active, "the jobs are over")
    await step(pilot, host, 2)
