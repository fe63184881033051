"""One moment of one host: the single value that every screen, snapshot and record is made from."""

from dataclasses import dataclass
from enum import StrEnum

from tui.domain.instance import Instance, Pod
from tui.domain.usage import NO_PRESSURE, NO_USAGE, Pressure, Usage


class EngineState(StrEnum):
    """Whether an engine answers."""

    CONNECTING = "connecting"
    READY = "ready"
    STALLED = "stalled"  # connected, but past its deadline; its last values stay on screen with their age
    LOST = "lost"  # was there, will be tried again
    REFUSED = "refused"  # no permission
    ABSENT = "absent"  # not installed or nothing listens, and nobody named it


@dataclass(frozen=True, slots=True)
class PoolFill:
    """How full a storage pool is, as its daemon said last; only of those that are on no filesystem of this host."""

    name: str
    total_bytes: int
    used_bytes: int


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """One engine connection.

    Attributes:
        id: unique on this host and stable over restarts: the libvirt URI, or "podman", "podman:USER", or the URL that
            was named.
        kind: "libvirt", "podman" or "demo".
        url: what it is connected to.
        user: whose instances it lists, for Podman; empty otherwise.
        message: why it does not answer, in a sentence, with the command or group that helps; empty when ready.
        version: of the daemon, empty before it answered.
        required: named by the person or installed here, so that its silence is worth an exit status.
        answered_monotonic_seconds: monotonic time of its last answer, None before the first.
        retry_at_monotonic_seconds: when it is tried again, None when it is not waiting.
        abandoned_calls: threads that still hang in it.
        pools: how full its storage pools are.
    """

    id: str
    kind: str
    url: str
    state: EngineState
    user: str = ""
    message: str = ""
    version: str = ""
    required: bool = True
    answered_monotonic_seconds: float | None = None
    retry_at_monotonic_seconds: float | None = None
    abandoned_calls: int = 0
    pools: tuple[PoolFill, ...] = ()


@dataclass(frozen=True, slots=True)
class Filesystem:
    """How full a mounted filesystem of this host is.

    Attributes:
        path: where it is mounted.
        kind: "ext4", "xfs", "btrfs".
        free_bytes: what may still be written by who is not root, to a thousandth of the whole.
        used_percent: as `df` gives it: of what is used and what may still be written.
        inodes_percent: used inodes; None where it has no fixed number of them.
        answers: False where a question about it hangs; the figures are then those of before.
    """

    path: str
    kind: str = ""
    total_bytes: int = 0
    free_bytes: int = 0
    used_percent: float | None = None
    inodes_percent: float | None = None
    answers: bool = True


@dataclass(frozen=True, slots=True)
class DiskErrors:
    """Errors that the kernel counted on a disk, an array or a filesystem.

    Attributes:
        name: "sda", "md0", "ext4 on dm-1".
        what: of what they are ("I/O errors", "missing disks").
        persist: the count is written down on the disk, or is a state: any is one too many; else only its growth says
            something, because disks also count what was harmless.
    """

    name: str
    what: str
    count: int
    persist: bool = False


