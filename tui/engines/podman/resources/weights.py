"""How much images share and volumes take. Podman finds out by walking through all files: slow where there are many."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tui.domain.errors import EngineError
from tui.engines.podman.inventory import NONSENSE
from tui.engines.podman.resources.desk import end_tasks

WAIT_SECONDS = 1.5  # that a person waits for it; it goes on after that
DEADLINE_SECONDS = 300.0
REST_FACTOR = 10.0  # after an answer that took long, for so many times its length the same one is given
FRESH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes by full image id, and by volume name."""

    shared: Mapping[str, int]
    volumes: Mapping[str, int]


def weights_of(answer: Any) -> Weights:
    """Turn `system/df` into weights; what does not parse is left out."""
    found: tuple[dict[str, int], dict[str, int]] = ({}, {})
    if isinstance(answer, dict):
        keys = (("Images", "ImageID", "SharedSize"), ("Volumes", "VolumeName", "Size"))
        for into, (part, name, size) in zip(found, keys, strict=True):
            for row in answer.get(part) or ():
                try:
                    into[str(row[name]).removeprefix("sha256:")] = max(0, int(row[size]))
                except NONSENSE:
                    continue
    return Weights(*found)


class Scales:
    """Asks for weights, one question at a time.

    Args:
        ask: returns the answer of `system/df`.
        arrived: called when an answer came after nobody waited any more.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[Any]],
        arrived: Callable[[], None],
        *,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._ask = ask
        self._arrived = arrived
        self._wait_seconds = wait_seconds
        self._task: asyncio.Task[None] | None = None
        self._last: Weights | None = None
        self._last_good_until = 0.0
        self._waiting = 0

    async def weigh(self) -> Weights | None:
        """Return the weights if they are known soon, else what was known before, None when nothing was."""
        if time.monotonic() >= self._last_good_until or self._task is not None:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._find_out())
            self._waiting += 1
            try:
                await asyncio.wait({self._task}, timeout=self._wait_seconds)
            finally:
                self._waiting -= 1
        return self._last

    def outdated(self) -> None:
        """Note that something was changed here: the next question is asked anew."""
        self._last_good_until = 0.0

    async def _find_out(self) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                self._last = weights_of(await self._ask())
        except (EngineError, TimeoutError):
            self._last = None
        took = time.monotonic() - began
        self._last_good_until = time.monotonic() + (REST_FACTOR * took if took > FRESH_SECONDS else 0.0)
        self._task = None
        if not self._waiting and self._last is not None:
            self._arrived()

    async def close(self) -> None:
        """End a question that is under way."""
        if self._task is not None:
            await end_tasks([self._task])
            self._task = None
