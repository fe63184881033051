"""What a tick of the sampler costs, beside a C program that does the same preads on the same files.

    python -m benchmarks.sampler [--counts 50,200,1000] [--ticks 20] [--json FILE]

Three rows a count: between ticks no instance, every tenth or every one uses processor time and memory. The C program
always reads everything. So does the sampler where all are busy: only that row compares the same preads. Of what stood
still the sampler reads less, and the other two rows say what a tick costs it then, beside reading everything.
CPU is user and system time of the one process, the median of all ticks; the two take turns, so that both meet the same
machine.
"""

import argparse
import gc
import itertools
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.cgroup_farm import Farm
from tui.sampling.instances import CgroupSampler
from tui.sampling.tracked import SLOW_TICKS

EVERY_TICK = frozenset(
    {
        "cpu.stat",
        "cpuacct.usage",
        "memory.current",
        "memory.usage_in_bytes",
        "memory.stat",
        "io.stat",
        "pids.current",
    }
)


SECONDS = itertools.count(1.0)  # ticks follow at once: the sampler is told that a second has passed
LOADS = {"none": 0, "tenth": 10, "all": 1}


class Floor:
    """The C program, with the files that the sampler keeps open."""

    def __init__(self, files: list[str], folder: Path) -> None:
        program = folder / "preads"
        source = Path(__file__).with_name("preads.c")
        subprocess.run(["cc", "-O2", "-o", str(program), str(source)], check=True)
        self._process = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        phases: dict[str, int] = {}
        for path in files:
            period = _period(os.path.basename(path))
            phase = phases.setdefault(path.split("libpod-")[-1].split("/")[0], len(phases) % SLOW_TICKS)
            print(period, int("bfq" in path) if period == 2 else phase, path, file=self._process.stdin)
        print("go", file=self._process.stdin, flush=True)

    def round(self) -> float:
        """Do one round and return its CPU milliseconds."""
        print("round", file=self._process.stdin, flush=True)
        line = self._process.stdout.readline() if self._process.stdout else ""
        return int(line.split()[0]) / 1e6

    def close(self) -> None:
        with self._process:
            self._process.kill()


def _period(name: str) -> int:
    """Return every how many ticks the sampler reads a file; of v1's two block counters one a tick, in turn."""
    if name.startswith("blkio."):
        return 2
    return 1 if name in EVERY_TICK else SLOW_TICKS


def _kept_files(farm: Farm) -> list[str]:
    """Return what the sampler keeps open, in the order of opening."""
    roots = {str(path) for path in farm.made}
    links = []
    for name in sorted(os.listdir("/proc/self/fd"), key=int):
        try:
            links.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue  # the descriptor of the listing itself
    return [link for link in links if os.path.dirname(link) in roots]


def measure(count: int, ticks: int) -> list[dict[str, object]]:
    """Return one row for each load."""
    farm = Farm(count)
    sampler = CgroupSampler(proc=str(farm.proc))
    try:
        for _ in range(3):
            sampler.sample(farm.instances, frozenset(), next(SECONDS))
        files = _kept_files(farm)
        with tempfile.TemporaryDirectory() as folder:
            floor = Floor(files, Path(folder))
            try:
                return [_row(farm, sampler, floor, ticks, len(files), busy=busy) for busy in LOADS]
            finally:
                floor.close()
    finally:
        sampler.close()
        farm.close()


def _row(farm: Farm, sampler: CgroupSampler, floor: Floor, ticks: int, files: int, *, busy: str) -> dict[str, object]:
    gc.collect()
    ours, theirs = [], []
    for _ in range(ticks):
        # Counters grow before each of the two: whoever reads them first makes the kernel add them up.
        if LOADS[busy]:
            farm.step(LOADS[busy])
        begun = time.process_time_ns()
        sampler.sample(farm.instances, frozenset(), next(SECONDS))
        ours.append((time.process_time_ns() - begun) / 1e6)
        if LOADS[busy]:
            farm.step(LOADS[busy])
        theirs.append(floor.round())
    mean, base = statistics.median(ours), statistics.median(theirs)
    return {
        "instances": len(farm.instances),
        "busy": busy,
        "files": farm.kind,
        "kept_descriptors": files,
        "sampler_cpu_milliseconds": round(mean, 3),
        "c_cpu_milliseconds": round(base, 3),
        "ratio": round(mean / base, 2),
        "microseconds_an_instance": round(1000 * mean / len(farm.instances), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--counts", default="50,200,1000")
    parser.add_argument("--ticks", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = [row for count in options.counts.split(",") for row in measure(int(count), options.ticks)]
    print(f"{'instances':>9} {'busy':>5} {'sampler ms':>11} {'C ms':>7} {'ratio':>6} {'us each':>8}  files")
    for row in rows:
        print(
            f"{row['instances']:>9} {row['busy']:>5} {row['sampler_cpu_milliseconds']:>11}"
            f" {row['c_cpu_milliseconds']:>7} {row['ratio']:>6} {row['microseconds_an_instance']:>8}"
            f"  {row['files']}, {row['kept_descriptors']} kept open"
        )
    if options.json:
        options.json.write_text(json.dumps({"benchmark": "sampler", "rows": rows}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
