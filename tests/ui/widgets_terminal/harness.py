"""An app around one terminal that keeps what is drawn and told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.strip import Strip

from widgets.terminal import Emulator, GhosttyCore, TerminalMessage, TerminalView, Typed

M = TypeVar("M", bound=TerminalMessage)


class CountingView(TerminalView):
    """Keeps which rows Textual asked to be drawn."""

    def __init__(self, emulator: Emulator) -> None:
        self.drawn: list[int] = []
        super().__init__(emulator)

    def _paint(self, y: int, width: int) -> Strip:
        self.drawn.append(y)
        return super()._paint(y, width)


class TerminalApp(App[None]):
    """One terminal over the whole screen."""

    CSS = "Screen { layers: base; }"
    BINDINGS = [Binding("ctrl+right_square_bracket", "leave", priority=True)]  # noqa: RUF012 -- Textual's own way

    def __init__(self, *, scrollback: int = 10_000) -> None:
        super().__init__()
        self.view = CountingView(Emulator(GhosttyCore(scrollback=scrollback)))
        self.told: list[TerminalMessage] = []
        self.left = 0

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()

    def action_leave(self) -> None:
        self.left += 1

    @on(TerminalMessage)
    def keep(self, message: TerminalMessage) -> None:
        self.told.append(message)

    def lines(self) -> list[str]:
        """Return what the screen shows, without blanks at line ends."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    @property
    def typed(self) -> bytes:
        """All that was sent to the program."""
        return b"".join(message.data for message in self.messages(Typed))

    def messages(self, kind: type[M]) -> list[M]:
        """Return what was told of a kind."""
        return [message for message in self.told if isinstance(message, kind)]

    async def show(self, data: bytes) -> None:
        """Feed bytes and wait until they are drawn."""
        await self.view.feed(data)
        await self.view.emulator.quiet()
        await self.drawn()

    async def drawn(self) -> None:
        """Wait until nothing is left to draw."""
        await until(lambda: not self.view._is_asked and not self.view._stale)
        await asyncio.sleep(0)


async def until(condition: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        await asyncio.sleep(0.005)
