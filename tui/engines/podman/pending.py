"""What has to be looked at again, gathered while nobody looks."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from tui.engines.podman.history import Heard

# with more changed containers, one list of all is cheaper than an inspection each
MOST_SINGLE_LOOKS = 12


@dataclass(frozen=True, slots=True)
class Work:
    """One look.

    Attributes:
        containers: id to the "died" event that was heard of it, None for any other reason.
        everything: list all; `containers` are doubted besides.
    """

    containers: Mapping[str, Heard | None]
    pods: bool
    everything: bool


class Pending:
    """Collects reasons to look again; nothing that comes during a look is lost."""

    def __init__(self) -> None:
        self._some = asyncio.Event()
        self._containers: dict[str, Heard | None] = {}
        self._pods = False
        self._everything = False

    def container(self, local: str, died: Heard | None = None) -> None:
        """One container may have changed."""
        self._containers[local] = died or self._containers.get(local)
        self._some.set()

    def pods(self) -> None:
        """Some pod may have changed."""
        self._pods = True
        self._some.set()

    def everything(self) -> None:
        """Anything may have changed."""
        self._everything = True
        self._some.set()

    async def take(self) -> Work:
        """Wait for something to do and return all of it."""
        await self._some.wait()
        return self.take_now()

    def take_now(self) -> Work:
        """Return all there is to do, and forget it."""
        everything = self._everything or len(self._containers) > MOST_SINGLE_LOOKS
        work = Work(self._containers, self._pods, everything)
        self._containers, self._pods, self._everything = {}, False, False
        self._some.clear()
        return work
