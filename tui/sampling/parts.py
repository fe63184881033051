"""The parts of one instance's figures: each keeps its last sample, its value and why something in it is None.

`update` takes over what the files of this tick said. A part is settled when the next `update` could change nothing as
long as the kernel's bytes stay the same.
"""

from tui.cgroup.limits import NO_LIMITS, LimitsSample
from tui.cgroup.sources import Sources
from tui.cgroup.types import CpuSample, IoSample, MemorySample
from tui.domain.usage import NO_PRESSURE, CpuUsage, IoUsage, MemoryUsage, PidsUsage, Pressure
from tui.sampling import rates, reasons

_NO_TRAFFIC = IoUsage(0.0, 0.0)


class CpuPart:
    """Processor time between two ticks."""

    __slots__ = ("_limited", "_sample", "_throttled", "limit_cores", "settled", "usage", "why")

    def __init__(self) -> None:
        self.usage = CpuUsage()
        self.why: reasons.Reasons = ()
        self.limit_cores: float | None = None
        self._limited = False
        self._throttled = reasons.NO_QUOTA
        self._sample: CpuSample | None = None
        self.settled = False

    def limit(self, limits: LimitsSample, vcpus: int | None, host_cores: int) -> None:
        """Take over limits; `vcpus` of a guest are one."""
        self.limit_cores = rates.limit_cores(limits.quota_cores, limits.cpuset_cpus, vcpus, host_cores)
        self._limited = limits.has_own_quota
        self._throttled = reasons.NO_PERIODS if self._limited else reasons.NO_QUOTA
        self.settled = False

    def update(self, sources: Sources, seconds: float | None, host_cores: int) -> None:
        """Take over the processor time."""
        now = sources.cpu.sample() if sources.cpu is not None else None
        before, self._sample = self._sample, now
        used = rates.cores_used(before, now, seconds)
        if used is None:
            self.usage = CpuUsage(None, self.limit_cores)
            gap = reasons.gap(before, now, sources.why.get("cpu"))
            self.why = reasons.of_cpu(gap, self.limit_cores is None, gap)
            return
        throttled = rates.throttled_percent(before, now, has_quota=self._limited)
        percent = 100 * used / (self.limit_cores or host_cores)
        self.usage = CpuUsage(used, self.limit_cores, percent, throttled)
        self.why = reasons.of_cpu(None, self.limit_cores is None, self._throttled if throttled is None else None)
        self.settled = used == 0


class MemoryPart:
    """Memory held now. Charge and cache on every tick, the rest when it is told."""

    __slots__ = ("_kills", "_kills_at_first", "_limits", "_ram", "_swap", "guest", "settled", "usage", "why")

    def __init__(self, ram_bytes: int, guest: tuple[int | None, int | None] | None) -> None:
        self.usage = MemoryUsage()
        self.why: reasons.Reasons = ()
        self.guest = guest
        self._ram = ram_bytes
        self._limits = NO_LIMITS
        self._swap: int | None = None
        self._kills: int | None = None
        self._kills_at_first: int | None = None
        self.settled = False

    def limit(self, limits: LimitsSample) -> None:
        """Take over limits."""
        self._limits = limits
        self.settled = False

    def tell(self, guest: tuple[int | None, int | None]) -> None:
        """Take over what the guest says of itself: bytes used and available inside."""
        if guest != self.guest:
            self.guest = guest
            self.settled = False

    def update_slowly(self, sources: Sources) -> None:
        """Take over swap and the kills."""
        kills = sources.oom_kill.sample() if sources.oom_kill is not None else None
        if self._kills_at_first is None:
            self._kills_at_first = kills
        swap = sources.swap.sample() if sources.swap is not None else None
        slow = (swap, rates.oom_kills(self._kills_at_first, kills))
        if slow != (self._swap, self._kills):
            self._swap, self._kills = slow
            self.settled = False

    def update(self, sources: Sources) -> None:
        """Take over charge and cache."""
        now = sources.memory.sample() if sources.memory is not None else None
        if not self.settled or now is None:
            self.why = self._gaps(sources, now)
        self.settled = now is not None or sources.memory is None
        limits = self._limits
        limit = min(limits.memory_max, self._ram) if limits.memory_max is not None else None
        working_set = percent = None
        if now is not None:
            working_set = max(0, now.current - now.inactive_file)  # read apart, so the cache may seem the larger
            percent = 100 * working_set / limit if limit else None
        used, available = self.guest or (None, None)
        self.usage = MemoryUsage(
            working_set, limit, limits.memory_high, percent, self._swap, self._kills, used, available
        )

    def _gaps(self, sources: Sources, now: MemorySample | None) -> reasons.Reasons:
        why, limits = sources.why, self._limits
        hidden = why.get("memory", reasons.UNREADABLE)
        balloon = reasons.NO_BALLOON if self.guest is None else reasons.SILENT_BALLOON
        used, available = self.guest or (None, None)
        return reasons.of_memory(
            (
                hidden if now is None else None,
                (why.get("memory") or reasons.NO_MEMORY_LIMIT) if limits.memory_max is None else None,
                (why.get("memory") or reasons.NO_MEMORY_HIGH) if limits.memory_high is None else None,
                why.get("swap", reasons.UNREADABLE) if self._swap is None else None,
                (why.get("memory") or reasons.NOT_COUNTED) if self._kills is None else None,
                balloon if used is None else None,
                balloon if available is None else None,
            )
        )


