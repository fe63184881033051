"""From a key to a session: what is pressed on the way, which ways there are, and from where."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, until
from tests.ui.screens.test_sessions import SIZE, on_row, open_shell, session_on
from tui.app import HostdeckApp
from tui.domain.display import Display
from tui.domain.errors import EngineError
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.domain.session import ConsoleDevice, SessionRequest
from tui.engines.sessions import Channel
from tui.screens.details import DetailsScreen
from tui.screens.main import MainScreen
from tui.screens.on_its_way import OnItsWay
from tui.screens.raw import RawScreen
from tui.screens.session import SessionScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.still import StillScreen
from widgets.choose import Choose
from widgets.confirm import Confirm

SCREEN = (Display("vnc", "127.0.0.1", 5901),)
TWO = (ConsoleDevice("serial0", "serial", 0), ConsoleDevice("serial1", "serial", 1))


class SlowHost(StillHost):
    """Tells which consoles a guest has when a test lets it; then as many as the test wants."""

    def __init__(self, devices: tuple[ConsoleDevice, ...] = TWO[:1]) -> None:
        super().__init__()
        self.devices = devices
        self.told = asyncio.Event()
        self.error: EngineError | None = None

    async def consoles(self, target: InstanceId) -> tuple[ConsoleDevice, ...]:
        await self.told.wait()
        if self.error is not None:
            raise self.error
        return self.devices


class SlowOpening(StillHost):
    """Opens a session when a test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()

    async def open_session(self, target: InstanceId, request: SessionRequest) -> Channel:
        await self.let.wait()
        return await super().open_session(target, request)


def with_screen(name: str) -> Callable[[HostView], HostView]:
    """Return a change of a view that gives a guest a screen."""

    def change(view: HostView) -> HostView:
        changed = []
        for item in view.instances:
            guest = item.instance.guest
            if guest is not None and item.instance.name == name:
                instance = replace(item.instance, guest=replace(guest, displays=SCREEN))
                changed.append(replace(item, instance=instance))
            else:
                changed.append(item)
        return replace(view, instances=tuple(changed))

    return change


async def on_its_way(pilot: Pilot[None], app: HostdeckApp, host: StillHost, *then: str) -> None:
    await on_row(pilot, app, host, "gitlab", "2")
    await pilot.press("c", *then)
    await until(pilot, lambda: isinstance(app.screen, OnItsWay), "it is on its way")


async def test_keys_pressed_before_a_console_is_there_are_for_the_console() -> None:
    host = SlowHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_its_way(pilot, app, host, *"Kyroot", "enter")
        host.told.set()
        await until(pilot, lambda: "gitlab login: Kyroot" in screen_text(app), "they were typed into it")
        assert host.performed == []


async def test_enter_pressed_while_a_shell_is_being_opened_is_for_the_shell() -> None:
    host = SlowOpening()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "postgres")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SessionScreen), "the session is on the screen")
        await pilot.press(*"exit", "enter")
        host.let.set()
        ended = "The process ended with exit code"
        await until(pilot, lambda: ended in screen_text(app), "the line went to the shell with its end")


@pytest.mark.parametrize("key", ["escape", "ctrl+right_square_bracket"])
async def test_giving_up_leads_back_and_forgets_what_was_typed(key: str) -> None:
    host = SlowHost()
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_its_way(pilot, app, host, *"Kroot")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "back at the table")
        host.told.set()
        await pilot.pause()
        assert app.inside.sessions.all == ()
        assert host.performed == []


async def test_a_way_that_leads_nowhere_says_why_and_presses_nothing() -> None:
    host = SlowHost()
    host.error = EngineError("lost", "The daemon is gone.")
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_its_way(pilot, app, host, *"K", "enter")
        host.told.set()
        await until(pilot, lambda: isinstance(app.screen, MainScreen), "back at the table")
        await until(pilot, lambda: "gitlab: The daemon is gone." in screen_text(app), "the sentence")
        assert host.performed == []


