"""The frames that carry standard output and standard error over one stream.

Eight bytes: 1 (output) or 2 (error), three zeros, the length big-endian; then so many bytes.
"""

from dataclasses import dataclass

HEADER_BYTES = 8
STDERR = 2
MOST_FRAME_BYTES = 1 << 31  # a length beyond is no length: the stream is out of step


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a frame, as it arrived; `first` and `last` tell where the frame begins and ends."""

    is_error: bool
    data: bytes
    first: bool
    last: bool


class Frames:
    """Take frames apart, whatever pieces they arrive in; holds no more than a header."""

    def __init__(self) -> None:
        self._header = b""
        self._left = 0
        self._is_error = False
        self._first = True

    def feed(self, data: bytes) -> list[Part]:
        """Return what the next bytes bring.

        Raises:
            ValueError: these are no frames.
        """
        parts: list[Part] = []
        at = 0
        while at < len(data):
            if self._left == 0:
                at = self._open(data, at, parts)
                continue
            piece = data[at : at + self._left]
            at += len(piece)
            self._left -= len(piece)
            parts.append(Part(self._is_error, piece, self._first, self._left == 0))
            self._first = False
        return parts

    def _open(self, data: bytes, at: int, parts: list[Part]) -> int:
        """Take a header, or what there is of it; return where the data goes on."""
        end = at + HEADER_BYTES - len(self._header)
        self._header += data[at:end]
        if len(self._header) < HEADER_BYTES:
            return len(data)
        kind, zeros, length = self._header[0], self._header[1:4], int.from_bytes(self._header[4:], "big")
        self._header = b""
        if kind > 3 or zeros != b"\0\0\0" or length > MOST_FRAME_BYTES:
            raise ValueError("out of step")
        self._is_error, self._left, self._first = kind == STDERR, length, True
        if length == 0:
            parts.append(Part(self._is_error, b"", first=True, last=True))
        return end
