"""The terminal as a widget: what the person does goes to the program, what the program says comes as messages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer

from widgets.frames import frames_of
from widgets.terminal.browser import TerminalBrowser
from widgets.terminal.emulator import Emulator
from widgets.terminal.keys import key_press
from widgets.terminal.messages import (
    Bell,
    ClipboardAsked,
    Resized,
    Searched,
    SelectionCopied,
    TitleChanged,
    Typed,
)
from widgets.terminal.saving import save_text

RESIZE_SECONDS = 0.05
"""A size must stay this long until the program is told; windows are dragged through many."""
WHEEL_ROWS = 3
PASTE_PIECE = 8192
"""Bytes of pasted text told at once."""


class TerminalView(TerminalBrowser, can_focus=True, inherit_bindings=False):
    """A terminal.

    All keys go to the program, except bindings with priority: those below, and what parents bind so. Nothing that the
    program writes reaches the person's terminal: only strips made of its cells are drawn.

    Args:
        emulator: what is shown. It lives on when the widget is removed; whoever made it closes it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+pageup", "page(-1)", "Back", show=False, priority=True, id="terminal.page_back"),
        Binding("shift+pagedown", "page(1)", "Forward", show=False, priority=True, id="terminal.page_forward"),
        Binding("ctrl+shift+up", "line(-1)", "Line back", show=False, priority=True, id="terminal.line_back"),
        Binding("ctrl+shift+down", "line(1)", "Line forward", show=False, priority=True, id="terminal.line_forward"),
        Binding("shift+home", "first", "First line", show=False, priority=True, id="terminal.first"),
        Binding("shift+end", "last", "Last line", show=False, priority=True, id="terminal.last"),
    ]

    Typed = Typed
    Resized = Resized
    TitleChanged = TitleChanged
    Bell = Bell
    ClipboardAsked = ClipboardAsked
    SelectionCopied = SelectionCopied
    Searched = Searched

    def __init__(
        self,
        emulator: Emulator,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 -- Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(emulator, name=name, id=id, classes=classes, disabled=disabled)
        self._resizing: Timer | None = None
        self._sized = False

    # From the program

    def write(self, data: bytes) -> bool:
        """Take what the program wrote; False when its reader should pause until `drained`."""
        return self._emulator.write(data)

    async def feed(self, data: bytes) -> None:
        """Take what the program wrote, and return when there is room for more."""
        await self._emulator.feed(data)

    async def drained(self) -> None:
        """Wait until there is room for more."""
        await self._emulator.drained()

    def on_mount(self) -> None:
        """Listen to the emulator."""
        heard = self._emulator.listeners
        heard.replied.append(self._send)
        heard.rang.append(self._on_rang)
        heard.titled.append(self._on_titled)
        heard.clipboard.append(self._on_clipboard)
        heard.changed.append(self._on_changed)
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._repaint())
        self._repaint()

    def on_unmount(self) -> None:
        """Leave the emulator to itself."""
        heard = self._emulator.listeners
        heard.replied.remove(self._send)
        heard.rang.remove(self._on_rang)
        heard.titled.remove(self._on_titled)
        heard.clipboard.remove(self._on_clipboard)
        heard.changed.remove(self._on_changed)
        frames_of(self.app).forget(self)

    def _on_rang(self) -> None:
        self.post_message(Bell(self))

    def _on_titled(self, title: str) -> None:
        self.post_message(TitleChanged(self, title))

    def _on_clipboard(self, text: str) -> None:
        self.post_message(ClipboardAsked(self, text))

    # To the program

    def on_key(self, event: events.Key) -> None:
        """Send a key."""
        event.stop()
        event.prevent_default()
        press = key_press(event)
        data = self._emulator.core.encode_key(press) if press is not None and not self._emulator.closed else b""
        if data:
            self._return_to_program()
            self._send(data)

    def on_paste(self, event: events.Paste) -> None:
        """Send pasted text."""
        event.stop()
        event.prevent_default()
        self.paste(event.text)

    def paste(self, text: str) -> None:
        """Send text as if it was pasted, in pieces."""
        if self._emulator.closed:
            return
        self._return_to_program()
        data = self._emulator.core.encode_paste(text)
        for start in range(0, len(data), PASTE_PIECE):
            self._send(data[start : start + PASTE_PIECE])

    def _return_to_program(self) -> None:
        """Show the end again and drop the selection, now that the person types.

        Where neither is there to change, no frame is spent: the program's answer to the key should get the next one.
        """
        core = self._emulator.core
        if self._selected or core.scroll().back:
            self._select_nothing()
            core.scroll_to_end()
            self._on_changed()

    def on_focus(self) -> None:
        """Tell the program, and draw its cursor as it wants it."""
        self._focus_changed(focused=True)

    def on_blur(self) -> None:
        """Tell the program, and draw a pale cursor."""
        self._focus_changed(focused=False)

    def _focus_changed(self, *, focused: bool) -> None:
        if not self._emulator.closed:
            self._send(self._emulator.core.encode_focus(focused=focused))
            self._on_changed()

    # Size

    def on_resize(self, _event: events.Resize) -> None:
        """Take the size of the widget: the first at once, others when they stay for a moment."""
        if self._resizing is not None:
            self._resizing.stop()
            self._resizing = None
        if not self._sized:
            self._take_size()
        else:
            self._resizing = self.set_timer(RESIZE_SECONDS, self._take_size)

    def _take_size(self) -> None:
        self._resizing = None
        columns, rows = self.size
        core = self._emulator.core
        if self._emulator.closed or not columns or not rows:
            return
        changed = (columns, rows) != (core.columns, core.rows)
        if changed or not self._sized:
            self._sized = True
            self._emulator.resize(columns, rows)
            self.post_message(Resized(self, core.columns, core.rows))

    # Saving

    async def save(self, path: Path) -> None:
        """Write scrollback and screen to a new file of mode 0600; OSError where that is not possible."""
        text = self._emulator.core.all_text()
        await asyncio.to_thread(save_text, path, text)
