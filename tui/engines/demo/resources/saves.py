"""What operations do to saved memory and to files: the demo takes what comes from files, and writes none."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from tui.domain.action import Verb
from tui.domain.image import ContainerImage
from tui.domain.instance import Instance
from tui.domain.operation import Operation, Preview
from tui.domain.operation.guests import ManagedSave, RemoveManagedSave
from tui.domain.operation.images import (
    CheckpointContainer,
    ExportContainerVolume,
    LoadImage,
    RestoreContainer,
    SaveImage,
)
from tui.domain.operation.storage import DownloadDisk, UploadDisk
from tui.domain.resource import ResourceKind
from tui.domain.storage import Disk
from tui.engines.demo.load import GIB, MIB
from tui.engines.demo.resources.keeper import Effect
from tui.engines.demo.resources.room import Made, Room
from tui.engines.demo.verbs import off, rule_for

NO_FILES = "This is the demo: it writes no files."
NEEDS_ROOT = "Checkpoints need containers of root: those of other users cannot be written to disk."
LOADED_BYTES = 184 * MIB
UPLOADED_BYTES = 2 * GIB


def _no_files(_room: Room, _operation: Operation) -> Preview:
    return Preview(NO_FILES)


def _nothing(_room: Room, _operation: Operation) -> Made:
    return "", None


def _save_preview(room: Room, operation: ManagedSave) -> Preview:
    guest = room.instance(operation.target.local)
    if not guest.state.is_active:
        return Preview(f"{guest.name} does not run: there is no memory to save.")
    return Preview(objects=(f"guest {guest.name}",), warnings=("It stops, and goes on from there when it is started.",))


def _save(room: Room, operation: ManagedSave) -> Made:
    guest = room.instance(operation.target.local)
    room.put(_with_save(off(guest, "saved"), saved=True))
    return "", None


def _memory_bytes(room: Room, operation: ManagedSave) -> int:
    guest = room.instance(operation.target.local).guest
    return guest.memory_max_bytes if guest is not None else 0


def _forget_preview(room: Room, operation: RemoveManagedSave) -> Preview:
    guest = room.instance(operation.target.local)
    if guest.guest is None or not guest.guest.has_managed_save:
        return Preview(f"No memory of {guest.name} is saved.")
    return Preview(objects=(f"the saved memory of {guest.name}",), warnings=("What was in its memory is lost.",))


def _forget(room: Room, operation: RemoveManagedSave) -> Made:
    room.put(_with_save(room.instance(operation.target.local), saved=False))
    return "", None


def _with_save(guest: Instance, *, saved: bool) -> Instance:
    facts = guest.guest
    return replace(guest, guest=replace(facts, has_managed_save=saved)) if facts is not None else guest


def _checkpoint_preview(room: Room, operation: CheckpointContainer) -> Preview:
    container = room.instance(operation.target.local)
    if operation.path:
        return Preview(NO_FILES)
    if not container.state.is_active:
        return Preview("Only a running container has something to write.")
    stops = () if operation.leave_running else ("It stops, until it is restored.",)
    return Preview(objects=("its memory, beside the container",), warnings=stops)


def _checkpoint(room: Room, operation: CheckpointContainer) -> Made:
    container = room.instance(operation.target.local)
    room.checkpoints.add(container.id.local)
    if not operation.leave_running:
        room.put(off(container, "checkpoint"))
    return "", None


def _restore_preview(room: Room, operation: RestoreContainer) -> Preview:
    container = room.instance(operation.target.local)
    if container.state.is_active:
        return Preview("It runs already.")
    if container.id.local not in room.checkpoints:
        return Preview("It has no checkpoint.")
    return Preview(objects=(f"container {container.name} goes on from its checkpoint",))


def _restore(room: Room, operation: RestoreContainer) -> Made:
    container = room.instance(operation.target.local)
    room.checkpoints.discard(container.id.local)
    room.put(rule_for(container.kind, Verb.START).change(container, room.now()))
    return "", None


def _stem(path: str) -> str:
    return PurePath(path).name.partition(".")[0].lower() or "image"


def _load(room: Room, operation: LoadImage) -> Made:
    name = f"localhost/{_stem(operation.path)}:latest"
    local = room.digest(f"load/{name}")
    room.images[local] = ContainerImage(local, (name,), LOADED_BYTES, 74 * MIB, room.begin - 86400, "amd64")
    return f"Loaded {name}.", room.made(ResourceKind.IMAGE, local)


def _upload_preview(room: Room, operation: UploadDisk) -> Preview:
    pool = operation.target.local
    if f"{pool}/{operation.name}" in room.disks:
        return Preview(f"There is a disk {operation.name} in pool {pool} already.")
    return Preview(objects=(f"disk {operation.name} in pool {pool}",))


def _upload(room: Room, operation: UploadDisk) -> Made:
    pool = room.pool(operation.target.local)
    local = f"{pool.name}/{operation.name}"
    path = f"{pool.path}/{operation.name}"
    form = operation.format or "qcow2"
    room.disks[local] = Disk(pool.name, operation.name, path, form, UPLOADED_BYTES, UPLOADED_BYTES)
    return "", room.made(ResourceKind.DISK, local)


def _virsh(verb: str, room: Room, operation: ManagedSave | RemoveManagedSave) -> str:
    return shlex.join(["virsh", verb, room.instance(operation.target.local).name])


def _podman(*words: str) -> str:
    return shlex.join(["podman", *words])


def _volume_words(operation: UploadDisk | DownloadDisk) -> str:
    if isinstance(operation, UploadDisk):
        return shlex.join(["virsh", "vol-upload", operation.name, operation.path, "--pool", operation.target.local])
    pool, _, name = operation.target.local.partition("/")
    return shlex.join(["virsh", "vol-download", name, operation.path, "--pool", pool])


def _checkpoint_words(room: Room, operation: CheckpointContainer) -> str:
    words = ["--leave-running"] if operation.leave_running else []
    words += ["--export", operation.path] if operation.path else []
    return _podman("container", "checkpoint", *words, room.instance(operation.target.local).name)


CONTAINER_SAVES: Mapping[type[Operation], Effect] = {
    CheckpointContainer: Effect(_checkpoint_preview, _checkpoint, _checkpoint_words, lambda _r, _o: 60 * MIB),
    RestoreContainer: Effect(
        _restore_preview, _restore, lambda r, o: _podman("container", "restore", r.instance(o.target.local).name)
    ),
    SaveImage: Effect(
        _no_files, _nothing, lambda _r, o: _podman("save", "--format", o.format, "--output", o.path, o.reference)
    ),
    LoadImage: Effect(
        lambda _r, _o: Preview(), _load, lambda _r, o: _podman("load", "--input", o.path), lambda _r, _o: LOADED_BYTES
    ),
    ExportContainerVolume: Effect(
        _no_files, _nothing, lambda _r, o: _podman("volume", "export", "--output", o.path, o.target.local)
    ),
}
GUEST_SAVES: Mapping[type[Operation], Effect] = {
    ManagedSave: Effect(_save_preview, _save, lambda r, o: _virsh("managedsave", r, o), _memory_bytes),
    RemoveManagedSave: Effect(_forget_preview, _forget, lambda r, o: _virsh("managedsave-remove", r, o)),
    UploadDisk: Effect(_upload_preview, _upload, lambda _r, o: _volume_words(o), lambda _r, _o: UPLOADED_BYTES),
    DownloadDisk: Effect(_no_files, _nothing, lambda _r, o: _volume_words(o)),
}
ROOT_ONLY: Mapping[type[Operation], str] = {CheckpointContainer: NEEDS_ROOT, RestoreContainer: NEEDS_ROOT}
