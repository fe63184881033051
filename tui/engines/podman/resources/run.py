"""Make a container from an image and start it; when it does not start, everything is as it was before."""

import asyncio
import os
from collections.abc import Collection, Iterator, Sequence

from tui.domain.errors import EngineError, NotFound
from tui.domain.operation import Preview, Progress, ProgressSink
from tui.domain.operation.images import RunContainer
from tui.engines.podman.resources.changes import Change, Done, Table, refuse
from tui.engines.podman.resources.desk import CHANGE_SECONDS, Desk, quietly
from tui.engines.podman.resources.names import name_of
from tui.engines.podman.resources.spec import MODES, refusal_of, spec_of, words_of
from tui.engines.podman.resources.users import User, read_users

CREATE_PATIENCE_SECONDS = 10.0  # for what is half asked when a person cancels


async def preview(desk: Desk, operation: RunContainer) -> Preview:
    """Look at the name, the image, networks, volumes, folders and ports."""
    if refusal := refusal_of(operation):
        return Preview(refusal=refusal)
    users = await read_users(desk)
    refusal = await _asked_refusal(desk, operation, users)
    new = [] if refusal else await _new_volumes(desk, operation)
    return Preview(
        refusal=refusal,
        objects=(f"container {operation.subject}", *(f"volume {name}, new" for name in new)),
        warnings=tuple(_warnings(operation, users)),
    )


async def _asked_refusal(desk: Desk, operation: RunContainer, users: Sequence[User]) -> str:
    for user in users:
        if operation.name and user.name == operation.name:
            return f"The name {operation.name} is taken by a container that is {user.state}."
    if not await _image_is_here(desk, operation.image):
        return f"There is no image {operation.image} here: pull it first."
    if operation.pod and not await _is_there(desk, f"pods/{operation.pod}/json"):
        return f"There is no pod {operation.pod}."
    for name in operation.networks:
        if name not in MODES and not await _is_there(desk, f"networks/{name}/json"):
            return f"There is no network {name}."
    if desk.local:
        for mount in operation.mounts:
            if mount.source.startswith("/") and not await asyncio.to_thread(os.path.exists, mount.source):
                return f"There is no folder or file {mount.source} on this host."
    return ""


async def _image_is_here(desk: Desk, image: str) -> bool:
    by_id = len(image) >= 12 and set(image) <= set("0123456789abcdef")
    return (by_id or name_of(image) is not None) and await _is_there(desk, f"images/{image}/json")


async def _is_there(desk: Desk, path: str) -> bool:
    try:
        await desk.inspect(path)
    except NotFound:
        return False
    return True


async def _new_volumes(desk: Desk, operation: RunContainer) -> list[str]:
    wanted = dict.fromkeys(mount.source for mount in operation.mounts if not mount.source.startswith("/"))
    if not wanted:
        return []
    there = {row.get("Name") for row in await desk.rows("volumes/json")}
    return [name for name in wanted if name not in there]


def _warnings(operation: RunContainer, users: Sequence[User]) -> Iterator[str]:
    taken = {
        (port.host_port, port.protocol): user.name
        for user in users
        if user.runs
        for port in user.ports
        if port.host_port
    }
    for port in operation.ports:
        if owner := taken.get((port.host_port, port.protocol or "tcp")):
            yield f"Port {port.host_port} of the host is published by {owner} already."
    if operation.restart_policy in {"always", "unless-stopped"}:
        yield "Podman starts it again when it ends; after a boot of the host only if podman-restart.service is enabled."


async def run(desk: Desk, operation: RunContainer, progress: ProgressSink) -> Done:
    """Make and start it."""
    refuse(await preview(desk, operation))
    new_volumes = await _new_volumes(desk, operation)
    progress(Progress(text="making the container"))
    local, warnings = await _create(desk, operation, new_volumes)
    progress(Progress(text="starting it"))
    try:
        await desk.change("POST", f"containers/{local}/start")
    except BaseException:
        await _unmake(desk, local, new_volumes)
        raise
    return Done(" ".join(warnings), desk.instance(local))


async def _create(desk: Desk, operation: RunContainer, new_volumes: Collection[str]) -> tuple[str, list[str]]:
    """Return id and warnings; a creation that is cancelled on its way is waited for, and undone."""
    asked = asyncio.ensure_future(
        desk.ask("POST", "containers/create", body=spec_of(operation), timeout=CHANGE_SECONDS)
    )
    try:
        answer = await desk.patiently(asyncio.shield(asked))
    except BaseException:
        await asyncio.wait({asked}, timeout=CREATE_PATIENCE_SECONDS)
        if asked.done() and not asked.cancelled() and asked.exception() is None:
            await _unmake(desk, str(asked.result().json().get("Id")), new_volumes)
        else:
            await _remove_volumes(desk, new_volumes)
        asked.cancel()
        raise
    value = answer.json()
    local = str(value.get("Id") or "") if isinstance(value, dict) else ""
    if not local:
        raise EngineError("Podman answered nonsense", "It told no id of the new container.")
    return local, [str(warning) for warning in value.get("Warnings") or ()]


async def _unmake(desk: Desk, local: str, new_volumes: Collection[str]) -> None:
    """Remove a container that did not start, with the volumes that were made for it."""
    params = {"force": "true", "v": "true", "timeout": "0"}
    await quietly(desk.ask("DELETE", f"containers/{local}", params, timeout=CREATE_PATIENCE_SECONDS))
    await _remove_volumes(desk, new_volumes)


async def _remove_volumes(desk: Desk, new_volumes: Collection[str]) -> None:
    for name in new_volumes:
        await quietly(desk.ask("DELETE", f"volumes/{name}"))


CHANGES: Table = {RunContainer: Change(preview, run, lambda _desk, operation: words_of(operation))}
