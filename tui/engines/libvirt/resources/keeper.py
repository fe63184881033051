"""What libvirt keeps beside guests: one table of changes, and the questions."""

import asyncio
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from tui.domain.action import Result
from tui.domain.errors import ActionRefused, EngineError
from tui.domain.event import Document
from tui.domain.hardware import GuestHardware
from tui.domain.identity import InstanceId
from tui.domain.operation import Operation, OperationOutcome, Preview, ProgressSink
from tui.domain.resource import ResourceId, ResourceKind, Stock
from tui.domain.snapshot import GuestSnapshots
from tui.domain.storage import Disk
from tui.engines.libvirt.link import Link
from tui.engines.libvirt.resources import details, documents, stock
from tui.engines.libvirt.resources.around import Surroundings
from tui.engines.libvirt.resources.failures import OutcomeUnknown
from tui.engines.libvirt.resources.handler import Handler
from tui.engines.libvirt.resources.hearing import hear
from tui.engines.libvirt.resources.reading import PoolReader
from tui.engines.libvirt.resources.words import os_sentence

KINDS = frozenset({ResourceKind.POOL, ResourceKind.DISK, ResourceKind.NETWORK, ResourceKind.SNAPSHOT})
READ_ONLY = "hostdeck runs read-only."


class LibvirtResources:
    """Pools, disks, networks and snapshots of one libvirt.

    Args:
        read_only: every change is refused.
        handlers: the changes it can make; None: all that there are.
    """

    def __init__(
        self,
        around: Surroundings,
        *,
        read_only: bool,
        handlers: Mapping[type[Operation], Handler[Any]] | None = None,
    ) -> None:
        self.around = around
        self._read_only = read_only
        self._given = handlers
        self._pools = PoolReader(around)
        self._changed = 0

    @property
    def kinds(self) -> frozenset[ResourceKind]:
        """Return what libvirt keeps."""
        return KINDS

    @property
    def changed(self) -> int:
        """Return how often something here is known to have changed."""
        return self._changed

    def note_change(self) -> None:
        """Count one change; on the event loop's thread."""
        self._changed += 1

    def listen(self, loop: asyncio.AbstractEventLoop, link: Link) -> None:
        """Hear of changes on a connection; blocks, on its lane's thread."""
        hear(link, loop, self.note_change)

    async def stock(self, kinds: frozenset[ResourceKind]) -> Stock:
        """List everything of some kinds, as the seam says; who looks may soon want to change something."""
        await asyncio.to_thread(getattr, self, "_handlers")
        return await stock.take(self.around, self._pools, kinds & KINDS)

    async def document(self, target: ResourceId) -> Document:
        """Return the XML, as the seam says."""
        return await documents.definition(self.around, target)

    async def disk_details(self, target: ResourceId) -> Disk:
        """Return a disk with its chain, users and inner snapshots, as the seam says."""
        return await details.read_disk(self.around, self._pools, target)

    async def preview(self, operation: Operation) -> Preview:
        """Say what an operation would touch, as the seam says."""
        refusal = self.supports(type(operation))
        if refusal:
            return Preview(refusal=refusal)
        try:
            return await self._handlers[type(operation)].preview(self.around, operation)
        except ActionRefused as error:
            return Preview(refusal=error.message)
        except OSError as error:
            return Preview(refusal=os_sentence(error))

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        """Carry out an operation, as the seam says."""
        refusal = READ_ONLY if self._read_only else self.supports(type(operation))
        if refusal:
            return OperationOutcome(operation, Result.REFUSED, refusal)
        try:
            done = await self._handlers[type(operation)].operate(self.around, operation, progress)
        except ActionRefused as error:
            return OperationOutcome(operation, Result.REFUSED, error.message)
        except OutcomeUnknown as error:
            return OperationOutcome(operation, Result.UNKNOWN, f"Outcome unknown: {error.message}")
        except EngineError as error:
            return OperationOutcome(operation, Result.FAILED, error.message)
        except OSError as error:
            return OperationOutcome(operation, Result.FAILED, os_sentence(error))
        finally:
            self.note_change()
        return OperationOutcome(operation, done.result, done.message, done.made)

    @cached_property
    def _handlers(self) -> Mapping[type[Operation], Handler[Any]]:
        """Return the changes; they are some sixty modules, which neither the start nor a watched host waits for."""
        if self._given is not None:
            return self._given
        from tui.engines.libvirt.resources.changes import HANDLERS

        return HANDLERS

    async def snapshots(self, target: InstanceId) -> GuestSnapshots:
        """Return a guest's snapshots, as the seam says."""
        from tui.engines.libvirt.guests import snapshots

        return await snapshots.snapshots(self.around, target)

    async def hardware(self, target: InstanceId) -> GuestHardware:
        """Return what a guest is built of, as the seam says."""
        from tui.engines.libvirt.guests import hardware

        return await hardware.hardware(self.around, target)

    def command(self, operation: Operation) -> str:
        """Return the command line, as the seam says."""
        handler = self._handlers.get(type(operation))
        return "" if handler is None else self.around.virsh(handler.words(self.around, operation))

    def supports(self, operation: type[Operation]) -> str:
        """Return why an operation is not possible, as the seam says."""
        handler = self._handlers.get(operation)
        if handler is None:
            return f"libvirt cannot {operation.title or 'do that'}."
        return handler.supports(self.around)
