import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, until
from tests.ui.screens.test_sessions import SIZE, open_shell, session_on
from tui.actions import Targets
from tui.app import HostdeckApp
from tui.domain.session import SessionKind, SessionRequest
from tui.screens.handover import hand_over
from tui.screens.main import MainScreen
from tui.screens.session import SessionScreen
from tui.screens.sessions import SessionsScreen
from tui.sessions import MOST_SESSIONS, SessionState
from widgets.ask_text import AskText
from widgets.choose import Choose


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


async def menu(pilot: Pilot[None], app: HostdeckApp, key: str) -> None:
    await pilot.press("f12")
    await until(pilot, lambda: isinstance(app.screen, Choose), "the menu")
    await pilot.press(key)


async def test_the_text_is_saved_to_a_private_file(host: StillHost, tmp_path: Path) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await menu(pilot, app, "w")
        await until(pilot, lambda: isinstance(app.screen, AskText), "the path is asked")
        await pilot.press("enter")
        await until(pilot, lambda: "Saved to" in screen_text(app))
    (saved,) = (tmp_path / "hostdeck" / "exports").glob("postgres-*.txt")
    assert "root@" in saved.read_text()
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


async def test_a_home_of_nobody_is_a_sentence(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await menu(pilot, app, "w")
        await until(pilot, lambda: isinstance(app.screen, AskText), "the path is asked")
        await pilot.press("ctrl+u", *"~nobody-of-that-name/x", "enter")
        await until(pilot, lambda: "x was not written: No such file" in screen_text(app), "why not")


async def test_a_recording_holds_what_was_said_and_ends_with_the_session(host: StillHost, tmp_path: Path) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_shell(pilot, app, host)
        await menu(pilot, app, "r")
        await until(pilot, lambda: "Recording to" in screen_text(app))
        await pilot.press(*"echo recorded", "enter")
        await until(pilot, lambda: "\nrecorded" in screen_text(app))
        await app.inside.close(screen.session)
    (cast,) = (tmp_path / "hostdeck" / "exports").glob("postgres-*.cast")
    head, *events = [json.loads(line) for line in cast.read_text().splitlines()]
    assert head["version"] == 2
    assert "recorded" in "".join(text for _, kind, text in events if kind == "o")


async def test_searching_finds_what_stands_there_and_comes_back_to_the_program(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await pilot.press(*"echo needle", "enter")
        await until(pilot, lambda: "\nneedle" in screen_text(app))
        await menu(pilot, app, "s")
        await until(pilot, lambda: app.focused is not None and app.focused.id is None, "the line to type into")
        await pilot.press(*"needle")
        await until(pilot, lambda: "of 2" in screen_text(app), "both are found")
        await pilot.press("enter")
        await until(pilot, lambda: "older, newer match" in screen_text(app))
        await pilot.press(*"echo back", "enter")
        await until(pilot, lambda: "\nback" in screen_text(app), "keys go to the program again")


async def test_the_list_is_reached_from_inside(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await menu(pilot, app, "o")
        await until(pilot, lambda: isinstance(app.screen, SessionsScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SessionScreen))
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "only the table is below")


async def test_a_paste_of_a_megabyte_and_a_storm_of_sizes_leave_the_screen_answering(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_shell(pilot, app, host)
        screen.terminal.paste("x" * (1 << 20))
        for width in range(80, 130):
            await pilot.resize_terminal(width, 30)
        await pilot.press("ctrl+c")
        await pilot.press(*"stty size", "enter")
        await until(pilot, lambda: "27 129" in screen_text(app), "the last size is told")


async def test_no_more_than_twenty(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        for _ in range(MOST_SESSIONS):
            await app.inside.shell(_targets(host), anew=True)
        await until(pilot, lambda: len(app.inside.sessions.live) == MOST_SESSIONS)
        await until(pilot, lambda: all(one.state is SessionState.OPEN for one in app.inside.sessions.all))
        await app.inside.shell(_targets(host), anew=True)
        await until(pilot, lambda: "close one first" in screen_text(app))
        session_on(app)


def _targets(host: StillHost) -> Targets:
    return Targets((named(host, "postgres"),))


async def test_the_demo_host_hands_the_terminal_to_nobody(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        hand_over(app, named(host, "postgres"), SessionRequest(SessionKind.SHELL), "there is no core here")
        await until(pilot, lambda: "The demo host has no program" in screen_text(app))


async def test_a_terminal_that_cannot_be_handed_over_is_said(host: StillHost) -> None:
    host.change = lambda view: replace(view, is_demo=False)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        hand_over(app, named(host, "postgres"), SessionRequest(SessionKind.SHELL), "there is no core here")
        await until(pilot, lambda: "cannot be handed over" in screen_text(app))
        assert "there is no core here" in screen_text(app)
