"""What a person types, on its way to the other end."""

import asyncio
from collections import deque

MOST_BYTES = 8 << 20
PIECE_BYTES = 32 << 10


class Outbox:
    """Bytes in order; putting never waits, and what is too much is refused."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._news = asyncio.Event()

    def __len__(self) -> int:
        return self._size

    def put(self, data: bytes) -> bool:
        """Take bytes; False, and nothing is taken, when the other end is too far behind."""
        if self._size + len(data) > MOST_BYTES:
            return False
        self._pieces.append(data)
        self._size += len(data)
        self._news.set()
        return True

    async def take(self) -> bytes:
        """Wait for bytes and remove some of them."""
        while not self._pieces:
            self._news.clear()
            await self._news.wait()
        taken = [self._pieces.popleft()]
        size = len(taken[0])
        while self._pieces and size + len(self._pieces[0]) <= PIECE_BYTES:
            taken.append(self._pieces.popleft())
            size += len(taken[-1])
        self._size -= size
        return b"".join(taken)

    def clear(self) -> None:
        """Forget what waits."""
        self._pieces.clear()
        self._size = 0
