"""Take the pictures of the README from the running application: `make screenshots`.

The application is the real one over the demo host; its clocks stand still, so that the same code makes the same
pictures.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from tests.ui.dash.walls import make_wall, shown
from tests.ui.screens.still import StillHost, make_app, named, ready, screen_text, until
from tests.ui.screens.test_replay import Recorded, gone_back
from tui.config import Config
from tui.domain.past import Handling
from tui.screens.main import MainScreen

FOLDER = Path(__file__).parents[2] / "screenshots"
TICKS = 900


@dataclass(frozen=True)
class Picture:
    """One picture: the keys that lead there, from the row of an instance where one is named.

    Attributes:
        until: a text that stands there once what was asked of the engines is here.
    """

    name: str
    keys: tuple[str, ...]
    size: tuple[int, int]
    cursor: str = ""
    until: str = ""


PICTURES = (
    Picture("overview-80x24", ("1",), (80, 24)),
    Picture("overview-200x50", ("1",), (200, 50), "postgres"),
    Picture("guests-200x50", ("2",), (200, 50), "build-7"),
    Picture("containers-200x50", ("3",), (200, 50), "db"),
    Picture("details-80x24", ("i",), (80, 24), "postgres"),
    Picture("details-200x50", ("i",), (200, 50), "build-7"),
    Picture("stop-80x24", ("T",), (80, 24), "web-front"),
    Picture("filter-80x24", ("3", "slash", *"pod:api"), (80, 24)),
    Picture("help-80x24", ("question_mark",), (80, 24)),
    Picture("shell-80x24", ("3", "s", *"ps", "enter"), (80, 24), "postgres"),
    Picture("images-200x50", ("4",), (200, 50), until="mariadb"),
    Picture("networks-200x50", ("5",), (200, 50), until="networks of qemu"),
    Picture("map-80x24", ("m",), (80, 24), until="net default"),
    Picture("log-80x24", ("3", "l", "w"), (80, 24), "api-1"),
    Picture("timeline-200x50", ("t",), (200, 50), until="disk error"),
)


async def take(picture: Picture) -> str:
    """Return a picture as SVG."""
    host = StillHost(ticks=TICKS)
    app = make_app(host, Config(theme="hostdeck"))
    async with app.run_test(size=picture.size) as pilot:
        await ready(pilot, app)
        head, *rest = picture.keys
        if head.isdigit():
            await pilot.press(head)
            await pilot.pause()
        else:
            rest = [head, *rest]
        assert isinstance(app.screen, MainScreen)
        if picture.cursor:
            app.screen.pane.table.move_cursor(named(host, picture.cursor).key)
            await pilot.pause()
            host.step()
            await pilot.pause()
        await pilot.press(*rest)
        await until(pilot, lambda: picture.until in screen_text(app), picture.until)
        await pilot.pause()
        await pilot.pause()
        return app.export_screenshot(title="hostdeck")


WALLS = ((80, 24), (200, 50))


async def take_wall(size: tuple[int, int]) -> str:
    """Return a picture of the dashboard as SVG."""
    wall = make_wall(StillHost(read_only=True, ticks=TICKS))
    async with wall.run_test(size=size) as pilot:
        await shown(pilot, wall)
        return wall.export_screenshot(title="hostdeck dash")


async def take_handled(size: tuple[int, int]) -> str:
    """Return a picture of problems that persons have said something about as SVG."""
    host = StillHost(ticks=TICKS)
    app = make_app(host, Config(theme="hostdeck"))
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        assert app.view is not None
        ids = {problem.name: problem.id for problem in app.view.problems}
        for said in (
            Handling(ids["mail01"], "ada", host.utc(), note="a new disk is on its way"),
            Handling(ids["db"], "ada", host.utc(), acknowledged=True),
            Handling(ids["transcoder"], "bob", host.utc(), silenced_until_utc_seconds=host.utc() + 3600),
        ):
            await host.handlings.put(said)
        host.step()
        await pilot.press("tab")
        await until(pilot, lambda: "1 silenced" in screen_text(app), "what was said")
        return app.export_screenshot(title="hostdeck")


async def take_replay(size: tuple[int, int]) -> str:
    """Return a picture of some minutes ago, with a gap in the record, as SVG."""
    recorded = Recorded(size)
    app = make_app(recorded.host, Config(theme="hostdeck"), open_record=recorded.open)
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        await recorded.record_some(pilot, app, 300)
        recorded.skip(90)
        await recorded.record_some(pilot, app, 240)
        recorded.record.written = list(recorded.host.timeline())
        source = await gone_back(pilot, app)
        source.go_to(recorded.at(250))
        await until(pilot, lambda: app.view is recorded.record.views[250], "that moment")
        app.said = None
        app.came_up()
        await pilot.pause()
        return app.export_screenshot(title="hostdeck")


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        (FOLDER / f"{picture.name}.svg").write_text(await take(picture), encoding="utf-8")
    for width, height in WALLS:
        (FOLDER / f"dash-{width}x{height}.svg").write_text(await take_wall((width, height)), encoding="utf-8")
    (FOLDER / "problems-200x50.svg").write_text(await take_handled((200, 50)), encoding="utf-8")
    (FOLDER / "replay-80x24.svg").write_text(await take_replay((80, 24)), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
