"""End the process when its terminal is gone.

An application whose terminal or parent vanished would otherwise go on for ever, unseen, and may spin on an input that
is always at its end. A signal is not enough: SIGHUP goes to the foreground group only, and a killed parent sends none.
"""

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable, Sequence

CHECK_MILLISECONDS = 500
GRACE_SECONDS = 1.0


def has_screen() -> bool:
    """Tell whether there is something to draw on: a terminal, or the browser that this process was started for."""
    return "TEXTUAL_DRIVER" in os.environ or (sys.stdin.isatty() and sys.stderr.isatty())


class Lifeline:
    """Watch the terminal's descriptors and the parent from a thread of its own.

    Args:
        on_lost: called once, on the watching thread, with the reason; asks the application to end.
        descriptors: where the terminal is open; Textual reads input and draws on standard error.
        end: what is done when the application did not end within `GRACE_SECONDS` after that.
    """

    def __init__(
        self,
        on_lost: Callable[[str], None],
        *,
        descriptors: Sequence[int] = (0, 2),
        end: Callable[[int], None] = os._exit,
    ) -> None:
        self._on_lost = on_lost
        self._end = end
        self._parent = os.getppid()
        self._stopped = threading.Event()
        self._poll = select.poll()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._told = ""
        self._poll.register(self._wake_read, select.POLLIN)
        for descriptor in descriptors:
            self._poll.register(descriptor, 0)  # hang-up and error are always told
        self._thread = threading.Thread(target=self._watch, name="lifeline", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; the application ends by itself."""
        self._stopped.set()

    def join(self) -> None:
        """Wait until the watching thread ended."""
        self._thread.join()

    def lose(self, reason: str) -> None:
        """Say from outside that it is over; may be called by a signal handler."""
        self._told = reason
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"x")

    def _watch(self) -> None:
        reason = ""
        while not reason and not self._stopped.is_set():
            if self._poll.poll(CHECK_MILLISECONDS):
                reason = self._told or "the terminal is gone"
            elif os.getppid() != self._parent:
                reason = "the parent process is gone"
        if not reason or self._stopped.is_set():
            return
        self._on_lost(reason)
        if not self._stopped.wait(GRACE_SECONDS):
            self._end(129)  # as by SIGHUP
