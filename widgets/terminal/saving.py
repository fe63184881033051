"""Text and bytes of a terminal written to files that nobody else may read."""

from __future__ import annotations

import codecs
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from widgets.terminal.emulator import Emulator

MOST_RECORDED = 512 << 20
"""Bytes after which a recording ends by itself."""


def open_private(path: Path) -> TextIO:
    """Create a file with mode 0600 for writing.

    Raises:
        FileExistsError: something stands there already, a link included; nothing is overwritten.
        OSError: it cannot be created.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", buffering=65536)


def save_text(path: Path, text: str) -> None:
    """Write text to a new file; errors as of `open_private`. May run on any thread."""
    with open_private(path) as file:
        file.write(text)
        if text and not text.endswith("\n"):
            file.write("\n")


class Recorder:
    """Records what an emulator is fed as an asciicast, version 2: one line of JSON for each piece, with its time.

    Args:
        emulator: what is recorded, from now on.
        path: the new file; errors as of `open_private`.
        clock: seconds, for the times of the pieces.
        limit: bytes of the program's output after which it ends.
    """

    def __init__(
        self,
        emulator: Emulator,
        path: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        limit: int = MOST_RECORDED,
    ) -> None:
        self._emulator = emulator
        self._clock = clock
        self._started = clock()
        self._left = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._file: TextIO | None = open_private(path)
        self._write_line(
            {
                "version": 2,
                "width": emulator.core.columns,
                "height": emulator.core.rows,
                "timestamp": int(time.time()),
                "env": {"TERM": "xterm-256color"},
            }
        )
        emulator.listeners.fed.append(self._fed)
        emulator.listeners.resized.append(self._resized)

    @property
    def recording(self) -> bool:
        """Whether it goes on; it ends by `close` or when there was too much."""
        return self._file is not None

    def close(self) -> None:
        """End the recording."""
        if self._file is None:
            return
        self._emulator.listeners.fed.remove(self._fed)
        self._emulator.listeners.resized.remove(self._resized)
        rest = self._decoder.decode(b"", final=True)
        if rest:
            self._event("o", rest)
        self._file.close()
        self._file = None

    def _fed(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            self.close()
            return
        text = self._decoder.decode(data)
        if text:
            self._event("o", text)

    def _resized(self, columns: int, rows: int) -> None:
        self._event("r", f"{columns}x{rows}")

    def _event(self, kind: str, text: str) -> None:
        self._write_line([round(self._clock() - self._started, 6), kind, text])

    def _write_line(self, value: object) -> None:
        if self._file is not None:
            self._file.write(json.dumps(value) + "\n")
