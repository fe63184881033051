from textual.pilot import Pilot

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, until
from tui.app import HostdeckApp
from tui.config import Config
from tui.domain.action import ActionRequest, Verb
from tui.screens.log import LogScreen
from tui.screens.main import MainScreen
from tui.screens.session import SessionScreen
from tui.screens.sessions import SessionsScreen
from tui.sessions import SessionState
from widgets.choose import Choose
from widgets.confirm import Confirm

SIZE = (80, 24)


async def on_row(pilot: Pilot[None], app: HostdeckApp, host: StillHost, name: str, pane: str = "3") -> None:
    await ready(pilot, app)
    await pilot.press(pane)
    await pilot.pause()
    assert isinstance(app.screen, MainScreen)
    app.screen.pane.table.move_cursor(named(host, name).key)
    await pilot.pause()


def session_on(app: HostdeckApp) -> SessionScreen:
    assert isinstance(app.screen, SessionScreen), app.screen
    return app.screen


async def open_shell(pilot: Pilot[None], app: HostdeckApp, host: StillHost, name: str = "postgres") -> SessionScreen:
    await on_row(pilot, app, host, name)
    await pilot.press("s")
    await until(pilot, lambda: isinstance(app.screen, SessionScreen), "the session is on the screen")
    await until(pilot, lambda: "root@" in screen_text(app), "the prompt is there")
    return session_on(app)


async def test_a_shell_fills_the_screen_below_the_host_bar_and_knows_its_size(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await pilot.press(*"stty size", "enter")
        await until(pilot, lambda: "21 80" in screen_text(app), "the size is answered")
        text = screen_text(app)
        assert "kvm01" in text.splitlines()[0]
        assert "postgres  shell" in text.splitlines()[1]
        assert "Ctrl-] leave, it goes on" in text.splitlines()[-1]


async def test_every_key_goes_to_the_program(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await pilot.press(*"echo q?:/oScl", "ctrl+p", "enter")
        await until(pilot, lambda: "\nq?:/oScl" in screen_text(app), "it is echoed and answered")
        session_on(app)


async def test_leaving_keeps_it_open_and_the_same_key_comes_back(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert "the session goes on" in screen_text(app)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SessionScreen))
        assert len(app.inside.sessions.all) == 1


async def test_what_is_said_while_nobody_looks_is_marked_unread(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_shell(pilot, app, host)
        session = screen.session
        await pilot.press("ctrl+right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        session.type(b"hostname\r")
        await until(pilot, lambda: session.unread, "it is unread")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, SessionsScreen))
        await until(pilot, lambda: "* 1" in " ".join(screen_text(app).split()), "the mark is shown")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SessionScreen))
        assert not session.unread


async def test_the_end_is_told_with_the_exit_code_and_the_text_stays(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_shell(pilot, app, host)
        await pilot.press(*"exit 3", "enter")
        await until(pilot, lambda: screen.session.state is SessionState.ENDED)
        await until(pilot, lambda: "exit code 3" in screen_text(app))
        assert "exit 3" in screen_text(app)
        assert "Enter open again" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.state is SessionState.OPEN)
        await pilot.press(*"exit", "enter")
        await until(pilot, lambda: screen.session.state is SessionState.ENDED)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert app.inside.sessions.all == ()


async def test_a_guest_has_a_console_that_waits_for_its_next_start(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "gitlab", "2")
        await pilot.press("c")
        await until(pilot, lambda: "gitlab login:" in screen_text(app), "the login is there")
        session = session_on(app).session
        target = named(host, "gitlab").id
        await host.perform(ActionRequest(Verb.KILL, target))
        await until(pilot, lambda: session.state is SessionState.WAITING, "it waits")
        assert "gitlab login:" in screen_text(app)
        host.step()
        await host.perform(ActionRequest(Verb.START, target))
        host.step()
        await until(pilot, lambda: session.state is SessionState.OPEN, "it is open again")


