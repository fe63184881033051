"""Figures of the whole host."""

import os
import re

import psutil

from tui.cgroup import parse, parse_proc
from tui.cgroup.devices import BlockDevices
from tui.cgroup.once import GoneError, read_path, read_value
from tui.domain.host import HostUsage
from tui.domain.usage import Pressure
from tui.sampling.rates import LEAST_WINDOW_SECONDS, rate
from tui.sampling.slow_host import SlowFigures, SlowHost
from tui.sampling.totals import HostTotals

_SECTOR_BYTES = 512  # /proc/diskstats counts in these, whatever the disk's own sectors are
_NVME_PATH = re.compile(r"nvme\d+c\d+n\d+")  # one path of a multipath disk, which is counted as a whole
INTERFACES_EVERY = 10


class HostSampler:
    """Host figures between two calls of `sample`. One thread at a time.

    Disks: whole disks that stand on no other one, no loop and memory devices. Network: interfaces with hardware behind
    them, else those of default routes.
    """

    def __init__(self, *, proc: str = "/proc", sys: str = "/sys", slow: SlowHost | None = None) -> None:
        self._slow = slow
        self._proc = proc
        self._sys = sys
        self._devices = BlockDevices(f"{sys}/dev/block")
        self._disks: dict[str, bool] = {}
        self._interfaces: frozenset[str] = frozenset()
        self._calls = 0
        self._at: float | None = None
        self._usage: HostUsage | None = None
        self._cpu: tuple[float, float, float] | None = None  # busy, stolen and all time
        self._disk: dict[str, tuple[int, int]] = {}
        self._network: dict[str, tuple[int, int]] = {}

    def sample(self, monotonic: float) -> HostUsage:
        """Read the host once; rates are those since the last call and None at the first.

        A call too soon after the last gives its figures again: the kernel counts processor time in steps of 10 ms.
        """
        seconds = monotonic - self._at if self._at is not None and monotonic > self._at else None
        if self._usage is not None and seconds is not None and seconds < LEAST_WINDOW_SECONDS:
            return self._usage
        self._usage = self._read(seconds, monotonic)
        self._at = monotonic
        return self._usage

    def totals(self) -> HostTotals:
        """Return the counters of the last sample; on the sampling thread."""
        busy, steal = self._cpu[:2] if self._cpu is not None else (None, None)
        return HostTotals(busy, steal, dict(self._disk), dict(self._network))

    def _read(self, seconds: float | None, monotonic: float) -> HostUsage:
        self._refresh_devices()
        cpu_percent, steal_percent = self._read_cpu()
        disk_read, disk_write = self._read_disks(seconds)
        received, sent = self._read_network(seconds)
        memory = psutil.virtual_memory()
        # psutil's swap_memory also reads /proc/vmstat and warns on standard error where it cannot
        swap_total, swap_used = read_value(f"{self._proc}/meminfo", parse_proc.swap) or (None, None)
        load = _load()
        slow = self._slow.look(monotonic) if self._slow is not None else SlowFigures()
        return HostUsage(
            cores=os.cpu_count() or 1,
            cpu_percent=cpu_percent,
            steal_percent=steal_percent,
            memory_total_bytes=memory.total,
            memory_used_bytes=memory.total - memory.available,
            swap_total_bytes=swap_total,
            swap_used_bytes=swap_used,
            load_1=load[0],
            load_5=load[1],
            load_15=load[2],
            pressure=self._read_pressure(),
            disk_read_bytes_per_second=disk_read,
            disk_write_bytes_per_second=disk_write,
            network_receive_bytes_per_second=received,
            network_transmit_bytes_per_second=sent,
            uptime_seconds=self._read_uptime(),
            window_seconds=round(seconds, 2) if seconds is not None else None,
            filesystems=slow.filesystems,
            disk_errors=slow.disk_errors,
            failed_units=slow.failed_units,
        )

    def _refresh_devices(self) -> None:
        """Look again, now and then, which disks and interfaces there are."""
        if self._calls % INTERFACES_EVERY == 0:
            self._disks.clear()
            self._devices.forget()
            self._interfaces = frozenset(self._physical_interfaces())
        self._calls += 1

    def _read_cpu(self) -> tuple[float | None, float | None]:
        """Return busy and stolen time in percent of all time since the last call; /proc/stat."""
        times = psutil.cpu_times()
        # guest time is within user time; stolen time is not the host's own work
        idle, steal = times.idle + times.iowait, times.steal
        busy = times.user + times.nice + times.system + times.irq + times.softirq
        before, self._cpu = self._cpu, (busy, steal, busy + idle + steal)
        if before is None:
            return None, None
        whole = self._cpu[2] - before[2]
        if whole <= 0:
            return None, None
        return tuple(min(100.0, max(0.0, 100 * (self._cpu[i] - before[i]) / whole)) for i in (0, 1))  # type: ignore[return-value]

    # disks

    def _read_disks(self, seconds: float | None) -> tuple[float | None, float | None]:
        try:
            raw = read_path(f"{self._proc}/diskstats")
        except (OSError, GoneError):
            return None, None
        before, self._disk = self._disk, self._whole_disks(raw)
        return _grown(before, self._disk, seconds)

    def _whole_disks(self, raw: bytes) -> dict[str, tuple[int, int]]:
        disks = {}
        for line in raw.split(b"\n")[:-1]:
            fields = line.split()
            if len(fields) < 10:
                continue
            name = fields[2].decode("utf-8", "replace")
            read, written = parse.digits(fields[5]), parse.digits(fields[9])
            device = f"{fields[0].decode('ascii', 'replace')}:{fields[1].decode('ascii', 'replace')}"
            if read is not None and written is not None and self._is_disk(device, name):
                disks[name] = (read * _SECTOR_BYTES, written * _SECTOR_BYTES)
        return disks

    def _is_disk(self, device: str, name: str) -> bool:
        known = self._disks.get(device)
        if known is None:
            is_partition = os.path.exists(f"{self._sys}/dev/block/{device}/partition")
            known = not is_partition and not _NVME_PATH.fullmatch(name) and self._devices.counts(device)
            self._disks[device] = known
        return known

    # network

    def _read_network(self, seconds: float | None) -> tuple[float | None, float | None]:
        before, self._network = self._network, {}
        for name in self._interfaces:
            base = f"{self._sys}/class/net/{name}/statistics"
            received, sent = read_value(f"{base}/rx_bytes", parse.number), read_value(f"{base}/tx_bytes", parse.number)
            if received is not None and sent is not None:
                self._network[name] = (received, sent)
        return _grown(before, self._network, seconds)

    def _physical_interfaces(self) -> set[str]:
        """Return interfaces with a device behind them, else those that a default route leads through."""
        root = f"{self._sys}/class/net"
        try:
            names = os.listdir(root)
        except OSError:
            return set()
        physical = {name for name in names if name != "lo" and os.path.exists(f"{root}/{name}/device")}
        return physical or self._default_route_interfaces()

    def _default_route_interfaces(self) -> set[str]:
        """/proc/net/route and /proc/net/ipv6_route: destination 0 with prefix or mask 0."""
        names = set()
        for fields in _table(f"{self._proc}/net/route")[1:]:
            if len(fields) > 7 and fields[1] == "00000000" and fields[7] == "00000000":
                names.add(fields[0])
        for fields in _table(f"{self._proc}/net/ipv6_route"):
            if len(fields) > 9 and fields[0] == "0" * 32 and fields[1] == "00":
                names.add(fields[9])
        return names - {"lo"}

    # levels

    def _read_pressure(self) -> Pressure:
        cpu, io = (read_value(f"{self._proc}/pressure/{name}", parse.pressure) for name in ("cpu", "io"))
        memory, memory_full = read_value(f"{self._proc}/pressure/memory", parse.memory_pressure) or (None, None)
        return Pressure(cpu, memory, io, memory_full)

    def _read_uptime(self) -> float | None:
        fields = _table(f"{self._proc}/uptime")
        try:
            return float(fields[0][0])
        except (IndexError, ValueError):
            return None


def _grown(
    before: dict[str, tuple[int, int]], now: dict[str, tuple[int, int]], seconds: float | None
) -> tuple[float | None, float | None]:
    """Return the growth a second over all names that are in both; one that began anew counts from 0 again."""
    if seconds is None or not now:
        return None, None
    totals = [0, 0]
    for name, counters in now.items():
        then = before.get(name)
        if then is None or counters[0] < then[0] or counters[1] < then[1]:
            continue
        totals = [totals[0] + counters[0] - then[0], totals[1] + counters[1] - then[1]]
    return rate(0, totals[0], seconds), rate(0, totals[1], seconds)


def _table(path: str) -> list[list[str]]:
    try:
        return [line.split() for line in read_path(path).decode("ascii", "replace").splitlines()]
    except (OSError, GoneError):
        return []


def _load() -> tuple[float | None, float | None, float | None]:
    try:
        return os.getloadavg()
    except OSError:
        return None, None, None
