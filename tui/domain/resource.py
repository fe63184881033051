"""What instances are made from and hang on: who it is, and what its engine keeps at one moment."""

from dataclasses import dataclass, field
from enum import StrEnum

from tui.domain.identity import InstanceId
from tui.domain.image import ContainerImage
from tui.domain.network import Network
from tui.domain.storage import ContainerVolume, StoragePool


class ResourceKind(StrEnum):
    """What an engine keeps beside instances."""

    IMAGE = "image"  # of containers
    VOLUME = "volume"  # of containers
    POOL = "pool"  # of guests
    DISK = "disk"  # a volume inside a pool of guests
    NETWORK = "network"
    SNAPSHOT = "snapshot"  # of a guest


@dataclass(frozen=True, slots=True, order=True)
class ResourceId:
    """Name one resource as its engine does.

    Attributes:
        host: as in `InstanceId`.
        engine: as in `InstanceId`.
        local: the engine's own name or id: an image's full id, a volume's, pool's or network's name; of a disk
            POOL/NAME (no slash in a pool name), of a snapshot UUID/NAME. Empty for the engine itself, where something
            new is to be made.
    """

    host: str
    engine: str
    kind: ResourceKind
    local: str
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the text form."""
        object.__setattr__(self, "text", f"{self.host}/{self.engine}/{self.kind}/{self.local}")

    def __str__(self) -> str:
        """Return the one text form, used as row key and in JSON."""
        return self.text

    @property
    def as_target(self) -> InstanceId:
        """Return the form in which jobs and the audit file name it."""
        return InstanceId(self.host, self.engine, f"{self.kind}/{self.local}")


@dataclass(frozen=True, slots=True)
class Stock:
    """All that one engine keeps of the kinds that were asked for.

    Attributes:
        engine: `EngineStatus.id`.
        user: whose it is, for Podman; empty otherwise.
        local: its bridges are interfaces of this host; False for a daemon elsewhere, and for a user's own Podman, whose
            bridges are in a namespace of their own.
        kinds: what was asked for; a kind that is not among them was not looked at, which is not the same as none.
        taken_utc_seconds: when the engine answered.
        problems: a sentence for each kind (or a pool by name) that could not be read; the rest is true.
    """

    engine: str
    user: str = ""
    local: bool = True
    kinds: frozenset[ResourceKind] = frozenset()
    images: tuple[ContainerImage, ...] = ()
    volumes: tuple[ContainerVolume, ...] = ()
    pools: tuple[StoragePool, ...] = ()
    networks: tuple[Network, ...] = ()
    taken_utc_seconds: float = 0.0
    problems: tuple[str, ...] = ()
