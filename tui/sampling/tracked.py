"""One running instance between two ticks: its opened files, its last samples, and its last figures.

What did not change is not made again: an idle instance keeps its very Usage object.
"""

from dataclasses import dataclass

from tui.cgroup import network
from tui.cgroup.devices import BlockDevices
from tui.cgroup.limits import NO_LIMITS, Ancestors, Limits, LimitsSample
from tui.cgroup.locate import ENDED, SESSION, Location, locate
from tui.cgroup.mounts import Hierarchies
from tui.cgroup.reader import Budget, GoneError, read_path
from tui.cgroup.sources import Sources
from tui.cgroup.types import CpuSample, IoSample, MemorySample, NetworkSample
from tui.domain.instance import Instance, Kind
from tui.domain.usage import (
    NO_PRESSURE,
    NO_USAGE,
    CpuUsage,
    IoUsage,
    MemoryUsage,
    NetworkUsage,
    PidsUsage,
    Pressure,
    Usage,
)
from tui.sampling import rates, reasons

SLOW_TICKS = 5
MOVE_CHECK_TICKS = 30
WINDOW_JITTER = 0.05
HOST_NETWORK = "it shares the host's network"
NO_TAP = "the guest has no network interface on the host"
NO_INTERFACE = "it has no network interface but loopback"
NETWORK_HIDDEN = "its network namespace may not be seen"


@dataclass(slots=True)
class Surroundings:
    """What all instances of one host share."""

    hierarchies: Hierarchies
    budget: Budget
    devices: BlockDevices
    ancestors: Ancestors
    host_cores: int
    ram_bytes: int
    proc: str
    sys_net: str
    host_namespace: int | None


