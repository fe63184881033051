"""Changes of storage pools and their disks."""

from dataclasses import dataclass
from typing import ClassVar

from tui.domain.operation.base import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePool(Operation):
    """Define a pool of the type "dir" at a folder, make the folder, start the pool."""

    verb: ClassVar[str] = "create-pool"
    title: ClassVar[str] = "create a pool"
    name: str
    path: str
    autostart: bool = True

    @property
    def subject(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePool(Operation):
    """Stop a pool and forget its definition; its disks stay where they are."""

    verb: ClassVar[str] = "remove-pool"
    title: ClassVar[str] = "remove a pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPool(Operation):
    """Start a pool."""

    verb: ClassVar[str] = "start-pool"
    title: ClassVar[str] = "start a pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPool(Operation):
    """Stop a pool; guests that run go on."""

    verb: ClassVar[str] = "stop-pool"
    title: ClassVar[str] = "stop a pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshPool(Operation):
    """Read a pool's disks anew."""

    verb: ClassVar[str] = "refresh-pool"
    title: ClassVar[str] = "refresh a pool"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPoolAutostart(Operation):
    """Say whether a pool starts with the daemon."""

    verb: ClassVar[str] = "pool-autostart"
    title: ClassVar[str] = "change autostart"
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDisk(Operation):
    """Make a disk in a pool; target is the pool.

    Attributes:
        format: "qcow2" or "raw".
        preallocate: take all the space now.
    """

    verb: ClassVar[str] = "create-disk"
    title: ClassVar[str] = "create a disk"
    name: str
    capacity_bytes: int
    format: str = "qcow2"
    preallocate: bool = False

    @property
    def subject(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneDisk(Operation):
    """Make a disk from another one: a copy, or an overlay that needs it for ever; target is the disk.

    Attributes:
        pool: where the new one is made; empty for the same pool.
        overlay: qcow2 on top of the base.
        capacity_bytes: None for the base's own; never smaller.
    """

    verb: ClassVar[str] = "clone-disk"
    title: ClassVar[str] = "clone a disk"
    name: str
    pool: str = ""
    overlay: bool = False
    capacity_bytes: int | None = None

    @property
    def subject(self) -> str:
        """Return the new name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeDisk(Operation):
    """Make a disk larger; smaller only with `shrink`, which destroys what is at its end."""

    verb: ClassVar[str] = "resize-disk"
    title: ClassVar[str] = "resize a disk"
    capacity_bytes: int
    shrink: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteDisk(Operation):
    """Delete a disk; refused while a guest, an overlay or a snapshot needs it."""

    verb: ClassVar[str] = "delete-disk"
    title: ClassVar[str] = "delete a disk"
    destroys: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadDisk(Operation):
    """Make a disk in a pool from a file of this machine; target is the pool; `format` empty finds it out."""

    verb: ClassVar[str] = "upload-disk"
    title: ClassVar[str] = "upload a disk"
    path: str
    name: str
    format: str = ""

    @property
    def subject(self) -> str:
        """Return the new name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadDisk(Operation):
    """Write a disk to a new file of this machine."""

    verb: ClassVar[str] = "download-disk"
    title: ClassVar[str] = "download a disk"
    path: str