class IoPart:
    """Block traffic between two ticks."""

    __slots__ = ("_carried", "settled", "usage", "why")

    def __init__(self) -> None:
        self.usage = IoUsage()
        self.why: reasons.Reasons = ()
        self._carried: IoSample | None = None
        self.settled = False

    def update(self, sources: Sources, seconds: float | None) -> None:
        """Take over the bytes of every device."""
        now = sources.io.sample() if sources.io is not None else None
        before = self._carried
        self._carried = rates.carry(before, now) if now is not None else None
        self.usage = rates.io_usage(before, self._carried, seconds)
        known = self.usage.read_bytes_per_second is not None
        self.why = reasons.of_io(None if known else reasons.gap(before, now, sources.why.get("io")))
        self.settled = now is None or self.usage == _NO_TRAFFIC

    @property
    def totals(self) -> tuple[int, int] | None:
        """Return the bytes read and written of all devices, None where they are not told."""
        if self._carried is None:
            return None
        devices = self._carried.devices.values()
        return sum(device.rbytes for device in devices), sum(device.wbytes for device in devices)


class PidsPart:
    """Tasks now."""

    __slots__ = ("_limit", "settled", "usage", "why")

    def __init__(self) -> None:
        self.usage = PidsUsage()
        self.why: reasons.Reasons = ()
        self._limit: int | None = None
        self.settled = False

    def limit(self, limits: LimitsSample) -> None:
        """Take over limits."""
        self._limit = limits.pids_max
        self.settled = False

    def update(self, sources: Sources) -> None:
        """Take over the number of tasks."""
        now = sources.pids.sample() if sources.pids is not None else None
        hidden = sources.why.get("pids")
        self.usage = PidsUsage(now, self._limit)
        self.why = reasons.of_pids(
            (hidden or reasons.UNREADABLE) if now is None else None,
            (hidden or reasons.NO_TASK_LIMIT) if self._limit is None else None,
        )
        self.settled = True


class PressurePart:
    """Waiting in the last 10 s, as the kernel averages it."""

    __slots__ = ("usage", "why")

    def __init__(self) -> None:
        self.usage = NO_PRESSURE
        self.why: reasons.Reasons = ()

    def update(self, sources: Sources) -> None:
        """Take over the three files."""
        cpu = sources.cpu_pressure.sample() if sources.cpu_pressure is not None else None
        io = sources.io_pressure.sample() if sources.io_pressure is not None else None
        waits = sources.memory_pressure.sample() if sources.memory_pressure is not None else None
        memory, memory_full = waits or (None, None)
        usage = Pressure(cpu, memory, io, memory_full)
        if usage != self.usage:
            self.usage = usage
        why = sources.why.get("pressure", reasons.UNREADABLE)
        self.why = reasons.of_pressure(*(why if value is None else None for value in (cpu, memory, io)))
