"""Where disks of guests and files of containers are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ContainerVolume:
    """One named volume of Podman.

    Attributes:
        size_bytes: what its files take; None where it was not asked or cannot be known (another driver).
        container_ids: `InstanceId.local` of the containers that mount it, running or not.
        anonymous: made by Podman for one container, with a name nobody chose.
    """

    name: str
    driver: str = "local"
    mountpoint: str = ""
    size_bytes: int | None = None
    created_unix_seconds: float | None = None
    container_ids: tuple[str, ...] = ()
    anonymous: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DiskUser:
    """One guest that needs a disk.

    Attributes:
        guest_id: `InstanceId.local`.
        target: "vda", as the guest sees it.
        active: the guest runs.
        through: it needs the disk as the base of another one, not by itself.
    """

    guest_id: str
    name: str
    target: str = ""
    active: bool = False
    through: bool = False


@dataclass(frozen=True, slots=True)
class Disk:
    """One volume of a pool.

    Attributes:
        pool: name of its pool.
        path: where guests find it; or a URI for network pools.
        format: "qcow2", "raw", "iso", "dir"; empty where it was not told.
        capacity_bytes: what a guest sees.
        allocation_bytes: what it takes on the host.
        backing: paths of the disks under it, the nearest first; a path outside every pool is listed too.
        backing_problem: why the chain could not be followed to its end; empty when it was.
        users: guests that need it.
        snapshots: names of the snapshots inside the file; None where they were not asked for.
    """

    pool: str
    name: str
    path: str
    format: str = ""
    capacity_bytes: int = 0
    allocation_bytes: int = 0
    backing: tuple[str, ...] = ()
    backing_format: str = ""
    backing_problem: str = ""
    users: tuple[DiskUser, ...] = ()
    snapshots: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class StoragePool:
    """One pool of disks.

    Attributes:
        type: "dir", "logical", "netfs", "rbd".
        state: "active", "inactive", "building", "degraded" or "inaccessible".
        disks: () for an inactive pool; None where they could not be read in time (`problem` says why).
        problem: a sentence; empty when all is well.
    """

    name: str
    uuid: str = ""
    type: str = ""
    state: str = "inactive"
    path: str = ""
    capacity_bytes: int = 0
    allocation_bytes: int = 0
    available_bytes: int = 0
    autostart: bool = False
    persistent: bool = True
    disks: tuple[Disk, ...] | None = ()
    problem: str = ""

    @property
    def is_active(self) -> bool:
        """Tell whether its disks can be used."""
        return self.state not in {"inactive", "inaccessible"}
