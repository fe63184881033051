"""Writes to the terminal on a thread of its own: whoever has something to write never waits for the line."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TextIO

PATIENCE_SECONDS = 1.0
DROPPED_SECONDS = 0.2
_PIECE = 4096


class LineWriter:
    """A queue to a terminal, in the place of Textual's, which makes its 31st writer wait for as long as the line hangs.

    Args:
        file: gives descriptor and encoding; it is not written to itself, because a thread that hangs in it would keep
            Python from ending.
    """

    def __init__(self, file: TextIO) -> None:
        self._descriptor = file.fileno()
        self._encoding = file.encoding or "utf-8"
        self._errors = file.errors or "replace"
        self._texts: SimpleQueue[str | None] = SimpleQueue()
        self._queued = 0
        self._done = 0
        self._is_lost = False
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        """Characters that the kernel has not taken yet, and bytes that a serial line has not sent; a pty tells none."""
        return self._queued - self._done + _kept_by_kernel(self._descriptor)

    def write(self, text: str) -> None:
        """Have a text written."""
        self._queued += len(text)
        self._texts.put(text)

    def stop(self) -> None:
        """End when everything is written, and on a line that hangs after `PATIENCE_SECONDS` without it."""
        self._texts.put(None)
        self._thread.join(PATIENCE_SECONDS)
        if self._thread.is_alive():
            with suppress(termios.error, OSError):
                termios.tcflush(self._descriptor, termios.TCOFLUSH)
            self._thread.join(DROPPED_SECONDS)

    def _run(self) -> None:
        while (text := self._texts.get()) is not None:
            self._send(text.encode(self._encoding, self._errors))
            self._done += len(text)

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view and not self._is_lost:
            try:
                view = view[os.write(self._descriptor, view[:_PIECE]) :]
            except OSError:
                self._is_lost = True  # the terminal is gone; the lifeline ends the process


def _kept_by_kernel(descriptor: int) -> int:
    try:
        (count,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, b"\0" * 4))
    except OSError:
        return 0
    return int(count)
