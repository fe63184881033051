from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.dash.walls import make_wall, shown
from tests.ui.screens.still import StillHost, screen_text, step
from tui.dash.app import DashApp
from tui.dash.rotation import PageId
from tui.domain.host import HostView
from tui.domain.instance import State


def text_of(app: DashApp) -> str:
    return screen_text(app)  # type: ignore[arg-type]


async def later(pilot: Pilot[None], host: StillHost, seconds: float) -> None:
    host.now += seconds
    await step(pilot, host)


async def test_pages_take_turns() -> None:
    host = StillHost(read_only=True)
    app = make_wall(host, rotate_seconds=10)
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, app)
        seen = []
        for _ in range(5):
            seen.append(app.moment().turn.page)
            await later(pilot, host, 10)
        assert seen == list(PageId)
        assert "overview 1/5" in text_of(app)


async def test_a_guest_that_crashes_brings_the_problems_back() -> None:
    host = StillHost(read_only=True)
    app = make_wall(host, pages=(PageId.OVERVIEW, PageId.TIMELINE), rotate_seconds=10)

    def crash(view: HostView) -> HostView:
        return replace(
            view,
            instances=tuple(
                replace(item, instance=replace(item.instance, state=State.CRASHED, reason="panic"))
                if item.instance.name == "gitlab"
                else item
                for item in view.instances
            ),
        )

    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, app)
        await later(pilot, host, 10)
        assert app.moment().turn.page is PageId.TIMELINE
        host.change = crash
        await later(pilot, host, 1)
        turn = app.moment().turn
        assert (turn.page, turn.is_held) == (PageId.OVERVIEW, True)
        assert "held" in text_of(app)
        assert "gitlab" in text_of(app)
        await later(pilot, host, 30)
        assert app.moment().turn.page is PageId.OVERVIEW


@pytest.mark.parametrize("size", [(480, 130), (60, 15), (30, 8), (200, 50)])
async def test_it_fills_the_screen_after_a_resize(size: tuple[int, int]) -> None:
    host = StillHost(read_only=True)
    app = make_wall(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        await pilot.resize_terminal(*size)
        await step(pilot, host)
        lines = text_of(app).split("\n")
        assert (len(lines), {len(line) for line in lines}) == (size[1], {size[0]})
        assert sum(bool(line.strip()) for line in lines) > size[1] / 2


async def test_no_key_does_anything_but_end_it() -> None:
    host = StillHost(read_only=True)
    app = make_wall(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        before = text_of(app)
        await pilot.press(*"STKRPDBHtbsclij123/:?", "space", "enter", "escape", "tab", "ctrl+p", "up", "delete")
        assert text_of(app) == before
        assert (host.performed, host.handled, len(app.screen_stack)) == ([], [], 1)
        await pilot.press("q")
        await pilot.pause()
    assert app.return_code == 0


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_other_ways_out(key: str) -> None:
    app = make_wall(StillHost(read_only=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app)
        await pilot.press(key)
        await pilot.pause()
    assert app.return_code == 0
