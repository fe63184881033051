"""What one kernel file said at one moment: counters and levels under the kernel's own names and units.

Tuples, because a thousand instances make five of them every second and nothing is cheaper to build or compare.
"""

from collections.abc import Mapping
from typing import NamedTuple


class CpuSample(NamedTuple):
    """cpu.stat, or cpuacct.usage with cpu.stat on v1.

    Attributes:
        usage_usec: processor time since the cgroup was made, in microseconds.
        nr_periods: enforcement periods that ran; None without the cpu controller.
        nr_throttled: those of them in which the quota ran out.
    """

    usage_usec: int
    nr_periods: int | None = None
    nr_throttled: int | None = None


class MemorySample(NamedTuple):
    """memory.current (v1 memory.usage_in_bytes) and the inactive file cache of memory.stat, in bytes."""

    current: int
    inactive_file: int


class IoCounters(NamedTuple):
    """Bytes of one block device since the cgroup was made."""

    rbytes: int
    wbytes: int


class IoSample(NamedTuple):
    """io.stat, or blkio on v1.

    Attributes:
        devices: by "major:minor"; empty when nothing was read or written yet.
        skipped: rows that could not be read: theirs are missing from `devices`.
    """

    devices: Mapping[str, IoCounters]
    skipped: int = 0


class NetworkSample(NamedTuple):
    """Bytes over all interfaces but loopback, as the instance sees them."""

    rx_bytes: int
    tx_bytes: int


class PressureSample(NamedTuple):
    """`some avg10` of the three pressure files in percent; None where the kernel has none."""

    cpu: float | None = None
    memory: float | None = None
    io: float | None = None


class ProcessStat(NamedTuple):
    """/proc/PID/stat.

    Attributes:
        state: one letter; Z and X are dead.
        cpu_ticks: utime + stime of all threads, in clock ticks.
        num_threads: tasks of the process.
        starttime: clock ticks after boot; with the pid it names a process for ever.
    """

    state: str
    cpu_ticks: int
    num_threads: int
    starttime: int


class ProcessMemory(NamedTuple):
    """/proc/PID/status, in bytes: resident memory that is no file cache, and swap."""

    rss: int
    swap: int


class CgroupLine(NamedTuple):
    """One line of /proc/PID/cgroup; no controllers means the unified hierarchy."""

    controllers: tuple[str, ...]
    path: str


class Mount(NamedTuple):
    """One line of /proc/self/mountinfo.

    Attributes:
        root: what of the file system is mounted there.
        options: of the superblock: on cgroup v1 the controllers are among them.
    """

    root: str
    point: str
    fstype: str
    options: tuple[str, ...]
