"""Make images and checkpoints of containers."""

import shutil
from typing import Any

from tui.domain.errors import ActionRefused, EngineError, EngineLost, EngineTimeout, NotFound
from tui.domain.instance import State
from tui.domain.operation import Preview, Progress, ProgressSink
from tui.domain.operation.images import CheckpointContainer, CommitContainer, RestoreContainer
from tui.domain.resource import ResourceKind
from tui.engines.podman.resources.changes import Change, Done, Table, refuse, size_text
from tui.engines.podman.resources.desk import Desk
from tui.engines.podman.resources.file_thread import look_at
from tui.engines.podman.resources.files import path_refusal
from tui.engines.podman.resources.names import name_of, refusal_of
from tui.engines.podman.resources.scene import look
from tui.engines.podman.resources.transfer import download, found
from tui.engines.podman.rows import state_of

CRIU_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
NO_CRIU = "CRIU is not installed here: sudo apt install criu, or sudo dnf install criu."
NEEDS_ROOT = "Checkpoints need containers of root: those of other users cannot be written to disk."
CRIU_FAILED = "The container's memory could not be {}: `criu check` tells what this kernel lacks. {}"


async def container_now(desk: Desk, local: str) -> dict[str, Any]:
    """Return a container's description.

    Raises:
        NotFound: it is gone.
        EngineError: with its sentence.
    """
    try:
        return await desk.inspect(f"containers/{local}/json")
    except NotFound as error:
        raise NotFound("no longer there", "The container is no longer there.") from error


def state_in(document: dict[str, Any]) -> State:
    """Return the state that a container's description tells."""
    return state_of((document.get("State") or {}).get("Status"))


# commit


async def preview_commit(desk: Desk, operation: CommitContainer) -> Preview:
    """Say what becomes an image, and whose name that was."""
    name = name_of(operation.reference)
    if name is None or name.digest:
        return Preview(refusal=refusal_of(operation.reference) or "A name with a digest cannot be given.")
    document = await container_now(desk, operation.target.local)
    owner = (await look(desk)).named(name.local_text)
    warnings = [f"Image {owner.short_id} loses the name {name.local_text}."] if owner is not None else []
    if state_in(document) is State.RUNNING:
        paused = "It is paused meanwhile." if operation.pause else "It goes on meanwhile: files may be half written."
        warnings.append(paused)
    if any(mount.get("Type") in {"volume", "bind"} for mount in document.get("Mounts") or ()):
        warnings.append("What is in its volumes and mounted folders is not in the image.")
    return Preview(objects=(f"image {name.local_text}",), warnings=tuple(warnings))


async def commit(desk: Desk, operation: CommitContainer, progress: ProgressSink) -> Done:
    """Make an image of a container's files."""
    refuse(await preview_commit(desk, operation))
    name = name_of(operation.reference)
    assert name is not None  # noqa: S101 - refused above
    params = {
        "container": operation.target.local,
        "repo": name.repository,
        "tag": name.tag,
        "pause": "true" if operation.pause else "false",
    }
    params |= {"author": operation.author} if operation.author else {}
    # only Docker's form has room for a comment
    params |= {"comment": operation.comment, "format": "docker"} if operation.comment else {}
    progress(Progress(text="Podman writes the image"))
    answer = (await desk.change("POST", "commit", params)).json()
    local = str(answer.get("Id") or "").removeprefix("sha256:") if isinstance(answer, dict) else ""
    made = desk.resource(ResourceKind.IMAGE, local) if len(local) == 64 else await found(desk, name.local_text)
    return Done(made=made)


def _commit_words(desk: Desk, operation: CommitContainer) -> list[str]:
    words = ["commit", *(["--pause"] if operation.pause else [])]
    for option, value in (("--author", operation.author), ("--message", operation.comment)):
        words += [option, value] if value else []
    words += ["--format", "docker"] if operation.comment else []
    return [*words, desk.name_of(operation.target.local), operation.reference]