async def test_quitting_with_open_sessions_asks(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await pilot.press("ctrl+right_square_bracket", "q")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "shell in postgres" in screen_text(app)


async def test_read_only_opens_nothing_but_logs() -> None:
    host = StillHost(read_only=True)
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "postgres")
        await pilot.press("s")
        await until(pilot, lambda: "--read-only" in screen_text(app))
        assert isinstance(app.screen, MainScreen)
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))


async def test_an_image_without_a_shell_says_so(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "registry")
        await pilot.press("s")
        await until(pilot, lambda: "has no shell" in screen_text(app))
        assert session_on(app).session.state is SessionState.ENDED


async def test_closing_asks_what_becomes_of_the_process(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        await pilot.press("ctrl+right_square_bracket", "o", "x")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("e")
        await until(pilot, lambda: app.inside.sessions.all == ())
        await until(pilot, lambda: "exit code 137" in screen_text(app))


async def test_a_command_chooses_user_and_folder(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"shell redis --user anna --dir /srv", "enter")
        await until(pilot, lambda: "anna@" in screen_text(app), "the prompt is there")
        assert "shell as anna in /srv" in screen_text(app)


async def test_a_program_writes_the_clipboard_only_when_the_person_says_so(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        screen = await open_shell(pilot, app, host)
        screen.terminal.write(b"\x1b]52;c;aGVsbG8=\x07")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question is there")
        assert "hello" in screen_text(app)
        await pilot.press("y")
        await pilot.pause()
        assert (isinstance(app.screen, Confirm), app.clipboard) == (True, ""), (
            "a letter meant for the program is no yes"
        )
        await pilot.press("right", "enter")
        await until(pilot, lambda: app.clipboard == "hello")
        screen.terminal.write(b"\x1b]52;c;b3RoZXI=\x07")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "it is asked again after a yes")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SessionScreen))
        screen.terminal.write(b"\x1b]52;c;dGhpcmQ=\x07after a no")
        await until(pilot, lambda: "after a no" in screen_text(app), "a no counts from then on: nobody is asked")
        session_on(app)
        assert app.clipboard == "hello"


async def test_the_key_that_leaves_a_session_is_the_persons_choice(host: StillHost) -> None:
    app = make_app(host, Config(keys={"session_leave": ("f5",)}))
    async with app.run_test(size=SIZE) as pilot:
        await open_shell(pilot, app, host)
        assert "F5 leave, it goes on" in screen_text(app).splitlines()[-1]
        await pilot.press("ctrl+right_square_bracket", *"echo still", "enter")
        await until(pilot, lambda: "\nstill" in screen_text(app), "the usual key goes to the program")
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert len(app.inside.sessions.live) == 1


async def test_a_log_is_followed_and_digits_choose_how_far_back(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "postgres")
        await pilot.press("l")
        await until(pilot, lambda: "last 1,000 lines" in screen_text(app))
        await until(pilot, lambda: "following" in screen_text(app))
        await pilot.press("3")
        await until(pilot, lambda: "5 minutes" in screen_text(app))
        assert isinstance(app.screen, LogScreen)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_marked_rows_have_one_log(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "postgres")
        await pilot.press("space")
        assert isinstance(app.screen, MainScreen)
        app.screen.pane.table.move_cursor(named(host, "redis").key)
        await pilot.press("space", "l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        await until(pilot, lambda: screen_text(app).count("redis") > 2, "lines of redis are there")
        assert screen_text(app).count("postgres") > 2


async def test_keys_are_sent_to_a_guest_by_command(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"keys ctrl-alt-del gitlab", "enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: "ctrl-alt-del was sent" in screen_text(app))


async def test_what_is_typed_ahead_goes_to_the_shell_and_not_to_the_table(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=SIZE) as pilot:
        await on_row(pilot, app, host, "postgres")
        await pilot.press("s", *"ps", "enter")
        await until(pilot, lambda: isinstance(app.screen, SessionScreen))
        assert len(app.inside.sessions.all) == 1
