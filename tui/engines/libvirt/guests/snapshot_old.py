"""Going back to snapshots, and deleting them."""

import os
import time
from contextlib import suppress
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused, EngineError
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.guests import DeleteSnapshot, RevertSnapshot
from tui.domain.snapshot import GuestSnapshot
from tui.domain.storage import Disk
from tui.engines.libvirt.commands import guest_word
from tui.engines.libvirt.failures import sentence
from tui.engines.libvirt.guests import jobs
from tui.engines.libvirt.guests.files import on_files, refresh_pools_of
from tui.engines.libvirt.guests.hardware import source_of
from tui.engines.libvirt.guests.reading import Guest, guest_of, read_guest
from tui.engines.libvirt.guests.snapshots import Tree, delete_problem, revert_problem, snapshot_tree
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import overlays_of, tidy
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.survey import Survey, survey


async def _nothing() -> None:
    """Undo nothing: libvirt itself leaves the guest as it was, or has carried it out."""


async def _look(around: Surroundings, operation: RevertSnapshot | DeleteSnapshot) -> tuple[Guest, Tree, GuestSnapshot]:
    target = guest_of(operation)
    guest, tree = await read_guest(around, target), await snapshot_tree(around, target)
    found = tree.find(operation.name)
    if found is None:
        raise ActionRefused("no such snapshot", f"{guest.name} has no snapshot {operation.name}.")
    return guest, tree, found


def _taken(snapshot: GuestSnapshot) -> str:
    if snapshot.created_unix_seconds is None:
        return snapshot.name
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(snapshot.created_unix_seconds))
    return f"{snapshot.name} ({when})"


# back


async def _revert_refusal(around: Surroundings, guest: Guest, tree: Tree, found: GuestSnapshot) -> str:
    if found.external and (problem := revert_problem(around)):
        return problem
    overlays = [one.name for one in tree.after(found.name) if one.external]
    if overlays and not found.external:
        return f"{overlays[0]}, taken after it, stands on the disks that would be set back. Delete it first."
    if guest.saved:
        return (
            f"The memory of {guest.name} is saved on disk and does not fit to other disks. "
            "Start the guest, or throw that away, first."
        )
    return "" if found.external else _others_on(await survey(around), guest)


def _others_on(seen: Survey, guest: Guest) -> str:
    """Say which disk of another guest stands on one that would be set back; "" for none."""
    paths = [tidy(source_of(disk)) for disk in guest.next.iterfind("devices/disk") if disk.find("readonly") is None]
    for path in paths:
        others = [disk for disk in overlays_of(seen.shelf, path) if tidy(disk.path) not in paths]
        if others:
            return f"{others[0].name} in pool {others[0].pool} stands on {path}: going back would destroy it."
    return ""


async def preview_revert(around: Surroundings, operation: RevertSnapshot) -> Preview:
    """Say what is lost."""
    guest, tree, found = await _look(around, operation)
    warnings = [f"All that {guest.name} has written since {_taken(found)} is lost."]
    if guest.active:
        warnings.append(f"{guest.name} runs: what it does now is cut off, as by a power cut.")
    later = tree.after(found.name)
    if later:
        warnings.append(f"Snapshots taken after it stay: {', '.join(one.name for one in later[:5])}.")
    return Preview(
        refusal=await _revert_refusal(around, guest, tree, found),
        objects=(f"guest {guest.name} goes back to {_taken(found)}, {_state_after(operation, found)}",),
        warnings=tuple(warnings),
    )


def _state_after(operation: RevertSnapshot, found: GuestSnapshot) -> str:
    if found.has_memory:
        return f"{found.state} with the memory it had"
    return "and starts" if operation.start else "and is off"


async def revert(around: Surroundings, operation: RevertSnapshot, progress: ProgressSink) -> Done:
    """Go back."""
    guest, tree, found = await _look(around, operation)
    if problem := await _revert_refusal(around, guest, tree, found):
        raise ActionRefused("not possible", problem)

    def work(libvirt: Any, connection: Any) -> None:
        domain = connection.lookupByUUIDString(guest.uuid)
        flags = libvirt.VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING if operation.start else 0
        try:
            domain.revertToSnapshot(domain.snapshotLookupByName(operation.name, 0), flags)
        except libvirt.libvirtError as error:
            if error.get_error_code() != libvirt.VIR_ERR_SNAPSHOT_REVERT_RISKY:
                raise
            failure = ActionRefused("stop it first", f"Stop {guest.name} first: {sentence(error)}")
        else:
            return
        raise failure

    try:
        await jobs.long(around, guest.uuid, work, _nothing, text="going back", progress=progress)
    finally:
        around.touched(guest.uuid)
    return Done()


def words_revert(around: Surroundings, operation: RevertSnapshot) -> tuple[str, ...]:
    """Return virsh's command."""
    uuid = guest_of(operation).local
    running = ("--running",) if operation.start else ()
    return ("snapshot-revert", guest_word(around.name_of(uuid), uuid), operation.name, *running)


