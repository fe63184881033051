"""Lines of a growing text file that may be cut, replaced or taken away; everything here blocks."""

import os
from collections.abc import Iterator
from pathlib import Path

READ_BYTES = 256 * 1024
MOST_LINE_BYTES = 1024**2


class GrowingFile:
    """Read a log as it grows.

    A file that was replaced (another inode) is read to its end before the new one; one that became shorter is read
    from its beginning. A line that never ends is cut at a MiB.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._rest = b""
        self._position = 0

    def skip_to_last(self, count: int) -> None:
        """Begin so that `count` complete lines are left."""
        position = size = os.fstat(self._descriptor).st_size
        if count == 0:
            self._position = size
            return
        newlines = 0
        while position > 0:
            step = min(READ_BYTES, position)
            block = os.pread(self._descriptor, step, position - step)
            ends = _newlines(block[:-1] if position == size else block)  # the file's last byte ends its last line
            if newlines + len(ends) >= count:
                self._position = position - step + ends[len(ends) - (count - newlines)] + 1
                return
            newlines += len(ends)
            position -= step
        self._position = 0

    def more(self) -> list[bytes]:
        """Return the next lines, at most `READ_BYTES` of them; [] when there are none now."""
        data = os.pread(self._descriptor, READ_BYTES, self._position)
        if not data:
            return self._next_file()
        self._position += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MOST_LINE_BYTES:
            lines.append(self._rest)
            self._rest = b""
        return lines or self.more()

    def last(self) -> list[bytes]:
        """Return what stands behind the last line's end."""
        rest, self._rest = self._rest, b""
        return [rest] if rest else []

    def _next_file(self) -> list[bytes]:
        """Look whether the file was cut or replaced."""
        if os.fstat(self._descriptor).st_size < self._position:
            self._position = 0
            return self.last() + self.more()
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:  # taken away: the new one is not there yet, or not for us
            return []
        if os.path.samestat(os.fstat(descriptor), os.fstat(self._descriptor)):
            os.close(descriptor)
            return []
        os.close(self._descriptor)
        self._descriptor, self._position = descriptor, 0
        return self.last() + self.more()

    def close(self) -> None:
        """Close it."""
        os.close(self._descriptor)


def _newlines(block: bytes) -> list[int]:
    return list(_find_all(block))


def _find_all(block: bytes) -> Iterator[int]:
    position = block.find(b"\n")
    while position >= 0:
        yield position
        position = block.find(b"\n", position + 1)
