"""Readings made of two files, or of another counter than the cgroup's own."""

import os
from collections.abc import Callable

from tui.cgroup.reader import Reading
from tui.cgroup.types import CpuSample, IoCounters, IoSample, MemorySample, ProcessMemory, ProcessStat

_USEC_A_TICK = 1_000_000 // os.sysconf("SC_CLK_TCK")


class Memory:
    """Charge and inactive file cache."""

    __slots__ = ("_current", "_inactive", "_last", "_seen_current", "_seen_inactive")

    def __init__(self, current: Reading[int], inactive: Reading[int]) -> None:
        self._current = current
        self._inactive = inactive
        self._seen_current: int | None = None
        self._seen_inactive: int | None = None
        self._last: MemorySample | None = None

    def read(self) -> MemorySample | None:
        """Read both files."""
        current, inactive = self._current.read(), self._inactive.read()
        if current is not self._seen_current or inactive is not self._seen_inactive:
            self._seen_current, self._seen_inactive = current, inactive
            self._last = None if current is None or inactive is None else MemorySample(current, inactive)
        return self._last

    def close(self) -> None:
        """Close both."""
        self._current.close()
        self._inactive.close()


class CpuV1:
    """cpuacct.usage in nanoseconds, and the periods of cpu.stat where the container has a cpu cgroup of its own."""

    __slots__ = ("_last", "_periods", "_seen_periods", "_seen_usage", "_usage")

    def __init__(self, usage: Reading[int], periods: Reading[CpuSample] | None) -> None:
        self._usage = usage
        self._periods = periods
        self._seen_usage: int | None = None
        self._seen_periods: CpuSample | None = None
        self._last: CpuSample | None = None

    def read(self) -> CpuSample | None:
        """Read both files."""
        usage = self._usage.read()
        periods = self._periods.read() if self._periods is not None else None
        if usage is not self._seen_usage or periods is not self._seen_periods:
            self._seen_usage, self._seen_periods = usage, periods
            self._last = _cpu_v1(usage, periods)
        return self._last

    def close(self) -> None:
        """Close both."""
        self._usage.close()
        if self._periods is not None:
            self._periods.close()


def _cpu_v1(usage: int | None, periods: CpuSample | None) -> CpuSample | None:
    if usage is None:
        return None
    if periods is None:
        return CpuSample(usage // 1000)
    return CpuSample(usage // 1000, periods.nr_periods, periods.nr_throttled)


class Blkio:
    """The first of v1's byte counters that lists devices: the throttle layer's, else bfq's.

    While none counts, one of them is looked at a tick, in turn.
    """

    __slots__ = ("_files", "_is_chosen")

    def __init__(self, files: list[Reading[IoSample]]) -> None:
        self._files = files
        self._is_chosen = False

    def read(self) -> IoSample | None:
        """Read; None while none of them counts."""
        sample = self._files[0].read()
        if sample is None and not self._is_chosen:
            self._files.append(self._files.pop(0))
        else:
            self._is_chosen = True
        return sample

    def choose(self) -> "Blkio":
        """Look at all of them at once, so that two ticks are enough for a rate."""
        for _ in self._files:
            if self.read() is not None:
                break
        return self

    def close(self) -> None:
        """Close all."""
        for file in self._files:
            file.close()


def process_cpu(stat: ProcessStat | None) -> CpuSample | None:
    """Return the processor time of one process, to the 10 ms of the kernel's clock tick."""
    return None if stat is None else CpuSample(stat.cpu_ticks * _USEC_A_TICK)


def process_io(io: IoCounters | None) -> IoSample | None:
    """Return a process's bytes as those of one nameless device."""
    return None if io is None else IoSample({"process": io})


def counted_only(
    parse: Callable[[bytes], IoSample | None], counts: Callable[[str], bool]
) -> Callable[[bytes], IoSample | None]:
    """Return a parser that leaves out devices whose bytes are counted elsewhere.

    Text of which no row can be read is None, not zero.
    """

    def parse_counted(raw: bytes) -> IoSample | None:
        sample = parse(raw)
        if sample is None or (sample.skipped and not sample.devices):
            return None
        devices = {device: bytes_ for device, bytes_ in sample.devices.items() if counts(device)}
        return IoSample(devices, sample.skipped)

    return parse_counted


class ProcessResident:
    """Memory of one process; the reading of /proc/PID/status belongs to whoever opened it."""

    __slots__ = ("_last", "_seen", "_status")

    def __init__(self, status: Reading[ProcessMemory]) -> None:
        self._status = status
        self._seen: ProcessMemory | None = None
        self._last: MemorySample | None = None

    def read(self) -> MemorySample | None:
        """Read."""
        memory = self._status.read()
        if memory is not self._seen:
            self._seen = memory
            self._last = None if memory is None else MemorySample(memory.rss, 0)
        return self._last

    def close(self) -> None:
        """Close."""
        self._status.close()


class ProcessSwap:
    """Swap of one process."""

    __slots__ = ("_status",)

    def __init__(self, status: Reading[ProcessMemory]) -> None:
        self._status = status

    def read(self) -> int | None:
        """Read."""
        memory = self._status.read()
        return None if memory is None else memory.swap

    def close(self) -> None:
        """Close."""
        self._status.close()


class Quota:
    """cpu.cfs_quota_us and cpu.cfs_period_us of v1, as cores; a quota of -1 is none."""

    __slots__ = ("_period", "_quota")

    def __init__(self, quota: Reading[int], period: Reading[int]) -> None:
        self._quota = quota
        self._period = period

    def read(self) -> float | None:
        """Read both."""
        quota, period = self._quota.read(), self._period.read()
        return quota / period if quota and period else None

    def close(self) -> None:
        """Close both."""
        self._quota.close()
        self._period.close()
