"""What a record costs: 100 instances, a sample every 5 s.

    python -m benchmarks.record [--seconds 60] [--hours 3] [--json FILE]

The size is that of some hours of lifelike load, written as fast as it can be, taken for a day: of the instances every
fifth works all the time with figures that are never the same, the others wake up for a moment now and then. Then a week
of it is asked for one chart, which is what a person waits for: CPU time, on a worker's thread.

The CPU is user and system time of a recorder in a process of its own. It samples as many real cgroups, where this
machine lets them be made (else literal files), a fifth of them at work before each sample, and writes. Folding a run to
a block happens every ten minutes, longer than this looks on: it is measured apart and added.
"""

import argparse
import asyncio
import json
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.cgroup_farm import Farm, farm_instance
from benchmarks.many import FarmEngine
from benchmarks.terminal_program import cpu_over, resident_mb
from tui.domain.host import HostUsage, HostView, InstanceView, Ledger
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, PidsUsage, Pressure, Usage
from tui.record.block import Row, fold
from tui.record.dayfile import DayFile
from tui.record.delta import Differ, plain_text
from tui.record.folder import Keeping, day_files, day_of
from tui.record.reader import FileReader
from tui.record.recorder import Recorder
from tui.record.retention import Limits
from tui.record.rounding import RoundedHost, RoundedInstances
from tui.record.runs import RUN_SAMPLES
from tui.record.store import Store
from tui.sampling.history import Metric

COUNT, ACTIVE_SHARE = 100, 5
STEP_SECONDS = 5.0
MIDNIGHT = 1_750_032_000.0  # 2025-06-16 00:00 UTC
DAY = 86_400.0
LIMIT_MB_A_DAY = 60.0
LIMIT_CPU_PERCENT = 1.5
LIMIT_CHART_SECONDS = 1.0
BLOCKS_A_DAY = int(DAY / (RUN_SAMPLES * STEP_SECONDS))
KEPT = Limits(3650, 1 << 20)


class Lifelike:
    """One instance: a load that wanders, traffic that comes in bursts, memory that grows and is given back."""

    def __init__(self, number: int) -> None:
        self._random = random.Random(number)
        self._is_active = number % ACTIVE_SHARE == 0
        self._load = 0.2 + self._random.random()
        self._pages = self._random.randrange(10_000, 400_000)
        self._usage = self._resting()

    def next(self) -> Usage:
        """Return its figures at the next sample; the very object of before where it rests."""
        if self._is_active or self._random.random() < 0.01:
            self._usage = self._working()
        elif self._usage.cpu.cores_used:
            self._usage = self._resting()
        return self._usage

    def _working(self) -> Usage:
        chance = self._random
        self._load = min(4.0, max(0.02, self._load * chance.uniform(0.93, 1.07)))
        self._pages = max(5000, self._pages + chance.randrange(-900, 1000))
        cores = self._load * chance.uniform(0.85, 1.15)
        burst = chance.expovariate(1 / 200_000)
        return Usage(
            CpuUsage(cores, 4.0, 25 * cores, max(0.0, chance.gauss(0, 2))),
            MemoryUsage(self._pages * 4096, 4 << 30, None, self._pages * 4096 / (4 << 30) * 100, 0, 0),
            IoUsage(burst * chance.random(), burst),
            NetworkUsage(chance.expovariate(1 / 90_000), chance.expovariate(1 / 300_000)),
            PidsUsage(20 + chance.randrange(6), 4096),
            Pressure(chance.random() * 3, 0.0, chance.random() * 2, 0.0),
            "/machine.slice/libpod-x.scope",
            STEP_SECONDS,
        )

    def _resting(self) -> Usage:
        return Usage(
            CpuUsage(0.0, 4.0, 0.0, 0.0),
            MemoryUsage(self._pages * 4096, 4 << 30, None, self._pages * 4096 / (4 << 30) * 100, 0, 0),
            IoUsage(0.0, 0.0),
            NetworkUsage(0.0, 0.0),
            PidsUsage(20, 4096),
            Pressure(0.0, 0.0, 0.0, 0.0),
            "/machine.slice/libpod-x.scope",
            STEP_SECONDS,
        )


class Load:
    """All instances as an `InstanceSampler` gives them."""

    def __init__(self) -> None:
        self._lives = {farm_instance(number).key: Lifelike(number) for number in range(COUNT)}

    def sample(self, *_: object) -> dict[str, Usage]:
        """Return the next figures."""
        return {key: life.next() for key, life in self._lives.items()}

    def set_guest_memory(self, _memory: object) -> None:
        """Do nothing: there is no guest."""

    def close(self) -> None:
        """Do nothing."""


