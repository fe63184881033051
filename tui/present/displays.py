"""Where a guest's screen is, in words and in commands."""

from __future__ import annotations

from collections.abc import Sequence

from tui.domain.display import Display
from tui.sessions.reaching import address_there, ssh_line


def reaching_lines(displays: Sequence[Display], login: list[str]) -> list[str]:
    """Return where each screen is, and the command for a person on another machine."""
    lines = []
    for display in displays:
        lines.append(display.words)
        if line := ssh_line(display, login):
            lines += ["  from another machine:", f"  {line}", f"  and there {address_there(display)}"]
    return lines
