from textual.events import Key

from tests.ui.screens.still import StillHost, make_app, ready, screen_text, until
from tui.app import HostdeckApp
from tui.screens.main import MainScreen


def type_at_once(app: HostdeckApp, text: str) -> None:
    """Let keys arrive together, as from a paste or over a slow line."""
    named = {"/": "slash", ":": "colon", "\r": "enter", " ": "space"}
    for letter in text:
        app.post_message(Key(named.get(letter, letter), None if letter == "\r" else letter))


async def test_a_filter_typed_ahead_goes_into_the_field_that_its_first_key_opens(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        type_at_once(app, "3/dev\r")
        await until(pilot, lambda: "/dev" in screen_text(app))
        assert isinstance(app.screen, MainScreen)
        assert app.screen.pane.pane == "containers"
        assert [row and row.data.name for row in map(app.screen.pane.table.row, app.screen.pane.table.view_keys)] == [
            "devdb"
        ]


async def test_a_command_typed_ahead_is_carried_out(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        type_at_once(app, ":sort memory\r")
        await until(pilot, lambda: isinstance(app.screen, MainScreen) and app.screen.pane.table.sort_column == "memory")


async def test_movements_after_the_key_of_a_pane_move_in_that_pane(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        type_at_once(app, "2jj")
        await until(pilot, lambda: isinstance(app.screen, MainScreen) and app.screen.pane.pane == "guests")
        assert isinstance(app.screen, MainScreen)
        table = app.screen.pane.table
        await until(pilot, lambda: table.cursor_key == table.view_keys[2])