async def test_of_several_consoles_one_is_chosen_and_keys_before_choose_none() -> None:
    host = SlowHost(TWO)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_its_way(pilot, app, host, "enter")
        host.told.set()
        await until(pilot, lambda: isinstance(app.screen, Choose), "the choice")
        assert "console serial1, serial port 1" in screen_text(app)
        await pilot.press("2")
        await until(pilot, lambda: "gitlab login:" in screen_text(app), "the login is there")
        assert session_on(app).session.request.device == "serial1"


async def test_virt_viewer_is_offered_where_there_is_a_display_and_its_failure_is_told(
    host: StillHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = tmp_path / "virt-viewer"
    viewer.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/arguments\nexit 3\n')
    viewer.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")
    host.change = with_screen("gitlab")
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, Choose), "the choice")
        await pilot.press("v")
        await until(pilot, lambda: "virt-viewer ended with exit code 3" in screen_text(app), "its failure")
        assert named(host, "gitlab").id.local in (tmp_path / "arguments").read_text()


async def test_a_guest_with_console_and_screen_offers_both(host: StillHost) -> None:
    host.change = with_screen("gitlab")
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, Choose), "the choice")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, StillScreen), "its screen")
        await until(pilot, lambda: "vnc://127.0.0.1:5901" in screen_text(app), "and where it is")
        await pilot.press("ctrl+right_square_bracket", "c")
        await until(pilot, lambda: isinstance(app.screen, Choose), "the choice again")
        await pilot.press("enter")
        await until(pilot, lambda: "gitlab login:" in screen_text(app), "the console is the first choice")
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, Choose), "the menu")
        assert "its screen, drawn here" in screen_text(app)
        await pilot.press("a")
        await until(pilot, lambda: "ssh -N -L 5901:127.0.0.1:5901" in screen_text(app), "the way there")
        assert isinstance(app.screen, Confirm)
        await pilot.press("y")
        await until(pilot, lambda: "was given to the terminal" in screen_text(app))
        assert "ssh -N -L 5901:127.0.0.1:5901" in app.clipboard
        await pilot.press("ctrl+right_square_bracket", "c")
        await until(pilot, lambda: isinstance(app.screen, SessionScreen), "an open console is come back to at once")


async def test_a_guest_with_a_screen_only_says_so(host: StillHost) -> None:
    host.change = with_screen("win-legacy")
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "win-legacy", "2")
        await pilot.press("c")
        await until(pilot, lambda: "win-legacy has no console, but a screen." in screen_text(app), "it is said")
        assert "add a serial console" in screen_text(app)


async def test_details_tell_where_the_screen_is(host: StillHost) -> None:
    host.change = with_screen("gitlab")
    app = make_app(host)
    async with app.run_test(size=(120, 60)) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("i")
        await until(pilot, lambda: "vnc://127.0.0.1:5901" in screen_text(app), "the address")
        await until(pilot, lambda: "ssh -N -L 5901:127.0.0.1:5901" in screen_text(app), "the command")


@pytest.mark.parametrize(("key", "place"), [("y", RawScreen), ("i", DetailsScreen)])
async def test_a_shell_opens_from_wherever_one_looks_at_a_container(
    host: StillHost, key: str, place: type[RawScreen | DetailsScreen]
) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "postgres")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, place), "the place")
        await pilot.press("s")
        await until(pilot, lambda: "root@" in screen_text(app), "the prompt is there")
        assert session_on(app).session.subject.name == "postgres"
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, place), "and leads back")


async def test_the_list_of_sessions_opens_a_shell_of_the_instance_under_its_cursor(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_shell(pilot, app, host)
        await pilot.press("ctrl+right_square_bracket", "o")
        await until(pilot, lambda: isinstance(app.screen, SessionsScreen))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SessionScreen))
        assert session_on(app).session is screen.session


async def test_a_problem_leads_into_its_instance(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press("tab")
        main = cast("MainScreen", app.screen)
        subject = main.current_key
        names = [one.name for one in main.targets().instances]
        assert subject is not None
        assert names
        await pilot.press("l")
        await until(pilot, lambda: names[0] in screen_text(app).splitlines()[1], "its log")
