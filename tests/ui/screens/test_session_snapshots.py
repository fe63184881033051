from collections.abc import Callable
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, until
from tui.app import HostdeckApp
from tui.screens.main import MainScreen

SnapCompare = Callable[..., bool]
SIZE = (80, 24)

Step = tuple[tuple[str, ...], str]
"""Keys, and a text that stands on the screen when they have had their effect."""

SHELL: Step = (("s",), "root@")
LEAVE: Step = (("ctrl+right_square_bracket",), "the session goes on")


def pictured(cursor: str, *steps: Step) -> Callable[[Pilot[None]], Any]:
    async def prepare(pilot: Pilot[None]) -> None:
        app = cast("HostdeckApp", pilot.app)
        await ready(pilot, app)
        assert isinstance(app.screen, MainScreen)
        app.screen.pane.table.move_cursor(named(cast("StillHost", app.source), cursor).key)
        await pilot.pause()
        for keys, text in steps:
            await pilot.press(*keys)
            await until(pilot, lambda text=text: text in screen_text(app), f"{text} is shown")  # type: ignore[misc]

    return prepare


@pytest.mark.parametrize(
    ("name", "cursor", "steps"),
    [
        ("shell", "postgres", [SHELL, (("p", "s", "enter"), "PID USER")]),
        ("ended", "postgres", [SHELL, ((*"exit 3", "enter"), "exit code 3")]),
        ("console", "gitlab", [(("c",), "gitlab login:")]),
        ("menu", "postgres", [SHELL, (("f12",), "search in what stands here")]),
        ("sessions", "postgres", [SHELL, LEAVE, (("o",), "said something new")]),
        ("log", "api-1", [(("l",), "last 1,000 lines"), (("w",), "following")]),
        ("screen", "win-legacy", [((":", *"screen", "enter"), "once a second")]),
        ("quit", "postgres", [SHELL, LEAVE, (("q",), "Leave while sessions are open?")]),
    ],
)
def test_inside(snap_compare: SnapCompare, name: str, cursor: str, steps: list[Step]) -> None:
    assert name
    assert snap_compare(make_app(StillHost(ticks=62)), terminal_size=SIZE, run_before=pictured(cursor, *steps))
