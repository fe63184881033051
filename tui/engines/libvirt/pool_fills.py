"""How full the pools are that are on no filesystem of this host: nothing else would tell before they are full."""

import asyncio
from contextlib import suppress
from typing import Any
from xml.etree import ElementTree

from tui.domain.errors import EngineError
from tui.domain.host import PoolFill
from tui.engines.libvirt.failures import UNSUPPORTED
from tui.engines.libvirt.spare import SpareLink
from tui.engines.libvirt.status import StatusBoard
from tui.engines.libvirt.target import Target

FIRST_SECONDS = 5.0  # after the start: what a person waits for comes before
EVERY_SECONDS = 120.0
NOBODY_SECONDS = 600.0  # between two looks where there are none, or where the daemon does not answer
DEADLINE_SECONDS = 5.0
_RUNNING = 2  # VIR_STORAGE_POOL_RUNNING
# a dir, fs or LVM pool is not among them: the filesystem tells of the first two, and a volume group that is given away
# to the last byte is no problem
TYPES = frozenset({"netfs", "rbd", "gluster", "zfs", "sheepdog", "vstorage"})


def read_fills(libvirt: Any, connection: Any) -> tuple[PoolFill, ...]:
    """Return the running pools of `TYPES` as the daemon measured them last; refreshes nothing."""
    try:
        pools = connection.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE)
    except libvirt.libvirtError as error:
        if error.get_error_code() in UNSUPPORTED:
            return ()
        raise
    fills = []
    for pool in pools:
        with suppress(libvirt.libvirtError):  # gone since it was listed
            if type_of(pool.XMLDesc(0)) in TYPES:
                state, capacity, allocation, _ = pool.info()
                if state == _RUNNING and capacity > 0:
                    fills.append(PoolFill(pool.name(), capacity, allocation))
    return tuple(sorted(fills, key=lambda fill: fill.name))


def type_of(xml: str) -> str:
    """Return the type of a pool by its definition; empty where that is none."""
    try:
        return ElementTree.fromstring(xml).get("type", "")  # noqa: S314 - libvirt wrote it
    except ElementTree.ParseError:
        return ""


class PoolFills:
    """Asks now and then, on a connection that is opened for the question and let go after it.

    Args:
        line: nothing else waits on it: a pool that hangs holds it.
    """

    def __init__(self, target: Target, line: SpareLink, board: StatusBoard) -> None:
        self._target = target
        self._board = board
        self.line = line

    async def run(self) -> None:
        """Ask for ever; only the system's QEMU driver has such pools."""
        if self._target.driver != "qemu":
            return
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            found = await self._ask() if self._board.is_ready else ()
            if found is not None:
                self._board.fills(found)
            await asyncio.sleep(EVERY_SECONDS if found else NOBODY_SECONDS)

    async def _ask(self) -> tuple[PoolFill, ...] | None:
        """Return what the daemon says, None where it does not: the last figures stay then."""
        try:
            return await self.line.call(read_fills, deadline=DEADLINE_SECONDS)
        except EngineError:
            return None
        finally:
            self.line.drop()
