"""Disks from files of this machine, and files from disks."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, Progress, ProgressSink
from tui.domain.operation.storage import DownloadDisk, UploadDisk
from tui.domain.resource import ResourceKind
from tui.domain.storage import Disk, StoragePool
from tui.engines.libvirt.resources import image_files, streams
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.image_files import ImageFile
from tui.engines.libvirt.resources.survey import (
    FOLDERS,
    Survey,
    free_bytes,
    resource_of,
    space_problem,
    survey,
)
from tui.engines.libvirt.resources.undoing import all_or_nothing
from tui.engines.libvirt.resources.volumes import (
    MAKING_DEADLINE_SECONDS,
    make_volume,
    refresh_pool,
    remove_volume,
    taken,
    volume_xml,
)
from tui.engines.libvirt.resources.words import name_problem, names_of, script, size, user_line

FILE_DEADLINE_SECONDS = 10.0


def _reporter(progress: ProgressSink, total: int, text: str) -> Callable[[int], None]:
    """Return what passes bytes done on to the event loop's thread."""
    loop = asyncio.get_running_loop()

    def report(done: int) -> None:
        loop.call_soon_threadsafe(progress, Progress(float(min(done, total)), float(total), text))

    return report


async def _on_files(around: Surroundings, function: Callable[[], Any]) -> Any:
    """Do something with a file of this machine, whose storage may hang too."""
    try:
        async with around.line("files") as line:
            return await line.lane.call(function, deadline=FILE_DEADLINE_SECONDS)
    except OSError as error:
        raise ActionRefused("file", f"{error.filename}: {error.strerror}.") from error


# up


async def _upload(around: Surroundings, operation: UploadDisk) -> tuple[StoragePool, ImageFile, str]:
    seen = await survey(around)
    pool = seen.active_pool(resource_of(operation).local)
    found: ImageFile = await _on_files(around, partial(image_files.look, operation.path))
    return pool, found, _upload_problem(operation, seen, pool, found, await free_bytes(around, pool))


def _upload_problem(operation: UploadDisk, seen: Survey, pool: StoragePool, found: ImageFile, free: int) -> str:
    if problem := name_problem(operation.name, "disk"):
        return problem
    if seen.shelf.find(pool.name, operation.name):
        return taken(pool.name, operation.name)
    if found.packed_with:
        return f"{found.path} is packed. Unpack it first: {found.packed_with} {os.path.basename(found.path)}"
    if operation.format and operation.format != found.format and "raw" not in {operation.format, found.format}:
        return f"{found.path} is {found.format}, not {operation.format}."
    if operation.format not in {"", "raw", "iso"} and found.format == "raw":
        return f"{found.path} is no {operation.format} image; its beginning is not that of one."
    if pool.type not in FOLDERS and found.format not in {"raw", "iso"}:
        return (
            f"Pool {pool.name} has raw devices and the file is {found.format}. Convert it first: "
            f"qemu-img convert -O raw {os.path.basename(found.path)} FILE"
        )
    needed = found.data_bytes if pool.type in FOLDERS else found.size_bytes
    return space_problem(needed, free, f"pool {pool.name}")


async def preview_upload(around: Surroundings, operation: UploadDisk) -> Preview:
    """Say what the file is, and whether it fits."""
    pool, found, refusal = await _upload(around, operation)
    warnings = []
    if found.backing:
        warnings.append(f"The image stands on {found.backing}: without that file it is of no use.")
    if found.format == "raw":
        warnings.append("Nothing in the file says what it is: it is taken as it is, raw.")
    return Preview(
        refusal=refusal,
        objects=(f"disk {operation.name} in pool {pool.name}, {found.format}, {size(found.capacity_bytes)}",),
        warnings=tuple(warnings),
        needs_bytes=found.data_bytes,
    )


async def upload(around: Surroundings, operation: UploadDisk, progress: ProgressSink) -> Done:
    """Make a volume as large as the file and write the file into it."""
    pool, found, problem = await _upload(around, operation)
    if problem:
        raise ActionRefused("not possible", problem)
    files = pool.type in FOLDERS
    text = volume_xml(
        operation.name,
        capacity_bytes=found.size_bytes,
        form="raw" if files else "",
        allocation_bytes=0 if files else None,
    )
    await make_volume(around, pool.name, text)
    meter = streams.Meter(_reporter(progress, found.size_bytes, "uploading"))
    send = _send(around, pool.name, operation, found, meter)
    await all_or_nothing(send, lambda: remove_volume(around, pool.name, operation.name), stop=meter.stop)
    await refresh_pool(around, pool.name)  # libvirt learns what it is
    return Done(made=around.resource(ResourceKind.DISK, f"{pool.name}/{operation.name}"))


