"""The opened files of one instance: what is read on every tick, and what is read more slowly."""

import re
from collections.abc import Callable
from typing import TypeVar

from tui.cgroup import composite, parse, parse_proc
from tui.cgroup.devices import BlockDevices
from tui.cgroup.locate import Location, Spot
from tui.cgroup.reader import Budget, Directory, Reading
from tui.cgroup.types import CpuSample, IoSample, MemorySample

T = TypeVar("T")

NO_BLKIO_ROWS = "cgroup v1 counts no block I/O here: that takes a throttle rule or the bfq scheduler"
_DELEGATED_TO = re.compile(r"/user@(\d+)\.service/")


class Sources:
    """Readings by figure, None where there is none, and why.

    Attributes:
        identity: inodes of every directory that was opened: another identity has other counters.
        why: reason by the name of the reading.
    """

    def __init__(self, location: Location, budget: Budget, devices: BlockDevices, proc: str = "/proc") -> None:
        self.location = location
        self.why: dict[str, str] = {}
        self.cpu: Reading[CpuSample] | None = None
        self.memory: Reading[MemorySample] | None = None
        self.io: Reading[IoSample] | None = None
        self.pids: Reading[int] | None = None
        self.oom_kill: Reading[int] | None = None
        self.swap: Reading[int] | None = None
        self.memsw: Reading[int] | None = None
        self.pressure: tuple[Reading[float] | None, ...] = (None, None, None)
        self.pids_limit: tuple[Reading[int], ...] = ()
        self._budget = budget
        self._devices = devices
        self._proc = proc
        self._directories: dict[str, Directory] = {}
        self._readings: list[Reading[object]] = []
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
        for directory in self._directories.values():
            directory.settle()

    def close(self) -> None:
        """Give back every descriptor."""
        for reading in self._readings:
            reading.close()
        for directory in self._directories.values():
            directory.close()

    # opening

    def open(self, path: str, name: str, parser: Callable[[bytes], T | None]) -> Reading[T] | None:
        """Return a reading of `path/name`, closed with the others; None where the kernel has no such file."""
        directory = self._directories.get(path)
        if directory is None:
            directory = self._directories[path] = Directory(path, self._budget)
        reading = directory.reading(name, parser)
        if reading is not None:
            self._readings.append(reading)
        return reading

    def _first(self, paths: tuple[str, ...], name: str, parser: Callable[[bytes], T | None]) -> Reading[T] | None:
        for path in paths:
            reading = self.open(path, name, parser)
            if reading is not None:
                return reading
        return None

    def _open_cpu(self) -> None:
        spot, unified = self.location.spot("cpuacct"), self.location.spot("unified")
        if spot is not None and spot.version == 1:
            usage = self._first(spot.usage, "cpuacct.usage", parse.number)
            if usage is not None:
                self.cpu = composite.CpuV1(usage, self._periods_v1())
                return
        if unified is not None:
            self.cpu = self._first(unified.usage, "cpu.stat", parse.cpu_stat)
        if self.cpu is None:
            self.why["cpu"] = self.location.why_not("cpuacct")

    def _periods_v1(self) -> Reading[CpuSample] | None:
        spot = self.location.spot("cpu")
        return (
            self._first(spot.usage, "cpu.stat", parse.cpu_stat_v1) if spot is not None and spot.version == 1 else None
        )

    def _open_memory(self) -> None:
        spot = self.location.spot("memory")
        if spot is None:
            self.why["memory"] = self.why["swap"] = self.location.why_not("memory")
            return
        old = spot.version == 1
        level, current = self._level(spot.usage, "memory.usage_in_bytes" if old else "memory.current", parse.number)
        inactive = self.open(level, "memory.stat", parse.total_inactive_file if old else parse.inactive_file)
        if current is None or inactive is None:
            self.why["memory"] = self.why["swap"] = self._not_delegated("memory", spot)
            return
        self.memory = composite.Memory(current, inactive)
        self.oom_kill = self.open(level, "memory.oom_control" if old else "memory.events", parse.oom_kill)
        if old:
            self.memsw = self.open(level, "memory.memsw.usage_in_bytes", parse.number)
        else:
            self.swap = self.open(level, "memory.swap.current", parse.number)
        if self.memsw is None and self.swap is None:
            self.why["swap"] = "the kernel does not account swap by cgroup"

    def _level(
        self, paths: tuple[str, ...], name: str, parser: Callable[[bytes], T | None]
    ) -> tuple[str, Reading[T] | None]:
        for path in paths:
            reading = self.open(path, name, parser)
            if reading is not None:
                return path, reading
        return paths[0], None

    def _open_io(self) -> None:
        spot = self.location.spot("blkio")
        if spot is None:
            self.why["io"] = self.location.why_not("blkio")
        elif spot.version == 1:
            self._open_blkio(spot)
        else:
            self.io = self._first(spot.usage, "io.stat", composite.counted_only(parse.io_stat, self._devices.counts))
            self.why["io"] = "no row of io.stat could be read" if self.io else self._not_delegated("io", spot)

    def _open_blkio(self, spot: Spot) -> None:
        counted = composite.counted_only(parse.blkio, self._devices.counts)
        names = ("blkio.throttle.io_service_bytes_recursive", "blkio.bfq.io_service_bytes_recursive")
        found = [file for file in (self._first(spot.usage, name, counted) for name in names) if file is not None]
        self.io = composite.Blkio(found).choose() if found else None
        self.why["io"] = NO_BLKIO_ROWS

    def _open_pids(self) -> None:
        spot = self.location.spot("pids")
        if spot is None:
            self.why["pids"] = self.location.why_not("pids")
            return
        self.pids = self._first(spot.tasks, "pids.current", parse.number)
        if self.pids is None:
            self.why["pids"] = self._not_delegated("pids", spot)

    def _open_pressure(self) -> None:
        spot = self.location.spots.get("unified")
        self.why["pressure"] = "the kernel keeps no pressure figures for this cgroup"
        if spot is None:
            self.why["pressure"] = self.location.why_not("unified")
            return
        names = ("cpu.pressure", "memory.pressure", "io.pressure")
        self.pressure = tuple(self._first(spot.usage, name, parse.pressure) for name in names)

    def _open_process(self) -> None:
        """Take from the process what no cgroup gives: a guest is one process and its threads."""
        folder = f"{self._proc}/{self.location.pid}"
        if self.cpu is None:
            self.cpu = self.open(folder, "stat", lambda raw: composite.process_cpu(parse_proc.stat(raw)))
        if self.memory is None:
            memory = self.open(folder, "status", parse_proc.status)
            if memory is not None:
                self.memory = composite.ProcessResident(memory)
                self.swap = composite.ProcessSwap(memory)
        if self.io is None:
            self.io = self.open(folder, "io", lambda raw: composite.process_io(parse_proc.io(raw)))
            self.why["io"] = "the process's own counters may be read only by its user and root"
        if self.pids is None:
            self.pids = self.open(folder, "stat", _threads)

    def _not_delegated(self, controller: str, spot: Spot) -> str:
        match = _DELEGATED_TO.search(spot.usage[0])
        if match:
            return f"{controller} is not delegated to user {match[1]}"
        return f"the {controller} controller is not enabled for this cgroup"


def _threads(raw: bytes) -> int | None:
    stat = parse_proc.stat(raw)
    return None if stat is None else stat.num_threads
