"""New snapshots."""

import os
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.guests import CreateSnapshot
from tui.domain.resource import ResourceKind
from tui.engines.libvirt.commands import guest_word
from tui.engines.libvirt.guests import jobs
from tui.engines.libvirt.guests.files import free_at, refresh_pools_of
from tui.engines.libvirt.guests.reading import guest_of, read_guest
from tui.engines.libvirt.guests.snapshot_plan import Plan
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.failures import NO_SNAPSHOT
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.survey import space_problem


async def _plan(around: Surroundings, operation: CreateSnapshot) -> tuple[Plan, str]:
    plan = Plan(operation, await read_guest(around, guest_of(operation)))
    problem = plan.problem(around)
    if not problem and plan.memory_bytes:
        free = await free_at(around, os.path.dirname(plan.kept[0].source))
        problem = "" if free is None else space_problem(plan.memory_bytes, free, os.path.dirname(plan.kept[0].source))
    return plan, problem


async def preview(around: Surroundings, operation: CreateSnapshot) -> Preview:
    """Say what would be made."""
    plan, refusal = await _plan(around, operation)
    return Preview(
        refusal=refusal,
        objects=plan.objects(),
        warnings=plan.warnings(),
        needs_bytes=plan.memory_bytes or None,
        document=plan.xml(),
        language="xml",
    )


async def operate(around: Surroundings, operation: CreateSnapshot, progress: ProgressSink) -> Done:
    """Take it."""
    plan, problem = await _plan(around, operation)
    if problem:
        raise ActionRefused("not possible", problem)
    uuid = plan.guest.uuid
    create = partial(_create, uuid=uuid, text=plan.xml(), operation=operation)
    there: list[bool] = []

    def work(libvirt: Any, connection: Any) -> None:
        create(libvirt, connection)
        there.append(True)

    async def undo() -> None:
        if there:  # else one of this name is somebody else's
            await jobs.quick(around, f"guest {plan.guest.name}", partial(_forget, uuid=uuid, name=operation.name))

    await jobs.long(around, uuid, work, undo, text="taking the snapshot", progress=progress)
    await refresh_pools_of(around, (plan.file_of(disk) for disk in plan.kept if operation.external))
    return Done(made=around.resource(ResourceKind.SNAPSHOT, f"{uuid}/{operation.name}"))


def _create(libvirt: Any, connection: Any, *, uuid: str, text: str, operation: CreateSnapshot) -> None:
    domain = connection.lookupByUUIDString(uuid)
    flags = 0
    if operation.external:
        flags |= libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC if domain.isActive() else 0
        flags |= libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_LIVE if operation.memory else 0
        flags |= 0 if operation.memory else libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY
        flags |= libvirt.VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE if operation.quiesce else 0
    domain.snapshotCreateXML(text, flags)


def _forget(libvirt: Any, connection: Any, *, uuid: str, name: str) -> None:
    """Delete a snapshot that nobody wants any more; none is no error."""
    try:
        connection.lookupByUUIDString(uuid).snapshotLookupByName(name, 0).delete(0)
    except libvirt.libvirtError as error:
        if error.get_error_code() != NO_SNAPSHOT:
            raise


def words(around: Surroundings, operation: CreateSnapshot) -> tuple[str, ...]:
    """Return virsh's command; of an external one with memory it needs the file's path."""
    uuid = guest_of(operation).local
    said = ["snapshot-create-as", guest_word(around.name_of(uuid), uuid), operation.name]
    if operation.description:
        said += ["--description", operation.description]
    if operation.external:
        said += ["--memspec", "FILE,snapshot=external", "--live"] if operation.memory else ["--disk-only"]
        said += ["--atomic"]
    if operation.quiesce:
        said += ["--quiesce"]
    return tuple(said)


HANDLERS: dict[type[Operation], Handler[Any]] = {CreateSnapshot: Handler(preview, operate, words)}
