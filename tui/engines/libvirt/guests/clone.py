"""Clones of guests that are shut off.

Their definition is changed and their disks are copied here, not by virt-clone: that is no part of libvirt, copies
without an end that a person can order, cannot make overlays, and leaves the disks that it had made when a later one
fails.
"""

import os
import shutil
import stat
import uuid
from functools import partial
from typing import Any

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, Progress, ProgressPart, ProgressSink
from tui.domain.operation.guests import CloneGuest
from tui.engines.libvirt.guests import born
from tui.engines.libvirt.guests.clone_plan import Part, Plan, plan_of
from tui.engines.libvirt.guests.clone_xml import clone_xml, nvram_for, still_shared
from tui.engines.libvirt.guests.files import on_files
from tui.engines.libvirt.guests.steps import Steps, all_or_none
from tui.engines.libvirt.resources import clones
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.documents import volume_of
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.survey import free_bytes, space_problem
from tui.engines.libvirt.resources.volumes import remove_volume


async def _problem(around: Surroundings, plan: Plan, previews: list[Preview]) -> str:
    """Say why it cannot be made; "" when it can."""
    refusals = [preview.refusal for preview in previews if preview.refusal]
    if refusals:
        return refusals[0]
    for name, needed in plan.bytes_by_pool().items():
        pool = plan.seen.pool(name)
        if problem := space_problem(needed, await free_bytes(around, pool), f"pool {name}"):
            return problem
    target = nvram_for(plan.nvram, plan.operation.name)
    there = bool(plan.nvram) and await on_files(around, lambda: os.path.lexists(target))
    return f"{target} is there already; it is not overwritten." if there else ""


async def _previews(around: Surroundings, plan: Plan) -> list[Preview]:
    return [await clones.preview(around, plan.change(around, part)) for part in plan.parts]


async def preview(around: Surroundings, operation: CloneGuest) -> Preview:
    """Show what would be copied, and the definition."""
    plan = await plan_of(around, operation)
    previews = await _previews(around, plan)
    disks = {part.device: (_path(plan, part), part.form) for part in plan.parts}
    nvram = nvram_for(plan.nvram, operation.name) if plan.nvram else ""
    return Preview(
        refusal=await _problem(around, plan, previews),
        objects=(
            f"guest {operation.name}, like {plan.guest.name}",
            *(line for one in previews for line in one.objects),
            *((f"file {nvram}, the firmware's variables",) if nvram else ()),
        ),
        warnings=tuple(dict.fromkeys((*_warnings(plan), *(line for one in previews for line in one.warnings)))),
        needs_bytes=None if operation.overlay else sum(plan.bytes_by_pool().values()),
        document=clone_xml(plan.guest.stored, operation.name, "", disks, nvram),
        language="xml",
    )


def _path(plan: Plan, part: Part) -> str:
    return os.path.join(plan.seen.pool(part.disk.pool).path, part.name)


def _warnings(plan: Plan) -> tuple[str, ...]:
    lines = ["Host name, SSH host keys and machine-id inside are those of the old guest: change them there."]
    if plan.shared:
        lines.append(f"Both are going to have the same {', '.join(plan.shared)}.")
    if plan.has_nvram and not plan.nvram:
        lines.append("The firmware's variables cannot be read here: the clone gets new ones, without boot entries.")
    return (*lines, *still_shared(plan.guest.next))


async def operate(around: Surroundings, operation: CloneGuest, progress: ProgressSink) -> Done:
    """Make everything, or nothing."""
    plan = await plan_of(around, operation)
    if problem := await _problem(around, plan, await _previews(around, plan)):
        raise ActionRefused("not possible", problem)
    guest = str(uuid.uuid4())
    async with all_or_none() as steps:
        disks = {}
        for number, part in enumerate(plan.parts):
            disks[part.device] = (await _copy(around, plan, number, steps, progress), part.form)
        nvram = await _copy_nvram(around, plan, steps)
        progress(Progress(text="starting the guest" if operation.start else "defining the guest"))
        text = clone_xml(plan.guest.stored, operation.name, guest, disks, nvram)
        await born.bring(around, steps, text, guest, autostart=False, start=operation.start)
    return Done(made=around.guest(guest))


async def _copy(around: Surroundings, plan: Plan, number: int, steps: Steps, progress: ProgressSink) -> str:
    """Copy one disk, and return the path of the copy."""
    part = plan.parts[number]

    def told(one: Progress) -> None:
        before = [ProgressPart(done.device, 1.0, 1.0, "done") for done in plan.parts[:number]]
        now = ProgressPart(part.device, one.done or 0.0, one.total, one.text)
        text = one.text or "copying"
        progress(Progress(one.done, one.total, f"{text} {part.device}", (*before, now)))

    told(Progress(text="copying"))
    await clones.operate(around, plan.change(around, part), told)
    steps.made(partial(remove_volume, around, part.disk.pool, part.name))

    def look(_libvirt: Any, connection: Any) -> str:
        return str(volume_of(connection, f"{part.disk.pool}/{part.name}").path())

    async with around.line(f"disk {part.name}") as line:
        return await around.ask(line, look)


async def _copy_nvram(around: Surroundings, plan: Plan, steps: Steps) -> str:
    """Copy the firmware's variables; return where to, empty for none."""
    if not plan.nvram:
        return ""
    target = nvram_for(plan.nvram, plan.operation.name)
    await on_files(around, partial(_copy_file, plan.nvram, target))
    steps.made(lambda: on_files(around, partial(_unlink, target)))
    return target


def _copy_file(source: str, target: str) -> None:
    """Copy a small file, with its owner where that is permitted, never on top of another one."""
    told = os.stat(source)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as written, open(source, "rb") as read:
            shutil.copyfileobj(read, written)
            os.fchmod(written.fileno(), stat.S_IMODE(told.st_mode))
            if os.geteuid() == 0:
                os.fchown(written.fileno(), told.st_uid, told.st_gid)
    except BaseException:
        os.unlink(target)
        raise


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


def words(around: Surroundings, operation: CloneGuest) -> tuple[str, ...]:
    """Return virt-clone's command; it makes whole copies only."""
    name = around.name_of(operation.target.local) or operation.target.local
    return ("!virt-clone", "--connect", around.target.uri, "--original", name, "--name", operation.name, "--auto-clone")


HANDLERS: dict[type[Operation], Handler[Any]] = {CloneGuest: Handler(preview, operate, words)}
