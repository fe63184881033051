"""A thread for each file: a disk may hang, and nothing else waits for it."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from tui.domain.errors import ActionRefused, EngineError

T = TypeVar("T")

PATIENCE_SECONDS = 60.0  # for one piece


class FileThread:
    """Runs calls about one file in order. A call that hangs is left alone: what follows it runs when it returns."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=f"file {path}", daemon=True).start()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """Run one call.

        Raises:
            EngineError: it failed, or the disk does not answer.
        """
        return await self._call(function, args, PATIENCE_SECONDS)

    async def long_call(self, function: Callable[..., T], *args: Any) -> T:
        """Run one call that may take as long as it wants.

        Raises:
            EngineError: it failed.
        """
        return await self._call(function, args, None)

    async def _call(self, function: Callable[..., T], args: tuple[Any, ...], seconds: float | None) -> T:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, failure: BaseException | None) -> None:
            if done.done():
                return
            if failure is None:
                done.set_result(result)  # type: ignore[arg-type]
            else:
                done.set_exception(failure)

        def run() -> None:
            result, failure = None, None
            try:
                result = function(*args)
            except BaseException as error:  # noqa: BLE001 - it belongs to who waits, whatever it is
                failure = error
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(settle, result, failure)

        self._calls.put(run)
        try:
            async with asyncio.timeout(seconds):
                return await done
        except OSError as error:  # a TimeoutError is one
            raise file_error(self._path, error) from error

    def later(self, function: Callable[[], object]) -> None:
        """Run one more call after all others, and end the thread after it; nobody waits for it."""

        def run() -> None:
            with contextlib.suppress(OSError):
                function()

        self._calls.put(run)
        self._calls.put(None)


def file_error(path: str, error: OSError) -> EngineError:
    """Return what a failure of a file means."""
    if isinstance(error, TimeoutError):
        return EngineError("the disk hangs", f"{path}: the disk does not answer.")
    if isinstance(error, FileExistsError):
        return ActionRefused("it exists", f"{path} exists already; nothing is overwritten.")
    if isinstance(error, FileNotFoundError):
        return ActionRefused("no such folder", f"{path}: there is no such file or folder.")
    if isinstance(error, PermissionError):
        return ActionRefused("no permission", f"{path}: no permission.")
    return EngineError("the file failed", f"{path}: {error.strerror or error}.")


async def look_at(path: str, function: Callable[..., T], *args: Any) -> T:
    """Run one blocking look at a path.

    Raises:
        EngineError: it failed, or the disk does not answer.
    """
    thread = FileThread(path)
    try:
        return await thread.call(function, *args)
    finally:
        thread.later(bool)
