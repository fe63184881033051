"""Changes of pools. Their disks stay where they are."""

import contextlib
import posixpath
from functools import partial
from typing import Any
from xml.etree import ElementTree

from tui.domain.errors import ActionRefused
from tui.domain.operation import Operation, Preview, ProgressSink
from tui.domain.operation.storage import (
    CreatePool,
    RefreshPool,
    RemovePool,
    SetPoolAutostart,
    StartPool,
    StopPool,
)
from tui.domain.resource import ResourceKind
from tui.domain.storage import StoragePool
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import tidy
from tui.engines.libvirt.resources.failures import GONE, GONE_WORDS, NO_POOL
from tui.engines.libvirt.resources.handler import Done, Handler
from tui.engines.libvirt.resources.survey import Survey, resource_of, survey
from tui.engines.libvirt.resources.words import name_problem, script, user_line

REFRESH_DEADLINE_SECONDS = 120.0
FOLDER_MODE = "0711"  # guests' processes get through to their disks, nobody lists them
_TOO_HIGH = frozenset({"/", "/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/root", "/run", "/sbin", "/sys", "/usr"})


async def preview_create(around: Surroundings, operation: CreatePool) -> Preview:
    """Say what would be defined."""
    seen = await survey(around)
    refusal = _create_problem(operation, seen)
    return Preview(
        refusal=refusal,
        objects=(f"pool {operation.name} at {operation.path}",),
        document=pool_xml(operation),
        language="xml",
    )


def _create_problem(operation: CreatePool, seen: Survey) -> str:
    path = tidy(operation.path)
    if problem := name_problem(operation.name, "pool"):
        return problem
    if not path.startswith("/"):
        return "The folder must be a whole path, beginning with /."
    if path in _TOO_HIGH:
        return f"{path} is no folder for disks."
    for pool in seen.pools:
        if pool.name == operation.name:
            return f"There is a pool {pool.name} already."
        if pool.path and tidy(pool.path) == path:
            return f"{path} is the folder of pool {pool.name} already."
    return ""


def pool_xml(operation: CreatePool) -> str:
    """Return the definition of a pool in a folder."""
    root = ElementTree.Element("pool", type="dir")
    ElementTree.SubElement(root, "name").text = operation.name
    target = ElementTree.SubElement(root, "target")
    ElementTree.SubElement(target, "path").text = posixpath.normpath(operation.path)
    permissions = ElementTree.SubElement(target, "permissions")
    ElementTree.SubElement(permissions, "mode").text = FOLDER_MODE
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")


async def create(around: Surroundings, operation: CreatePool, _progress: ProgressSink) -> Done:
    """Define it, make its folder, start it; all or nothing."""
    if problem := _create_problem(operation, await survey(around)):
        raise ActionRefused("not possible", problem)
    async with around.line(f"pool {operation.name}") as line:
        work = partial(_create, text=pool_xml(operation), autostart=operation.autostart)
        await around.change(line, work, deadline=REFRESH_DEADLINE_SECONDS)
    return Done(made=around.resource(ResourceKind.POOL, operation.name))


def _create(libvirt: Any, connection: Any, *, text: str, autostart: bool) -> None:
    pool = connection.storagePoolDefineXML(text, 0)
    try:
        try:
            pool.create(0)
        except libvirt.libvirtError:  # no such folder, as a rule; building one that is there would change its mode
            pool.build(0)
            pool.create(0)
        if autostart:
            pool.setAutostart(1)
    except libvirt.libvirtError:
        with contextlib.suppress(libvirt.libvirtError):
            if pool.isActive():
                pool.destroy()
            pool.undefine()
        raise


async def _seen(around: Surroundings, operation: Operation) -> tuple[StoragePool, tuple[str, ...]]:
    """Return a pool and the guests that use its disks."""
    pool = (await survey(around)).pool(resource_of(operation).local)
    users = [user_line(user, disk.name) for disk in pool.disks or () for user in disk.users]
    return pool, tuple(dict.fromkeys(users))


async def preview_plain(around: Surroundings, operation: Operation) -> Preview:
    """Name the pool; nobody loses anything."""
    pool, _ = await _seen(around, operation)
    return Preview(objects=(f"pool {pool.name}",))


async def preview_start(around: Surroundings, operation: StartPool) -> Preview:
    """Refuse what runs already."""
    pool, _ = await _seen(around, operation)
    return Preview(
        refusal=f"Pool {pool.name} is {pool.state} already." if pool.is_active else "", objects=(f"pool {pool.name}",)
    )


