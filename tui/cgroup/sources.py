"""The opened files of one instance: what is read on every tick, and what is read more slowly."""

import re
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from tui.cgroup import composite, parse, parse_proc
from tui.cgroup.budget import Budget
from tui.cgroup.devices import BlockDevices
from tui.cgroup.locate import Location, Spot
from tui.cgroup.reader import Directory, File, FileGroup
from tui.cgroup.types import CpuSample, IoSample, MemorySample

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

CPU, MEMORY, IO, PIDS = 1, 2, 4, 8
LIMITS, PRESSURE, RARE = 16, 32, 64

NO_BLKIO_ROWS = "cgroup v1 counts no block I/O here: that takes a throttle rule or the bfq scheduler"
IO_HIDDEN = "the process's own counters may be read only by its user and root"
_DELEGATED_TO = re.compile(r"/user@(\d+)\.service/")
_BLKIO = ("blkio.throttle.io_service_bytes_recursive", "blkio.bfq.io_service_bytes_recursive")


class Sampled(Protocol[T_co]):
    """What some files said together when their group was last read."""

    def sample(self) -> T_co | None:
        """Return it, None where it cannot be read."""


class Sources:
    """Readings by figure, None where there is none, and why.

    Attributes:
        pulse: processor time and charged memory, under the bits CPU and MEMORY.
        rest: block I/O and tasks, under IO and PIDS.
        cache: what part of the charged memory is cache, under MEMORY.
        periods: of the quota, under CPU, where they have a file of their own.
        slow: the files of slow ticks, under the bits LIMITS and PRESSURE.
        rare: swap and kills, under RARE.
        identity: inodes of every directory that was opened: another identity has other counters.
        why: reason by the name of the reading.

    Raises:
        GoneError: a directory has vanished.
        OSError: no descriptor is left.
    """

    def __init__(self, location: Location, budget: Budget, devices: BlockDevices, proc: str = "/proc") -> None:
        self.location = location
        self.why: dict[str, str] = {}
        self.pulse = FileGroup()
        self.rest = FileGroup()
        self.cache = FileGroup()
        self.periods = FileGroup()
        self.slow = FileGroup()
        self.rare = FileGroup()
        self.cpu: Sampled[CpuSample] | None = None
        self.memory: Sampled[MemorySample] | None = None
        self.io: File[IoSample] | None = None
        self.pids: Sampled[int] | None = None
        self.oom_kill: Sampled[int] | None = None
        self.swap: Sampled[int] | None = None
        self.cpu_pressure: Sampled[float] | None = None
        self.memory_pressure: Sampled[tuple[float, float | None]] | None = None
        self.io_pressure: Sampled[float] | None = None
        self._other_io: File[IoSample] | None = None
        self._budget = budget
        self._devices = devices
        self._proc = proc
        self._directories: dict[str, Directory] = {}
        self._files: list[File[Any]] = []
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        self.identity = tuple(directory.inode for directory in self._directories.values())

    def _open(self) -> None:
        self._open_cpu()
        self._open_memory()
        self._open_io()
        self._open_pids()
        self._open_pressure()
        if self.location.by_process:
            self._open_process()

    def settle(self) -> None:
        """Say that nothing more will be opened."""
        for directory in self._directories.values():
            directory.settle()

    def close(self) -> None:
        """Give back every descriptor."""
        for file in self._files:
            file.close()
        for directory in self._directories.values():
            directory.close()

    def open(
        self,
        path: str,
        name: str,
        parser: Callable[[bytes], T | None],
        bit: int = 0,
        group: FileGroup | None = None,
    ) -> File[T] | None:
        """Return a reading of `path/name`, closed with the others; None where the kernel has no such file.

        Args:
            bit: under which it is read with its group; 0 leaves it to be read when it is asked for.
            group: None is the usual one of this bit.
        """
        directory = self._directories.get(path)
        if directory is None:
            directory = self._directories[path] = Directory(path, self._budget)
        file = directory.reading(name, parser)
        if file is not None:
            self._files.append(file)
            if bit:
                (group or self._group(bit)).add(file, bit)
        return file

    def _group(self, bit: int) -> FileGroup:
        if bit >= LIMITS:
            return self.rare if bit == RARE else self.slow
        return self.pulse if bit & (CPU | MEMORY) else self.rest

    def _first(
        self,
        paths: tuple[str, ...],
        name: str,
        parser: Callable[[bytes], T | None],
        bit: int = 0,
        group: FileGroup | None = None,
    ) -> File[T] | None:
        for path in paths:
            file = self.open(path, name, parser, bit, group)
            if file is not None:
                return file
        return None

    # cpu

    def _open_cpu(self) -> None:
        spot, unified = self.location.spot("cpuacct"), self.location.spot("unified")
        if spot is not None and spot.version == 1:
            usage = self._first(spot.usage, "cpuacct.usage", parse.number, CPU)
            self.cpu = composite.CpuV1(usage, self._open_periods()) if usage is not None else None
        if self.cpu is None and unified is not None:
            self.cpu = self._first(unified.usage, "cpu.stat", parse.cpu_stat, CPU)
        if self.cpu is None:
            self.why["cpu"] = self.location.why_not("cpuacct")

    def _open_periods(self) -> File[CpuSample] | None:
        spot = self.location.spot("cpu")
        if spot is None or spot.version == 2:
            return None
        return self._first(spot.usage, "cpu.stat", parse.cpu_stat_v1, CPU, self.periods)

    # memory

    def _open_memory(self) -> None:
        spot = self.location.spot("memory")
        if spot is None:
            self.why["memory"] = self.why["swap"] = self.location.why_not("memory")
            return
        name = "memory.usage_in_bytes" if spot.version == 1 else "memory.current"
        for level in spot.usage:
            current = self.open(level, name, parse.number, MEMORY)
            if current is not None and self._open_memory_at(level, current, version=spot.version):
                return
        self.why["memory"] = self.why["swap"] = _not_delegated("memory", spot)

    def _open_memory_at(self, level: str, current: File[int], *, version: int) -> bool:
        old = version == 1
        parser = parse.total_inactive_file if old else parse.inactive_file
        inactive = self.open(level, "memory.stat", parser, MEMORY, self.cache)
        if inactive is None:
            return False
        self.memory = composite.Memory(current, inactive)
        self.oom_kill = self.open(level, "memory.oom_control" if old else "memory.events", parse.oom_kill, RARE)
        swap = self.open(level, "memory.memsw.usage_in_bytes" if old else "memory.swap.current", parse.number, RARE)
        if swap is None:
            self.why["swap"] = "the kernel does not account swap by cgroup"
        else:
            self.swap = composite.SwapV1(swap, current) if old else swap
        return True

    # io

    def _open_io(self) -> None:
        spot = self.location.spot("blkio")
        if spot is None:
            self.why["io"] = self.location.why_not("blkio")
        elif spot.version == 1:
            self._open_blkio(spot)
        else:
            parser = composite.counted_only(parse.io_stat, self._devices.counts)
            self.io = self._first(spot.usage, "io.stat", parser, IO)
            self.why["io"] = "no row of io.stat could be read" if self.io else _not_delegated("io", spot)

    def _open_blkio(self, spot: Spot) -> None:
        parser = composite.counted_only(parse.blkio, self._devices.counts)
        found = [file for file in (self._first(spot.usage, name, parser) for name in _BLKIO) if file is not None]
        self.why["io"] = NO_BLKIO_ROWS
        if found:
            self.io, self._other_io = found[0], found[1] if len(found) > 1 else None
            self.rest.add(self.io, IO)
            if self.io.read() is None:
                self.look_for_io()

    def look_for_io(self) -> bool:
        """On v1, tell whether the counter that is not read on every tick has begun to count; it is read from now on."""
        if self.io is None or self._other_io is None or self.io.sample() is not None or self._other_io.read() is None:
            return False
        self.rest.remove(self.io)
        self.io, self._other_io = self._other_io, self.io
        self.rest.add(self.io, IO)
        return True

    # the rest

    def _open_pids(self) -> None:
        spot = self.location.spot("pids")
        if spot is None:
            self.why["pids"] = self.location.why_not("pids")
            return
        self.pids = self._first(spot.tasks, "pids.current", parse.number, PIDS)
        if self.pids is None:
            self.why["pids"] = _not_delegated("pids", spot)

    def _open_pressure(self) -> None:
        spot = self.location.spots.get("unified")
        if spot is None:
            self.why["pressure"] = self.location.why_not("unified")
            return
        self.why["pressure"] = "the kernel keeps no pressure figures for this cgroup"
        self.cpu_pressure = self._first(spot.usage, "cpu.pressure", parse.pressure, PRESSURE)
        self.memory_pressure = self._first(spot.usage, "memory.pressure", parse.memory_pressure, PRESSURE)
        self.io_pressure = self._first(spot.usage, "io.pressure", parse.pressure, PRESSURE)

    def _open_process(self) -> None:
        """Take from the process what no cgroup gives: a guest is one process and its threads."""
        folder = f"{self._proc}/{self.location.pid}"
        if self.cpu is None:
            self.cpu = self.open(folder, "stat", _process_cpu, CPU)
        if self.memory is None:
            status = self.open(folder, "status", parse_proc.status, MEMORY)
            if status is not None:
                self.memory, self.swap = composite.ProcessResident(status), composite.ProcessSwap(status)
        if self.io is None:
            self.io = self.open(folder, "io", _process_io, IO)
            self.why["io"] = IO_HIDDEN
        if self.pids is None:
            self.pids = self.open(folder, "stat", _process_threads, PIDS)


def _not_delegated(controller: str, spot: Spot) -> str:
    match = _DELEGATED_TO.search(spot.usage[0])
    if match:
        return f"{controller} is not delegated to user {match[1]}"
    return f"the {controller} controller is not enabled for this cgroup"


def _process_cpu(raw: bytes) -> CpuSample | None:
    return composite.process_cpu(parse_proc.stat(raw))


def _process_io(raw: bytes) -> IoSample | None:
    return composite.process_io(parse_proc.io(raw))


def _process_threads(raw: bytes) -> int | None:
    stat = parse_proc.stat(raw)
    return None if stat is None else stat.num_threads
