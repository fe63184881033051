"""One running instance, from its location to its end.

What did not change is not made again: an idle instance keeps its very Usage object.

Processor time and charge are read on every tick, and with either of them whatever else may have changed. What stood
still is read again only where something can change without a sign in those two, and never later than on the fifth
tick, memory.stat excepted:
- memory.stat: the kernel adds it up every 2 s, so it is read as often until one reading was late enough. It costs as
  much as four other files, and from then on only the aging of file cache, which neither charges nor frees, can change
  it: it is read on every tenth tick;
- tasks fork and exit with processor time alone;
- written pages may reach the disk after their writer fell asleep: memory.stat counts those, too, and block I/O is read
  on every tick as long as something moves. A rate is over all the time since it was last read;
- swap and kills: neither changes without pages that come or go. They are read on the fifth tick after any change.
Limits, pressure and network are read on every fifth tick. All is read on every tick while a person looks at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui.cgroup import network
from tui.cgroup.budget import Budget
from tui.cgroup.devices import BlockDevices
from tui.cgroup.limits import Ancestors, Limits, LimitsSample
from tui.cgroup.locate import ENDED, Location, locate
from tui.cgroup.mounts import Hierarchies
from tui.cgroup.once import GoneError, read_path
from tui.cgroup.sources import CPU, IO, LIMITS, MEMORY, PIDS, PRESSURE, Sources
from tui.domain.instance import Instance
from tui.domain.usage import NO_USAGE, IoUsage, Usage
from tui.sampling import reasons
from tui.sampling.parts import CpuPart, IoPart, MemoryPart, PidsPart, PressurePart
from tui.sampling.rates import LEAST_WINDOW_SECONDS
from tui.sampling.totals import Totals
from tui.sampling.traffic import NetworkPart

SLOW_TICKS = 5
AGING_TICKS = 2 * SLOW_TICKS
MOVE_CHECK_TICKS = 30
WINDOW_JITTER = 0.05
CACHE_SECONDS = 1.5  # 2 s between two readings of memory.stat, less what a tick may come early
KERNEL_LAG_SECONDS = 2.5  # the 2 s, and what they may come late
GuestMemoryPair = tuple[int | None, int | None]


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


class _Opened:
    """Everything that lives as long as one set of counters: files, samples and parts."""

    __slots__ = (
        "above",
        "age",
        "at",
        "cache_at",
        "cpu",
        "io",
        "io_at",
        "limits",
        "memory",
        "network",
        "pids",
        "pressure",
        "quiet",
        "sources",
        "stirred",
        "stirred_at",
    )

    def __init__(self, target: Instance, sources: Sources, around: Surroundings) -> None:
        pid = sources.location.pid
        self.sources = sources
        self.limits = Limits(sources, around.ancestors)
        sources.settle()
        self.above: tuple[float | None, ...] | None = None
        self.age = 0
        self.at: float | None = None
        self.cache_at = float("-inf")
        self.quiet = False  # all parts are settled
        self.io_at: float | None = None  # when block I/O was last read
        self.stirred = True  # something changed since swap and kills were read
        self.stirred_at = 0.0  # when processor time or charge last changed
        self.cpu = CpuPart()
        self.memory = MemoryPart(around.ram_bytes, None if target.guest is None else (None, None))
        self.io = IoPart()
        self.pids = PidsPart()
        self.pressure = PressurePart()
        namespace = network.namespace_inode(pid, around.proc)
        self.network = NetworkPart(around.proc, around.sys_net, namespace, around.host_namespace)

    def is_cache_due(self, at: float) -> bool:
        """Tell whether the kernel may have added up since memory.stat was read what the last change did."""
        return at - self.cache_at > CACHE_SECONDS and self.cache_at < self.stirred_at + KERNEL_LAG_SECONDS

    def reopen(self, sources: Sources, around: Surroundings) -> None:
        """Go on with new files of the same cgroups: their counters go on too."""
        self.sources.close()
        self.sources = sources
        self.above = None
        self.limits = Limits(sources, around.ancestors)
        self.quiet = False
        self.stirred = True
        sources.settle()


class Tracked:
    """Figures of one instance.

    Attributes:
        target: the instance as its engine last described it.
        usage: the last figures.
        starttime: of its main process, in clock ticks after boot; 0 when it was never found.
    """

    def __init__(self, target: Instance, around: Surroundings, phase: int) -> None:
        self.target = target
        self.usage = NO_USAGE
        self.starttime = 0
        self._around = around
        self._phase = phase
        self._opened: _Opened | None = None
        self._guest_memory: GuestMemoryPair = (None, None)
        self._shown: str | None = None
        self._window: float | None = None
        self._whole: tuple[reasons.Reasons, reasons.Reasons] = ((), ())
        self._gaps: tuple[reasons.Reasons, ...] = ()
        self._unknown: Mapping[str, str] = {}
        self._network_why: reasons.Reasons = ()
        self._locate()

    def close(self) -> None:
        """Give back every descriptor."""
        if self._opened is not None:
            self._opened.sources.close()
        self._opened = None

    def retarget(self, target: Instance) -> None:
        """Take over what the engine now says of the same process."""
        self.target = target
        if self._opened is not None:
            self._opened.above = None

    def tell_guest_memory(self, memory: GuestMemoryPair) -> None:
        """Take over what the guest's balloon tells; nothing for a container."""
        self._guest_memory = memory
        if self._opened is not None and self.target.guest is not None:
            self._opened.memory.tell(memory)
            self._opened.quiet = False

    @property
    def namespace(self) -> int | None:
        """Return the inode of its network namespace, None where it is not known."""
        return self._opened.network.namespace if self._opened is not None else None

    def share_network(self, owner: str | None) -> None:
        """Say whose figures hold its traffic, None for its own."""
        if self._opened is not None:
            self._opened.network.owner = owner

    def totals(self) -> Totals | None:
        """Return the counters of the last sample; None while its files are not open."""
        opened = self._opened
        if opened is None:
            return None
        sources, guest = opened.sources, self.target.guest
        cpu = sources.cpu.sample() if sources.cpu is not None else None
        counted = guest is None or not guest.uncounted_disk
        read, written = (opened.io.totals if counted else None) or (None, None)
        received, transmitted = opened.network.totals or (None, None)
        return Totals(
            life=self.starttime,
            cpu_seconds=cpu.usage_usec / 1_000_000 if cpu is not None else None,
            periods=cpu.nr_periods if cpu is not None else None,
            throttled_periods=cpu.nr_throttled if cpu is not None else None,
            read_bytes=read,
            written_bytes=written,
            received_bytes=received,
            transmitted_bytes=transmitted,
            oom_kills=sources.oom_kill.sample() if sources.oom_kill is not None else None,
        )

    # finding the files

    def _locate(self) -> None:
        """Open the files; without them `usage` says why."""
        try:
            location = self._find()
            sources = Sources(location, self._around.budget, self._around.devices, self._around.proc)
            if self._opened is not None and self._opened.sources.identity == sources.identity:
                self._opened.reopen(sources, self._around)
            else:
                self.close()
                self._opened = _Opened(self.target, sources, self._around)
                self.tell_guest_memory(self._guest_memory)
        except GoneError as error:
            self._lose(ENDED if str(error) == ENDED else reasons.VANISHED)
        except OSError as error:
            self._lose(f"its files could not be opened: {error.strerror}")
        else:
            self._shown = location.shown
            nowhere = None if location.shown is not None else location.why_not("memory")
            self._whole = (reasons.of_whole(nowhere, None), reasons.of_whole(nowhere, reasons.FIRST_SAMPLE))

    def _find(self) -> Location:
        target = self.target
        location = locate(
            target.pid or 0,
            target.driver,
            target.id.local,
            session=target.session,
            hierarchies=self._around.hierarchies,
            proc=self._around.proc,
        )
        if self.starttime not in {0, location.starttime}:
            raise GoneError(ENDED)  # the pid is another process's now
        self.starttime = location.starttime
        return location

    def _lose(self, reason: str) -> None:
        self.close()
        self._window = None
        self.usage = reasons.nothing_known(reason)

    def _has_moved(self, opened: _Opened) -> bool:
        """Tell whether the process was put into another cgroup since it was located."""
        location = opened.sources.location
        return read_path(f"{self._around.proc}/{location.pid}/cgroup") != location.raw

    # reading

    def sample(self, tick: int, at: float, attended: bool) -> Usage:
        """Read what is due and return the figures; never raises for what a kernel file does."""
        turn = tick + self._phase
        try:
            if self._opened is None:
                if turn % SLOW_TICKS == 0:
                    self._locate()
            elif turn % MOVE_CHECK_TICKS == 0 and self._has_moved(self._opened):
                self._locate()
            opened = self._opened
            if opened is not None:
                self._read_due(opened, tick, at, attended or opened.age < 2, turn)
        except GoneError:
            self._lose(reasons.VANISHED)
        except OSError as error:
            self._lose(f"its files could not be read: {error.strerror}")
        return self.usage

    def _read_due(self, opened: _Opened, tick: int, at: float, attended: bool, turn: int) -> None:
        """Read the five files, and work out anew what follows from those that changed; all files while attended."""
        seconds = at - opened.at if opened.at is not None else None
        if seconds is not None and 0 <= seconds < LEAST_WINDOW_SECONDS:
            return  # sampled again for others, that have just come
        slow = attended or turn % SLOW_TICKS == 0
        opened.stirred = opened.stirred or attended
        changed = opened.sources.pulse.refresh()
        if changed:
            opened.stirred_at = at
        aged = slow and (opened.stirred or turn % AGING_TICKS == 0)
        if changed or aged or opened.is_cache_due(at):
            opened.cache_at = at
            changed |= opened.sources.cache.refresh()
        if changed or slow or not opened.quiet or _differs(seconds, self._window):
            self._read(opened, changed, tick, at, slow=slow)
        opened.at = at
        opened.age += 1

    def _read(self, opened: _Opened, changed: int, tick: int, at: float, *, slow: bool) -> None:
        """Read what goes with a change, and on slow ticks all."""
        sources, before, io_before = opened.sources, opened.at, opened.io_at
        if changed & CPU:
            changed |= sources.periods.refresh()
        if changed or slow or not opened.io.settled:
            changed |= sources.rest.refresh()
            opened.io_at = at
        if changed:
            opened.stirred = True
        if slow:
            self._read_slowly(opened, tick, at)
        io_seconds = at - io_before if io_before is not None else None
        self._update(opened, changed, at - before if before is not None else None, io_seconds, slow=slow)

    def _read_slowly(self, opened: _Opened, tick: int, at: float) -> None:
        """Read the files of slow ticks, after those of every tick."""
        sources = opened.sources
        changed = sources.slow.refresh()
        above = opened.limits.above(tick)
        if changed & LIMITS or above is not opened.above:
            opened.above = above
            self._take_limits(opened, opened.limits.sample(above))
        if changed & PRESSURE or opened.age == 0:
            opened.pressure.update(sources)
        if opened.stirred:
            opened.stirred = False
            sources.rare.refresh()
            opened.memory.update_slowly(sources)
            if sources.look_for_io():
                opened.io.settled = False
        opened.network.read(self.target, at)

    def _take_limits(self, opened: _Opened, limits: LimitsSample) -> None:
        opened.cpu.limit(limits, _enforced_vcpus(self.target), self._around.host_cores)
        opened.memory.limit(limits)
        opened.pids.limit(limits)

    def _update(
        self, opened: _Opened, changed: int, seconds: float | None, io_seconds: float | None, *, slow: bool
    ) -> None:
        """Work out what may differ; `changed` is what the files told, the seconds how long ago they were last read."""
        sources = opened.sources
        cpu, memory, io, pids = opened.cpu, opened.memory, opened.io, opened.pids
        anew = False
        if changed & CPU or not cpu.settled:
            cpu.update(sources, seconds, self._around.host_cores)
            anew = True
        if changed & MEMORY or not memory.settled:
            memory.update(sources)
            anew = True
        if changed & IO or not io.settled:
            io.update(sources, io_seconds)
            anew = True
        if changed & PIDS or not pids.settled:
            pids.update(sources)
            anew = True
        opened.quiet = cpu.settled and memory.settled and io.settled and pids.settled
        if anew or _differs(seconds, self._window) or (slow and self._has_slow_news(opened)):
            self._window = seconds if seconds else None
            self._publish(opened)

    def _has_slow_news(self, opened: _Opened) -> bool:
        """Tell whether what is not read on every tick differs from what is shown."""
        shown = self.usage
        return (
            opened.pressure.usage is not shown.pressure
            or opened.network.usage is not shown.network
            or opened.network.why is not self._network_why
        )

    def _publish(self, opened: _Opened) -> None:
        cpu, memory, io = opened.cpu, opened.memory, opened.io
        net, pids, pressure = opened.network, opened.pids, opened.pressure
        window = self._window
        memory_usage, memory_why, io_usage, io_why = memory.usage, memory.why, io.usage, io.why
        guest = self.target.guest
        if guest is not None and guest.huge_pages:
            memory_usage = replace(memory_usage, working_set_bytes=None, percent_of_limit=None)
            memory_why = (*memory_why, *reasons.of_huge_pages())
        if guest is not None and guest.uncounted_disk:
            io_usage, io_why = IoUsage(), reasons.of_io(reasons.UNCOUNTED_DISK.format(guest.uncounted_disk))
        gaps = (cpu.why, memory_why, io_why, net.why, pids.why, pressure.why, self._whole[window is None])
        self._network_why = net.why
        if gaps != self._gaps:  # compared by identity first, which is cheaper than hashing all of it
            self._gaps, self._unknown = gaps, reasons.merged(*gaps)
        self.usage = Usage(
            cpu.usage,
            memory_usage,
            io_usage,
            net.usage,
            pids.usage,
            pressure.usage,
            self._shown,
            window,
            self._unknown,
        )


def _differs(window: float | None, shown: float | None) -> bool:
    """Tell whether figures that did not change need a new window: all rates are 0 then, whatever the clock's jitter."""
    return window is None or shown is None or abs(window - shown) > WINDOW_JITTER * shown


def _enforced_vcpus(target: Instance) -> int | None:
    """Return the vCPUs that bound a guest; those of libvirt-lxc bound nothing: its processes run on every core."""
    return target.guest.vcpus if target.guest is not None and target.driver != "lxc" else None
