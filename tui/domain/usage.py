"""What an instance used between two samples.

Every figure is None where it cannot be known; `Usage.unknown` then says why, under the figure's dotted path
("io.read_bytes_per_second"). Zero means measured and zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CpuUsage:
    """Processor time over the window.

    Attributes:
        cores_used: processor seconds per second; 1.0 is one core busy.
        limit_cores: the tightest of quota, cpuset and every ancestor's, or a guest's vCPUs where fewer; None when
            unlimited.
        percent_of_limit: cores_used of `limit_cores`, else of the host's cores; may pass 100 by the window's jitter.
        throttled_percent: periods that were throttled of all periods in the window; None without a quota.
    """

    cores_used: float | None = None
    limit_cores: float | None = None
    percent_of_limit: float | None = None
    throttled_percent: float | None = None


@dataclass(frozen=True, slots=True)
class MemoryUsage:
    """Memory held at the moment of the sample.

    Attributes:
        working_set_bytes: charged memory less inactive file cache.
        limit_bytes: the tightest limit of the cgroup and its ancestors, clamped to RAM; None when unlimited.
        high_bytes: v2 memory.high, where throttling starts; None when unset.
        percent_of_limit: working set of `limit_bytes`; None when unlimited.
        swap_bytes: swap used.
        oom_kills: processes the kernel killed for memory since hostdeck saw this cgroup; 0 is none.
        guest_used_bytes: what the guest says it uses inside, from its balloon; None when it does not tell.
        guest_available_bytes: what the guest sees as its RAM, from its balloon.
    """

    working_set_bytes: int | None = None
    limit_bytes: int | None = None
    high_bytes: int | None = None
    percent_of_limit: float | None = None
    swap_bytes: int | None = None
    oom_kills: int | None = None
    guest_used_bytes: int | None = None
    guest_available_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class IoUsage:
    """Block device traffic over the window, stacked devices counted once."""

    read_bytes_per_second: float | None = None
    write_bytes_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class NetworkUsage:
    """Network traffic over the window, as the instance sees it: receive is what came to it."""

    receive_bytes_per_second: float | None = None
    transmit_bytes_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class PidsUsage:
    """Tasks in the cgroup and how many it may have; limit None when unlimited."""

    current: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Pressure:
    """Share of the last 10 s in which some task waited, in percent (PSI `some avg10`).

    Attributes:
        memory_full: share in which all tasks that were not idle waited for memory (`full avg10`).
    """

    cpu_some: float | None = None
    memory_some: float | None = None
    io_some: float | None = None
    memory_full: float | None = None


NO_PRESSURE = Pressure()


@dataclass(frozen=True, slots=True)
class Usage:
    """All figures of one instance at one tick.

    Attributes:
        cgroup: path below the cgroup mount that the figures were read from, None when none was found.
        window_seconds: time between the two samples the processor rates come from; None before the second one. Block
            and network traffic are averaged over the time between their own two samples, which may be several ticks.
        unknown: dotted path of a figure that is None, to a sentence that says why.
    """

    cpu: CpuUsage = CpuUsage()
    memory: MemoryUsage = MemoryUsage()
    io: IoUsage = IoUsage()
    network: NetworkUsage = NetworkUsage()
    pids: PidsUsage = PidsUsage()
    pressure: Pressure = NO_PRESSURE
    cgroup: str | None = None
    window_seconds: float | None = None
    unknown: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


NO_USAGE = Usage()