@dataclass(frozen=True, slots=True)
class FailedUnit:
    """A systemd unit of containers that is in the state "failed".

    Attributes:
        user: login name whose own manager runs it; empty for the system's.
        result: systemd's word for why ("exit-code", "start-limit-hit").
    """

    name: str
    user: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class HostUsage:
    """Figures of the whole host; rates over `window_seconds`; None where not (yet) known.

    Attributes:
        cpu_percent: of all cores.
        steal_percent: taken by the host below this one, in percent of all cores.
        memory_used_bytes: total less available.
        disk_read_bytes_per_second: whole disks only, stacked devices counted once.
        network_receive_bytes_per_second: physical interfaces only where they can be told, never loopback, bridges,
            taps or veths.
        filesystems: local ones that can be written, in no order; of remote ones none is asked, because they may hang.
        disk_errors: counters as they stand; of those that `persist` only what is not 0.
        failed_units: those of containers, read now and then.
    """

    cores: int
    cpu_percent: float | None = None
    steal_percent: float | None = None
    memory_total_bytes: int = 0
    memory_used_bytes: int | None = None
    swap_total_bytes: int | None = None
    swap_used_bytes: int | None = None
    load_1: float | None = None
    load_5: float | None = None
    load_15: float | None = None
    pressure: Pressure = NO_PRESSURE
    disk_read_bytes_per_second: float | None = None
    disk_write_bytes_per_second: float | None = None
    network_receive_bytes_per_second: float | None = None
    network_transmit_bytes_per_second: float | None = None
    uptime_seconds: float | None = None
    window_seconds: float | None = None
    filesystems: tuple[Filesystem, ...] = ()
    disk_errors: tuple[DiskErrors, ...] = ()
    failed_units: tuple[FailedUnit, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """Density: what is promised to active instances against what is there.

    Attributes:
        vcpus_promised: vCPUs of active guests plus the processor quotas of active containers, in cores.
        memory_promised_bytes: maximum memory of active guests plus the limits of active containers.
        unlimited_cpu: active containers without a processor limit.
        unlimited_memory: active containers without a memory limit.
        unlimited: active containers without one of the two.
    """

    cores: int
    vcpus_promised: float
    memory_bytes: int
    memory_promised_bytes: int
    unlimited_cpu: int
    unlimited_memory: int
    unlimited: int


class Severity(StrEnum):
    """How urgent a problem is."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that needs a person.

    Attributes:
        subject: row key of the instance, or an engine's id, or "" for the host.
        name: what to show for the subject.
        kind: "guest", "container", "engine" or "host".
        text: the sentence.
        since_utc_seconds: when hostdeck first saw it, None when not known.
        rule: id of the rule that found it; with `lasting` it names the problem over restarts.
        lasting: text of the subject's `StableKey`, an engine's id, or "" for the host; where a part of the host or
            engine is meant (a filesystem, a disk, a pool, a unit), what names it.
        unit: of `value` and `peak`: "%", "MiB", "s" or empty for a count.
        value: the figure that the rule looks at, None where it looks at a state.
        peak: the worst value since then.
        victims: names of those that wait at the same time, the worst first.
        neighbour: name of the busiest other instance, where the problem is that something has to wait.
        acknowledged_by: login name of the person who has seen it; empty when nobody has.
        silenced_until_utc_seconds: it is kept quiet until then, None when it is not.
        note: what a person wrote beside it.
    """

    severity: Severity
    subject: str
    name: str
    kind: str
    text: str
    since_utc_seconds: float | None = None
    rule: str = ""
    lasting: str = ""
    unit: str = ""
    value: float | None = None
    peak: float | None = None
    victims: tuple[str, ...] = ()
    neighbour: str = ""
    acknowledged_by: str = ""
    silenced_until_utc_seconds: float | None = None
    note: str = ""

    @property
    def id(self) -> str:
        """Return the text that names this problem over restarts and for all who look at this host."""
        return f"{self.kind}|{self.lasting}|{self.rule}"

    @property
    def is_silenced(self) -> bool:
        """Tell whether somebody keeps it quiet at the moment of its view."""
        return self.silenced_until_utc_seconds is not None

    @property
    def is_handled(self) -> bool:
        """Tell whether somebody has seen it or keeps it quiet."""
        return bool(self.acknowledged_by) or self.is_silenced


@dataclass(frozen=True, slots=True)
class InstanceView:
    """One instance with its figures."""

    instance: Instance
    usage: Usage = NO_USAGE

    @property
    def key(self) -> str:
        """Return the row key."""
        return self.instance.key


@dataclass(frozen=True, slots=True)
class HostView:
    """All that a screen may show at one moment.

    Attributes:
        host_id: machine-id.
        taken_utc_seconds: wall clock of the sample.
        taken_monotonic_seconds: monotonic clock of the sample; ages are differences of this one.
        tick: number of the sample since the start.
        is_demo: the embedded demo host.
        read_only: no action is possible.
    """

    host_id: str
    host_name: str
    taken_utc_seconds: float
    taken_monotonic_seconds: float
    tick: int
    usage: HostUsage
    ledger: Ledger
    sources: tuple[EngineStatus, ...] = ()
    instances: tuple[InstanceView, ...] = ()
    pods: tuple[Pod, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_demo: bool = False
    read_only: bool = False