async def _send(around: Surroundings, pool: str, operation: UploadDisk, found: ImageFile, meter: streams.Meter) -> None:
    descriptor: int = await _on_files(around, partial(image_files.open_file, found.path))
    work = partial(
        streams.upload,
        local=f"{pool}/{operation.name}",
        descriptor=descriptor,
        length=found.size_bytes,
        meter=meter,
    )
    try:
        async with around.line(f"upload of {operation.name}") as line:
            await around.ask(line, work, deadline=MAKING_DEADLINE_SECONDS)
    finally:
        os.close(descriptor)


def words_upload(_around: Surroundings, operation: UploadDisk) -> tuple[str, ...]:
    """Return virsh's commands; SIZE is the file's."""
    pool, name = operation.target.local, operation.name
    return script(
        ("vol-create-as", pool, name, "SIZE", "--allocation", "0", "--format", "raw"),
        ("vol-upload", name, operation.path, "--pool", pool, "--sparse"),
    )


# down


def _download_problem(operation: DownloadDisk, disk: Disk, free: int) -> str:
    folder = os.path.dirname(operation.path) or "."
    if os.path.lexists(operation.path):
        return f"{operation.path} is there already; it is not overwritten."
    if not os.path.isdir(folder):
        return f"There is no folder {folder}."
    if disk.format == "dir":
        return f"{disk.name} is a folder."
    return space_problem(disk.allocation_bytes, free, folder)


async def _download(around: Surroundings, operation: DownloadDisk) -> tuple[Disk, str]:
    disk = (await survey(around)).disk(resource_of(operation))
    return disk, await _on_files(around, lambda: _download_problem(operation, disk, _free_beside(operation.path)))


def _free_beside(path: str) -> int:
    try:
        told = os.statvfs(os.path.dirname(path) or ".")
    except OSError:
        return 0
    return told.f_bavail * told.f_frsize


async def preview_download(around: Surroundings, operation: DownloadDisk) -> Preview:
    """Say what would be written, and whether it fits."""
    disk, refusal = await _download(around, operation)
    writers = [user for user in disk.users if user.active and not user.through]
    warnings = []
    if writers and disk.format != "iso":
        warnings.append(f"{names_of(writers)} runs and may write to the disk: the copy may be torn.")
    if disk.backing:
        warnings.append(f"Only the overlay is written. Without {disk.backing[0]} it is of no use.")
    return Preview(
        refusal=refusal,
        objects=(f"file {operation.path}, {disk.format or 'raw'}",),
        users=tuple(user_line(user) for user in disk.users),
        warnings=tuple(warnings),
        needs_bytes=disk.allocation_bytes,
    )


async def download(around: Surroundings, operation: DownloadDisk, progress: ProgressSink) -> Done:
    """Write a new file, for its owner alone; removed again when it is not whole."""
    disk, problem = await _download(around, operation)
    if problem:
        raise ActionRefused("not possible", problem)
    path = operation.path
    descriptor: int = await _on_files(around, partial(_new_file, path))
    total = disk.allocation_bytes if disk.format not in {"raw", "iso"} else disk.capacity_bytes
    meter = streams.Meter(_reporter(progress, max(1, total), "downloading"))
    work = partial(streams.download, local=operation.target.local, descriptor=descriptor, meter=meter)

    async def undo() -> None:
        await _on_files(around, partial(os.unlink, path))

    await all_or_nothing(_receive(around, disk.name, work, descriptor), undo, stop=meter.stop)
    return Done(f"{path} is written.")


async def _receive(around: Surroundings, name: str, work: Callable[[Any, Any], None], descriptor: int) -> None:
    try:
        async with around.line(f"download of {name}") as line:
            await around.ask(line, work, deadline=MAKING_DEADLINE_SECONDS)
    finally:
        os.close(descriptor)


def _new_file(path: str) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        failure = ActionRefused("name taken", f"{path} is there already; it is not overwritten.")
    except OSError as error:
        failure = ActionRefused("not possible", f"{path} cannot be written: {error.strerror}.")
    raise failure


def words_download(_around: Surroundings, operation: DownloadDisk) -> tuple[str, ...]:
    """Return virsh's command."""
    pool, _, name = operation.target.local.partition("/")
    return ("vol-download", name, operation.path, "--pool", pool, "--sparse")


HANDLERS: dict[type[Operation], Handler[Any]] = {
    UploadDisk: Handler(preview_upload, upload, words_upload),
    DownloadDisk: Handler(preview_download, download, words_download),
}
