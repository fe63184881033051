from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.widgets import Input

from widgets.ask_text import AskText
from widgets.command_bar import CommandBar
from widgets.filter_bar import FilterBar
from widgets.plain_input import PlainInput

HOSTILE = "a\x1b]0;evil\x07b\x9bc\u202ed"


class Typing(App[None]):
    def compose(self) -> ComposeResult:
        yield PlainInput(HOSTILE, select_on_focus=False)
        yield FilterBar()
        yield CommandBar(lambda text: [f"{text}{HOSTILE}"])

    def shown(self) -> str:
        return "".join(strip.text for strip in self.screen._compositor.render_strips())


async def test_controls_are_shown_by_a_sign_and_kept_in_the_value() -> None:
    app = Typing()
    async with app.run_test(size=(60, 8)) as pilot:
        field = app.query_one(PlainInput)
        assert "a?]0;evil?b?c?d" in app.shown()
        assert app.shown().isprintable()
        field.focus()
        await pilot.press("end", "!")
        assert field.value == HOSTILE + "!"
        assert "?d!" in app.shown()


@pytest.mark.parametrize("bar", [FilterBar, CommandBar])
async def test_what_is_pasted_does_not_reach_the_terminal(bar: type[FilterBar | CommandBar]) -> None:
    app = Typing()
    async with app.run_test(size=(60, 8)) as pilot:
        app.query_one(bar).query_one(Input).focus()
        app.post_message(Paste(HOSTILE))
        await pilot.pause()
        assert app.shown().count("a?]0;evil?b?c?d") == 2
        assert app.shown().isprintable()


async def test_a_completed_name_does_not_reach_the_terminal() -> None:
    app = Typing()
    async with app.run_test(size=(60, 8)) as pilot:
        app.query_one(CommandBar).open("s")
        await pilot.press("tab")
        assert app.query_one(CommandBar).query_one(Input).value == f"s{HOSTILE} "
        assert "sa?]0;evil?b?c?d" in app.shown()
        assert app.shown().isprintable()


async def test_a_proposal_does_not_reach_the_terminal() -> None:
    app = Typing()
    async with app.run_test(size=(60, 12)) as pilot:
        app.push_screen(AskText("Save to", "a new file", HOSTILE))
        await pilot.pause()
        assert "a?]0;evil?b?c?d" in app.shown()
        assert app.shown().isprintable()
