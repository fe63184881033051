"""The state of one demo engine's resources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tui.domain.errors import NotFound
from tui.domain.hardware import GuestHardware
from tui.domain.identity import InstanceId
from tui.domain.image import ContainerImage
from tui.domain.instance import Instance
from tui.domain.network import Network
from tui.domain.resource import ResourceId, ResourceKind
from tui.domain.snapshot import GuestSnapshot
from tui.domain.storage import ContainerVolume, Disk, StoragePool

T = TypeVar("T")

Made = tuple[str, ResourceId | InstanceId | None]
"""What to tell of an operation that was carried out, and what was made; None when nothing was."""


@dataclass
class Room:
    """What is kept now.

    Attributes:
        engine: its id.
        instances: gives the engine's instances as they are now.
        add: puts a new instance onto the demo host, like another one.
        put: changes an instance that is there.
        now: UTC seconds.
        images: by full id; volumes, pools and networks by name; disks by pool and name.
        snapshots: by a guest's UUID, the oldest first.
        checkpoints: ids of the containers that have one.
        hardware: by a guest's UUID, what was changed; made from the instance when it is first asked for.
        serial: grows with every change.
    """

    host: str
    engine: str
    instances: Callable[[], Sequence[Instance]]
    add: Callable[[Instance, str], None]
    put: Callable[[Instance], None]
    now: Callable[[], float]
    digest: Callable[[str], str]
    begin: float
    images: dict[str, ContainerImage] = field(default_factory=dict)
    volumes: dict[str, ContainerVolume] = field(default_factory=dict)
    pools: dict[str, StoragePool] = field(default_factory=dict)
    disks: dict[str, Disk] = field(default_factory=dict)
    networks: dict[str, Network] = field(default_factory=dict)
    snapshots: dict[str, list[GuestSnapshot]] = field(default_factory=dict)
    checkpoints: set[str] = field(default_factory=set)
    hardware: dict[str, GuestHardware] = field(default_factory=dict)
    serial: int = 0

    def instance(self, local: str) -> Instance:
        """Return an instance; raise NotFound when there is none."""
        for one in self.instances():
            if one.id.local == local:
                return one
        raise NotFound("gone", f"No instance with the id {local}.")

    def image(self, local: str) -> ContainerImage:
        """Return an image by its full id."""
        return _found(self.images, local, "image")

    def disk(self, local: str) -> Disk:
        """Return a disk by POOL/NAME."""
        return _found(self.disks, local, "disk")

    def pool(self, local: str) -> StoragePool:
        """Return a pool."""
        return _found(self.pools, local, "pool")

    def network(self, local: str) -> Network:
        """Return a network."""
        return _found(self.networks, local, "network")

    def volume(self, local: str) -> ContainerVolume:
        """Return a volume of containers."""
        return _found(self.volumes, local, "volume")

    def made(self, kind: ResourceKind, local: str) -> ResourceId:
        """Return the identity of something that was just made."""
        return ResourceId(self.host, self.engine, kind, local)


def _found(kept: dict[str, T], local: str, word: str) -> T:
    if local not in kept:
        raise NotFound("gone", f"There is no {word} {local} any more.")
    return kept[local]