# gone


def _delete_refusal(
    around: Surroundings, guest: Guest, tree: Tree, found: GuestSnapshot, operation: DeleteSnapshot
) -> str:
    later = tree.after(found.name)
    external = [one for one in (found, *(later if operation.children else ())) if one.external]
    if not external:
        return ""
    if problem := delete_problem(around):
        return problem
    if operation.children and later:
        return f"{external[0].name} is external: libvirt deletes those one by one. Begin with the newest."
    if not (tree.path_to_now(found.name) and _stands_on(guest, (found, *later))):
        return f"{found.name} is not among those that the guest stands on now: libvirt cannot delete it without harm."
    if found.children > 1:
        return f"{found.children} snapshots stand on {found.name}: libvirt cannot delete it before they are gone."
    if found.children and not guest.active and around.version[:2] == (9, 0):
        return (
            f"libvirt 9.0 cannot delete {found.name} while {guest.name} is off and newer snapshots stand on it. "
            "Begin with the newest, or start the guest."
        )
    return ""


def _stands_on(guest: Guest, snapshots: tuple[GuestSnapshot, ...]) -> bool:
    """Tell whether the guest's disks are overlays of these: libvirt deletes the wrong file where they are not."""
    files = {tidy(path) for one in snapshots for path in one.files}
    return any(tidy(source_of(disk)) in files for disk in guest.now.iterfind("devices/disk"))


def _shared(seen: Survey, guest: Guest, tree: Tree, found: GuestSnapshot) -> str:
    """Say who else stands on the files into which the newer data would be written; "" for nobody."""
    shelf, own = seen.shelf, {tidy(path) for one in tree.listed for path in one.files}
    for path in tree.files_under(found.name):
        others: list[Disk] = [disk for disk in overlays_of(shelf, path) if tidy(disk.path) not in own]
        if others:
            return f"{others[0].name} in pool {others[0].pool} stands on {path}, which a deletion would change."
        disk = shelf.by_path.get(tidy(path))
        users = [user for user in (disk.users if disk else ()) if user.guest_id != guest.uuid]
        if users:
            return f"{users[0].name} needs {path}, which a deletion would change."
    return ""


async def _refusal(around: Surroundings, operation: DeleteSnapshot) -> tuple[Guest, Tree, GuestSnapshot, str]:
    guest, tree, found = await _look(around, operation)
    problem = _delete_refusal(around, guest, tree, found, operation)
    if not problem and found.external:
        problem = _shared(await survey(around), guest, tree, found)
    return guest, tree, found, problem


async def preview_delete(around: Surroundings, operation: DeleteSnapshot) -> Preview:
    """Say what is lost, and that the present stays."""
    guest, tree, found, refusal = await _refusal(around, operation)
    gone = (found, *(tree.after(found.name) if operation.children else ()))
    warnings = ["One cannot go back to what is deleted. What the guest has now stays."]
    if found.external:
        files = ", ".join(tree.files_under(found.name))
        warnings.append(f"What was written since is merged into {files}; that takes time.")
    return Preview(
        refusal=refusal,
        objects=tuple(f"snapshot {_taken(one)} of {guest.name}" for one in gone),
        warnings=tuple(warnings),
    )


async def delete(around: Surroundings, operation: DeleteSnapshot, progress: ProgressSink) -> Done:
    """Delete it; the data of an external one are merged by libvirt, which forgets nothing that the guest needs."""
    guest, tree, found, problem = await _refusal(around, operation)
    if problem:
        raise ActionRefused("not possible", problem)

    def work(libvirt: Any, connection: Any) -> None:
        flags = libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN if operation.children else 0
        connection.lookupByUUIDString(guest.uuid).snapshotLookupByName(operation.name, 0).delete(flags)

    await jobs.long(around, guest.uuid, work, _nothing, text="deleting the snapshot", progress=progress)
    left = await _remove_memory(around, tree.memory_file(found.name))
    await refresh_pools_of(around, found.files)
    return Done(left)


async def _remove_memory(around: Surroundings, path: str) -> str:
    """Remove the memory of a deleted snapshot, which libvirt 9.0 leaves behind; say where it is if that fails."""
    if not path:
        return ""
    if not around.has_files_here:
        return f"The file with its memory may still be there: {path}"
    try:
        await on_files(around, partial(_unlink, path))
    except EngineError as error:
        return f"The file with its memory is still there. {error.message}"
    return ""


def _unlink(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def words_delete(around: Surroundings, operation: DeleteSnapshot) -> tuple[str, ...]:
    """Return virsh's command."""
    uuid = guest_of(operation).local
    children = ("--children",) if operation.children else ()
    return ("snapshot-delete", guest_word(around.name_of(uuid), uuid), operation.name, *children)


HANDLERS: dict[type[Operation], Handler[Any]] = {
    RevertSnapshot: Handler(preview_revert, revert, words_revert),
    DeleteSnapshot: Handler(preview_delete, delete, words_delete),
}
