"""Files and free space of this host, looked at on threads of their own: storage may hang."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from tui.domain.errors import ActionRefused, EngineError
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.volumes import refresh_pool

T = TypeVar("T")

DEADLINE_SECONDS = 10.0


async def on_files(around: Surroundings, function: Callable[[], T]) -> T:
    """Do something with files of this host.

    Raises:
        ActionRefused: the system refuses it.
        EngineTimeout: the storage hangs.
    """
    try:
        async with around.line("files") as line:
            return await line.lane.call(function, deadline=DEADLINE_SECONDS)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        failure = ActionRefused("file", f"{where}{error.strerror or error}.")
    raise failure


async def free_at(around: Surroundings, folder: str) -> int | None:
    """Return what is free in a folder; None where it cannot be known."""
    if not (around.has_files_here and folder.startswith("/")):
        return None

    def look() -> int:
        told = os.statvfs(folder)
        return told.f_bavail * told.f_frsize

    try:
        return await on_files(around, look)
    except EngineError:
        return None


async def refresh_pools_of(around: Surroundings, paths: Iterable[str]) -> None:
    """Have the pools in whose folders files came or went read anew; one that cannot be is no failure."""
    folders = {os.path.dirname(path) for path in paths}

    def find(libvirt: Any, connection: Any) -> list[str]:
        found = []
        for folder in folders:
            with suppress(libvirt.libvirtError):  # it is no pool's
                found.append(connection.storagePoolLookupByTargetPath(folder).name())
        return found

    with suppress(EngineError):
        async with around.line("pools") as line:
            names = await around.ask(line, find) if folders else []
        for name in names:
            await refresh_pool(around, name)
