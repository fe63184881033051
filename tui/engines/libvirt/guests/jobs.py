"""Long work of libvirt's on one guest: told of while it goes on, and ended when a person ends it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from tui.domain.errors import EngineError
from tui.domain.operation import Progress, ProgressSink
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.undoing import all_or_nothing
from tui.engines.libvirt.resources.volumes import MAKING_DEADLINE_SECONDS

T = TypeVar("T")

POLL_SECONDS = 0.5
NO_JOB = 0  # virDomainJobType

_aborts: set[asyncio.Task[None]] = set()


async def quick(around: Surroundings, what: str, function: Callable[[Any, Any], T]) -> T:
    """Change something that takes no time, on a connection of its own: a guest that hangs holds up no other."""
    async with around.line(what) as line:
        return await around.change(line, function)


async def long(
    around: Surroundings,
    uuid: str,
    function: Callable[[Any, Any], T],
    undo: Callable[[], Awaitable[object]],
    *,
    text: str,
    progress: ProgressSink,
) -> T:
    """Run a long job on a guest; when it is cancelled libvirt is told to abort it, and what it made is undone."""
    progress(Progress(text=text))
    watch = asyncio.ensure_future(_watch(around, uuid, text, progress))
    try:
        async with around.line(f"{text} {around.name_of(uuid)}") as line:
            work = around.change(line, function, deadline=MAKING_DEADLINE_SECONDS)
            return await all_or_nothing(work, undo, stop=partial(_stop, around, uuid))
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


def _stop(around: Surroundings, uuid: str) -> None:
    task = asyncio.get_running_loop().create_task(_abort(around, uuid))
    _aborts.add(task)
    task.add_done_callback(_aborts.discard)


async def _abort(around: Surroundings, uuid: str) -> None:
    def abort(_libvirt: Any, connection: Any) -> None:
        connection.lookupByUUIDString(uuid).abortJob()

    with suppress(EngineError):  # it has ended already, or is of a kind that cannot be aborted: it is waited for
        await quick(around, "abort", abort)


async def _watch(around: Surroundings, uuid: str, text: str, progress: ProgressSink) -> None:
    """Report how far libvirt's job is, where it tells."""

    def look(_libvirt: Any, connection: Any) -> dict[str, Any]:
        return dict(connection.lookupByUUIDString(uuid).jobStats(0))

    async with around.line("progress") as line:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            with suppress(EngineError):
                told = await around.ask(line, look)
                total = told.get("data_total") or told.get("memory_total")
                done = told.get("data_processed") or told.get("memory_processed") or 0
                if total and told.get("type") != NO_JOB:
                    progress(Progress(float(min(done, total)), float(total), text))
