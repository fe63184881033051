"""From the frames of a log to its lines; pure.

A frame is a time, a blank, text, and a line feed unless the line goes on in the next frame: conmon writes what it
reads, at most 8 KiB, and what has no line feed yet is a frame of its own.
"""

import re
from collections.abc import Callable
from datetime import datetime

from tui.engines.podman.frames import Frames, Part

MOST_LINE_BYTES = 1 << 20
MOST_TIME_BYTES = 64

Line = tuple[float | None, bool, bytes]

_TIME = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?\d*(Z|[+-]\d\d:\d\d)\Z")


class _Stream:
    """One of the two streams: a line that is not complete, and a frame's time that is not."""

    def __init__(self) -> None:
        self.time = b""
        self.in_time = False
        self.is_left_out = False
        self.frame_seconds: float | None = None
        self.seconds: float | None = None
        self.pieces: list[bytes] = []
        self.size = 0


class LogLines:
    """Put lines together; holds at most 1 MiB of each stream, and cuts what is longer into lines of that size.

    A log that is read twice, its end first and then what follows, is put together by one of these: `next_answer` tells
    where the second answer begins, and a line whose pieces came in both is still one line.
    """

    def __init__(self) -> None:
        self._frames = Frames()
        self._takes: Callable[[float | None], bool] | None = None
        self._streams = {False: _Stream(), True: _Stream()}

    def next_answer(self, takes: Callable[[float | None], bool]) -> None:
        """Expect frames from their first byte on, and leave out those whose time `takes` refuses."""
        self._frames = Frames()
        self._takes = takes

    @property
    def holds_some(self) -> bool:
        """Tell whether a line has begun and not ended."""
        return any(stream.pieces for stream in self._streams.values())

    def feed(self, data: bytes) -> list[Line]:
        """Return the lines that the next bytes complete.

        Raises:
            ValueError: these are no frames.
        """
        lines: list[Line] = []
        for part in self._frames.feed(data):
            self._take(part, lines)
        return lines

    def rest(self) -> list[Line]:
        """Return what has begun as lines, because no more is to come soon."""
        lines: list[Line] = []
        for is_error, stream in self._streams.items():
            if stream.pieces:
                _emit(stream, is_error, lines)
        return lines

    def _take(self, part: Part, lines: list[Line]) -> None:
        stream = self._streams[part.is_error]
        text = part.data
        if part.first:
            stream.time, stream.in_time, stream.is_left_out = b"", True, False
        if stream.in_time:
            text = _take_time(stream, text, part.last)
            self._judge(stream)
        if stream.is_left_out:
            return
        while text:
            end = text.find(b"\n")
            _append(stream, text if end < 0 else text[:end], part.is_error, lines)
            if end < 0:
                break
            _emit(stream, part.is_error, lines)
            text = text[end + 1 :]

    def _judge(self, stream: _Stream) -> None:
        """Leave a frame out by its time, once that is known."""
        if not stream.in_time and self._takes is not None:
            stream.is_left_out = not self._takes(stream.frame_seconds)


def _take_time(stream: _Stream, text: bytes, is_last: bool) -> bytes:
    """Take the time off; return the text after it. A frame without one is text as a whole."""
    stream.time += text
    head, blank, rest = stream.time.partition(b" ")
    if not blank and not is_last and len(stream.time) <= MOST_TIME_BYTES:
        return b""
    stream.in_time = False
    seconds = parse_time(head) if blank else None
    text = rest if seconds is not None else stream.time
    stream.time, stream.frame_seconds = b"", seconds
    if not stream.pieces:  # a line has the time at which it began
        stream.seconds = seconds
    return text


def _append(stream: _Stream, text: bytes, is_error: bool, lines: list[Line]) -> None:
    while stream.size + len(text) > MOST_LINE_BYTES:
        room = MOST_LINE_BYTES - stream.size
        stream.pieces.append(text[:room])
        text = text[room:]
        seconds = stream.seconds
        _emit(stream, is_error, lines)
        stream.seconds = seconds
    stream.pieces.append(text)
    stream.size += len(text)


def _emit(stream: _Stream, is_error: bool, lines: list[Line]) -> None:
    text = stream.pieces[0] if len(stream.pieces) == 1 else b"".join(stream.pieces)
    lines.append((stream.seconds, is_error, text.removesuffix(b"\r")))  # a terminal ends lines with CR LF
    stream.pieces, stream.size = [], 0


_last_second: tuple[bytes, bytes, int] = (b"", b"", 0)


def parse_time(text: bytes) -> float | None:
    """Return seconds since the epoch of an RFC 3339 time, to the microsecond; None for anything else.

    Podman 4 gives whole seconds, Podman 5 nanoseconds.
    """
    found = _TIME.match(text)
    if found is None:
        return None
    global _last_second  # noqa: PLW0603 - lines come many to a second, and parsing one costs more than all the rest
    day, fraction, zone = found.groups()
    if _last_second[0] != day or _last_second[1] != zone:
        try:
            seconds = datetime.fromisoformat(f"{day.decode()}{zone.decode()}").timestamp()
        except ValueError:
            return None
        _last_second = (day, zone, int(seconds))
    return _last_second[2] + float(fraction or 0)
