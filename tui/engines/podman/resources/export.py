"""Write a volume's files to a tar file: by the service where it can, else from its folder on this host."""

import asyncio
import threading

from tui.domain.errors import ActionRefused, EngineError, EngineRefused
from tui.domain.operation import Preview, ProgressSink
from tui.domain.operation.images import ExportContainerVolume
from tui.engines.podman.resources.changes import Change, Done, Table, count_text, refuse, size_text
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.file_thread import look_at
from tui.engines.podman.resources.files import NewFile, new_file, path_refusal
from tui.engines.podman.resources.folder_tar import Archiver, Stopped, folder_bytes
from tui.engines.podman.resources.meter import Meter
from tui.engines.podman.resources.transfer import download
from tui.engines.podman.resources.users import read_users
from tui.engines.podman.resources.volumes import volume_now
from tui.engines.podman.rows import Row

SERVICE_SINCE = (5, 6)
TELL_BYTES = 1 << 20
PLAIN_ONLY = "Extended attributes and access lists of the files are not in it."


def objection(desk: Desk) -> str:
    """Return why volumes of this service cannot be read."""
    if desk.local or desk.release >= SERVICE_SINCE or desk.release == (0, 0):
        return ""
    return f"Podman {desk.version} on another host exports no volumes; 5.6 and newer do."


async def preview(desk: Desk, operation: ExportContainerVolume) -> Preview:
    """Look at the volume, the path and the space there."""
    name = operation.target.local
    row = await volume_now(desk, name)
    by_service = desk.release >= SERVICE_SINCE
    size = None if by_service else await _weigh(row)
    writers = [user for user in await read_users(desk) if name in user.volumes and user.runs]
    warnings = [f"Running: {user.name}. Files that it writes meanwhile may be half written." for user in writers]
    return Preview(
        refusal=await look_at(operation.path, path_refusal, operation.path, size),
        objects=(f"{operation.path}, for its owner alone",),
        warnings=tuple(warnings if by_service else [*warnings, PLAIN_ONLY]),
        needs_bytes=size,
    )


async def _weigh(row: Row) -> int:
    folder = _folder(row)
    try:
        return await look_at(folder, folder_bytes, folder)
    except ActionRefused as error:
        raise EngineRefused("no permission", f"Its files cannot be read: {error.message}") from error


def _folder(row: Row) -> str:
    folder = str(row.get("Mountpoint") or "")
    if not folder.startswith("/"):
        raise ActionRefused("not mounted", "The volume has no folder on this host: its driver keeps it elsewhere.")
    return folder


async def export(desk: Desk, operation: ExportContainerVolume, progress: ProgressSink) -> Done:
    """Write the archive; nothing is left of it when that fails."""
    refused = await preview(desk, operation)
    refuse(refused)
    name = operation.target.local
    if desk.release >= SERVICE_SINCE:
        size = await download(desk, operation.path, f"volumes/{name}/export", {}, progress)
        return Done(f"{operation.path}: {size_text(size)}.")
    folder = _folder(await volume_now(desk, name))
    meter = Meter(progress, total=refused.needs_bytes, text=f"writing {operation.path}")
    async with new_file(operation.path) as file:
        archiver = await _archive(folder, file, meter)
    parts = [f"{operation.path}: written"]
    parts += [f"{count_text(archiver.changed, 'file')} became shorter meanwhile"] if archiver.changed else []
    parts += [f"{archiver.left_out} left out (sockets, or gone meanwhile)"] if archiver.left_out else []
    return Done(f"{', '.join(parts)}.")


async def _archive(folder: str, file: NewFile, meter: Meter) -> Archiver:
    """Run the archiver on the file's thread; when this is cancelled, it stops at the next piece."""
    loop = asyncio.get_running_loop()
    stop = threading.Event()
    held = 0

    def count(size: int) -> None:
        nonlocal held
        if stop.is_set():
            raise Stopped
        held += size
        if held >= TELL_BYTES:
            loop.call_soon_threadsafe(meter.add, held)
            held = 0

    archiver = Archiver(count)

    def write() -> None:
        if file.file is not None:
            archiver.write(folder, file.file)

    try:
        await file.thread.long_call(write)
    except EngineError as error:
        raise type(error)(error.title, f"The volume could not be read: {error.message}") from error
    finally:
        stop.set()
    return archiver


def _words(_desk: Desk, operation: ExportContainerVolume) -> list[str]:
    return ["volume", "export", "--output", operation.path, operation.target.local]


CHANGES: Table = {ExportContainerVolume: Change(preview, export, _words, objection)}
