"""Images of containers."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ContainerImage:
    """One image as Podman lists it.

    Attributes:
        id: full id without "sha256:".
        names: with tag; () for one without a name.
        size_bytes: all layers.
        shared_bytes: of layers that other images have too; None where it was not told.
        created_unix_seconds: when it was built.
        arch: "amd64"; empty where the list does not tell.
        container_ids: `InstanceId.local` of the containers made from it, of this engine.
        dangling: it has no name and no image is built on it.
    """

    id: str
    names: tuple[str, ...] = ()
    size_bytes: int = 0
    shared_bytes: int | None = None
    created_unix_seconds: float | None = None
    arch: str = ""
    container_ids: tuple[str, ...] = ()
    dangling: bool = False
    read_only: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the first name, or the short id of one without a name."""
        return self.names[0] if self.names else self.short_id

    @property
    def short_id(self) -> str:
        """Return the first twelve digits, as Podman shows them."""
        return self.id[:12]


@dataclass(frozen=True, slots=True)
class ImageLayer:
    """One step of an image's history, the oldest first.

    Attributes:
        command: what made it, as its builder wrote it.
        size_bytes: 0 for a step that only changes the configuration.
        is_empty: it changed no file.
    """

    command: str
    size_bytes: int
    created_unix_seconds: float | None = None
    is_empty: bool = False
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ImageDetails:
    """What is asked for one image.

    Attributes:
        environment: NAME=VALUE as stored; values that look secret are masked by who shows them, not here.
        exposed_ports: "80/tcp".
        healthcheck: its command, empty when none.
    """

    image: ContainerImage
    layers: tuple[ImageLayer, ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    working_directory: str = ""
    user: str = ""
    stop_signal: str = ""
    healthcheck: str = ""
    os: str = ""
    author: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class FoundImage:
    """One answer of a registry's search; `stars` and `official` as the registry tells."""

    name: str
    description: str = ""
    stars: int = 0
    official: bool = False
    registry: str = ""
