"""One line of the pane of images."""

from __future__ import annotations

from dataclasses import dataclass

from tui.domain.image import ContainerImage
from tui.domain.resource import ResourceId
from tui.domain.storage import ContainerVolume, Disk, StoragePool

UNUSED_IMAGE = "no name, not used"
UNUSED_VOLUME = "anonymous, not mounted"
ALMOST_FULL_PERCENT = 90.0


@dataclass(frozen=True, slots=True)
class StockLine:
    """An image, a volume, a pool, a disk, or the heading of a group.

    Attributes:
        key: text form of its `ResourceId`, or a group's own word.
        text: of a heading, what it says; empty otherwise.
        users: names of the guests or containers that need it, those that run first.
        problem: what wants tidying up or is wrong; empty when nothing is.
        is_old: its engine does not answer: this is what it said before.
    """

    key: str
    engine: str = ""
    user: str = ""
    text: str = ""
    target: ResourceId | None = None
    image: ContainerImage | None = None
    volume: ContainerVolume | None = None
    pool: StoragePool | None = None
    disk: Disk | None = None
    users: tuple[str, ...] = ()
    active_users: int = 0
    problem: str = ""
    is_old: bool = False

    @property
    def name(self) -> str:
        """Return what it is called."""
        for one in (self.image, self.volume, self.disk, self.pool):
            if one is not None:
                return one.name
        return self.text

    @property
    def short_name(self) -> str:
        """Return what tells an image from others: the end of its name, with the tag."""
        return self.name.rpartition("/")[2] if self.image is not None else self.name

    @property
    def registry(self) -> str:
        """Return the rest of an image's name: where it came from; empty for others."""
        return self.name.rpartition("/")[0] if self.image is not None else ""

    @property
    def shared_bytes(self) -> int | None:
        """Return what an image has in common with others; None where it was not told, and for all else."""
        return self.image.shared_bytes if self.image is not None else None

    @property
    def kind(self) -> str:
        """Return what it is."""
        return str(self.target.kind) if self.target is not None else ""

    @property
    def size_bytes(self) -> int | None:
        """Return what it holds: a disk's and a pool's capacity, an image's layers, a volume's files."""
        if self.image is not None:
            return self.image.size_bytes
        if self.disk is not None:
            return self.disk.capacity_bytes
        if self.pool is not None:
            return self.pool.capacity_bytes or None
        return self.volume.size_bytes if self.volume is not None else None

    @property
    def taken_bytes(self) -> int | None:
        """Return what would be free without it: an image's own layers, what a disk takes, what is taken of a pool."""
        if self.image is not None:
            shared = self.image.shared_bytes
            return self.image.size_bytes - shared if shared is not None else None
        if self.disk is not None:
            return self.disk.allocation_bytes
        if self.pool is not None:
            return self.pool.allocation_bytes if self.pool.capacity_bytes else None
        return self.volume.size_bytes if self.volume is not None else None

    @property
    def percent(self) -> float | None:
        """Return how full a pool is, or how much of a disk's capacity is taken."""
        size, taken = self.size_bytes, self.taken_bytes
        if self.pool is None and self.disk is None:
            return None
        return 100.0 * taken / size if size and taken is not None else None

    @property
    def created_unix_seconds(self) -> float | None:
        """Return when it was made; pools and disks do not tell."""
        if self.image is not None:
            return self.image.created_unix_seconds
        return self.volume.created_unix_seconds if self.volume is not None else None

    @property
    def format(self) -> str:
        """Return a disk's format, a pool's type, an image's architecture, a volume's driver."""
        if self.image is not None:
            return self.image.arch
        if self.disk is not None:
            return self.disk.format
        if self.pool is not None:
            return self.pool.type
        return self.volume.driver if self.volume is not None else ""

    @property
    def state(self) -> str:
        """Return a pool's state, or whether anything uses it."""
        if self.pool is not None:
            return self.pool.state
        if self.target is None:
            return ""
        return "in use" if self.active_users else "needed" if self.users else "unused"

    @property
    def identifier(self) -> str:
        """Return an image's short id; for others there is none that anybody types."""
        return self.image.short_id if self.image is not None else ""
