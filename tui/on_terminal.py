"""An application on a real terminal: what surrounds it from its start to its end."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from rich.text import Text
from textual.app import App
from textual.worker import WorkerFailed

from tui import thrift
from tui.lifeline import Lifeline
from tui.state import default_path
from widgets.escape import escape_controls

EXIT_HANGUP = 129
EXIT_TERMINATED = 143
SETTLE_SECONDS = (3.0, 20.0)  # by then engines have answered and all that lives to the end is there, on a slow host too


class RestoresTerminal(App[Any]):
    """An application; a defect in it restores the terminal, leaves a report and says where."""

    def on_mount(self) -> None:
        """Become small once the start is over."""
        for seconds in SETTLE_SECONDS:
            self.set_timer(seconds, thrift.settle)

    def _handle_exception(self, error: Exception) -> None:
        """Replace Textual's page of source code, which nobody reads at night and which shows values."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        from tui.crash import write_report  # it imports much, and is needed never

        self._return_code = 1
        defect = error.error if isinstance(error, WorkerFailed) else error  # else the stack would be missing
        file = write_report(defect, default_path().parent)
        where = f"A report is in {file}." if file else "No report could be written."
        what = escape_controls(f"hostdeck failed: {type(defect).__name__}: {defect}")
        self.panic(Text(f"{what}\n{where} Guests and containers go on."))


def run_app(app: App[None], *, mouse: bool = True) -> int:
    """Run an application on this terminal until it ends.

    Returns:
        0, 1 after a crash, 129 when the terminal went away, 143 by SIGTERM.
    """
    statuses: list[int] = []

    def lost(reason: str) -> None:
        statuses.append(EXIT_TERMINATED if reason == "SIGTERM" else EXIT_HANGUP)
        # a thread of its own: the loop may hang, and the lifeline must go on counting
        threading.Thread(target=_leave, args=(app, statuses[0]), daemon=True).start()

    lifeline = Lifeline(lost)
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda received, _: lifeline.lose(signal.Signals(received).name))
    lifeline.start()
    try:
        app.run(mouse=mouse)
    except OSError:
        if not statuses:
            raise  # else: a terminal that is gone cannot be restored
    finally:
        lifeline.stop()
    if EXIT_HANGUP in statuses:
        _let_go_of_terminal()
    return statuses[0] if statuses else app.return_code or 0


def _let_go_of_terminal() -> None:
    """Let what Python still flushes at its end go nowhere, instead of failing."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _leave(app: App[None], status: int) -> None:
    try:
        app.call_from_thread(app.exit, None, status)
    except RuntimeError:
        return  # it is not running: it ends by itself, or the lifeline ends it
