from __future__ import annotations

from textual import on
from textual.app import App, ComposeResult
from textual.widgets import Input

from widgets.command_bar import CommandBar
from widgets.filter_bar import FilterBar
from widgets.key_footer import KeyFooter

COMMANDS = ("sort name", "sort cores", "start", "theme nord")


class BarsApp(App[None]):
    """Every one-line widget, and what they told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def compose(self) -> ComposeResult:
        yield FilterBar(placeholder="state:running !web")
        yield CommandBar(
            lambda text: [command for command in COMMANDS if command.startswith(text)], history=["first", "second"]
        )
        yield KeyFooter()

    @on(FilterBar.FilterChanged)
    def keep_filter(self, message: FilterBar.FilterChanged) -> None:
        self.told.append(message.text)

    @on(FilterBar.Closed)
    def keep_closed(self, message: FilterBar.Closed) -> None:
        self.told.append(message.kept)

    @on(CommandBar.Submitted)
    def keep_command(self, message: CommandBar.Submitted) -> None:
        self.told.append(message.text)

    @on(CommandBar.Cancelled)
    def keep_cancelled(self) -> None:
        self.told.append(None)

    @property
    def command(self) -> str:
        return self.query_one(CommandBar).query_one(Input).value

    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


async def test_a_filter_is_told_while_typed_and_kept_by_enter() -> None:
    app = BarsApp()
    async with app.run_test(size=(60, 6)) as pilot:
        app.query_one(FilterBar).open()
        await pilot.press("w", "e", "[", "enter")
        await pilot.pause()
        assert app.told == ["w", "we", "we[", True]
        assert app.lines()[0] == "/ we["
        assert app.query_one(FilterBar).text == "we["


async def test_esc_clears_a_filter() -> None:
    app = BarsApp()
    async with app.run_test(size=(60, 6)) as pilot:
        bar = app.query_one(FilterBar)
        bar.text = "web"
        bar.open()
        await pilot.press("1", "escape")
        await pilot.pause()
        assert app.told == ["web", "web1", "", False]
        assert bar.text == ""


async def test_a_command_is_completed_by_tab_as_far_as_all_agree_then_one_by_one() -> None:
    app = BarsApp()
    async with app.run_test(size=(60, 6)) as pilot:
        app.query_one(CommandBar).open()
        await pilot.press("tab", "s", "tab", "o", "tab")  # nothing is written that not all agree on
        assert app.command == "sort "
        await pilot.press("tab")
        assert app.command == "sort name"
        await pilot.press("tab")
        assert app.command == "sort cores"
        await pilot.press("tab")
        assert app.command == "sort name"
        await pilot.press("shift+tab")
        assert app.command == "sort cores"
        await pilot.press("enter")
        await pilot.pause()
        assert app.told == ["sort cores"]
        assert app.command == ""


async def test_what_could_follow_is_shown_and_cut_with_a_sign() -> None:
    app = BarsApp()
    async with app.run_test(size=(60, 6)) as pilot:
        app.query_one(CommandBar).open()
        await pilot.pause()
        assert app.lines()[1].endswith("…")
        await pilot.press("s", "t")
        await pilot.pause()
        assert app.lines()[1].endswith("start")
        await pilot.press("tab", "x")
        await pilot.pause()
        assert app.lines()[1] == ":start x"


async def test_history_goes_back_and_forth_and_keeps_what_was_being_typed() -> None:
    app = BarsApp()
    async with app.run_test(size=(60, 6)) as pilot:
        bar = app.query_one(CommandBar)
        bar.open()
        await pilot.press("x", "up")
        assert app.command == "second"
        await pilot.press("up", "up")
        assert app.command == "first"
        await pilot.press("down", "down")
        assert app.command == "x"
        await pilot.press("up", "up", "enter")
        await pilot.pause()
        assert bar.history == ("second", "first")


async def test_an_empty_command_and_esc_cancel() -> None:
    app = BarsApp()
    async with app.run_test(size=(60, 6)) as pilot:
        app.query_one(CommandBar).open()
        await pilot.press("space", "enter")
        app.query_one(CommandBar).open("sort ")
        await pilot.press("escape")
        await pilot.pause()
        assert app.told == [None, None]


async def test_the_footer_tells_when_there_are_more_keys() -> None:
    app = BarsApp()
    async with app.run_test(size=(30, 6)) as pilot:
        footer = app.query_one(KeyFooter)
        footer.set_keys([("S", "start"), ("T", "stop"), ("D", "delete"), ("?", "he\x1blp")])
        await pilot.pause()
        assert app.lines()[2] == "S start  T stop  D delete  …"
        footer.ascii_only = True
        await pilot.pause()
        assert app.lines()[2] == "S start  T stop  D delete  >"
        await pilot.resize_terminal(50, 6)
        await pilot.pause()
        assert app.lines()[2] == "S start  T stop  D delete  ? he\\x1blp"
