"""Files of this machine that a change writes or reads. A disk may hang, so each file has a thread of its own."""

import asyncio
import contextlib
import errno
import os
import queue
import stat
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from tui.domain.errors import ActionRefused, EngineError
from tui.engines.podman.resources.changes import size_text

T = TypeVar("T")

PATIENCE_SECONDS = 60.0  # for one piece
PIECE_BYTES = 1 << 20
SPARE_BYTES = 1 << 20


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


def path_refusal(path: str, needs_bytes: int | None) -> str:
    """Return why a new file cannot be written; empty when it can. Blocks."""
    place = Path(path)
    if not place.is_absolute():
        return "The path must start with a slash."
    if os.path.lexists(place):
        return f"{path} exists already; nothing is overwritten."
    folder = place.parent
    if not folder.is_dir():
        return f"There is no folder {folder}."
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"No permission to write in {folder}."
    space = os.statvfs(folder)
    free = space.f_bavail * space.f_frsize
    if needs_bytes is not None and free < needs_bytes + SPARE_BYTES:
        return f"{folder} has {size_text(free)} free, {size_text(needs_bytes)} may be needed."
    return ""


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


class NewFile:
    """A file that did not exist before; for its owner alone."""

    def __init__(self, path: str, thread: FileThread) -> None:
        self.path = path
        self._thread = thread
        self._held = bytearray()
        self._file: BinaryIO | None = None
        self.size_bytes = 0

    def _open(self) -> BinaryIO:
        # buffering is ours: a full disk must be found by `write`, never by a garbage collector
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.fdopen(os.open(self.path, flags, 0o600), "wb", buffering=0)

    async def open(self) -> None:
        """Make it."""

        def make() -> None:
            self._file = self._open()

        await self._thread.call(make)

    async def write(self, data: bytes) -> None:
        """Write bytes, in large pieces."""
        self.size_bytes += len(data)
        self._held += data
        if len(self._held) >= PIECE_BYTES:
            await self._flush()

    async def _flush(self) -> None:
        data, self._held = bytes(self._held), bytearray()
        await self._thread.call(self._write_all, data)

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view and self._file is not None:
            view = view[self._file.write(view) :]

    async def finish(self) -> None:
        """Write the rest and have it on the disk."""
        await self._flush()
        await self._thread.call(self._sync)

    def _sync(self) -> None:
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._file.close()

    def discard(self) -> None:
        """Close and remove it, if it was made here; blocks."""
        if self._file is not None:
            self._file.close()
            Path(self.path).unlink(missing_ok=True)

    @property
    def thread(self) -> FileThread:
        """Return what its calls run on."""
        return self._thread

    @property
    def file(self) -> BinaryIO | None:
        """Return the open file, for calls on its thread."""
        return self._file


@asynccontextmanager
async def new_file(path: str) -> AsyncIterator[NewFile]:
    """Make a file and write it; whatever ends that early removes it again.

    Raises:
        ActionRefused: it exists, or may not be made.
        EngineError: the disk is full, or hangs.
    """
    thread = FileThread(path)
    made = NewFile(path, thread)
    finished = False
    try:
        await made.open()
        yield made
        await made.finish()
        finished = True
    finally:
        if finished:
            thread.later(bool)
        else:
            await _discarded(thread, made)


async def _discarded(thread: FileThread, made: NewFile) -> None:
    """Remove the file; where the disk hangs that is left to the thread."""
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()

    def discard() -> None:
        try:
            made.discard()
        finally:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(gone.set)

    thread.later(discard)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5.0):
            await gone.wait()


@asynccontextmanager
async def existing_file(path: str) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
    """Open a file for reading: its size in bytes, and its pieces.

    Raises:
        ActionRefused: it is not there, no file, or may not be read.
    """
    thread = FileThread(path)
    opened: list[BinaryIO] = []

    def begin() -> int:
        # a pipe without a writer would block for ever
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb", buffering=0)
        opened.append(file)
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        return facts.st_size

    async def pieces() -> AsyncIterator[bytes]:
        while data := await thread.call(opened[0].read, PIECE_BYTES):
            yield data

    try:
        yield await thread.call(begin), pieces()
    finally:
        thread.later(lambda: [file.close() for file in opened])
