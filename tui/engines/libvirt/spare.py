"""A connection of its own for a lane, opened when first needed."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from tui.engines.lane import Lane
from tui.engines.libvirt.late import LateCall, let_go
from tui.engines.libvirt.link import Link

T = TypeVar("T")

OPEN_DEADLINE = 10.0


class SpareLink:
    """Calls that must not hold up the inventory, on their own thread and connection.

    Args:
        opener: opens a connection; blocks.
        shared: returns the inventory's connection where a second one would show another world, else None.
    """

    def __init__(self, lane: Lane, opener: Callable[[], Link], shared: Callable[[], Link | None]) -> None:
        self.lane = lane
        self._opener = opener
        self._shared = shared
        self._link: Link | None = None
        self._turn = asyncio.Lock()

    async def ready(self) -> Link:
        """Return an open connection.

        Raises:
            EngineError: it cannot be opened, or not in time.
        """
        shared = self._shared()
        if shared is not None:
            return shared
        async with self._turn:
            if self._link is not None and not self._link.is_alive:
                self.drop()
            if self._link is None:
                self._link = await LateCall(self._opener, dispose=Link.close).on(self.lane, deadline=OPEN_DEADLINE)
            return self._link

    async def call(
        self, function: Callable[[Any, Any], T], *, deadline: float, bell: Callable[[], None] = lambda: None
    ) -> T:
        """Call `function(libvirt, connection)`.

        Raises:
            EngineError: as the call or the opening failed.
        """
        link = await self.ready()
        return await LateCall(lambda: link.run(function), bell=bell).on(self.lane, deadline=deadline)

    def drop(self) -> None:
        """Let the connection go."""
        link, self._link = self._link, None
        if link is not None:
            let_go(link)

    def take(self) -> Link | None:
        """Hand the connection to who closes it."""
        link, self._link = self._link, None
        return link