# checkpoint and restore


def criu_objection(desk: Desk) -> str:
    """Return why there are no checkpoints here; what a service elsewhere has, it tells itself."""
    if desk.user not in {"", "root"}:
        return NEEDS_ROOT
    return NO_CRIU if desk.local and shutil.which("criu", path=CRIU_FOLDERS) is None else ""


async def preview_checkpoint(desk: Desk, operation: CheckpointContainer) -> Preview:
    """Look at its state, and at the space for an export."""
    document = await container_now(desk, operation.target.local)
    if state_in(document) is not State.RUNNING:
        return Preview(refusal="Only a running container has something to write.")
    refusal = await look_at(operation.path, path_refusal, operation.path, None) if operation.path else ""
    where = f"{operation.path}, for its owner alone" if operation.path else "its memory, beside the container"
    stops = "" if operation.leave_running else "It stops, until it is restored."
    return Preview(refusal=refusal, objects=(where,), warnings=(stops,) if stops else ())


async def checkpoint(desk: Desk, operation: CheckpointContainer, progress: ProgressSink) -> Done:
    """Write a container's memory to disk."""
    refuse(await preview_checkpoint(desk, operation))
    path = f"containers/{operation.target.local}/checkpoint"
    params = {"leaveRunning": "true" if operation.leave_running else "false", "keep": "false"}
    progress(Progress(text="CRIU writes its memory"))
    try:
        if operation.path:
            params["export"] = "true"
            size = await download(desk, operation.path, path, params, progress, method="POST")
            return Done(f"{operation.path}: {size_text(size)}.")
        await desk.change("POST", path, params)
    except EngineError as error:
        raise _criu_error(error, "written") from error
    return Done()


async def preview_restore(desk: Desk, operation: RestoreContainer) -> Preview:
    """Look whether there is a checkpoint."""
    document = await container_now(desk, operation.target.local)
    state = document.get("State") or {}
    if state_in(document).is_active:
        return Preview(refusal="It runs already.")
    if not state.get("Checkpointed") and not state.get("CheckpointedAt"):
        return Preview(refusal="It has no checkpoint.")
    return Preview(objects=(f"container {desk.name_of(operation.target.local)} goes on from its checkpoint",))


async def restore(desk: Desk, operation: RestoreContainer, progress: ProgressSink) -> Done:
    """Let a container go on from its checkpoint."""
    refuse(await preview_restore(desk, operation))
    progress(Progress(text="CRIU reads its memory"))
    try:
        await desk.change("POST", f"containers/{operation.target.local}/restore")
    except EngineError as error:
        raise _criu_error(error, "read back") from error
    return Done()


def _criu_error(error: EngineError, done: str) -> EngineError:
    """Return a sentence for the runtime's "exit status 1"."""
    if isinstance(error, ActionRefused | EngineTimeout | EngineLost) or "criu" not in _of_runtime(error.message):
        return error
    return EngineError(error.title, CRIU_FAILED.format(done, error.message.rpartition(": ")[2]))


def _of_runtime(message: str) -> str:
    """Return the text, with "criu" where the runtime was called for its work."""
    called = any(f" {verb} --" in message for verb in ("checkpoint", "restore"))
    return f"criu {message}" if called else message.lower()


def _checkpoint_words(desk: Desk, operation: CheckpointContainer) -> list[str]:
    words = ["container", "checkpoint", *(["--leave-running"] if operation.leave_running else [])]
    words += ["--export", operation.path] if operation.path else []
    return [*words, desk.name_of(operation.target.local)]


CHANGES: Table = {
    CommitContainer: Change(preview_commit, commit, _commit_words),
    CheckpointContainer: Change(preview_checkpoint, checkpoint, _checkpoint_words, criu_objection),
    RestoreContainer: Change(
        preview_restore,
        restore,
        lambda desk, operation: ["container", "restore", desk.name_of(operation.target.local)],
        criu_objection,
    ),
}