class Tracked:
    """Figures of one instance, from its location to its end.

    Attributes:
        usage: the last figures.
        namespace: inode of its network namespace, None where it has none of its own or it may not be seen.
        network_owner: why its network figures are another instance's, None when they are its own.
    """

    def __init__(self, target: Instance, around: Surroundings, phase: int) -> None:
        self.target = target
        self.usage = NO_USAGE
        self.namespace: int | None = None
        self.network_owner: str | None = None
        self.guest_memory: tuple[int | None, int | None] = (None, None)
        self._around = around
        self._phase = phase
        self._age = 0
        self._starttime: int | None = None
        self._sources: Sources | None = None
        self._limits: Limits | None = None
        self._identity: tuple[tuple[int, int], ...] = ()
        self._forget_samples()
        self._locate()

    def retarget(self, target: Instance) -> None:
        """Take over what the engine now says of the same process."""
        self.target = target
        self._cpu_stale = True

    @property
    def starttime(self) -> int:
        """Return when the main process started, in clock ticks after boot."""
        return self._starttime or 0

    def close(self) -> None:
        """Give back every descriptor."""
        if self._sources is not None:
            self._sources.close()
        self._sources = None

    # finding the files

    def _forget_samples(self) -> None:
        self._at: float | None = None
        self._network_at: float | None = None
        self._window: float | None = None
        self._cpu: CpuSample | None = None
        self._io: IoSample | None = None
        self._io_raw: IoSample | None = None
        self._memory: MemorySample | None = None
        self._network: NetworkSample | None = None
        self._oom_baseline: int | None = None
        self._limits_now: LimitsSample = NO_LIMITS
        self._slow_memory: tuple[int | None, int | None] = (None, None)
        self._cpu_part: tuple[CpuUsage, reasons.Reasons] = (CpuUsage(), ())
        self._memory_part: tuple[MemoryUsage, reasons.Reasons] = (MemoryUsage(), ())
        self._io_part: tuple[IoUsage, reasons.Reasons] = (IoUsage(), ())
        self._network_part: tuple[NetworkUsage, reasons.Reasons] = (NetworkUsage(), ())
        self._pids_part: tuple[PidsUsage, reasons.Reasons] = (PidsUsage(), ())
        self._pressure_part: tuple[Pressure, reasons.Reasons] = (NO_PRESSURE, ())
        self._memory_stale = self._cpu_stale = True

    def _locate(self) -> None:
        """Open the files; without them `usage` says why."""
        try:
            location = self._find()
            sources = Sources(location, self._around.budget, self._around.devices, self._around.proc)
        except GoneError as error:
            self._lose(ENDED if str(error) == ENDED else reasons.VANISHED)
            return
        except OSError as error:
            self._lose(f"its files could not be opened: {error.strerror}")
            return
        self._sources = sources
        self._limits = Limits(sources, self._around.ancestors)
        if sources.identity != self._identity:
            self._forget_samples()
            self._identity = sources.identity
        self._age = 0
        self._shown = location.shown
        self._place = reasons.of_whole(_why_no_cgroup(location), None)
        self.namespace = network.namespace_inode(location.pid, self._around.proc)

    def _find(self) -> Location:
        target = self.target
        if target.pid is None:
            raise GoneError(ENDED)
        location = locate(
            target.pid,
            target.driver,
            target.id.local,
            session=target.session,
            hierarchies=self._around.hierarchies,
            proc=self._around.proc,
        )
        if self._starttime is not None and location.starttime != self._starttime:
            raise GoneError(ENDED)
        self._starttime = location.starttime
        return location

    def _lose(self, reason: str) -> None:
        self.close()
        self._forget_samples()
        self._identity = ()
        self.usage = reasons.nothing_known(reason)

    def _moved(self) -> bool:
        """Tell whether the process was put into another cgroup since it was located."""
        if self._sources is None:
            return False
        location = self._sources.location
        return read_path(f"{self._around.proc}/{location.pid}/cgroup") != location.raw

    # reading

    def sample(self, tick: int, at: float, *, attended: bool) -> Usage:
        """Read what is due and return the figures; never raises for what a kernel file does."""
        turn = tick + self._phase
        if self._sources is None:
            if turn % SLOW_TICKS:
                return self.usage
            self._locate()
            if self._sources is None:
                return self.usage
        try:
            if turn % MOVE_CHECK_TICKS == 0 and self._moved():
                self.close()
                self._locate()
            if self._sources is not None:
                self._read(self._sources, tick, at, slow=attended or self._age < 2 or turn % SLOW_TICKS == 0)
        except GoneError:
            self._lose(reasons.VANISHED)
        except OSError as error:
            self._lose(f"its files could not be read: {error.strerror}")
        return self.usage

    def _read(self, sources: Sources, tick: int, at: float, *, slow: bool) -> None:
        self._age += 1
        seconds = at - self._at if self._at is not None else None
        limits = self._limits_now
        if slow:
            self._read_slowly(sources, tick, at)
        changed = self._read_cpu(sources, seconds, same_limits=limits is self._limits_now)
        changed |= self._read_memory(sources)
        changed |= self._read_io(sources, seconds)
        changed |= self._read_pids(sources)
        self._at = at
        window = round(seconds, 2) if seconds is not None and seconds > 0 else None
        if changed or slow or self._age == 1 or _differs(window, self._window):
            self._window = window
            self._publish()

    def _read_cpu(self, sources: Sources, seconds: float | None, *, same_limits: bool) -> bool:
        now = sources.cpu.read() if sources.cpu is not None else None
        before = self._cpu
        if now is before and same_limits and self._cpu_part[0].cores_used == 0 and not self._cpu_stale:
            return False
        self._cpu, self._cpu_stale = now, False
        limits, around = self._limits_now, self._around
        vcpus = self.target.guest.vcpus if self.target.guest is not None else None
        part = rates.cpu_usage(
            before,
            now,
            seconds,
            limit_cores=rates.limit_cores(limits.quota_cores, limits.cpuset_cpus, vcpus, around.host_cores),
            has_quota=limits.has_own_quota,
            host_cores=around.host_cores,
        )
        gap = None if part.cores_used is not None else _gap(before, now, sources.why.get("cpu"))
        throttled = None
        if part.throttled_percent is None:
            throttled = gap or (reasons.NO_PERIODS if limits.has_own_quota else reasons.NO_QUOTA)
        self._cpu_part = (
            part,
            reasons.of_cpu(gap, reasons.NO_CPU_LIMIT if part.limit_cores is None else None, throttled),
        )
        return True

    def _read_memory(self, sources: Sources) -> bool:
        now = sources.memory.read() if sources.memory is not None else None
        if now is self._memory and not self._memory_stale:
            return False
        self._memory, self._memory_stale = now, False
        limits, (swap, oom) = self._limits_now, self._slow_memory
        working_set = now.working_set if now is not None else None
        limit = min(limits.memory_max, self._around.ram_bytes) if limits.memory_max is not None else None
        percent = 100 * working_set / limit if limit and working_set is not None else None
        used, available = self.guest_memory
        self._memory_part = (
            MemoryUsage(working_set, limit, limits.memory_high, percent, swap, oom, used, available),
            self._memory_reasons(sources, now, swap, oom),
        )
        return True

    def _memory_reasons(
        self, sources: Sources, now: MemorySample | None, swap: int | None, oom: int | None
    ) -> reasons.Reasons:
        why, limits = sources.why, self._limits_now
        hidden = why.get("memory", reasons.UNREADABLE)
        balloon = reasons.SILENT_BALLOON if self.target.kind is Kind.GUEST else reasons.NO_BALLOON
        used, available = self.guest_memory
        gaps = (
            hidden if now is None else None,
            (why.get("memory") or reasons.NO_MEMORY_LIMIT) if limits.memory_max is None else None,
            (why.get("memory") or reasons.NO_MEMORY_HIGH) if limits.memory_high is None else None,
            why.get("swap", reasons.UNREADABLE) if swap is None else None,
            hidden if oom is None else None,
            balloon if used is None else None,
            balloon if available is None else None,
        )
        return reasons.of_memory(gaps)

    def _read_io(self, sources: Sources, seconds: float | None) -> bool:
        now = sources.io.read() if sources.io is not None else None
        if (
            now is self._io_raw
            and self._io_part[0].read_bytes_per_second == 0 == self._io_part[0].write_bytes_per_second
        ):
            return False
        before, self._io_raw = self._io, now
        self._io = rates.carry(before, now) if now is not None else None
        part = rates.io_usage(before, self._io, seconds)
        gap = None if part.read_bytes_per_second is not None else _gap(before, now, sources.why.get("io"))
        why = reasons.of_io(gap)
        if part == self._io_part[0] and why is self._io_part[1]:
            return False
        self._io_part = (part, why)
        return True

    def _read_pids(self, sources: Sources) -> bool:
        now = sources.pids.read() if sources.pids is not None else None
        limit = self._limits_now.pids_max
        part = self._pids_part[0]
        if now == part.current and limit == part.limit and self._age > 1:
            return False
        hidden = sources.why.get("pids", reasons.UNREADABLE) if now is None else None
        unlimited = (sources.why.get("pids") or reasons.NO_TASK_LIMIT) if limit is None else None
        self._pids_part = (PidsUsage(now, limit), reasons.of_pids(hidden, unlimited))
        return True

    def _read_slowly(self, sources: Sources, tick: int, at: float) -> None:
        if self._limits is not None:
            limits = self._limits.read(tick)
            self._memory_stale |= limits is not self._limits_now
            self._limits_now = limits
        kills = sources.oom_kill.read() if sources.oom_kill is not None else None
        if self._oom_baseline is None:
            self._oom_baseline = kills
        slow = (self._read_swap(sources), rates.oom_kills(self._oom_baseline, kills))
        self._memory_stale |= slow != self._slow_memory
        self._slow_memory = slow
        self._read_pressure(sources)
        self._read_network(at)

    def _read_swap(self, sources: Sources) -> int | None:
        if sources.swap is not None:
            return sources.swap.read()
        if sources.memsw is None or sources.memory is None:
            return None
        both, memory = sources.memsw.read(), sources.memory.read()
        return None if both is None or memory is None else max(0, both - memory.current)

    def _read_pressure(self, sources: Sources) -> None:
        values = [reading.read() if reading is not None else None for reading in sources.pressure]
        pressure = Pressure(*values)
        if pressure != self._pressure_part[0] or self._age == 1:
            why = sources.why.get("pressure")
            self._pressure_part = (pressure, reasons.of_pressure(*(why if value is None else None for value in values)))

    def _read_network(self, at: float) -> None:
        reason, now = self._network_sample()
        before, seconds = self._network, at - self._network_at if self._network_at is not None else None
        self._network, self._network_at = now, at
        part = rates.network_usage(before, now, seconds)
        gap = None if part.receive_bytes_per_second is not None else _gap(before, now, reason)
        if part != self._network_part[0] or gap is not None or self._age == 1:
            self._network_part = (part, reasons.of_network(gap))

    def _network_sample(self) -> tuple[str | None, NetworkSample | None]:
        """Return why there is no sample, or the sample."""
        target, around = self.target, self._around
        if target.guest is not None and (target.guest.taps or target.driver == "qemu"):
            sample = network.tap_counters(target.guest.taps, around.sys_net)
            return (NO_TAP if sample is None else None), sample
        if self.namespace is None or target.pid is None:
            return NETWORK_HIDDEN, None
        if self.namespace == around.host_namespace:
            return HOST_NETWORK, None
        if self.network_owner is not None:
            return self.network_owner, None
        sample = network.namespace_counters(target.pid, around.proc)
        return (NO_INTERFACE if sample is None else None), sample

    # publishing

    def tell_guest_memory(self, memory: tuple[int | None, int | None]) -> None:
        """Take over what the guest's balloon tells."""
        if memory != self.guest_memory:
            self.guest_memory = memory
            self._memory_stale = True

    def _publish(self) -> None:
        window = self._place if self._window is not None else self._place + reasons.of_whole(None, reasons.FIRST_SAMPLE)
        cpu, memory, io = self._cpu_part, self._memory_part, self._io_part
        net, pids, pressure = self._network_part, self._pids_part, self._pressure_part
        unknown = reasons.merged(cpu[1], memory[1], io[1], net[1], pids[1], pressure[1], window)
        self.usage = Usage(cpu[0], memory[0], io[0], net[0], pids[0], pressure[0], self._shown, self._window, unknown)


def _differs(window: float | None, shown: float | None) -> bool:
    """Tell whether figures that did not change need a new window: all rates are 0 then, whatever the clock's jitter."""
    return window is None or shown is None or abs(window - shown) > WINDOW_JITTER * shown


def _gap(before: object, now: object, why: str | None) -> str:
    """Return why there is no rate."""
    if now is None:
        return why or reasons.UNREADABLE
    return reasons.FIRST_SAMPLE if before is None else reasons.STARTED_ANEW


def _why_no_cgroup(location: Location) -> str | None:
    if location.shown is not None:
        return None
    return location.why_not("memory") or SESSION
