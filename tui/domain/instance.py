"""What an engine says about an instance; no figure that the kernel could give better."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tui.domain.display import Display
from tui.domain.identity import InstanceId, StableKey


class Kind(StrEnum):
    """The two kinds of isolation."""

    GUEST = "guest"
    CONTAINER = "container"


class State(StrEnum):
    """The fixed list of states, the same for both kinds and in JSON."""

    RUNNING = "running"
    PAUSED = "paused"
    STARTING = "starting"
    STOPPING = "stopping"
    RESTARTING = "restarting"
    SUSPENDED = "suspended"  # a guest that sleeps by its own power management
    STOPPED = "stopped"
    CREATED = "created"  # a container that never ran
    CRASHED = "crashed"
    REMOVING = "removing"
    UNKNOWN = "unknown"

    @property
    def is_active(self) -> bool:
        """Tell whether processes of the instance exist, so that the kernel has figures of it."""
        return self in _ACTIVE


_ACTIVE = frozenset({State.RUNNING, State.PAUSED, State.STOPPING, State.SUSPENDED})


class Health(StrEnum):
    """What a container's own health check says."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    STARTING = "starting"


@dataclass(frozen=True, slots=True)
class Address:
    """One address of an instance.

    Attributes:
        ip: without prefix length.
        source: "lease", "arp", "agent" or "engine" (Podman's own network).
        network: name of the network or bridge; empty when not told.
    """

    ip: str
    source: str
    network: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """One published port; `host_ip` empty means all addresses."""

    host_ip: str
    host_port: int
    container_port: int
    protocol: str


@dataclass(frozen=True, slots=True)
class GuestFacts:
    """What only a guest has.

    Attributes:
        vcpus: virtual processors it runs with, or will at next start.
        memory_max_bytes: maximum memory of its definition.
        os: long name by libosinfo metadata, empty when not told.
        taps: interface names on the host, from the live definition.
        autostart: whether the daemon starts it at boot.
        persistent: False when it vanishes at its stop.
        domain_id: the daemon's number of a running domain.
        has_managed_save: its memory is on disk; the next start resumes it.
        has_nvram: its firmware keeps variables in a file of its own.
        huge_pages: its memory is on huge pages, which its cgroup does not count.
        uncounted_disk: what keeps a disk of it whose traffic its cgroup does not count ("rbd", "nfs4", "zfs"); empty
            when all are counted.
        displays: the VNC and SPICE servers of its screen; of a stopped guest without ports.
        agent: whether the channel of its agent is "connected" or "disconnected", as the daemon says while it runs;
            empty without such a channel.
    """

    vcpus: int
    memory_max_bytes: int
    os: str = ""
    taps: tuple[str, ...] = ()
    autostart: bool = False
    persistent: bool = True
    domain_id: int | None = None
    has_managed_save: bool = False
    has_nvram: bool = False
    huge_pages: bool = False
    uncounted_disk: str = ""
    displays: tuple[Display, ...] = ()
    agent: str = ""


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """What only a container has.

    Attributes:
        image: name with tag, or the id of an image without name.
        command: argument list it runs, joined by blanks for reading only.
        pod_id: `InstanceId.local` of its pod, None outside of one.
        ports: published ports.
        health: None without a health check.
        restarts: how often Podman's restart policy started it again.
        exit_code: of the last stop, None while it never stopped.
        unit: systemd unit that manages it, empty when none.
        unit_is_user: the unit belongs to the user's own manager, not the system's.
        is_infra: the pause container of a pod.
        created_unix_seconds: when it was made.
    """

    image: str
    command: str = ""
    pod_id: str | None = None
    ports: tuple[Port, ...] = ()
    health: Health | None = None
    restarts: int = 0
    exit_code: int | None = None
    unit: str = ""
    unit_is_user: bool = False
    is_infra: bool = False
    created_unix_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One guest or container as its engine describes it.

    Attributes:
        reason: why it is in its state, in a person's words ("I/O error", "crashed", "exit 137"); may be empty.
        user: login name that owns it; empty for guests of the system and "root" for rootful containers.
        pid: main process on this host; None when it does not run or runs on another host.
        local: False when its processes are not in this host's /proc.
        started_unix_seconds: last start; None when it does not run or it is not told.
        driver: "qemu", "lxc", "test" or "podman": decides which cgroup level carries the figures.
        session: a guest of qemu:///session, which has no cgroup of its own.
        labels: of a container, or metadata of a guest.
    """

    id: InstanceId
    kind: Kind
    name: str
    state: State
    reason: str = ""
    user: str = ""
    pid: int | None = None
    local: bool = True
    driver: str = ""
    session: bool = False
    started_unix_seconds: float | None = None
    title: str = ""
    description: str = ""
    addresses: tuple[Address, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    guest: GuestFacts | None = None
    container: ContainerFacts | None = None

    @property
    def key(self) -> str:
        """Return the row key."""
        return self.id.text

    @property
    def stable_key(self) -> StableKey:
        """Return the identity that survives being made anew."""
        unit = self.container.unit if self.container else ""
        return StableKey(self.id.host, self.id.engine, self.user, unit or self.name)


@dataclass(frozen=True, slots=True)
class Pod:
    """A group of containers; not an instance of its own.

    Attributes:
        state: the engine's word for the group ("Running", "Degraded", "Exited").
        member_ids: row keys of its containers, the infra container included.
    """

    id: InstanceId
    name: str
    state: str
    user: str = ""
    member_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return the row key."""
        return str(self.id)
