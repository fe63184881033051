"""A terminal emulator as a widget, on Ghostty's core.

    reason = available()                      # 0.3 s the first time: better in a thread
    if reason is not None: ...                # no core on this platform: hand the terminal over instead
    emulator = Emulator(GhosttyCore(80, 24), sink=process.write)
    view = TerminalView(emulator)             # may be removed and made anew; the emulator goes on
    await emulator.feed(chunk)                # returns when there is room for more

The view tells `Resized`, `TitleChanged`, `Bell`, `ClipboardAsked`, `SelectionCopied`, `Scrolled` and `Searched`, and
`Typed` where the emulator has no sink. The parent binds the key that leaves it, with priority.
"""

from widgets.terminal.core import Found, Scroll, TerminalCore
from widgets.terminal.emulator import Emulator
from widgets.terminal.ghostty import GhosttyCore, available
from widgets.terminal.messages import (
    Bell,
    ClipboardAsked,
    Resized,
    Scrolled,
    Searched,
    SelectionCopied,
    TerminalMessage,
    TitleChanged,
    Typed,
)
from widgets.terminal.saving import Recorder, save_text
from widgets.terminal.view import TerminalView

__all__ = [
    "Bell",
    "ClipboardAsked",
    "Emulator",
    "Found",
    "GhosttyCore",
    "Recorder",
    "Resized",
    "Scroll",
    "Scrolled",
    "Searched",
    "SelectionCopied",
    "TerminalCore",
    "TerminalMessage",
    "TerminalView",
    "TitleChanged",
    "Typed",
    "available",
    "save_text",
]
