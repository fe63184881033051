"""What a terminal understands: bell, notification on the desktop, title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.escape import escape_controls

if TYPE_CHECKING:
    from tui.notify.message import Message
    from tui.notify.settings import Desktop

BELL = "\a"
KEEP_TITLE = "\x1b[22;2t"  # xterm: put the title on its stack
RESTORE_TITLE = "\x1b[23;2t"
LONGEST = 200


def desktop(how: Desktop, message: Message) -> str:
    """Return what asks for a notification; empty where none is wanted.

    OSC 9 (iTerm2, ConEmu, kitty, foot, Windows Terminal) has one text, OSC 777 (urxvt, foot, VTE) a title and a text.
    """
    if how == "osc9":
        return f"\x1b]9;{_safe(message.title)}\a"
    if how == "osc777":
        return f"\x1b]777;notify;hostdeck;{_safe(message.title).replace(';', ',')}\a"
    return ""


def title(text: str) -> str:
    """Return what sets the title of the window."""
    return f"\x1b]2;{_safe(f'hostdeck {text}')}\a"


def _safe(text: str) -> str:
    """Return one line in which nothing ends the sequence or begins another.

    A text that begins with a digit and `;` means something else to some terminals (ConEmu: OSC 9;4 is progress); names
    of hosts come first here, and one of a single digit is kept apart by a blank.
    """
    line = escape_controls(text.replace("\n", " "))[:LONGEST]
    return f" {line}" if line[:1].isdigit() else line
