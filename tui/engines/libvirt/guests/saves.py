"""The memory of a guest on disk, from which its next start goes on."""

from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.guests import ManagedSave, RemoveManagedSave
from tui.engines.libvirt.commands import guest_word
from tui.engines.libvirt.guests import jobs
from tui.engines.libvirt.guests.hardware import bytes_in
from tui.engines.libvirt.guests.reading import Guest, guest_of, read_guest
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.handler import Done, Handler


async def _nothing() -> None:
    """Undo nothing: an aborted save leaves the guest running, a finished one is a guest that can be started."""


def _save_problem(guest: Guest) -> str:
    if not guest.active:
        return f"{guest.name} does not run: there is no memory to save."
    if not guest.persistent:
        return f"{guest.name} is gone when it stops: nothing could start it again from the saved memory."
    return ""


async def preview_save(around: Surroundings, operation: ManagedSave) -> Preview:
    """Say what happens to the guest."""
    guest = await read_guest(around, guest_of(operation))
    return Preview(
        refusal=_save_problem(guest),
        objects=(f"guest {guest.name}: its memory is written to disk, then it is off",),
        warnings=("Its connections break; its next start goes on where it was.",),
        needs_bytes=bytes_in(guest.now, "currentMemory") or None,
    )


async def save(around: Surroundings, operation: ManagedSave, progress: ProgressSink) -> Done:
    """Save it and stop it."""
    guest = await read_guest(around, guest_of(operation))
    if problem := _save_problem(guest):
        raise ActionRefused("not possible", problem)

    def work(_libvirt: Any, connection: Any) -> None:
        connection.lookupByUUIDString(guest.uuid).managedSave(0)

    try:
        await jobs.long(around, guest.uuid, work, _nothing, text="saving the memory", progress=progress)
    finally:
        around.touched(guest.uuid)
    return Done("Its next start goes on where it was.")


def words_save(around: Surroundings, operation: ManagedSave) -> tuple[str, ...]:
    """Return virsh's command."""
    uuid = guest_of(operation).local
    return ("managedsave", guest_word(around.name_of(uuid), uuid))


async def preview_remove(around: Surroundings, operation: RemoveManagedSave) -> Preview:
    """Say what is lost."""
    guest = await read_guest(around, guest_of(operation))
    return Preview(
        refusal="" if guest.saved else f"{guest.name} has no saved memory.",
        objects=(f"the saved memory of {guest.name}",),
        warnings=("What its programs had in memory is lost, as by a power cut. Its next start is a boot.",),
    )


async def remove(around: Surroundings, operation: RemoveManagedSave, _progress: ProgressSink) -> Done:
    """Throw it away."""
    guest = await read_guest(around, guest_of(operation))
    if not guest.saved:
        raise ActionRefused("not possible", f"{guest.name} has no saved memory.")

    def work(_libvirt: Any, connection: Any) -> None:
        connection.lookupByUUIDString(guest.uuid).managedSaveRemove(0)

    await jobs.quick(around, f"guest {guest.name}", work)
    around.touched(guest.uuid)
    return Done()


def words_remove(around: Surroundings, operation: RemoveManagedSave) -> tuple[str, ...]:
    """Return virsh's command."""
    uuid = guest_of(operation).local
    return ("managedsave-remove", guest_word(around.name_of(uuid), uuid))


HANDLERS: dict[type[Operation], Handler[Any]] = {
    ManagedSave: Handler(preview_save, save, words_save),
    RemoveManagedSave: Handler(preview_remove, remove, words_remove),
}
