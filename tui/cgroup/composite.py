"""Readings made of two files, or of another counter than the cgroup's own."""

import os
from collections.abc import Callable

from tui.cgroup.reader import Reading
from tui.cgroup.types import CpuSample, IoCounters, IoSample, MemorySample, ProcessMemory, ProcessStat

_USEC_A_TICK = 1_000_000 // os.sysconf("SC_CLK_TCK")


class Memory:
    """Charge and inactive file cache."""

    __slots__ = ("_current", "_inactive")

    def __init__(self, current: Reading[int], inactive: Reading[int]) -> None:
        self._current = current
        self._inactive = inactive

    def sample(self) -> MemorySample | None:
        """Put together what both files said last."""
        current, inactive = self._current.sample(), self._inactive.sample()
        return None if current is None or inactive is None else MemorySample(current, inactive)


class CpuV1:
    """cpuacct.usage in nanoseconds, and the periods of cpu.stat where the instance has a cpu cgroup of its own."""

    __slots__ = ("_periods", "_usage")

    def __init__(self, usage: Reading[int], periods: Reading[CpuSample] | None) -> None:
        self._usage = usage
        self._periods = periods

    def sample(self) -> CpuSample | None:
        """Put together what both files said last."""
        usage = self._usage.sample()
        periods = self._periods.sample() if self._periods is not None else None
        if usage is None:
            return None
        if periods is None:
            return CpuSample(usage // 1000)
        return CpuSample(usage // 1000, periods.nr_periods, periods.nr_throttled)


class ProcessResident:
    """Memory of one process."""

    __slots__ = ("_status",)

    def __init__(self, status: Reading[ProcessMemory]) -> None:
        self._status = status

    def sample(self) -> MemorySample | None:
        """Return what /proc/PID/status said last, under the names of a cgroup."""
        memory = self._status.sample()
        return None if memory is None else MemorySample(memory.rss, 0)


class ProcessSwap:
    """Swap of one process."""

    __slots__ = ("_status",)

    def __init__(self, status: Reading[ProcessMemory]) -> None:
        self._status = status

    def sample(self) -> int | None:
        """Return what /proc/PID/status said last."""
        memory = self._status.sample()
        return None if memory is None else memory.swap


class SwapV1:
    """memory.memsw.usage_in_bytes, less the memory in it."""

    __slots__ = ("_both", "_memory")

    def __init__(self, both: Reading[int], memory: Reading[int]) -> None:
        self._both = both
        self._memory = memory

    def sample(self) -> int | None:
        """Put together what both files said last; they are read apart, so never below 0."""
        both, memory = self._both.sample(), self._memory.sample()
        return None if both is None or memory is None else max(0, both - memory)


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


class Quota:
    """cpu.cfs_quota_us and cpu.cfs_period_us of v1, as cores; a quota of -1 is none."""

    __slots__ = ("_period", "_quota")

    def __init__(self, quota: Reading[int], period: Reading[int]) -> None:
        self._quota = quota
        self._period = period

    def sample(self) -> float | None:
        """Put together what both files said last."""
        quota, period = self._quota.sample(), self._period.sample()
        return quota / period if quota and period else None
