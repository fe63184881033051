"""Open consoles and shells: read, kept alive and opened again, whether or not a screen shows them.

Standard library and our own values only; a terminal is handed in behind `Terminal`.
"""

from tui.sessions.model import SessionState, Subject, Terminal, Way
from tui.sessions.session import Session
from tui.sessions.sessions import MOST_SESSIONS, Sessions

__all__ = ["MOST_SESSIONS", "Session", "SessionState", "Sessions", "Subject", "Terminal", "Way"]