class HostLoad:
    """The host likewise."""

    def __init__(self) -> None:
        self._random = random.Random(0)
        self._passed = 0.0

    def sample(self, _monotonic: float) -> HostUsage:
        """Return the next figures."""
        chance = self._random
        self._passed += STEP_SECONDS
        load_1, load_5, load_15 = (chance.uniform(3, 9) for _ in range(3))
        read, written, received, sent = (chance.expovariate(1 / 5e6) for _ in range(4))
        return HostUsage(
            16,
            chance.uniform(20, 60),
            0.0,
            memory_total_bytes=64 << 30,
            memory_used_bytes=(30 << 30) + chance.randrange(1 << 30),
            swap_total_bytes=0,
            swap_used_bytes=0,
            load_1=load_1,
            load_5=load_5,
            load_15=load_15,
            pressure=Pressure(chance.random() * 4, 0.0, chance.random() * 4, 0.0),
            disk_read_bytes_per_second=read,
            disk_write_bytes_per_second=written,
            network_receive_bytes_per_second=received,
            network_transmit_bytes_per_second=sent,
            uptime_seconds=self._passed,
            window_seconds=STEP_SECONDS,
        )


def moments(count: int) -> Iterator[HostView]:
    """Give views one after the other, as they are sampled."""
    load, host = RoundedInstances(Load()), RoundedHost(HostLoad())
    instances = [farm_instance(number) for number in range(COUNT)]
    ledger = Ledger(16, 40.0, 64 << 30, 80 << 30, 0, 0, 0)
    views = [InstanceView(instance) for instance in instances]
    for number in range(count):
        usages = load.sample(instances, frozenset(), 0.0)
        views = [view if view.usage is usages[view.key] else replace(view, usage=usages[view.key]) for view in views]
        passed = number * STEP_SECONDS
        yield HostView(
            "bench", "bench", MIDNIGHT + passed, 1000 + passed, number, host.sample(0.0), ledger, (), tuple(views)
        )


