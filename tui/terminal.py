"""The screen on a real terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app import HostdeckApp
from tui.audit import AuditLog, NoAudit
from tui.config import Config
from tui.jobs import Jobs
from tui.on_terminal import RestoresTerminal, run_app
from tui.pacing.paced import Paced
from tui.sampling.source import HostSource
from tui.state import StateFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.record.reading import RecordReader
    from tui.record.replay import ReplaySource


class TerminalApp(Paced, RestoresTerminal, HostdeckApp):
    """The application on a terminal that takes one frame at a time."""


def run_screen(
    source: HostSource,
    config: Config,
    *,
    read_only: bool,
    is_demo: bool = False,
    open_record: Callable[[], tuple[RecordReader, str]] | None = None,
    replay: ReplaySource | None = None,
) -> int:
    """Run the application on this terminal until it ends.

    Args:
        read_only: nothing may be changed; a replay changes nothing in any case.
        open_record: opens the record of this host; None where there is none.
        replay: the past that is shown; it is the source then.

    Returns:
        0, 1 after a crash, 129 when the terminal went away, 143 by SIGTERM.
    """
    audit = NoAudit() if is_demo else AuditLog()
    unchanging = read_only or replay is not None
    jobs = Jobs(source, audit, read_only=unchanging, stop_patience_seconds=config.stop_patience_seconds)
    app = TerminalApp(
        source, jobs, config=config, kept=StateFile(), open_record=open_record, replay=replay, read_only=read_only
    )
    if config.low_bandwidth:
        app.draw_few_colours()
    return run_app(app)
