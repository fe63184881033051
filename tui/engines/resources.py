"""The seam for what instances are made from and hang on; engines that have it offer a `ResourceKeeper`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from tui.domain.event import Document
    from tui.domain.hardware import GuestHardware
    from tui.domain.identity import InstanceId
    from tui.domain.image import FoundImage, ImageDetails
    from tui.domain.operation import Operation, OperationOutcome, Preview, ProgressSink
    from tui.domain.resource import ResourceId, ResourceKind, Stock
    from tui.domain.snapshot import GuestSnapshots
    from tui.domain.storage import Disk


class ResourceKeeper(Protocol):
    """What one engine keeps beside instances, and every change that is no power verb.

    Nothing here blocks the event loop, and nothing is asked on a tick. Listing, statistics and changes run on lanes of
    their own, so that a pool that hangs stalls no action and no list of another kind.
    """

    @property
    def kinds(self) -> frozenset[ResourceKind]:
        """Return what this engine keeps."""

    @property
    def changed(self) -> int:
        """Return a number that grows whenever an event says that something here changed."""

    async def stock(self, kinds: frozenset[ResourceKind]) -> Stock:
        """List everything of some kinds, in bulk.

        A part that fails or hangs is a sentence in `Stock.problems`.

        Raises:
            EngineError: with its sentence, when nothing at all could be read.
        """

    async def document(self, target: ResourceId) -> Document:
        """Return the raw XML or JSON.

        Raises:
            EngineError: with its sentence.
        """

    async def preview(self, operation: Operation) -> Preview:
        """Say what an operation would touch; changes nothing. A "no" is `Preview.refusal`.

        Raises:
            EngineError: with its sentence, when it cannot be found out.
        """

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        """Carry out an operation; never raises but for a cancellation, after which nothing half-made is left behind."""

    def command(self, operation: Operation) -> str:
        """Return the equivalent virsh, virt-install or podman command line, quoted for a shell, for showing only."""

    def supports(self, operation: type[Operation]) -> str:
        """Return why an operation is not possible with this engine's version; empty when it is."""


@runtime_checkable
class HasResources(Protocol):
    """An engine that keeps resources."""

    @property
    def resources(self) -> ResourceKeeper:
        """Return what it keeps; the same object as long as the engine lives."""


@runtime_checkable
class DescribesImages(Protocol):
    """A keeper of container images; every method may raise `EngineError`."""

    async def image_details(self, target: ResourceId) -> ImageDetails:
        """Return layers and configuration of an image."""

    async def search_images(self, term: str) -> tuple[FoundImage, ...]:
        """Ask the configured registries."""


@runtime_checkable
class DescribesGuests(Protocol):
    """A keeper that knows how guests are built; every method may raise `EngineError`."""

    async def disk_details(self, target: ResourceId) -> Disk:
        """Return a disk with its backing chain followed to the end, its users and the snapshots inside."""

    async def snapshots(self, target: InstanceId) -> GuestSnapshots:
        """Return a guest's snapshots."""

    async def hardware(self, target: InstanceId) -> GuestHardware:
        """Return what a guest is built of."""
