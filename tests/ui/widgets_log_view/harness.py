"""An app around one LogView, and ways to wait for what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC

from textual import events, on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from widgets.log_view import LogLine, LogView

DEADLINE_SECONDS = 30


class LogApp(App[None]):
    """One log over the whole screen."""

    def __init__(self, view: LogView | None = None) -> None:
        super().__init__()
        self.view = view or LogView(zone=UTC)
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()

    @on(LogView.FollowChanged)
    @on(LogView.Saved)
    def keep(self, message: Message) -> None:
        self.told.append(message)

    def lines(self) -> list[str]:
        """Return what the screen shows without the scrollbar, the status line last."""
        width = self.size.width - 1
        strips = self.screen._compositor.render_strips()
        return [strip.crop(0, width).text.rstrip() for strip in strips[:-1]] + [strips[-1].text.rstrip()]


def numbered(count: int, start: int = 0, source: str = "api") -> list[LogLine]:
    return [LogLine(source, f"line {number}", 1_772_355_900.0 + number) for number in range(start, start + count)]


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110 -- conditions of a screen have no event
            await asyncio.sleep(0.002)  # not a pause of Pilot's, which waits for more than is asked here


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the view has nothing to do and shows it."""
    app = pilot.app
    assert isinstance(app, LogApp)
    view = app.view
    await until(lambda: view.is_settled and not view._pane._draw_waits)
    await pilot.pause()


async def show(pilot: Pilot[None], lines: Iterable[LogLine]) -> None:
    """Feed lines and wait until they are shown."""
    assert isinstance(pilot.app, LogApp)
    pilot.app.view.feed(list(lines))
    await settled(pilot)


def send(app: LogApp, key: str) -> None:
    """Press a key and wait for nothing."""
    app.post_message(events.Key(key, key))


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait until what they asked for is shown."""
    await pilot.press(*keys)
    await settled(pilot)
