"""Bytes of files below /proc to values. Nothing here raises."""

from tui.cgroup.parse import digits, keyed
from tui.cgroup.types import CgroupLine, IoCounters, Mount, NetworkSample, ProcessMemory, ProcessStat


def stat(raw: bytes) -> ProcessStat | None:
    """/proc/PID/stat; the command in brackets may hold blanks and brackets, so fields count from the last one."""
    fields = raw[raw.rfind(b")") + 1 :].split() if raw.endswith(b"\n") else []
    if len(fields) < 20:
        return None
    user, system, threads, started = (digits(fields[place]) for place in (11, 12, 17, 19))
    if user is None or system is None or threads is None or started is None:
        return None
    return ProcessStat(fields[0].decode("ascii", "replace"), user + system, threads, started)


def status(raw: bytes) -> ProcessMemory | None:
    """/proc/PID/status: anonymous and shared resident memory, which is what a cgroup is charged without file cache."""
    anon, shmem, swap = (_kilobytes(raw, key) for key in (b"\nRssAnon:", b"\nRssShmem:", b"\nVmSwap:"))
    return None if anon is None or shmem is None else ProcessMemory(anon + shmem, swap or 0)


def _kilobytes(raw: bytes, key: bytes) -> int | None:
    start = raw.find(key)
    end = raw.find(b"\n", start + 1)
    if start < 0 or end < 0:
        return None
    parts = raw[start + len(key) : end].split()
    value = digits(parts[0]) if len(parts) == 2 else None
    return None if value is None else value * 1024


def io(raw: bytes) -> IoCounters | None:
    """/proc/PID/io: what the process made block devices read and write."""
    read, written = keyed(raw, b"\nread_bytes: "), keyed(raw, b"\nwrite_bytes: ")
    return None if read is None or written is None else IoCounters(read, written)


def net_dev(raw: bytes) -> NetworkSample | None:
    """/proc/PID/net/dev: the sum of all interfaces but loopback; None where none can be read."""
    received = sent = rows = 0
    for line in raw.split(b"\n")[2:-1]:
        name, colon, rest = line.partition(b":")
        fields = rest.split()
        if not colon or name.strip() == b"lo" or len(fields) < 16:
            continue
        down, up = digits(fields[0]), digits(fields[8])
        if down is not None and up is not None:
            received, sent, rows = received + down, sent + up, rows + 1
    return NetworkSample(received, sent) if rows else None


def cgroup(raw: bytes) -> tuple[CgroupLine, ...]:
    """/proc/PID/cgroup: `4:memory:/path`, `2:cpu,cpuacct:/path`, `0::/path`; paths may hold colons."""
    lines = []
    for line in raw.split(b"\n")[:-1]:
        parts = line.decode("utf-8", "surrogateescape").split(":", 2)
        if len(parts) == 3 and parts[0].isdigit() and parts[2].startswith("/"):
            lines.append(CgroupLine(tuple(parts[1].split(",")) if parts[1] else (), parts[2]))
    return tuple(lines)


def mountinfo(raw: bytes) -> tuple[Mount, ...]:
    """/proc/self/mountinfo: `ID PARENT M:m ROOT POINT OPTIONS [OPTIONAL..] - TYPE SOURCE SUPER_OPTIONS`."""
    mounts = []
    for line in raw.split(b"\n")[:-1]:
        left, dash, right = line.decode("utf-8", "surrogateescape").partition(" - ")
        before, after = left.split(" "), right.split(" ")
        if dash and len(before) >= 6 and len(after) >= 3:
            mounts.append(Mount(_unescape(before[3]), _unescape(before[4]), after[0], tuple(after[2].split(","))))
    return tuple(mounts)


def _unescape(text: str) -> str:
    r"""Undo the kernel's octal for blank, tab, newline and backslash; backslash last, as it begins the others."""
    return text.replace(r"\040", " ").replace(r"\011", "\t").replace(r"\012", "\n").replace(r"\134", "\\")


def mem_total(raw: bytes) -> int | None:
    """/proc/meminfo: RAM in bytes."""
    return _kilobytes(b"\n" + raw, b"\nMemTotal:")


def swap(raw: bytes) -> tuple[int, int] | None:
    """/proc/meminfo: all and used swap in bytes; what is cached in memory as well counts as used, as `free` has it."""
    total, free = _kilobytes(b"\n" + raw, b"\nSwapTotal:"), _kilobytes(b"\n" + raw, b"\nSwapFree:")
    return None if total is None or free is None else (total, max(0, total - free))
