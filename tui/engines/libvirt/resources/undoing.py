"""Work that leaves nothing half-made behind when a person ends it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from tui.domain.errors import EngineError

T = TypeVar("T")

_running: set[asyncio.Future[Any]] = set()


async def all_or_nothing(
    work: Coroutine[Any, Any, T],
    undo: Callable[[], Awaitable[object]],
    *,
    stop: Callable[[], object] = lambda: None,
) -> T:
    """Return what `work` returns; when it fails or this is cancelled, `undo` what it made.

    Work that runs inside a daemon cannot be ended: a cancellation tells it to `stop`, waits for its end, undoes it and
    goes on only then. Cancelled again, it does not wait any longer, but the rest is still done.

    Raises:
        EngineError: as `work` does, after everything was put back.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        stop()
        rest = asyncio.ensure_future(_finish(task, undo))
        _running.add(rest)
        rest.add_done_callback(_running.discard)
        await asyncio.shield(rest)
        raise
    except EngineError as error:
        left = await _quietly(undo)
        if not left:
            raise
        failure = type(error)(error.title, f"{error.message} What was half made could not be removed: {left}")
    raise failure


async def _finish(task: "asyncio.Future[Any]", undo: Callable[[], Awaitable[object]]) -> None:
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # it is looked at: what it says does not matter any more
    await _quietly(undo)


async def _quietly(undo: Callable[[], Awaitable[object]]) -> str:
    """Undo, and return why it cannot be undone: the daemon is gone, as a rule."""
    try:
        await undo()
    except EngineError as error:
        return error.message
    return ""
