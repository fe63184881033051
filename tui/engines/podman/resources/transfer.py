"""Save images to files, load them from files, and send archives to the service."""

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import Any

from tui.domain.errors import EngineError, EngineLost, NotFound
from tui.domain.operation import Preview, Progress, ProgressSink
from tui.domain.operation.images import LoadImage, SaveImage
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.podman.client import Answer, target
from tui.engines.podman.resources.changes import Change, Done, Table, refuse, size_text
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.file_thread import look_at
from tui.engines.podman.resources.files import existing_file, new_file, path_refusal
from tui.engines.podman.resources.line import Line, answering, connected
from tui.engines.podman.resources.meter import Meter
from tui.engines.podman.resources.names import ARCHIVES, name_of, refusal_of

HEAD_ROOM_BYTES = 1 << 20  # what an archive has beside the layers


# save


async def preview_save(desk: Desk, operation: SaveImage) -> Preview:
    """Look at the image, the path and the space there."""
    if operation.format not in ARCHIVES:
        return Preview(refusal=f"The format is one of {' and '.join(ARCHIVES)}.")
    if name_of(operation.reference) is None and not _is_id(operation.reference):
        return Preview(refusal=refusal_of(operation.reference))
    size = await _size_of(desk, operation.reference)
    refusal = await look_at(operation.path, path_refusal, operation.path, size)
    return Preview(refusal=refusal, objects=(f"{operation.path}, for its owner alone",), needs_bytes=size)


def _is_id(text: str) -> bool:
    return len(text) >= 12 and all(letter in "0123456789abcdef" for letter in text)


async def _size_of(desk: Desk, reference: str) -> int:
    """Return the bytes that an archive has at most."""
    try:
        image = await desk.inspect(f"images/{reference}/json")
    except NotFound as error:
        raise NotFound("no longer there", f"There is no image {reference} here.") from error
    return int(image.get("Size") or 0) + HEAD_ROOM_BYTES


async def save(desk: Desk, operation: SaveImage, progress: ProgressSink) -> Done:
    """Write an image to a new file; nothing is left of it when that fails."""
    refuse(await preview_save(desk, operation))
    path = f"images/{operation.reference}/get"
    size = await download(desk, operation.path, path, {"format": operation.format}, progress)
    return Done(f"{operation.path}: {size_text(size)}.")


async def download(
    desk: Desk, path: str, where: str, params: dict[str, str], progress: ProgressSink, *, method: str = "GET"
) -> int:
    """Write an answer's body to a new file and return its bytes; nothing is left of it when that fails.

    Raises:
        EngineError: of the service or the file.
    """
    meter = Meter(progress, text=f"writing {path}")

    async def work() -> int:
        async with new_file(path) as file, answering(desk.url, method, where, params) as line:
            while data := await line.body():
                await file.write(data)
                meter.add(len(data))
        return file.size_bytes

    size = await desk.patiently(work())
    meter.tell()
    return size


# load


async def preview_load(desk: Desk, operation: LoadImage) -> Preview:
    """Look at the file and the space in Podman's store."""
    async with existing_file(operation.path) as (size, _):
        pass
    return Preview(
        refusal=await store_refusal(desk, size), objects=(f"the images in {operation.path}",), needs_bytes=size
    )


async def store_refusal(desk: Desk, needs_bytes: int) -> str:
    """Return why the store has no room; empty when it has, or does not tell."""
    store = (await desk.inspect("info")).get("store") or {}
    allocated, used = store.get("graphRootAllocated"), store.get("graphRootUsed")
    if not isinstance(allocated, int) or not isinstance(used, int) or not allocated:
        return ""
    free = max(0, allocated - used)
    if free >= needs_bytes:
        return ""
    return f"Podman's store has {size_text(free)} free, at least {size_text(needs_bytes)} are needed."


async def load(desk: Desk, operation: LoadImage, progress: ProgressSink) -> Done:
    """Read images from an archive."""
    return await load_archive(desk, operation.path, progress)


async def load_archive(desk: Desk, path: str, progress: ProgressSink) -> Done:
    """Send an archive file to the service.

    Raises:
        EngineError: of the file, or the service's.
    """
    async with existing_file(path) as (size, pieces):
        refuse(Preview(refusal=await store_refusal(desk, size)))
        return await send_archive(desk, pieces, size, progress)


async def send_archive(desk: Desk, pieces: AsyncIterator[bytes], size: int, progress: ProgressSink) -> Done:
    """Send an archive, wait until its images are stored, and return their names.

    Raises:
        EngineError: the service's.
    """
    answer = (await desk.patiently(_send(desk, pieces, size, progress))).json()
    names = [str(name) for name in (answer.get("Names") if isinstance(answer, dict) else None) or ()]
    made = await found(desk, names[0].removeprefix("sha256:")) if names else None
    return Done(f"Loaded {', '.join(names)}." if names else "", made)


async def _send(desk: Desk, pieces: AsyncIterator[bytes], size: int, progress: ProgressSink) -> Answer:
    meter = Meter(progress, total=size, text="sending to Podman")
    async with connected(desk.url) as line:
        await line.begin("POST", target("images/load"), length=size, kind="application/x-tar")
        with suppress(EngineLost):  # it may say no before it has all, and its answer tells why
            await _write_all(line, pieces, size, meter)
        progress(Progress(None, None, "Podman unpacks it"))
        try:
            status, headers = await line.head()
            return Answer(status, headers, await line.rest())
        except EngineLost:
            raise
        except EngineError as error:
            raise EngineError("no image", _plain(error.message)) from error


async def _write_all(line: Line, pieces: Any, size: int, meter: Meter) -> None:
    left = size
    async with aclosing(pieces):
        async for data in pieces:
            part = data[:left]  # a file that grows meanwhile is sent as long as it was
            await line.write(part)
            meter.add(len(part))
            left -= len(part)
            if not left:
                return
    raise EngineError("the file changed", "The file became shorter while it was read.")


def _plain(message: str) -> str:
    """Return a sentence for Podman's list of everything it took the archive for."""
    if "does not match any of the supported image formats" in message:
        return "It is no archive of images that Podman can read, or it is damaged."
    return message


async def found(desk: Desk, name: str) -> ResourceId | None:
    """Return the image of a name, None when it cannot be looked up."""
    try:
        local = str((await desk.inspect(f"images/{name}/json")).get("Id") or "").removeprefix("sha256:")
    except EngineError:
        return None
    return desk.resource(ResourceKind.IMAGE, local) if local else None


def _save_words(_desk: Desk, operation: SaveImage) -> list[str]:
    return ["save", "--format", operation.format, "--output", operation.path, operation.reference]


CHANGES: Table = {
    SaveImage: Change(preview_save, save, _save_words),
    LoadImage: Change(preview_load, load, lambda _desk, operation: ["load", "--input", operation.path]),
}
