"""Bytes of cgroup files to values. Nothing here raises: what does not parse is None, or a row less.

The kernel ends every line with a newline, so text without one was torn while it was read and is not trusted.
"""

import re

from tui.cgroup.types import CpuSample, IoCounters, IoSample

UNLIMITED = 1 << 62
"""v1 has no word for "no limit": it answers the highest number of whole pages, a little below 2**63."""

_MOST_DIGITS = 20  # 2**64 has 20: longer is no counter, and int() of thousands of digits raises
_USAGE = re.compile(rb"usage_usec (\d{1,20})\n")
_PERIODS = re.compile(rb"\nnr_periods (\d{1,20})\nnr_throttled (\d{1,20})\n")
_IO_ROW = re.compile(
    rb"^(\d{1,9}:\d{1,9}) rbytes=(\d{1,20}) wbytes=(\d{1,20})(?: [^ \n=]+=[^ \n=]+)* ?\n", re.MULTILINE
)


def digits(token: bytes) -> int | None:
    """Return a counter's value; None for signs, blanks, underscores and everything else that int() would take."""
    return int(token) if token.isdigit() and len(token) <= _MOST_DIGITS else None


def keyed(raw: bytes, needle: bytes) -> int | None:
    r"""Return the number behind `needle`, which is a newline, the key and a blank: b"\nnr_periods "."""
    start = raw.find(needle)
    if start >= 0:
        start += len(needle)
    elif raw.startswith(needle[1:]):
        start = len(needle) - 1
    else:
        return None
    end = raw.find(b"\n", start)
    return digits(raw[start:end]) if end > start else None


def number(raw: bytes) -> int | None:
    """memory.current, memory.swap.current, pids.current, cpuacct.usage and the like: one number and a newline."""
    token = raw[:-1]
    return int(token) if token.isdigit() and raw[-1:] == b"\n" and len(token) <= _MOST_DIGITS else None


def cpu_stat(raw: bytes) -> CpuSample | None:
    """cpu.stat of v2; the period counters are there only with the cpu controller."""
    usage = _USAGE.match(raw)
    if usage is None:
        return None
    periods = _PERIODS.search(raw, usage.end() - 1)
    if periods is None:
        return CpuSample(int(usage[1]))
    return CpuSample(int(usage[1]), int(periods[1]), int(periods[2]))


def cpu_stat_v1(raw: bytes) -> CpuSample | None:
    """cpu.stat of v1: periods only, so usage_usec is 0 here and comes from cpuacct.usage."""
    periods = _PERIODS.search(b"\n" + raw)
    return CpuSample(0, int(periods[1]), int(periods[2])) if periods else None


def inactive_file(raw: bytes) -> int | None:
    """memory.stat of v2, in bytes."""
    return keyed(raw, b"\ninactive_file ")


def total_inactive_file(raw: bytes) -> int | None:
    """memory.stat of v1: with everything below, as usage_in_bytes is."""
    return keyed(raw, b"\ntotal_inactive_file ")


def oom_kill(raw: bytes) -> int | None:
    """memory.events of v2 and memory.oom_control of v1: processes killed since the cgroup was made."""
    return keyed(raw, b"\noom_kill ")


def limit(raw: bytes) -> int | None:
    """memory.max, memory.high, pids.max, memory.limit_in_bytes: None for `max` and for v1's huge number."""
    value = number(raw)
    return None if value is None or value >= UNLIMITED else value


def cpu_max(raw: bytes) -> float | None:
    """cpu.max of v2, `QUOTA PERIOD` in microseconds, as cores; None for `max`."""
    parts = raw.split() if raw.endswith(b"\n") else []
    if len(parts) != 2:
        return None
    quota, period = digits(parts[0]), digits(parts[1])
    return quota / period if quota and period else None


def cpu_list(raw: bytes) -> int | None:
    """cpuset.cpus.effective, `0-3,8`: how many; None for an empty list."""
    if not raw.endswith(b"\n"):
        return None
    count = 0
    for part in raw.strip().split(b","):
        first, dash, last = part.partition(b"-")
        low, high = digits(first), digits(last if dash else first)
        if low is None or high is None or high < low:
            return None
        count += high - low + 1
    return count


def pressure(raw: bytes) -> float | None:
    """*.pressure: `avg10` of the line `some`, in percent."""
    if not raw.startswith(b"some avg10="):
        return None
    try:
        value = float(raw[11 : raw.index(b" ", 11)])
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None


def memory_pressure(raw: bytes) -> tuple[float, float | None] | None:
    """memory.pressure: `avg10` of the lines `some` and `full`, in percent; of the second None where it is missing."""
    some = pressure(raw)
    if some is None:
        return None
    if not some:
        return 0.0, 0.0  # where nobody waited, not all waited
    _, found, rest = raw.partition(b"\nfull avg10=")
    return some, pressure(b"some avg10=" + rest) if found else None


def io_stat(raw: bytes) -> IoSample:
    """io.stat of v2: `8:0 rbytes=1 wbytes=2 rios=..`.

    Some kernels print several ids before one row, `(unknown)` for a device that went away, and a reader may see a
    torn last row: such rows are counted as skipped.
    """
    devices = {device.decode(): IoCounters(int(read), int(written)) for device, read, written in _IO_ROW.findall(raw)}
    return IoSample(devices, raw.count(b"\n") + (not raw.endswith(b"\n") and raw != b"") - len(devices))


def _is_device(token: bytes) -> bool:
    major, colon, minor = token.partition(b":")
    return bool(colon) and major.isdigit() and minor.isdigit()


def blkio(raw: bytes) -> IoSample | None:
    """blkio.*.io_service_bytes_recursive of v1: `8:0 Read 1`, `8:0 Write 2`, and a `Total` without device.

    Returns:
        None without any device row: v1 lists devices only while a throttle rule or bfq makes it count.
    """
    read: dict[str, int] = {}
    written: dict[str, int] = {}
    skipped = 0
    lines = raw.split(b"\n")
    torn = bool(lines.pop())
    for line in lines:
        parts = line.split()
        if len(parts) != 3 or not _is_device(parts[0]):
            skipped += not line.startswith(b"Total ")
            continue
        value = digits(parts[2])
        if value is None:
            skipped += 1
        elif parts[1] == b"Read":
            read[parts[0].decode()] = value
        elif parts[1] == b"Write":
            written[parts[0].decode()] = value
    both = {device: IoCounters(value, written[device]) for device, value in read.items() if device in written}
    return IoSample(both, skipped + torn) if both else None
