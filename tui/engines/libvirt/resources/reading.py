"""Pools and their disks, read so that one that hangs holds up no other.

libvirt's daemon holds a pool's lock while it waits for its storage, and listing pools takes every pool's lock. So each
pool is read on a thread of its own; a list that hangs is made up from the pools that were known before; and the number
of calls that may hang on the connection stays below the five that a daemon works on at once for one client. On
a connection on which a call hangs, later ones about other pools were seen to hang too (9.0), at any of them: then each
pool is asked on a connection of its own.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from tui.domain.errors import EngineError, EngineTimeout
from tui.domain.storage import Disk, StoragePool
from tui.engines.libvirt.late import LateCall
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.failures import NO_POOL, NO_VOLUME, understood
from tui.engines.libvirt.resources.storage_xml import STATES, read_pool, read_volume
from tui.engines.libvirt.spare import SpareLink

T = TypeVar("T")

LIST_DEADLINE_SECONDS = 5.0
POOL_DEADLINE_SECONDS = 8.0
VOLUMES_BUDGET_SECONDS = 6.0
MOST_HUNG_POOLS = 2
AUTOSTART = 16  # VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART

DOES_NOT_ANSWER = "Pool {} does not answer; its storage may hang. The others were read."
NOT_ASKED = "Pool {} was not asked: {} other pools hang already."
STILL_HANGS = "Pool {} still does not answer; it is asked again when it does."
LIST_HANGS = (
    "libvirt's list of pools does not answer, as when the storage of a pool hangs. Known pools were asked one by one."
)


class PoolReader:
    """Reads pools.

    Args:
        list_deadline: seconds; `pool_deadline` likewise.
    """

    def __init__(
        self,
        around: Surroundings,
        *,
        list_deadline: float = LIST_DEADLINE_SECONDS,
        pool_deadline: float = POOL_DEADLINE_SECONDS,
    ) -> None:
        self._around = around
        self._list_deadline = list_deadline
        self._pool_deadline = pool_deadline

    async def read(self) -> tuple[tuple[StoragePool, ...], tuple[str, ...]]:
        """Return all pools with their disks, chains not followed, and what could not be read.

        Raises:
            EngineError: nothing could be read.
        """
        try:
            listed = await self._list()
        except EngineTimeout:
            known = self._around.known_pools
            if not known:
                raise
            pools = await asyncio.gather(*(self._one(pool, look_first=True) for pool in known.values()))
            problems = [LIST_HANGS]
        else:
            self._around.known_pools = {pool.name: pool for pool in listed}
            pools = await asyncio.gather(*(self._one(pool) for pool in listed))
            problems = []
        problems += [pool.problem for pool in pools if pool.problem]
        self._around.known_disks = {(disk.pool, disk.name): disk for pool in pools for disk in pool.disks or ()}
        return tuple(sorted(pools, key=lambda pool: pool.name)), tuple(problems)

    async def _list(self) -> tuple[StoragePool, ...]:
        if self._around.pools.lane.abandoned:
            raise EngineTimeout("storage hangs", LIST_HANGS)
        return await self._around.ask(self._around.pools, list_pools, deadline=self._list_deadline)

    async def _one(self, pool: StoragePool, *, look_first: bool = False) -> StoragePool:
        """Read one pool's disks; `look_first`: its own state too."""
        if not pool.is_active and not look_first:
            return pool
        lane = self._around.pool_lane(pool.name)
        if lane.abandoned:
            return replace(pool, disks=None, problem=STILL_HANGS.format(pool.name))
        async with self._around.pool_places:
            hung = self._around.hung_pools
            if hung >= MOST_HUNG_POOLS:
                return replace(pool, disks=None, problem=NOT_ASKED.format(pool.name, hung))
            try:
                return await self._on_lane(pool, partial(read_disks, pool=pool, look_first=look_first))
            except EngineTimeout:
                return replace(pool, disks=None, problem=DOES_NOT_ANSWER.format(pool.name))
            except EngineError as error:
                return replace(pool, disks=None, problem=f"Pool {pool.name} could not be read: {error.message}")
            finally:
                lane.close()  # its thread; the next reading gets a new one

    async def _on_lane(self, pool: StoragePool, function: Callable[[Any, Any], T]) -> T:
        around = self._around
        if not (around.hung_pools or around.pools.lane.abandoned):
            return await self._by(around.pools, pool, function)
        async with around.line(f"pool {pool.name}") as line:
            return await self._by(line, pool, function)

    async def _by(self, line: SpareLink, pool: StoragePool, function: Callable[[Any, Any], T]) -> T:
        link = await line.ready()
        call = LateCall(lambda: link.run(understood(function)))
        return await call.on(self._around.pool_lane(pool.name), deadline=self._pool_deadline)


def list_pools(libvirt: Any, connection: Any) -> tuple[StoragePool, ...]:
    """List all pools without their disks; blocks, and touches no storage."""
    autostart = frozenset(pool.UUIDString() for pool in connection.listAllStoragePools(AUTOSTART))
    found = (_describe(libvirt, pool, autostart) for pool in connection.listAllStoragePools(0))
    return tuple(pool for pool in found if pool is not None)


def _describe(libvirt: Any, pool: Any, autostart: frozenset[str]) -> StoragePool | None:
    """Describe a pool; None when it is gone meanwhile."""
    try:
        return read_pool(
            pool.XMLDesc(0),
            state=pool.info()[0],
            autostart=pool.UUIDString() in autostart,
            persistent=bool(pool.isPersistent()),
        )
    except libvirt.libvirtError as error:
        if error.get_error_code() == NO_POOL:
            return None
        raise


def read_disks(libvirt: Any, connection: Any, *, pool: StoragePool, look_first: bool = False) -> StoragePool:
    """Return a pool with its disks; blocks for as long as its storage does."""
    handle = connection.storagePoolLookupByName(pool.name)
    if look_first:
        pool = replace(pool, state=STATES.get(handle.info()[0], pool.state))
        if not pool.is_active:
            return pool
    volumes = handle.listAllVolumes(0)
    disks: list[Disk] = []
    ends = time.monotonic() + VOLUMES_BUDGET_SECONDS
    for volume in volumes:
        if time.monotonic() > ends:
            problem = f"Pool {pool.name} is slow: {len(disks)} of its {len(volumes)} disks were read in time."
            return replace(pool, disks=in_order(disks), problem=problem)
        disk = describe_volume(libvirt, volume, pool.name)
        if disk is not None:
            disks.append(disk)
    return replace(pool, disks=in_order(disks), problem=_gone_problem(pool, len(volumes) - len(disks), len(volumes)))


def _gone_problem(pool: StoragePool, gone: int, of: int) -> str:
    """Say that files were removed behind libvirt's back; "" when none were."""
    if not gone:
        return ""
    if gone == of:
        return f"None of the disks of pool {pool.name} is there any more: is its folder {pool.path} gone?"
    return f"{gone} of the disks of pool {pool.name} are gone. Refresh the pool."


def in_order(disks: list[Disk]) -> tuple[Disk, ...]:
    """Return disks by name."""
    return tuple(sorted(disks, key=lambda disk: disk.name))


def describe_volume(libvirt: Any, volume: Any, pool: str) -> Disk | None:
    """Describe a disk; None when it, or its file, is gone meanwhile."""
    try:
        return read_volume(volume.XMLDesc(0), pool)
    except libvirt.libvirtError as error:
        if error.get_error_code() == NO_VOLUME:
            return None
        if error.get_error_code() == libvirt.VIR_ERR_SYSTEM_ERROR:
            return None  # the file was removed behind libvirt's back: a refresh of the pool forgets it
        raise