def measure_size(folder: Path, hours: float) -> dict[str, float]:
    """Write some hours; return what a day takes, and what writing costs."""
    store = Store(Keeping(folder), STEP_SECONDS, KEPT)
    samples = int(hours * 3600 / STEP_SECONDS)
    plain: list[float] = []
    spent = 0.0
    for view in moments(samples):
        begun = time.process_time()
        store.write(view, (), view.taken_utc_seconds)
        plain.append(time.process_time() - begun)
        spent += plain[-1]
    store.close(MIDNIGHT)
    assert store.trouble is None, store.trouble
    size = sum(path.stat().st_size for path in day_files(folder))
    median = sorted(plain)[samples // 2]
    return {
        "mb_a_day": size / 1e6 * 24 / hours,
        "write_milliseconds": 1000 * median,
        "fold_milliseconds": 1000 * (spent - median * samples) / (samples / RUN_SAMPLES),
    }


def measure_week(folder: Path) -> dict[str, float]:
    """Ask a week for charts; it is put together of the same ten minutes, over and over."""
    differ = Differ()
    views = list(moments(RUN_SAMPLES))
    row = fold([json.loads(plain_text(differ.take(view))) for view in views], STEP_SECONDS)
    keeping = Keeping(folder)
    for day in range(7):
        path = folder / f"{day_of(MIDNIGHT + day * DAY)}.sqlite"
        DayFile(path, keeping).close()
        with sqlite3.connect(path) as connection:
            for number in range(BLOCKS_A_DAY):
                moved = _moved(row, day * DAY + number * RUN_SAMPLES * STEP_SECONDS)
                begin, end = struct.unpack_from("<dd", moved.head)
                values = (number + 1, begin, end, moved.checksum, *moved)
                connection.execute("INSERT INTO blocks VALUES (?, ?, ?, 'samples', ?, ?, ?, ?, ?)", values)
        connection.close()
    reader = FileReader(folder)
    key = views[0].instances[0].instance.stable_key
    took = {}
    for name, subject in (("instance", key), ("host", None)):
        begun = time.process_time()
        buckets = reader.buckets(subject, Metric.CPU_CORES, MIDNIGHT, MIDNIGHT + 7 * DAY, 190)
        took[f"week_of_{name}_seconds"] = time.process_time() - begun
        assert sum(one.count for one in buckets) == 7 * BLOCKS_A_DAY * RUN_SAMPLES
    begun = time.process_time()
    assert len(reader.recent(MIDNIGHT + DAY, MIDNIGHT + DAY + 960)) == COUNT
    took["recent_seconds"] = time.process_time() - begun
    reader.close()
    return took


def _moved(row: Row, seconds: float) -> Row:
    """Return a block at another time."""
    begin, end, interval, count, slots = struct.unpack_from("<dddII", row.head)
    size = struct.calcsize("<dddII")
    times = struct.unpack_from(f"<{count}d", row.head, size)
    head = struct.pack("<dddII", begin + seconds, end + seconds, interval, count, slots)
    head += struct.pack(f"<{count}d", *(one + seconds for one in times)) + row.head[size + 8 * count :]
    return row._replace(head=head)


async def child(folder: Path, proc: str) -> None:
    """Record until it is ended."""
    from tui.record.lock import RecorderLock
    from tui.sampling.host import HostSampler
    from tui.sampling.host_name import HostName
    from tui.sampling.instances import CgroupSampler
    from tui.sampling.live import LiveSource

    source = LiveSource(
        HostName("bench", "bench"),
        [FarmEngine(COUNT)],
        RoundedInstances(CgroupSampler(proc=proc)),
        RoundedHost(HostSampler()),
        interval_seconds=STEP_SECONDS,
    )
    keeping = Keeping(folder)
    await Recorder(source, Store(keeping, STEP_SECONDS, KEPT), RecorderLock(keeping, 0.0), say=print).run()


def measure_cpu(folder: Path, seconds: float) -> dict[str, Any]:
    """Return what a recorder costs that samples real cgroups."""
    farm = Farm(COUNT)
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(STEP_SECONDS):
            farm.step(ACTIVE_SHARE)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    argv = [sys.executable, "-m", "benchmarks.record", "--child", str(folder), "--proc", str(farm.proc)]
    process = subprocess.Popen(argv)
    try:
        cpu_over({}, 3 * STEP_SECONDS)
        cpu = cpu_over({"recorder": process.pid}, seconds)["recorder"]
        return {"cgroups": farm.kind, "cpu_percent": cpu, "resident_mb": resident_mb(process.pid)[0]}
    finally:
        process.terminate()
        process.wait(10)
        ended.set()
        worker.join(2 * STEP_SECONDS)
        farm.close()


def table(found: dict[str, Any]) -> Sequence[str]:
    """Return the lines that are printed."""
    return (
        f"{found['mb_a_day']:8.1f} MB a day, at most {LIMIT_MB_A_DAY:g}",
        f"{found['total_cpu_percent']:8.2f} % of a core, at most {LIMIT_CPU_PERCENT:g}: sampling {found['cgroups']} and"
        f" writing {found['cpu_percent']:.2f}, blocks {found['fold_cpu_percent']:.2f}",
        f"{found['week_of_instance_seconds']:8.2f} s for a week of one instance, {found['week_of_host_seconds']:.2f} s"
        f" of the host, at most {LIMIT_CHART_SECONDS:g}; {found['recent_seconds']:.2f} s for 16 minutes of all",
        f"{found['write_milliseconds']:8.2f} ms to write a sample, {found['fold_milliseconds']:.0f} ms to make a block",
        f"{found['resident_mb']:8.0f} MB resident",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--proc", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--hours", type=float, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if arguments.child:
        asyncio.run(child(arguments.child, arguments.proc))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="hostdeck-bench-record-"))
    try:
        found: dict[str, Any] = measure_size(folder / "size", arguments.hours)
        found |= measure_week(folder / "week")
        found |= measure_cpu(folder / "cpu", arguments.seconds)
    finally:
        shutil.rmtree(folder)
    found["fold_cpu_percent"] = found["fold_milliseconds"] / 10 / (RUN_SAMPLES * STEP_SECONDS)
    found["total_cpu_percent"] = found["cpu_percent"] + found["fold_cpu_percent"]
    print("\n".join(table(found)))
    if arguments.json:
        arguments.json.write_text(json.dumps({"benchmark": "record", **found}, indent=2) + "\n", encoding="utf-8")
    good = (
        found["mb_a_day"] <= LIMIT_MB_A_DAY
        and found["total_cpu_percent"] <= LIMIT_CPU_PERCENT
        and found["week_of_instance_seconds"] <= LIMIT_CHART_SECONDS
        and found["week_of_host_seconds"] <= LIMIT_CHART_SECONDS
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
