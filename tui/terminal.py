"""The screen on a real terminal."""

from tui.app import HostdeckApp
from tui.audit import AuditLog, NoAudit
from tui.config import Config
from tui.jobs import Jobs
from tui.on_terminal import RestoresTerminal, run_app
from tui.pacing.paced import Paced
from tui.sampling.source import HostSource
from tui.state import StateFile


class TerminalApp(Paced, RestoresTerminal, HostdeckApp):
    """The application on a terminal that takes one frame at a time."""


def run_screen(source: HostSource, config: Config, *, read_only: bool, is_demo: bool = False) -> int:
    """Run the application on this terminal until it ends.

    Returns:
        0, 1 after a crash, 129 when the terminal went away, 143 by SIGTERM.
    """
    audit = NoAudit() if is_demo else AuditLog()
    jobs = Jobs(source, audit, read_only=read_only, stop_patience_seconds=config.stop_patience_seconds)
    return run_app(TerminalApp(source, jobs, config=config, kept=StateFile()))
