"""Ghostty's terminal core (libghostty-vt, through pyghostty) behind our protocol."""

from widgets.terminal.ghostty.core import GhosttyCore
from widgets.terminal.ghostty.library import available

__all__ = ["GhosttyCore", "available"]
