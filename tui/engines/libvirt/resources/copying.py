"""Whole copies of disks: by qemu-img where its end can be ordered, else by libvirt's daemon."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.operation import Progress, ProgressSink
from tui.domain.storage import Disk, StoragePool
from tui.engines.libvirt.resources import qemu_img
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.documents import volume_of
from tui.engines.libvirt.resources.survey import FOLDERS
from tui.engines.libvirt.resources.volumes import made, refresh_pool, taken, volume_xml

POLL_SECONDS = 0.5
LOOK_SECONDS = 5.0
CANNOT_STOP = "Ended: libvirt cannot stop a copy that it makes itself; it is deleted as soon as it is done."


class _Elsewhere(EngineError):  # noqa: N818 - named for what is the case
    """What this process writes is not where the daemon looks."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A whole copy to be made.

    Attributes:
        capacity_bytes: of the new disk; never smaller than the old one.
        total_bytes: what has to be written, about.
    """

    source: Disk
    pool: StoragePool
    name: str
    capacity_bytes: int
    total_bytes: int

    @property
    def format(self) -> str:
        """Return the format of the copy."""
        if self.pool.type not in FOLDERS:
            return "raw"
        return self.source.format if self.source.format in qemu_img.KNOWN_FORMATS else "raw"


async def copy(around: Surroundings, job: Copy, progress: ProgressSink) -> str:
    """Make the copy and return its path; nothing is left when it fails or is cancelled.

    Raises:
        EngineError: with its sentence.
    """
    path = os.path.join(job.pool.path, job.name)
    if await _can_write_files(around, job, path):
        try:
            return await _by_qemu_img(around, job, path, progress)
        except _Elsewhere:
            pass  # the daemon has another view of the files than this process
    return await _by_libvirt(around, job, progress)


async def _can_write_files(around: Surroundings, job: Copy, path: str) -> bool:
    """Tell whether this process reaches the files that libvirt means."""
    if not (around.has_files_here and job.pool.type in FOLDERS and path.startswith("/")):
        return False
    if job.source.format not in qemu_img.KNOWN_FORMATS:
        return False
    async with around.line("files") as line:
        return await line.lane.call(_reaches, job.source.path, job.pool.path, deadline=LOOK_SECONDS)


def _reaches(source: str, folder: str) -> bool:
    return qemu_img.is_installed() and os.access(source, os.R_OK) and os.access(folder, os.W_OK | os.X_OK)


async def _by_qemu_img(around: Surroundings, job: Copy, path: str, progress: ProgressSink) -> str:
    async with around.line("files") as line:
        await line.lane.call(_reserve, path, job, deadline=LOOK_SECONDS)

    def told(percent: float) -> None:
        progress(Progress(percent / 100 * job.total_bytes, float(job.total_bytes), "copying"))

    async def undo() -> None:
        async with around.line("files") as line:
            await line.lane.call(_forget, path, deadline=LOOK_SECONDS)
        await refresh_pool(around, job.pool.name)

    return await _undone_if_not(_convert(around, job, path, told), undo)


async def _convert(around: Surroundings, job: Copy, path: str, told: Callable[[float], None]) -> str:
    await refresh_pool(around, job.pool.name)
    try:
        await _path_of(around, job)
    except NotFound as error:
        raise _Elsewhere(error.title, error.message) from error
    await qemu_img.convert(job.source.path, job.source.format, path, job.format, told)
    if job.capacity_bytes > job.source.capacity_bytes:
        await qemu_img.grow(path, job.format, job.capacity_bytes)
    await refresh_pool(around, job.pool.name)
    return await _path_of(around, job)


async def _path_of(around: Surroundings, job: Copy) -> str:
    def look(_libvirt: Any, connection: Any) -> str:
        return str(volume_of(connection, f"{job.pool.name}/{job.name}").path())

    async with around.line(f"disk {job.name}") as line:
        return await around.ask(line, look)


async def _undone_if_not(work: Awaitable[str], undo: Callable[[], Awaitable[None]]) -> str:
    """Return what work returns, which ends at once when it is cancelled; undo what it made if it fails or is."""
    try:
        return await work
    except (EngineError, asyncio.CancelledError):
        await asyncio.shield(asyncio.ensure_future(undo()))
        raise


def _reserve(path: str, job: Copy) -> None:
    """Make an empty file that is ours, never on top of another one."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        failure = ActionRefused("name taken", taken(job.pool.name, job.name))
    except OSError as error:
        failure = ActionRefused("not possible", f"{path} cannot be written: {error.strerror}.")
    else:
        return
    raise failure


def _forget(path: str) -> None:
    with contextlib.suppress(OSError):  # it is gone already, or its storage is
        os.unlink(path)


async def _by_libvirt(around: Surroundings, job: Copy, progress: ProgressSink) -> str:
    """Have the daemon copy; how far it is shows in the growing file."""
    text = volume_xml(job.name, capacity_bytes=job.capacity_bytes, form=job.format, allocation_bytes=0)
    if job.pool.type not in FOLDERS:
        text = volume_xml(job.name, capacity_bytes=job.capacity_bytes, allocation_bytes=None)
    source = f"{job.source.pool}/{job.source.name}"

    def create(_libvirt: Any, connection: Any) -> str:
        pool = connection.storagePoolLookupByName(job.pool.name)
        return str(pool.createXMLFrom(text, volume_of(connection, source), 0).path())

    def told() -> None:
        progress(Progress(text=CANNOT_STOP))

    watch = asyncio.ensure_future(_watch(around, job, progress))
    try:
        return await made(
            around, job.pool.name, job.name, create, on_cancel=lambda: progress(Progress(text=CANNOT_STOP))
        )
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _watch(around: Surroundings, job: Copy, progress: ProgressSink) -> None:
    """Report how much of the copy is there, on a connection of its own."""

    def look(libvirt: Any, connection: Any) -> int:
        try:
            return int(volume_of(connection, f"{job.pool.name}/{job.name}").info()[2])
        except libvirt.libvirtError:
            return 0  # not there yet

    total = float(job.total_bytes)
    async with around.line(f"progress of {job.name}") as line:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                progress(Progress(float(min(total, await around.ask(line, look))), total, "copying"))
            except EngineError:
                progress(Progress(text="copying"))
