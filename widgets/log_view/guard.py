"""An end for regular expressions that would run for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LIMIT_SECONDS = 0.05
"""Processor time a piece of matching may take: half of what a person notices between key and answer."""


class TooSlow(Exception):  # noqa: N818 -- an interruption, not a fault
    """What was guarded took too long and was stopped."""


@contextmanager
def time_limit(seconds: float = LIMIT_SECONDS) -> Iterator[None]:
    """Stop the block after so much processor time of this process by raising `TooSlow` in it.

    CPython's `re` looks for signals while it matches, which makes a signal the one thing that stops it without another
    process. The timer of processor time (SIGVTALRM) is free in an asyncio application, and runs only inside the block.
    Signals reach the main thread alone: in another one there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    armed = True

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if armed:
            raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    # Calls of other threads that the signal meets go on instead of failing with EINTR.
    signal.siginterrupt(signal.SIGVTALRM, False)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
