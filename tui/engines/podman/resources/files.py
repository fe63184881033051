"""Files of this machine that a change writes or reads."""

import asyncio
import contextlib
import errno
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from tui.engines.podman.resources.changes import size_text
from tui.engines.podman.resources.file_thread import FileThread

PIECE_BYTES = 1 << 20
SPARE_BYTES = 1 << 20


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
