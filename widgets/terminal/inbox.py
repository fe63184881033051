"""Bytes that wait to be parsed."""

from __future__ import annotations

from collections import deque


class Inbox:
    """A queue of bytes whose pieces are cut and joined as the reader wants them."""

    def __init__(self) -> None:
        self._chunks: deque[memoryview] = deque()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def put(self, data: bytes) -> None:
        """Add bytes at the end."""
        if data:
            self._chunks.append(memoryview(data))
            self._size += len(data)

    def take(self, limit: int) -> bytes:
        """Remove and return at most so many bytes; one piece, or several small ones joined."""
        taken: list[memoryview] = []
        room = limit
        while room and self._chunks:
            chunk = self._chunks.popleft()
            if len(chunk) > room:
                self._chunks.appendleft(chunk[room:])
                chunk = chunk[:room]
            taken.append(chunk)
            room -= len(chunk)
        self._size -= limit - room
        return b"".join(taken)

    def clear(self) -> None:
        """Forget everything."""
        self._chunks.clear()
        self._size = 0
