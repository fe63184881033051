"""A still of a guest's screen, once a second, for guests that have only a screen; what is typed is sent to it.

It is drawn in half blocks, which every terminal can. The protocols for true pictures (sixel, kitty) are not used:
whether a terminal knows them is found out by asking it, and once Textual reads the terminal its answer arrives as keys,
which here would be typed into the guest; libraries ask before Textual starts, at the cost of every start. And what is
drawn here is cells: a picture laid over them is not taken away by the question or the list that opens over it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.strip import Strip
from textual.widget import Widget

from tui.actions import Scope
from tui.domain.errors import EngineError
from tui.domain.host import HostView
from tui.domain.instance import Instance
from tui.present.hostbar import connecting_bar, host_bar
from tui.screens.deck import DeckScreen
from tui.screens.displays import displays
from tui.screens.span_lines import SpanLines
from tui.sessions import Subject
from widgets.key_footer import KeyFooter
from widgets.picture import HALF, half_blocks, read_picture

if TYPE_CHECKING:
    from tui.screens.inside import Inside

EVERY_SECONDS = 1.0
_KEYS = {
    "enter": "enter", "escape": "esc", "tab": "tab", "backspace": "backspace", "delete": "delete", "up": "up",
    "down": "down", "left": "left", "right": "right", "home": "home", "end": "end", "pageup": "pageup",
    "pagedown": "pagedown", "insert": "insert",
}  # fmt: skip


class Still(Widget):
    """Rows of half blocks."""

    DEFAULT_CSS = "Still { height: 1fr; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="still")
        self.can_focus = True
        self._strips: list[Strip] = []

    def show(self, strips: list[Strip]) -> None:
        """Draw these rows."""
        self._strips = strips
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row."""
        strip = self._strips[y] if y < len(self._strips) else Strip([])
        return strip.adjust_cell_length(self.size.width)


class StillScreen(DeckScreen):
    """Asks for a picture, draws it, waits, and asks again; keys are sent in the order they were typed.

    Args:
        instance: a running guest.
    """

    SCOPES: ClassVar[Collection[Scope]] = (Scope.SESSION,)
    OWNS_KEYS: ClassVar[bool] = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+right_square_bracket", "leave", "Leave", show=False, priority=True, id="session_leave"),
        Binding("f12", "keys", "More", show=False, priority=True, id="session_menu"),
    ]

    def __init__(self, instance: Instance, inside: Inside) -> None:
        super().__init__()
        self._instance = instance
        self._inside = inside
        self._typed: asyncio.Queue[tuple[str, str]] = asyncio.Queue(1000)
        self._seen = b""
        self._said = "is being asked"
        self._places = "  ".join(display.words for display in displays(instance))

    def compose(self) -> ComposeResult:
        """Place the bar, the title, the picture and the keys."""
        yield SpanLines((connecting_bar(80),), id="host-bar")
        yield SpanLines(((),), id="title")
        yield Still()
        footer = KeyFooter(id="keys")
        footer.ascii_only = self.deck.ascii_only
        yield footer
        yield SpanLines(id="too-small")

    def on_mount(self) -> None:
        """Begin to look."""
        leave, more = self.deck.label_of("session_leave"), self.deck.label_of("session_menu")
        self.query_one(KeyFooter).set_keys([(leave, "leave"), (more, "send ctrl-alt-del and others"), ("keys", "sent")])
        self.query_one(Still).focus()
        self._show_title()
        self.run_worker(self._look())
        self.run_worker(self._send())
        if self.deck.view is not None:
            self.show_view(self.deck.view)

    def show_view(self, view: HostView) -> None:
        """Draw the host bar."""
        bar = host_bar(view, self.size.width, frozen=self.deck.frozen, ascii_only=self.deck.ascii_only)
        self.query_one("#host-bar", SpanLines).show([bar])

    def show_said(self) -> None:
        """Show or take away the last message."""
        self._show_title()

    def _show_title(self) -> None:
        if not self.is_mounted:
            return
        said = self.deck.said or (f"{self._said}  {self._places}", "dim")
        self.query_one("#title", SpanLines).show([((f" {self._instance.name}", "accent"), ("  screen  ", "dim"), said)])

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._show_title()

    async def _look(self) -> None:
        while True:
            began = asyncio.get_running_loop().time()
            try:
                data = await self.deck.source.screenshot(self._instance.id)
                await self._draw(data)
            except (EngineError, ValueError) as error:
                self._say(error.message if isinstance(error, EngineError) else str(error))
            took = asyncio.get_running_loop().time() - began
            await asyncio.sleep(max(EVERY_SECONDS, took))  # a large picture on a slow machine takes half of it at most

    async def _draw(self, data: bytes) -> None:
        """Draw a picture that differs from the last one; reading it may take a while, so a thread does it."""
        columns, rows = self.query_one(Still).size
        seen = hashlib.blake2b(data, digest_size=16).digest() + bytes((columns % 256, rows % 256))
        if seen == self._seen or not columns or not rows:
            return
        self._seen = seen
        width, height, strips = await asyncio.to_thread(_strips, data, columns, rows)
        self._say(f"{width}x{height}, once a second")
        self.query_one(Still).show(strips)

    async def _send(self) -> None:
        """Send what was typed, what came together as one text."""
        subject = Subject.of(self._instance)
        while True:
            kind, text = await self._typed.get()
            try:
                if kind == "key":
                    from tui.sessions.keynames import linux_keys

                    await self.deck.source.send_keys(subject.target, linux_keys(text))
                else:
                    await self.deck.source.guest_help(subject.target).type_text(subject.target, text)
            except EngineError as error:
                self._say(error.message)

    def on_key(self, event: Key) -> None:
        """Send a key to the guest."""
        event.stop()
        event.prevent_default()
        *modifiers, name = event.key.split("+")
        if event.is_printable and event.character and not modifiers:
            wanted = ("text", event.character)
        elif name in _KEYS or (name.startswith("f") and name[1:].isdigit()) or (len(name) == 1 and modifiers):
            wanted = ("key", "-".join([*modifiers, _KEYS.get(name, name)]))
        elif event.is_printable and event.character:
            wanted = ("text", event.character)
        else:
            return
        if not self._typed.full():
            self._typed.put_nowait(wanted)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()

    def action_keys(self) -> None:
        """Ask which keys to press."""
        from tui.actions import Targets

        self._inside.ask_keys(Targets((self._instance,)))


def _strips(data: bytes, columns: int, rows: int) -> tuple[int, int, list[Strip]]:
    picture = read_picture(data)
    styles: dict[object, Style] = {}
    strips = []
    for row in half_blocks(picture, columns, rows):
        segments = []
        for upper, lower in row:
            style = styles.get((upper, lower))
            if style is None:
                style = Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
                styles[upper, lower] = style
            segments.append(Segment(HALF, style))
        strips.append(Strip(segments, len(row)))
    return picture.width, picture.height, strips
