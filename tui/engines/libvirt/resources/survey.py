"""What a change of storage looks at first: the pools, who needs which disk, how much is free."""

import asyncio
import os
from dataclasses import dataclass

from tui.domain.errors import ActionRefused, EngineError, NotFound
from tui.domain.operation import Operation
from tui.domain.resource import ResourceId
from tui.domain.storage import Disk, DiskUser, StoragePool
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.chains import Shelf, linked, tidy, users_by_path
from tui.engines.libvirt.resources.definitions import read_snapshot_sources
from tui.engines.libvirt.resources.reading import PoolReader
from tui.engines.libvirt.resources.stock import guests_of
from tui.engines.libvirt.resources.words import size

FOLDERS = frozenset({"dir", "fs", "netfs"})  # types of pools whose disks are files
SPACE_DEADLINE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Survey:
    """The storage of one libvirt now, with chains and users; `problems` are pools that could not be read."""

    pools: tuple[StoragePool, ...]
    problems: tuple[str, ...] = ()

    @property
    def shelf(self) -> Shelf:
        """Return the disks to look up in."""
        return Shelf(self.pools)

    def pool(self, name: str) -> StoragePool:
        """Return a pool.

        Raises:
            NotFound: there is none.
        """
        for pool in self.pools:
            if pool.name == name:
                return pool
        raise NotFound("no such pool", f"There is no pool {name}.")

    def active_pool(self, name: str) -> StoragePool:
        """Return a pool whose disks can be used.

        Raises:
            NotFound: there is none.
            ActionRefused: it is off, or hangs.
        """
        pool = self.pool(name)
        if not pool.is_active:
            raise ActionRefused("pool is off", f"Pool {name} is {pool.state}. Start it first.")
        if pool.disks is None:
            raise ActionRefused("pool hangs", pool.problem)
        return pool

    def disk(self, target: ResourceId) -> Disk:
        """Return a disk by the id of its resource.

        Raises:
            NotFound: there is none.
            ActionRefused: its pool is off, or hangs.
        """
        pool, _, name = target.local.partition("/")
        self.active_pool(pool)
        disk = self.shelf.find(pool, name)
        if disk is None:
            raise NotFound("no such disk", f"Disk {name} is not in pool {pool}. Refresh the pool.")
        return disk


async def survey(around: Surroundings) -> Survey:
    """Look at all pools and definitions.

    Raises:
        EngineError: the pools or the guests could not be read; nothing may be changed on half of the truth.
    """
    guests, (pools, problems) = await asyncio.gather(guests_of(around), PoolReader(around).read())
    return Survey(linked(pools, guests), problems)


async def snapshot_users(around: Surroundings, seen: Survey, disk: Disk) -> tuple[DiskUser, ...]:
    """Return the guests one of whose snapshots needs a disk."""
    async with around.line("snapshots") as line:
        guests = await around.ask(line, read_snapshot_sources)
    return users_by_path(seen.shelf, guests).get(tidy(disk.path), ())


def resource_of(operation: Operation) -> ResourceId:
    """Return the target of an operation that is about a resource.

    Raises:
        ActionRefused: it is a guest.
    """
    if not isinstance(operation.target, ResourceId):
        raise ActionRefused("not possible", f"One cannot {operation.title} of a guest here.")
    return operation.target


async def free_bytes(around: Surroundings, pool: StoragePool) -> int:
    """Return what is free in a pool: libvirt's own figure is as old as the pool's last refresh."""
    if not (around.has_files_here and pool.type in FOLDERS and pool.path.startswith("/")):
        return pool.available_bytes
    try:
        async with around.line("free space") as line:
            return await line.lane.call(_free_at, pool.path, deadline=SPACE_DEADLINE_SECONDS)
    except (OSError, EngineError):
        return pool.available_bytes


def _free_at(path: str) -> int:
    told = os.statvfs(path)
    return told.f_bavail * told.f_frsize


def space_problem(needed: int, free: int, where: str) -> str:
    """Say that something does not fit; "" when it does."""
    if needed <= free:
        return ""
    return f"There is no space in {where}: {size(needed)} are needed, {size(free)} are free."
