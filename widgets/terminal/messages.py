"""What a terminal view tells its parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from widgets.terminal.core import Found

if TYPE_CHECKING:
    from widgets.terminal.canvas import TerminalCanvas


class TerminalMessage(Message):
    """Something a terminal view tells."""

    def __init__(self, terminal: TerminalCanvas) -> None:
        super().__init__()
        self.terminal = terminal

    @property
    def control(self) -> TerminalCanvas:
        """The view, for `@on` with a selector."""
        return self.terminal


class Typed(TerminalMessage):
    """Bytes for the program: keys, pasted text, mouse reports, answers. Not sent where the emulator has a sink."""

    def __init__(self, terminal: TerminalCanvas, data: bytes) -> None:
        super().__init__(terminal)
        self.data = data


class Resized(TerminalMessage):
    """The terminal has another size; the program's own terminal should get it."""

    def __init__(self, terminal: TerminalCanvas, columns: int, rows: int) -> None:
        super().__init__(terminal)
        self.columns = columns
        self.rows = rows

    def can_replace(self, message: Message) -> bool:
        """Replace an older one that was not handled yet."""
        return isinstance(message, Resized)


class TitleChanged(TerminalMessage):
    """The program wants a title: printable, one line, 256 characters at most."""

    def __init__(self, terminal: TerminalCanvas, title: str) -> None:
        super().__init__(terminal)
        self.title = title


class Bell(TerminalMessage):
    """The program rang; bells that follow each other within a slice are one."""

    def can_replace(self, message: Message) -> bool:
        """Replace an older one that was not handled yet."""
        return isinstance(message, Bell)


class ClipboardAsked(TerminalMessage):
    """The program wants this text, 100 kB at most, in the person's clipboard. It is foreign: ask before obeying."""

    def __init__(self, terminal: TerminalCanvas, text: str) -> None:
        super().__init__(terminal)
        self.text = text

    def can_replace(self, message: Message) -> bool:
        """Replace an older one that was not handled yet."""
        return isinstance(message, ClipboardAsked)


class SelectionCopied(TerminalMessage):
    """The person selected text; it went to the clipboard through the app."""

    def __init__(self, terminal: TerminalCanvas, text: str) -> None:
        super().__init__(terminal)
        self.text = text


class Scrolled(TerminalMessage):
    """The view moved in the scrollback; `back` is how many rows it is away from the end."""

    def __init__(self, terminal: TerminalCanvas, back: int) -> None:
        super().__init__(terminal)
        self.back = back

    def can_replace(self, message: Message) -> bool:
        """Replace an older one that was not handled yet."""
        return isinstance(message, Scrolled)


class Searched(TerminalMessage):
    """A search came further: how many matches there are so far, and which is chosen."""

    def __init__(self, terminal: TerminalCanvas, found: Found) -> None:
        super().__init__(terminal)
        self.found = found

    def can_replace(self, message: Message) -> bool:
        """Replace an older one that was not handled yet."""
        return isinstance(message, Searched)
