"""Several things made one after the other, of which none stays when a later one fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tui.domain.errors import EngineError

Undo = Callable[[], Awaitable[object]]

_running: set[asyncio.Future[str]] = set()


class Steps:
    """What was made, and how each of it is removed."""

    def __init__(self) -> None:
        self._undo: list[Undo] = []

    def made(self, undo: Undo) -> None:
        """Note that something is there from now on."""
        self._undo.append(undo)

    async def back(self) -> str:
        """Remove everything, the last first; return why something could not be removed."""
        problems = []
        while self._undo:
            try:
                await self._undo.pop()()
            except EngineError as error:
                problems.append(error.message)
        return " ".join(problems)


@asynccontextmanager
async def all_or_none() -> AsyncIterator[Steps]:
    """Give the steps to note things in; all of them are removed when the block fails or is cancelled.

    Raises:
        EngineError: as the block does, with what could not be removed.
    """
    steps = Steps()
    try:
        yield steps
    except EngineError as error:
        left = await _through(steps)
        if not left:
            raise
        failure = type(error)(error.title, f"{error.message} What was made before could not be removed: {left}")
    except BaseException:  # a cancellation above all
        await _through(steps)
        raise
    else:
        return
    raise failure


async def _through(steps: Steps) -> str:
    """Remove everything, to the end even when this is cancelled once more."""
    going = asyncio.ensure_future(steps.back())
    _running.add(going)
    going.add_done_callback(_running.discard)
    return await asyncio.shield(going)
