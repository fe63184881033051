from __future__ import annotations

import pytest
from textual.app import App
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Button

from widgets.confirm import Confirm


class AskingApp(App[None]):
    """Asks, and keeps the answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[bool | None] = []

    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


async def ask(pilot: Pilot[None], confirm: Confirm) -> None:
    app = pilot.app
    assert isinstance(app, AskingApp)
    app.push_screen(confirm, app.answers.append)
    await pilot.pause()
    await pilot.pause()


async def test_a_letter_agrees_to_no_question_that_came_by_itself() -> None:
    app = AskingApp()
    async with app.run_test(size=(60, 15)) as pilot:
        await ask(pilot, Confirm("Kill api on kvm01?", yes="Kill", unasked=True))
        await pilot.press("y")
        await pilot.pause()
        assert app.answers == []
        await pilot.press("right", "enter")
        await pilot.pause()
        assert app.answers == [True]


@pytest.mark.parametrize(("keys", "chosen"), [("y", False), ("tab tab space y", True)])
async def test_an_option_is_off_until_ticked(keys: str, chosen: bool) -> None:
    app = AskingApp()
    confirm = Confirm("Delete old on kvm01?", yes="Delete", option="its variables too")
    async with app.run_test(size=(60, 15)) as pilot:
        await ask(pilot, confirm)
        assert any("[ ] its variables too" in line for line in app.lines())
        await pilot.press(*keys.split())
        await pilot.pause()
        assert app.answers == [True]
        assert confirm.option_chosen is chosen


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ("enter", False),
        ("n", False),
        ("escape", False),
        ("y", True),
        ("right enter", True),
        ("tab enter", True),
        ("right left enter", False),
    ],
)
async def test_answers(keys: str, answer: bool) -> None:
    app = AskingApp()
    async with app.run_test(size=(60, 15)) as pilot:
        await ask(pilot, Confirm("Stop api on kvm01?", "container api, running", yes="Stop"))
        await pilot.press(*keys.split())
        await pilot.pause()
        assert app.answers == [answer]


async def test_buttons_can_be_clicked() -> None:
    app = AskingApp()
    async with app.run_test(size=(60, 15)) as pilot:
        await ask(pilot, Confirm("Stop?"))
        await pilot.click("#confirm-yes")
        await pilot.pause()
        assert app.answers == [True]


def yes_is_possible(app: AskingApp) -> bool:
    return not app.screen.query_one("#confirm-yes", Button).disabled


async def test_what_must_be_typed_is_needed_for_a_yes() -> None:
    app = AskingApp()
    async with app.run_test(size=(60, 15)) as pilot:
        await ask(pilot, Confirm("Delete 12 containers?", yes="Delete", must_type="12"))
        await pilot.press("y", "enter")
        assert not yes_is_possible(app)
        await pilot.press("backspace", "1", "enter")
        assert len(app.answers) == 0
        await pilot.press("2")
        await pilot.pause()
        assert yes_is_possible(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.answers == [True]


async def test_esc_is_a_no_where_something_must_be_typed() -> None:
    app = AskingApp()
    async with app.run_test(size=(60, 15)) as pilot:
        await ask(pilot, Confirm("Delete?", must_type="12"))
        await pilot.press("1", "2", "escape")
        await pilot.pause()
        assert app.answers == [False]


async def test_a_long_body_scrolls_and_leaves_the_answers_in_view() -> None:
    app = AskingApp()
    async with app.run_test(size=(60, 15)) as pilot:
        body = "\n".join(f"line {number}" for number in range(40))
        await ask(pilot, Confirm("Delete?", body, yes="Delete", must_type="40"))
        text = "\n".join(app.lines())
        assert "line 0" in text
        assert "Type 40 to confirm:" in text
        assert any(line.split()[-3:] == ["No", "Delete", "│"] for line in app.lines())
        for _ in range(8):
            await pilot.press("pagedown")
        await pilot.pause()
        assert "line 39" in "\n".join(app.lines())
        assert app.screen.query_one("#confirm-body", VerticalScroll).scroll_y > 0


async def test_foreign_text_is_plain_and_escaped() -> None:
    app = AskingApp()
    async with app.run_test(size=(60, 15)) as pilot:
        await ask(pilot, Confirm("Stop [b]x\x1b[31m?", "a [red]b[/]\nc\u202ed", yes="[i]go"))
        text = "\n".join(app.lines())
        assert "Stop [b]x\\x1b[31m?" in text
        assert "a [red]b[/]" in text
        assert "c\\u202ed" in text
        assert "[i]go" in text
