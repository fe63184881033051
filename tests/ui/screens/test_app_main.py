from dataclasses import replace

import pytest
from textual.command import CommandList, CommandPalette

from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, step, until
from tui.config import Config
from tui.domain.host import EngineState, EngineStatus, HostView, InstanceView
from tui.domain.usage import CpuUsage
from tui.screens.main import MainScreen

HOSTILE = "\x1b]0;owned\x07[red]evil[/red]\n\u202eback"


def main_of(app: object) -> MainScreen:
    screen = getattr(app, "screen", None)
    assert isinstance(screen, MainScreen)
    return screen


async def test_first_frame_says_connecting() -> None:
    host = StillHost(engines_answer=False)
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert "connecting to qemu:///system" in screen_text(app)


async def test_overview_shows_problems_before_consumers(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        text = screen_text(app)
        assert text.index("x mail01") < text.index("! db") < text.index("build-7")
        assert "DEMO" in text
        assert "promised" in text


async def test_digits_open_panes_and_only_the_open_one_is_fed(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("2")
        await until(pilot, lambda: main_of(app).pane.pane == "guests")
        guests = main_of(app).pane.table
        assert guests.row_count == sum(item.instance.guest is not None for item in host.view.instances)  # type: ignore[union-attr]
        await pilot.press("3")
        await until(pilot, lambda: main_of(app).pane.pane == "containers")
        before = guests.row("x"), guests.visible_keys
        key = named(host, "build-7").key
        shown = guests.row(key)
        await step(pilot, host, 3)
        assert guests.row(key) is shown
        assert (guests.row("x"), guests.visible_keys) == before


async def test_mouse_opens_a_pane(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.click("#tabs", offset=(18, 0))
        await until(pilot, lambda: main_of(app).pane.pane == "guests")


async def test_cursor_stays_on_its_row_while_rows_move(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table = main_of(app).pane.table
        assert table.move_cursor(named(host, "dns1").key)
        host.change = lambda view: busy(view, "dns1", 9.0)
        first = table.view_keys[0]
        await step(pilot, host)
        assert table.view_keys[0] == first  # no row slips away under the finger
        await step(pilot, host)  # beyond the hold after a movement
        assert table.view_keys[0] == named(host, "dns1").key
        assert table.cursor_key == named(host, "dns1").key


async def test_small_differences_move_no_row(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        table = main_of(app).pane.table
        host.change = lambda view: busy(busy(view, "dns1", 5.0), "dns2", 5.2)
        await step(pilot, host)
        first = table.view_keys[:2]
        host.change = lambda view: busy(busy(view, "dns1", 5.3), "dns2", 5.1)
        await step(pilot, host)
        assert table.view_keys[:2] == first


def busy(view: HostView, name: str, cores: float) -> HostView:
    def changed(item: InstanceView) -> InstanceView:
        if item.instance.name != name:
            return item
        return replace(item, usage=replace(item.usage, cpu=CpuUsage(cores, 16.0, 10.0, None)))

    return replace(view, instances=tuple(map(changed, view.instances)))


async def test_filter_narrows_highlights_and_escape_clears(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("slash", *"dns")
        table = main_of(app).pane.table
        await until(pilot, lambda: len(table.view_keys) == 2)
        assert "2 of" in screen_text(app)
        await pilot.press("enter")
        await pilot.press("3")
        await pilot.press("1")
        await pilot.pause()
        assert len(main_of(app).pane.table.view_keys) == 2
        await pilot.press("escape")
        await until(pilot, lambda: len(table.view_keys) > 20)


async def test_marks_are_counted_and_escape_takes_them_away(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("2", "space", "j", "space")
        await until(pilot, lambda: "2 marked" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "marked" not in screen_text(app))


async def test_problems_only(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("2", "p")
        table = main_of(app).pane.table
        await until(pilot, lambda: table.row_count == 2)
        assert "problems only" in screen_text(app)


async def test_freeze_holds_the_screen_and_says_so(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("z")
        await pilot.pause()
        assert "FROZEN" in screen_text(app)
        held = screen_text(app)
        host.change = lambda view: busy(view, "dns1", 9.0)
        await step(pilot, host, 2)
        assert screen_text(app) == held
        await pilot.press("z")
        await until(pilot, lambda: "9.00" in screen_text(app))
        assert "FROZEN" not in screen_text(app)


async def test_too_small_says_so_and_recovers(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: "at least 60x15" in screen_text(app))
        assert "build-7" not in screen_text(app)
        await step(pilot, host)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "build-7" in screen_text(app) and "at least" not in screen_text(app))


async def test_a_silent_engine_is_a_line_that_opens_the_whole_reason(host: StillHost) -> None:
    reason = "Nothing listens there, and this sentence is much too long for a line of a list: start it with a command."

    def silent(view: HostView) -> HostView:
        lost = EngineStatus(
            "podman", "podman", "unix:///run/podman/podman.sock", EngineState.LOST, message=reason,
            answered_monotonic_seconds=view.taken_monotonic_seconds - 90,
        )  # fmt: skip
        return replace(view, sources=(lost,))

    host.change = silent
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: "1 min old: Nothing listens" in screen_text(app))
        problems = main_of(app).pane.problem_table
        assert problems is not None
        await pilot.press("tab")
        await until(pilot, lambda: problems.has_focus)
        problems.move_cursor(next(key for key in problems.view_keys if key.startswith("podman#")))
        await pilot.press("enter")
        await until(pilot, lambda: "its values are 1 min old" in screen_text(app))
        shown = " ".join(screen_text(app).split())
        assert reason in shown


async def test_the_host_shows_all_its_figures_where_the_bar_is_narrow(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 44)) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"host", "enter")
        await until(pilot, lambda: "over 1, 5 and 15 minutes" in screen_text(app))
        for part in ("swap", "% for memory", "written/s", "received/s", "41 days", "qemu:///system"):
            assert part in screen_text(app), part


async def test_side_panel_follows_the_cursor_and_attends(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(200, 50)) as pilot:
        await ready(pilot, app)
        key = named(host, "win-legacy").key
        assert main_of(app).pane.table.move_cursor(key)
        await until(pilot, lambda: host.attended == {key})
        await until(pilot, lambda: "autostart" in screen_text(app))
        await step(pilot, host)
        assert "-15m" in screen_text(app)


async def test_names_from_outside_are_shown_escaped(host: StillHost) -> None:
    def renamed(view: HostView) -> HostView:
        first, *rest = view.instances
        named_badly = replace(first.instance, name=HOSTILE, description=HOSTILE, reason=HOSTILE)
        return replace(view, instances=(replace(first, instance=named_badly), *rest))

    host.change = renamed
    app = make_app(host)
    async with app.run_test(size=(200, 50)) as pilot:
        await ready(pilot, app)
        for keys in (["2"], ["i"], ["escape", "T"]):
            await pilot.press(*keys)
            await pilot.pause()
            text = screen_text(app)
            assert "\x1b]" not in text
            assert "\u202e" not in text
            assert "owned" not in text or "\\x1b]0;owned" in text


@pytest.mark.parametrize("sort_key", ["full_stop", "greater_than_sign"])
async def test_sort_keys_change_the_order(host: StillHost, sort_key: str) -> None:
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await pilot.press("2")
        table = main_of(app).pane.table
        assert table.sort_column == "name"
        await pilot.press(sort_key)
        await until(pilot, lambda: table.sort_column == "state")
        await pilot.press("r")
        await until(pilot, lambda: table.sort_reverse)


async def test_ascii_only_draws_nothing_else(host: StillHost) -> None:
    app = make_app(host, Config(ascii_only=True))
    async with app.run_test(size=(200, 50)) as pilot:
        await ready(pilot, app)
        await step(pilot, host)
        await pilot.pause()
        assert screen_text(app).isascii()


async def test_the_palette_pages_where_it_has_no_room(host: StillHost) -> None:
    app = make_app(host)
    async with app.run_test(size=(30, 5)) as pilot:
        await ready(pilot, app)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: bool(app.screen.query_one(CommandList).options))
        await pilot.press("pagedown", "pagedown", "pageup")
        assert isinstance(app.screen, CommandPalette)
