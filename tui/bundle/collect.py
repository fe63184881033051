"""Put the parts of a bundle together."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tui.bundle import instances, machine, readme, tables
from tui.bundle.archive import Archive, plain_name
from tui.bundle.materials import MOST_INSTANCES, Materials, Notes, troubled
from tui.domain.host import HostView
from tui.domain.instance import Instance
from tui.domain.operation import Progress, ProgressSink
from tui.domain.secrets import masked_document
from tui.domain.serialise import to_json

PART_SECONDS = 45.0  # the doctor asks every daemon once
PICTURE_SECONDS = 15.0
AT_ONCE = 4
ENDING = "tar.gz"

Made = tuple[str, bytes] | None


class Bundle(NamedTuple):
    """A bundle that was made.

    Attributes:
        missing: sentences about what could not be had; they are in the file too.
    """

    path: Path
    size_bytes: int
    missing: tuple[str, ...]


def default_name(view: HostView, utc: float | None = None) -> str:
    """Return a file's name: the host and the moment, which is local to nobody."""
    moment = datetime.fromtimestamp(time.time() if utc is None else utc, UTC)
    return f"hostdeck-{plain_name(view.host_name)}-{moment:%Y%m%dT%H%M%SZ}.{ENDING}"


async def make_bundle(path: Path, materials: Materials, progress: ProgressSink | None = None) -> Bundle:
    """Collect everything and write it; an answer that does not come in time is noted and left out.

    Raises:
        CannotWrite: the file cannot be made, or there is no space for it; nothing of it stays then, nor after a
            cancellation.
    """
    notes = Notes()
    folder = path.name.removesuffix(f".{ENDING}")
    made_at = materials.view.taken_utc_seconds
    archive = await asyncio.to_thread(Archive(path, folder, made_at).__enter__)
    try:
        await _fill(archive, materials, notes, progress or (lambda _progress: None))
    except BaseException as error:
        cause = _of_the_system(error) or error
        await _shielded(archive.__exit__, type(cause), cause, cause.__traceback__)
        raise
    await _shielded(archive.__exit__, None, None, None)
    return Bundle(path, (await asyncio.to_thread(path.stat)).st_size, tuple(notes.sentences))


def _of_the_system(error: BaseException) -> OSError | None:
    """Return the error of a write that failed, alone or among those of a group."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_of_the_system, error.exceptions)), None)
    return error if isinstance(error, OSError) else None


async def _shielded(call: Callable[..., None], *arguments: object) -> None:
    """Finish or remove the file even while the job is being cancelled."""
    await asyncio.shield(asyncio.ensure_future(asyncio.to_thread(call, *arguments)))


async def _fill(archive: Archive, materials: Materials, notes: Notes, progress: ProgressSink) -> None:
    parts = _parts(materials, notes)
    chosen = troubled(materials.view)
    _note_those_left_out(chosen[MOST_INSTANCES:], notes)
    total = len(parts) + 1
    for place, (name, make) in enumerate(parts):
        progress(Progress(text=f"{name} ({place + 1} of {total})"))
        content = await _made(name, make, notes)
        if content:
            await asyncio.to_thread(archive.add, name, content)
    wanted = [item.instance for item in chosen[:MOST_INSTANCES]]
    await _add_instances(archive, wanted, materials, notes, progress)
    if notes.sentences:
        text = "\n".join(sentence.replace("\n", " ") for sentence in notes.sentences) + "\n"
        await asyncio.to_thread(archive.add, "errors.txt", text.encode("utf-8", "replace"))


def _parts(materials: Materials, notes: Notes) -> list[tuple[str, Callable[[], Awaitable[bytes | None]]]]:
    """Return the parts that are no instance's, the most important first."""
    return [
        ("README.txt", _at_once(lambda: readme.readme(materials))),
        ("problems.txt", _at_once(lambda: readme.problems(materials))),
        ("screen.svg", lambda: _picture(materials)),
        ("view.json", _at_once(lambda: _view(materials.view))),
        ("timeline.jsonl", lambda: tables.happened(materials, notes)),
        ("history.csv", lambda: tables.last_minutes(materials, notes)),
        ("record.csv", lambda: tables.last_day(materials, notes)),
        ("doctor.txt", lambda: _doctor(materials)),
        ("config.json", _at_once(lambda: machine.preferences(materials.config) if materials.config else None)),
        ("audit.jsonl", _at_once(lambda: machine.audit_tail(materials.audit) if materials.audit else None)),
        ("versions.txt", _at_once(lambda: machine.versions(materials))),
    ]


def _at_once(make: Callable[[], bytes | None]) -> Callable[[], Awaitable[bytes | None]]:
    return lambda: asyncio.to_thread(make)


async def _made(name: str, make: Callable[[], Awaitable[bytes | None]], notes: Notes) -> bytes | None:
    """Return a part; None where it is not to be had, which is noted."""
    try:
        async with asyncio.timeout(PICTURE_SECONDS if name == "screen.svg" else PART_SECONDS):
            return await make()
    except TimeoutError:
        notes.add(name, f"not done within {PART_SECONDS:g} s")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one part: the others are worth having
        notes.add(name, f"{type(error).__name__}: {error}")
    return None


async def _picture(materials: Materials) -> bytes | None:
    if materials.picture is None:
        return None
    return (await materials.picture()).encode("utf-8", "replace")


def _view(view: HostView) -> bytes:
    return json.dumps(masked_document(to_json(view)), indent=2, allow_nan=False).encode("ascii") + b"\n"


async def _doctor(materials: Materials) -> bytes:
    from tui.doctor import examine

    report = await examine(connect=materials.connect, podman=materials.podman)
    return report.to_text().encode("utf-8", "replace")


def _note_those_left_out(left: Iterable[object], notes: Notes) -> None:
    count = len(list(left))
    if count:
        notes.add("instances", f"{count} more have problems; only the documents and logs of {MOST_INSTANCES} are here")


async def _add_instances(
    archive: Archive, wanted: list[Instance], materials: Materials, notes: Notes, progress: ProgressSink
) -> None:
    """Add documents and logs, a few at a time: what hangs does not keep the others waiting one by one."""
    turns = asyncio.Semaphore(AT_ONCE)
    count = 0

    async def take(instance: Instance) -> None:
        nonlocal count
        async with turns:
            count += 1
            progress(Progress(text=f"{instance.kind.value} {instance.name} ({count} of {len(wanted)})"))
            for make in (instances.document_of, instances.log_of):
                made: Made = await _guarded(make, materials, instance, notes)
                if made is not None:
                    async with writing:
                        await asyncio.to_thread(archive.add, *made)

    writing = asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        for instance in wanted:
            group.create_task(take(instance))


async def _guarded(
    make: Callable[..., Awaitable[Made]], materials: Materials, instance: Instance, notes: Notes
) -> Made:
    try:
        return await make(materials.source, instance, notes)
    except Exception as error:  # noqa: BLE001 - the same
        notes.add(f"{instance.kind.value} {instance.name}", f"{type(error).__name__}: {error}")
        return None
