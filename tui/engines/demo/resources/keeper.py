"""A `ResourceKeeper` whose daemon is a dictionary."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tui.domain.action import Result
from tui.domain.errors import ActionRefused, EngineError
from tui.domain.event import Document
from tui.domain.hardware import GuestHardware
from tui.domain.identity import InstanceId
from tui.domain.image import FoundImage, ImageDetails, ImageLayer
from tui.domain.operation import Operation, OperationOutcome, Preview, Progress, ProgressSink
from tui.domain.plain import encode
from tui.domain.resource import ResourceId, ResourceKind, Stock
from tui.domain.snapshot import GuestSnapshots
from tui.domain.storage import Disk
from tui.engines.demo.acting import Timing
from tui.engines.demo.resources.fill import disk_now, image_now, network_now, pool_now
from tui.engines.demo.resources.hardware import hardware_of
from tui.engines.demo.resources.room import Made, Room

STEPS = 12
CONTAINER_KINDS = frozenset({ResourceKind.IMAGE, ResourceKind.VOLUME, ResourceKind.NETWORK})
GUEST_KINDS = frozenset({ResourceKind.POOL, ResourceKind.DISK, ResourceKind.NETWORK, ResourceKind.SNAPSHOT})
EXTERNAL = "libvirt 9.0 cannot revert to an external snapshot (9.9 can)."


@dataclass(frozen=True, slots=True)
class Effect:
    """One operation on the demo host.

    Attributes:
        preview: what it would touch.
        carry_out: does it; returns what to tell, and what was made.
        command: the equivalent command line.
        bytes_moved: how much is copied, for its progress; 0 for what is done at once.
    """

    preview: Callable[[Room, Any], Preview]
    carry_out: Callable[[Room, Any], Made]
    command: Callable[[Room, Any], str]
    bytes_moved: Callable[[Room, Any], int] = lambda _room, _operation: 0


def nothing_to_ask(_room: Room, _operation: Operation) -> Preview:
    """Return the preview of what touches nobody."""
    return Preview()


class DemoKeeper:
    """Keeps the resources of one demo engine.

    Args:
        refusals: why operations are not possible with this engine, a sentence each.
    """

    def __init__(
        self,
        room: Room,
        user: str,
        kinds: frozenset[ResourceKind],
        effects: Mapping[type[Operation], Effect],
        timing: Timing,
        *,
        refusals: Mapping[type[Operation], str],
    ) -> None:
        self._room = room
        self._user = user
        self._kinds = kinds
        self._effects = effects
        self._timing = timing
        self._refusals = refusals

    @property
    def kinds(self) -> frozenset[ResourceKind]:
        """Return what this engine keeps."""
        return self._kinds

    @property
    def changed(self) -> int:
        """Return a number that grows with every change."""
        return self._room.serial

    async def stock(self, kinds: frozenset[ResourceKind]) -> Stock:
        """List everything of some kinds."""
        room = self._room
        wanted = kinds & self._kinds
        return Stock(
            room.engine,
            self._user,
            local=self._user in {"", "root"},  # a user's bridges are in a namespace of their own
            kinds=wanted,
            images=tuple(image_now(room, one) for one in room.images.values()) if ResourceKind.IMAGE in wanted else (),
            volumes=tuple(room.volumes.values()) if ResourceKind.VOLUME in wanted else (),
            pools=tuple(pool_now(room, one) for one in room.pools.values())
            if wanted & {ResourceKind.POOL, ResourceKind.DISK}
            else (),
            networks=tuple(network_now(room, one) for one in room.networks.values())
            if ResourceKind.NETWORK in wanted
            else (),
            taken_utc_seconds=self._timing.utc(),
        )

    async def document(self, target: ResourceId) -> Document:
        """Return the value as JSON: the demo has no daemon that would word it otherwise."""
        room = self._room
        find: Mapping[ResourceKind, Callable[[str], object]] = {
            ResourceKind.IMAGE: room.image,
            ResourceKind.VOLUME: room.volume,
            ResourceKind.POOL: room.pool,
            ResourceKind.DISK: room.disk,
            ResourceKind.NETWORK: room.network,
        }
        if target.kind not in find:
            raise ActionRefused("no document", f"The demo has no document of a {target.kind}.")
        return Document(json.dumps(encode(find[target.kind](target.local)), indent=2) + "\n", "json")

    async def preview(self, operation: Operation) -> Preview:
        """Say what an operation would touch."""
        refusal = self.supports(type(operation))
        if refusal:
            return Preview(refusal=refusal)
        return self._effects[type(operation)].preview(self._room, operation)

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        """Carry out an operation, in the time that a real one would take."""
        try:
            preview = await self.preview(operation)
            if preview.refusal:
                return OperationOutcome(operation, Result.REFUSED, preview.refusal)
            effect = self._effects[type(operation)]
            await self._pass_time(effect.bytes_moved(self._room, operation), progress)
            message, made = effect.carry_out(self._room, operation)
        except EngineError as error:
            return OperationOutcome(operation, Result.FAILED, error.message)
        self._room.serial += 1
        return OperationOutcome(operation, Result.DONE, message, made)

    async def _pass_time(self, total: int, progress: ProgressSink) -> None:
        if not total:
            await self._timing.wait(0.2)
            return
        for step in range(STEPS + 1):
            progress(Progress(total * step / STEPS, float(total), "copying"))
            await self._timing.wait(0.25)

    def command(self, operation: Operation) -> str:
        """Return the equivalent command line."""
        effect = self._effects.get(type(operation))
        return effect.command(self._room, operation) if effect else ""

    def supports(self, operation: type[Operation]) -> str:
        """Return why an operation is not possible here; empty when it is."""
        if operation not in self._effects:
            return f"The demo host cannot {operation.title}."
        return self._refusals.get(operation, "")

    async def image_details(self, target: ResourceId) -> ImageDetails:
        """Return layers and configuration of an image."""
        image = image_now(self._room, self._room.image(target.local))
        shared = image.shared_bytes or 0
        layers = (
            ImageLayer("ADD file:rootfs.tar / in /", shared, image.created_unix_seconds),
            ImageLayer('CMD ["bash"]', 0, image.created_unix_seconds, is_empty=True),
            ImageLayer("RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates",
                       (image.size_bytes - shared) // 3, image.created_unix_seconds),
            ImageLayer("COPY app /srv/app", (image.size_bytes - shared) * 2 // 3, image.created_unix_seconds),
            ImageLayer('ENTRYPOINT ["/srv/app/run"]', 0, image.created_unix_seconds, is_empty=True),
        )  # fmt: skip
        return ImageDetails(
            image,
            layers,
            entrypoint=("/srv/app/run",),
            command=("--listen", ":8080"),
            environment=("PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "API_TOKEN=not-for-everybody"),
            exposed_ports=("8080/tcp",),
            volumes=("/var/lib/app",),
            working_directory="/srv/app",
            os="linux",
            digest=f"sha256:{self._room.digest(image.id)}",
        )

    async def search_images(self, term: str) -> tuple[FoundImage, ...]:
        """Return believable answers."""
        await self._timing.wait(0.4)
        return (
            FoundImage(
                f"docker.io/library/{term}", f"The official {term} image", 4100, official=True, registry="docker.io"
            ),
            FoundImage(f"quay.io/community/{term}", f"{term}, built weekly", 310, registry="quay.io"),
        )

    async def disk_details(self, target: ResourceId) -> Disk:
        """Return a disk with its users and the snapshots inside."""
        disk = disk_now(self._room, self._room.disk(target.local))
        inside = [
            snapshot.name
            for user in disk.users
            if not user.through
            for snapshot in self._room.snapshots.get(user.guest_id, ())
            if not snapshot.external
        ]
        return replace(disk, snapshots=tuple(inside))

    async def snapshots(self, target: InstanceId) -> GuestSnapshots:
        """Return a guest's snapshots."""
        guest = self._room.instance(target.local)
        saved = bool(guest.guest and guest.guest.has_managed_save)
        return GuestSnapshots(tuple(self._room.snapshots.get(target.local, ())), saved, EXTERNAL)

    async def hardware(self, target: InstanceId) -> GuestHardware:
        """Return what a guest is built of."""
        return hardware_of(self._room, target.local)