async def preview_stop(around: Surroundings, operation: StopPool) -> Preview:
    """Name the guests whose disks it has."""
    pool, users = await _seen(around, operation)
    if not pool.is_active:
        return Preview(refusal=f"Pool {pool.name} is off already.")
    warnings = []
    if users:
        warnings.append("Guests that run go on; one that names its disk by the pool cannot start until the pool runs.")
    if not pool.persistent:
        warnings.append("The pool has no definition on disk: stopping it forgets it.")
    return Preview(objects=(f"pool {pool.name}",), users=users, warnings=tuple(warnings))


async def preview_remove(around: Surroundings, operation: RemovePool) -> Preview:
    """Name the guests whose disks it has."""
    pool, users = await _seen(around, operation)
    kept = f"Its disks stay in {pool.path}." if pool.path else "Its disks stay."
    hang = (pool.problem,) if pool.problem else ()
    return Preview(objects=(f"pool {pool.name}",), users=users, warnings=(kept, *hang))


def _start(_libvirt: Any, pool: Any) -> None:
    pool.create(0)


def _stop(_libvirt: Any, pool: Any) -> None:
    pool.destroy()


def _refresh(_libvirt: Any, pool: Any) -> None:
    pool.refresh(0)


def _remove(libvirt: Any, pool: Any) -> None:
    persistent = pool.isPersistent()
    if pool.isActive():
        pool.destroy()
    try:
        if persistent:
            pool.undefine()
    except libvirt.libvirtError as error:
        if error.get_error_code() != NO_POOL:
            raise


async def _change(around: Surroundings, operation: Operation, act: Any, *, deadline: float) -> Done:
    """Do something to a pool that is there."""
    name = resource_of(operation).local

    def work(libvirt: Any, connection: Any) -> None:
        act(libvirt, connection.storagePoolLookupByName(name))

    async with around.line(f"pool {name}") as line:
        await around.change(line, work, deadline=deadline)
    return Done()


def _operate(act: Any, *, deadline: float = REFRESH_DEADLINE_SECONDS) -> Any:
    async def operate(around: Surroundings, operation: Operation, _progress: ProgressSink) -> Done:
        return await _change(around, operation, act, deadline=deadline)

    return operate


async def start(around: Surroundings, operation: StartPool, _progress: ProgressSink) -> Done:
    """Start a pool; say which folder is gone when it is."""
    return await _about_folder(around, operation, _start)


async def refresh(around: Surroundings, operation: RefreshPool, _progress: ProgressSink) -> Done:
    """Read its disks anew; libvirt stops a pool whose folder is gone."""
    return await _about_folder(around, operation, _refresh)


async def _about_folder(around: Surroundings, operation: Operation, act: Any) -> Done:
    try:
        return await _change(around, operation, act, deadline=REFRESH_DEADLINE_SECONDS)
    except ActionRefused as error:
        if error.title != GONE:
            raise
        words = error.message.removeprefix(GONE_WORDS)
        failure = ActionRefused(GONE, f"The folder of pool {operation.target.local} is gone: {words}")
    raise failure


async def set_autostart(around: Surroundings, operation: SetPoolAutostart, _progress: ProgressSink) -> Done:
    """Say whether it starts with the daemon."""
    enabled = operation.enabled
    return await _change(around, operation, lambda _libvirt, pool: pool.setAutostart(int(enabled)), deadline=20.0)


def words_create(_around: Surroundings, operation: CreatePool) -> tuple[str, ...]:
    """Return virsh's commands."""
    autostart = (("pool-autostart", operation.name),) if operation.autostart else ()
    return script(
        ("pool-define-as", operation.name, "dir", "--target", operation.path),
        ("pool-build", operation.name),
        ("pool-start", operation.name),
        *autostart,
    )


def _words(*words: str) -> Any:
    def line(_around: Surroundings, operation: Operation) -> tuple[str, ...]:
        return (*words, operation.target.local)

    return line


def words_remove(_around: Surroundings, operation: RemovePool) -> tuple[str, ...]:
    """Return virsh's commands."""
    return script(("pool-destroy", operation.target.local), ("pool-undefine", operation.target.local))


def words_autostart(_around: Surroundings, operation: SetPoolAutostart) -> tuple[str, ...]:
    """Return virsh's command."""
    return ("pool-autostart", operation.target.local, *(() if operation.enabled else ("--disable",)))


HANDLERS: dict[type[Operation], Handler[Any]] = {
    CreatePool: Handler(preview_create, create, words_create),
    StartPool: Handler(preview_start, start, _words("pool-start")),
    StopPool: Handler(preview_stop, _operate(_stop), _words("pool-destroy")),
    RefreshPool: Handler(preview_plain, refresh, _words("pool-refresh")),
    RemovePool: Handler(preview_remove, _operate(_remove), words_remove),
    SetPoolAutostart: Handler(preview_plain, set_autostart, words_autostart),
}
