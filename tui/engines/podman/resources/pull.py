"""Get images: from a registry with progress by layer, or from an archive or a folder of this machine."""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.operation import Preview, Progress, ProgressSink
from tui.domain.operation.images import PullImage
from tui.domain.resource import ResourceKind
from tui.engines.podman.resources.changes import Change, Done, Table, refuse
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.file_thread import FileThread, look_at
from tui.engines.podman.resources.files import existing_file
from tui.engines.podman.resources.folders import archive, archive_bytes, entries_of
from tui.engines.podman.resources.line import Line, answering, items
from tui.engines.podman.resources.meter import Parts
from tui.engines.podman.resources.names import ARCHIVES, FOLDERS, Name, Source, source_of
from tui.engines.podman.resources.transfer import found, load_archive, send_archive, store_refusal

HERE_ALREADY = "{} is here already: it becomes what the registry has now, and the image of before loses the name."


async def preview(desk: Desk, operation: PullImage) -> Preview:
    """Say what would be got, and what it replaces."""
    source = source_of(operation.reference.strip())
    if isinstance(source, str):
        return Preview(refusal=source)
    if source.name is None:
        return await _preview_local(desk, source)
    name = source.name
    try:
        await desk.inspect(f"images/{name.text}/json")
    except NotFound:
        return Preview(objects=(name.text,))
    return Preview(objects=(name.text,), warnings=(HERE_ALREADY.format(name.text),))


async def _preview_local(desk: Desk, source: Source) -> Preview:
    if source.transport in FOLDERS:
        size = archive_bytes(await look_at(source.path, entries_of, source.transport, source.path))
    else:
        async with existing_file(source.path) as (size, _):
            pass
    refusal = await store_refusal(desk, size)
    return Preview(refusal=refusal, objects=(f"the image in {source.path}",), needs_bytes=size)


async def pull(desk: Desk, operation: PullImage, progress: ProgressSink) -> Done:
    """Get an image; when it is cancelled, nothing of it is kept."""
    source = source_of(operation.reference.strip())
    if isinstance(source, str):
        raise ActionRefused("no name", source)
    if source.name is not None:
        return await _from_registry(desk, source.name, progress)
    if source.transport in ARCHIVES:
        return await load_archive(desk, source.path, progress)
    return await _from_folder(desk, source, progress)


async def _from_folder(desk: Desk, source: Source, progress: ProgressSink) -> Done:
    entries = await look_at(source.path, entries_of, source.transport, source.path)
    size = archive_bytes(entries)
    refuse(Preview(refusal=await store_refusal(desk, size)))
    thread = FileThread(source.path)
    pieces = archive(entries)

    async def read() -> AsyncIterator[bytes]:
        while data := await thread.call(partial(next, pieces, b"")):
            yield data

    try:
        return await send_archive(desk, read(), size, progress)
    finally:
        thread.later(pieces.close)


async def _from_registry(desk: Desk, name: Name, progress: ProgressSink) -> Done:
    local = await desk.patiently(_with_bytes(desk, name, progress) if name.qualified else _text(desk, name, progress))
    made = desk.resource(ResourceKind.IMAGE, local) if local else await found(desk, name.text)
    return Done(made=made)


async def _with_bytes(desk: Desk, name: Name, progress: ProgressSink) -> str:
    """Pull through Docker's API, the only one that tells bytes; it takes a short name for one of docker.io."""
    parts = Parts(progress)
    params = {"fromImage": name.text}
    async with answering(desk.url, "POST", "images/create", params, docker=True) as line:
        async for item in _good_items(line):
            detail: Mapping[str, Any] = item.get("progressDetail") or {}
            text, layer = str(item.get("status") or ""), str(item.get("id") or "")
            if layer:
                parts.take(layer, text, _bytes(detail.get("current")), _bytes(detail.get("total")))
            elif text:
                progress(Progress(text=text))
    return ""


def _bytes(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and value > 0 else None


async def _text(desk: Desk, name: Name, progress: ProgressSink) -> str:
    """Pull through Podman's own API, which looks for a short name where its configuration says; it tells words only."""
    local = ""
    async with answering(desk.url, "POST", "images/pull", {"reference": name.text}) as line:
        async for item in _good_items(line):
            local = str(item.get("id") or local)
            if text := str(item.get("stream") or "").strip():
                progress(Progress(text=text))
    return local


async def _good_items(line: Line) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the items of a pull; a failed one says so in an item, under a status of 200."""
    async for item in items(line):
        if error := item.get("error"):
            raise EngineError("the pull failed", str(error))
        yield item


CHANGES: Table = {PullImage: Change(preview, pull, lambda _desk, operation: ["pull", operation.reference.strip()])}
