"""Create, remove and prune volumes."""

from collections.abc import Sequence

from tui.domain.errors import EngineError, NotFound
from tui.domain.operation import Preview, ProgressSink
from tui.domain.operation.images import CreateContainerVolume, PruneContainerVolumes, RemoveContainerVolume
from tui.domain.resource import ResourceKind
from tui.domain.storage import ContainerVolume
from tui.engines.podman.resources.changes import Change, Done, Table, count_text, refuse, size_text
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.rows import parsed, volume_of
from tui.engines.podman.resources.spec import NAME, NAME_RULE
from tui.engines.podman.resources.users import User, read_users
from tui.engines.podman.resources.weights import weights_of
from tui.engines.podman.rows import Row

LOST = "All files in it are lost."
WEIGH_SECONDS = 5.0  # a preview goes without sizes rather than keep a person waiting


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


async def preview_create(desk: Desk, operation: CreateContainerVolume) -> Preview:
    """Look at the name."""
    if NAME.fullmatch(operation.name) is None:
        return Preview(refusal=NAME_RULE)
    if any("=" not in text for text in (*operation.labels, *operation.options)):
        return Preview(refusal="Labels and options have the form NAME=VALUE.")
    taken = any(row.get("Name") == operation.name for row in await desk.rows("volumes/json"))
    refusal = f"There is a volume {operation.name} already." if taken else ""
    return Preview(refusal=refusal, objects=(f"volume {operation.name}",))


async def create(desk: Desk, operation: CreateContainerVolume, _progress: ProgressSink) -> Done:
    """Make a volume."""
    refuse(await preview_create(desk, operation))
    body = {"Name": operation.name, "Labels": _pairs(operation.labels), "Options": _pairs(operation.options)}
    await desk.change("POST", "volumes/create", body=body)
    return Done(made=desk.resource(ResourceKind.VOLUME, operation.name))


async def _weigh(desk: Desk, rows: Sequence[Row], users: Sequence[User]) -> tuple[ContainerVolume, ...]:
    """Return volumes, with sizes if Podman finds them out soon."""
    try:
        weights = weights_of(await desk.read("system/df", timeout=WEIGH_SECONDS))
    except EngineError:
        weights = None
    return parsed(lambda row: volume_of(row, users, weights), rows)


async def volume_now(desk: Desk, name: str) -> Row:
    """Return a volume's description.

    Raises:
        NotFound: it is gone.
        EngineError: with its sentence.
    """
    try:
        return await desk.inspect(f"volumes/{name}/json")
    except NotFound as error:
        raise NotFound("no longer there", f"There is no volume {name}.") from error


async def preview_remove(desk: Desk, operation: RemoveContainerVolume) -> Preview:
    """Name who mounts it."""
    name = operation.target.local
    row = await volume_now(desk, name)
    users = await read_users(desk)
    mounting = [user for user in users if name in user.volumes]
    sizes = [volume.size_bytes for volume in await _weigh(desk, [row], users)]
    return Preview(
        refusal=_refusal(name, mounting),
        objects=(f"volume {name}",),
        users=tuple(user.loses("mounts it") for user in mounting),
        warnings=(LOST,),
        frees_bytes=sizes[0] if sizes else None,
    )


def _refusal(name: str, mounting: Sequence[User]) -> str:
    if not mounting:
        return ""
    said = ", ".join(user.said for user in mounting)
    return f"The volume {name} belongs to {said}: remove that first."


async def remove(desk: Desk, operation: RemoveContainerVolume, _progress: ProgressSink) -> Done:
    """Remove a volume that nobody mounts."""
    name = operation.target.local
    await volume_now(desk, name)
    refuse(Preview(refusal=_refusal(name, [user for user in await read_users(desk) if name in user.volumes])))
    await desk.change("DELETE", f"volumes/{name}")
    return Done()


async def _unused(desk: Desk) -> tuple[ContainerVolume, ...]:
    users = await read_users(desk)
    volumes = await _weigh(desk, await desk.rows("volumes/json"), users)
    return tuple(volume for volume in volumes if not volume.container_ids)


async def preview_prune(desk: Desk, _operation: PruneContainerVolumes) -> Preview:
    """List what would go."""
    unused = await _unused(desk)
    sizes = [volume.size_bytes for volume in unused]
    known = [size for size in sizes if size is not None]
    return Preview(
        refusal="" if unused else "Every volume is mounted by a container.",
        objects=tuple(_line(volume) for volume in unused),
        warnings=("All files in them are lost.",) if unused else (),
        frees_bytes=sum(known) if len(known) == len(sizes) else None,
    )


def _line(volume: ContainerVolume) -> str:
    return volume.name if volume.size_bytes is None else f"{volume.name} ({size_text(volume.size_bytes)})"


async def prune(desk: Desk, operation: PruneContainerVolumes, _progress: ProgressSink) -> Done:
    """Remove every volume that nobody mounts, and tell what went."""
    refuse(await preview_prune(desk, operation))
    rows = [row for row in (await desk.change("POST", "volumes/prune")).json() or () if isinstance(row, dict)]
    failures = [f"{row.get('Id')}: {row.get('Err')}" for row in rows if row.get("Err")]
    gone = [row for row in rows if not row.get("Err")]
    if failures and not gone:
        raise EngineError("Podman failed", f"Nothing was removed: {'; '.join(failures)}")
    freed = sum(int(row.get("Size") or 0) for row in gone)
    told = f"{count_text(len(gone), 'volume')} removed, {size_text(freed)} freed."
    return Done(told + (f" Not removed: {'; '.join(failures)}" if failures else ""))


def _create_words(_desk: Desk, operation: CreateContainerVolume) -> list[str]:
    words = ["volume", "create"]
    for option, values in (("--label", operation.labels), ("--opt", operation.options)):
        for value in values:
            words += [option, value]
    return [*words, operation.name]


CHANGES: Table = {
    CreateContainerVolume: Change(preview_create, create, _create_words),
    RemoveContainerVolume: Change(
        preview_remove, remove, lambda _desk, operation: ["volume", "rm", operation.target.local]
    ),
    PruneContainerVolumes: Change(preview_prune, prune, lambda _desk, _operation: ["volume", "prune", "--force"]),
}
