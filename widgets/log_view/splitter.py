"""Chunks of bytes turned into lines."""

from __future__ import annotations

import re

from widgets.log_view.line import End, cut_place

MAX_LINE_BYTES = 1 << 20

_BREAK = re.compile(rb"\r\n|\n|\r")

_ENDS: dict[bytes, End] = {b"\n": "\n", b"\r\n": "\r\n", b"\r": "\r"}

Split = tuple[bytes, End]
"""The bytes of a line and what stood behind them."""


class LineSplitter:
    r"""Cuts a stream of bytes into lines, wherever the chunks of the stream begin and end.

    A carriage return alone ends a line too: each state of a progress bar becomes a line of its own, so that none hides
    another. The pieces joined with their ends are the stream, byte for byte.

    Args:
        max_line_bytes: Longer lines are cut here, never inside a UTF-8 character; such a piece has the end "".
    """

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._limit = max(4, max_line_bytes)
        self._rest = bytearray()

    @property
    def waiting_bytes(self) -> int:
        """Bytes of the line that has not ended yet."""
        return len(self._rest)

    def feed(self, chunk: bytes) -> list[Split]:
        """Take a chunk and return the lines it completes."""
        lines: list[Split] = []
        rest = self._rest
        if rest or b"\r" in chunk:
            looked_at = max(0, len(rest) - 1)  # a carriage return at the end of the last chunk
            rest += chunk
            self._split(lines, looked_at)
        else:
            *whole, tail = chunk.split(b"\n")
            for line in whole:
                self._add(lines, line, "\n")
            rest += tail
        while len(rest) - rest.endswith(b"\r") > self._limit:  # a last carriage return may be the end of the line
            place = cut_place(rest, self._limit)
            lines.append((bytes(rest[:place]), ""))
            del rest[:place]
        return lines

    def flush(self) -> list[Split]:
        """Return what is left at the end of the stream."""
        lines: list[Split] = []
        rest = bytes(self._rest)
        self._rest.clear()
        if rest.endswith(b"\r"):
            self._add(lines, rest[:-1], "\r")
        elif rest:
            self._add(lines, rest, "")
        return lines

    def _split(self, lines: list[Split], looked_at: int) -> None:
        rest = self._rest
        start = 0
        for found in _BREAK.finditer(rest, looked_at):
            if found[0] == b"\r" and found.end() == len(rest):
                break  # the line feed may be in the next chunk
            self._add(lines, bytes(rest[start : found.start()]), _ENDS[found[0]])
            start = found.end()
        del rest[:start]

    def _add(self, lines: list[Split], line: bytes, end: End) -> None:
        start = 0
        while len(line) - start > self._limit:
            place = start + cut_place(line[start : start + self._limit + 1], self._limit)
            lines.append((line[start:place], ""))
            start = place
        lines.append((line[start:] if start else line, end))
