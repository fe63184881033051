"""The lines of a log in bounded memory."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from widgets.log_view.line import End, LogLine, StoredLine, Stream, cut_place, to_bytes

DEFAULT_MAX_BYTES = 64 << 20

PIECE_BYTES = 32 << 10
"""Longer lines are kept as several with the end "": what is done for one line is bounded by this."""

LINE_OVERHEAD_BYTES = 16
"""What a line costs beside its text: where it ends, its time, its source."""

_BLOCK_BYTES = 64 << 10
_BLOCK_LINES = 4096

_ENDS: tuple[End, ...] = ("\n", "\r\n", "\r", "")
_END_NUMBERS = {end: number for number, end in enumerate(_ENDS)}
_STREAMS: tuple[Stream, ...] = ("stdout", "stderr")


class _Block:
    """Some thousand lines without an object for each."""

    __slots__ = ("ends", "tags", "text", "times")

    def __init__(self) -> None:
        self.text: bytearray | bytes = bytearray()
        self.ends = array("I")
        self.times = array("d")  # NaN where there is none
        self.tags = array("I")  # source * 8 + stream * 4 + end

    def close(self) -> None:
        """Give back what was allocated ahead."""
        self.text = bytes(self.text)
        self.ends, self.times, self.tags = self.ends[:], self.times[:], self.tags[:]

    @property
    def cost(self) -> int:
        return len(self.text) + LINE_OVERHEAD_BYTES * len(self.ends)

    def line(self, place: int) -> bytes:
        start = self.ends[place - 1] if place else 0
        return bytes(self.text[start : self.ends[place]])


class LogStore:
    """Lines by number, the newest that fit the limits.

    Args:
        max_bytes: Memory for text and bookkeeping. One block, at most 64 KiB, is dropped at a time.
        max_lines: Most lines kept; None for as many as fit.
    """

    def __init__(self, *, max_bytes: int = DEFAULT_MAX_BYTES, max_lines: int | None = None) -> None:
        self.max_bytes = max_bytes
        self.max_lines = max_lines
        # Blocks much smaller than the limits, so that dropping one leaves most of what may be kept.
        self._block_bytes = max(64, min(_BLOCK_BYTES, max_bytes // 16))
        self._block_lines = max(1, min(_BLOCK_LINES, (max_lines or _BLOCK_LINES * 16) // 16))
        self._sources: list[str] = []
        self._source_numbers: dict[str, int] = {}
        self._streams_seen = 0
        self._end = 0
        self._reset()

    def _reset(self) -> None:
        self._blocks = [_Block()]
        self._starts = [self._end]
        self._closed_bytes = 0
        self.dropped = 0
        """Lines dropped for want of room since the start or the last `clear`."""

    # What there is

    @property
    def first(self) -> int:
        """Number of the oldest line kept."""
        return self._starts[0]

    @property
    def end(self) -> int:
        """Number the next line will get."""
        return self._end

    def __len__(self) -> int:
        return self._end - self._starts[0]

    @property
    def used_bytes(self) -> int:
        """Memory taken, as counted for the limit."""
        return self._closed_bytes + self._blocks[-1].cost

    @property
    def sources(self) -> tuple[str, ...]:
        """Names seen since the start, in order of appearance."""
        return tuple(self._sources)

    @property
    def has_both_streams(self) -> bool:
        """Tell whether lines of both streams came."""
        return self._streams_seen == 3

    def __getitem__(self, number: int) -> StoredLine:
        if not self.first <= number < self._end:
            raise IndexError(number)
        index = bisect_right(self._starts, number) - 1
        block, place = self._blocks[index], number - self._starts[index]
        tag, time = block.tags[place], block.times[place]
        return StoredLine(
            number,
            self._sources[tag >> 3],
            block.line(place),
            None if math.isnan(time) else time,
            _STREAMS[tag >> 2 & 1],
            _ENDS[tag & 3],
        )

    def texts(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield numbers and bytes from a number on; the store must not change meanwhile."""
        start = max(start, self.first)
        index = bisect_right(self._starts, start) - 1
        for block, number in zip(self._blocks[index:], self._starts[index:], strict=True):
            place = max(0, start - number)
            text, ends = bytes(block.text), block.ends
            begin = ends[place - 1] if 0 < place <= len(ends) else 0
            for offset in range(place, len(ends)):
                stop = ends[offset]
                yield number + offset, text[begin:stop]
                begin = stop

    # Change

    def extend(self, lines: Iterable[LogLine]) -> None:
        """Add lines at the end and drop the oldest that no longer fit."""
        for source, text, utc_seconds, stream, end in lines:
            raw = text if isinstance(text, bytes) else to_bytes(text)
            number = self._source_numbers.get(source)
            if number is None:
                number = self._new_source(source)
            to_stderr = stream == "stderr"
            self._streams_seen |= 2 if to_stderr else 1
            tag = number << 3 | to_stderr << 2
            time = math.nan if utc_seconds is None else utc_seconds
            while len(raw) > PIECE_BYTES:
                place = cut_place(raw, PIECE_BYTES)
                self._add(raw[:place], time, tag | 3)
                raw = raw[place:]
            self._add(raw, time, tag | _END_NUMBERS[end])

    def clear(self) -> None:
        """Forget every line; numbers go on."""
        self._reset()

    def _new_source(self, source: str) -> int:
        self._source_numbers[source] = len(self._sources)
        self._sources.append(source)
        return len(self._sources) - 1

    def _add(self, raw: bytes, time: float, tag: int) -> None:
        block = self._blocks[-1]
        ends = block.ends
        cost = len(raw) + LINE_OVERHEAD_BYTES
        if ends and (len(ends) >= self._block_lines or block.cost + cost > self._block_bytes):
            block = self._next_block(max(cost, self._block_bytes))
            ends = block.ends
        block.text += raw  # only the last block grows
        ends.append(len(block.text))
        block.times.append(time)
        block.tags.append(tag)
        self._end += 1

    def _next_block(self, coming_bytes: int) -> _Block:
        closed = self._blocks[-1]
        closed.close()
        self._closed_bytes += closed.cost
        block = _Block()
        self._blocks.append(block)
        self._starts.append(self._end)
        # Room for the new block is made ahead, so that the limits hold while it fills.
        while len(self._blocks) > 1 and self._is_over(coming_bytes):
            oldest = self._blocks.pop(0)
            del self._starts[0]
            self.dropped += len(oldest.ends)
            self._closed_bytes -= oldest.cost
        return block

    def _is_over(self, coming_bytes: int) -> bool:
        if self._closed_bytes + coming_bytes > self.max_bytes:
            return True
        return self.max_lines is not None and len(self) + self._block_lines > self.max_lines
