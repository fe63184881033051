"""Changes of container images, and what is made from them."""

from dataclasses import dataclass
from typing import ClassVar

from tui.domain.identity import InstanceId
from tui.domain.instance import Port
from tui.domain.operation.base import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class PullImage(Operation):
    """Get an image: `reference` is a name, or with a transport ("oci-archive:/path", "dir:/path", "docker://...")."""

    verb: ClassVar[str] = "pull-image"
    title: ClassVar[str] = "pull an image"
    reference: str

    @property
    def subject(self) -> str:
        """Return the reference."""
        return self.reference


@dataclass(frozen=True, slots=True, kw_only=True)
class TagImage(Operation):
    """Give an image one more name."""

    verb: ClassVar[str] = "tag-image"
    title: ClassVar[str] = "tag an image"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UntagImage(Operation):
    """Take a name away; the image stays, without a name if that was the last."""

    verb: ClassVar[str] = "untag-image"
    title: ClassVar[str] = "untag an image"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveImage(Operation):
    """Remove an image with all its names; `force` removes the stopped containers made from it too."""

    verb: ClassVar[str] = "remove-image"
    title: ClassVar[str] = "remove an image"
    destroys: ClassVar[bool] = True
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneImages(Operation):
    """Remove images that nothing uses: those without a name, or `every` unused one."""

    verb: ClassVar[str] = "prune-images"
    title: ClassVar[str] = "prune images"
    destroys: ClassVar[bool] = True
    every: bool = False

    @property
    def subject(self) -> str:
        """Return what is pruned."""
        return "unused images" if self.every else "images without a name"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveImage(Operation):
    """Write an image to a new file on this machine; `format` "oci-archive" or "docker-archive"."""

    verb: ClassVar[str] = "save-image"
    title: ClassVar[str] = "save an image"
    reference: str
    path: str
    format: str = "oci-archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadImage(Operation):
    """Read images from an archive file of this machine."""

    verb: ClassVar[str] = "load-image"
    title: ClassVar[str] = "load an image"
    path: str

    @property
    def subject(self) -> str:
        """Return the file."""
        return self.path


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount of a new container: a named volume, or a folder of the host when `source` starts with a slash."""

    source: str
    destination: str
    options: str = ""  # "ro", "Z", "ro,Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContainer(Operation):
    """Make a container from an image and start it.

    Attributes:
        image: reference or id; the image exists, nothing is pulled.
        name: empty lets Podman choose.
        command: argument list; () takes the image's own.
        environment: NAME=VALUE.
        memory_bytes: None without a limit; likewise cpus and pids.
        restart_policy: "no", "on-failure", "always" or "unless-stopped".
        user: "NAME", "UID" or "UID:GID" inside; empty takes the image's own.
        networks: names; () takes Podman's default; ("none",) or ("host",) are Podman's words.
        pod: name of an existing pod; then it has the pod's network and ports are the pod's.
    """

    verb: ClassVar[str] = "run-container"
    title: ClassVar[str] = "run a container"
    image: str
    name: str = ""
    command: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    mounts: tuple[Mount, ...] = ()
    environment: tuple[str, ...] = ()
    cpus: float | None = None
    memory_bytes: int | None = None
    pids: int | None = None
    restart_policy: str = "no"
    user: str = ""
    networks: tuple[str, ...] = ()
    pod: str = ""
    hostname: str = ""
    terminal: bool = False
    remove_when_ended: bool = False

    @property
    def subject(self) -> str:
        """Return the name, or the image where Podman chooses one."""
        return self.name or self.image


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitContainer(Operation):
    """Make an image of a container's files."""

    verb: ClassVar[str] = "commit-container"
    title: ClassVar[str] = "commit a container"
    target: InstanceId
    reference: str
    comment: str = ""
    author: str = ""
    pause: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointContainer(Operation):
    """Write a running container's memory to disk with CRIU; `path` exports it, empty keeps it beside the container."""

    verb: ClassVar[str] = "checkpoint-container"
    title: ClassVar[str] = "checkpoint a container"
    target: InstanceId
    path: str = ""
    leave_running: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreContainer(Operation):
    """Let a container go on from its checkpoint."""

    verb: ClassVar[str] = "restore-container"
    title: ClassVar[str] = "restore a container"
    target: InstanceId


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLimits(Operation):
    """Change what a container may use, while it runs; None leaves a limit as it is, 0 takes it away."""

    verb: ClassVar[str] = "update-limits"
    title: ClassVar[str] = "change limits"
    target: InstanceId
    cpus: float | None = None
    memory_bytes: int | None = None
    pids: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateContainerVolume(Operation):
    """Make a named volume; labels and options as NAME=VALUE."""

    verb: ClassVar[str] = "create-volume"
    title: ClassVar[str] = "create a volume"
    name: str
    labels: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveContainerVolume(Operation):
    """Remove a volume and all files in it."""

    verb: ClassVar[str] = "remove-volume"
    title: ClassVar[str] = "remove a volume"
    destroys: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneContainerVolumes(Operation):
    """Remove every volume that no container mounts."""

    verb: ClassVar[str] = "prune-volumes"
    title: ClassVar[str] = "prune volumes"
    destroys: ClassVar[bool] = True

    @property
    def subject(self) -> str:
        """Return what is pruned."""
        return "unused volumes"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportContainerVolume(Operation):
    """Write a volume's files to a new tar file on this machine."""

    verb: ClassVar[str] = "export-volume"
    title: ClassVar[str] = "export a volume"
    path: str
