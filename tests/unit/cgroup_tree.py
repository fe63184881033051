"""A folder of literal kernel files: /proc, cgroup hierarchies and /sys, for readers that take their roots."""

from collections.abc import Mapping
from pathlib import Path

from tui.cgroup.budget import Budget
from tui.sampling.instances import CgroupSampler

V1_CONTROLLERS = ("cpu", "cpuacct", "cpuset", "memory", "blkio", "pids")
PROCESS = "{pid} (a b) c) S 1 1 1 0 -1 0 0 0 0 0 {utime} {stime} 0 0 20 0 {threads} 0 {started} 0 0 0\n"

V2_FILES: Mapping[str, str] = {
    "cpu.stat": "usage_usec 1000000\nuser_usec 1\nsystem_usec 1\nnr_periods 10\nnr_throttled 5\nthrottled_usec 9\n",
    "memory.current": "1048576\n",
    "memory.stat": "anon 1\nfile 2\ninactive_anon 7\nactive_file 9\ninactive_file 48576\nunevictable 0\n",
    "io.stat": "8:0 rbytes=1000 wbytes=2000 rios=1 wios=2 dbytes=0 dios=0\n",
    "pids.current": "3\n",
    "pids.max": "100\n",
    "cpu.max": "50000 100000\n",
    "cpuset.cpus.effective": "0-3\n",
    "memory.max": "2097152\n",
    "memory.high": "max\n",
    "memory.swap.current": "4096\n",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 2\noom_kill 2\noom_group_kill 0\n",
    "cpu.pressure": "some avg10=1.50 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    "memory.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    "io.pressure": "some avg10=2.25 avg60=0.00 avg300=0.00 total=0\n",
}
V1_FILES: Mapping[str, Mapping[str, str]] = {
    "cpu": {
        "cpu.stat": "nr_periods 10\nnr_throttled 5\nthrottled_time 9\n",
        "cpu.cfs_quota_us": "50000\n",
        "cpu.cfs_period_us": "100000\n",
    },
    "cpuacct": {"cpuacct.usage": "1000000000\n"},
    "cpuset": {"cpuset.effective_cpus": "0-3\n", "cpuset.cpus": "\n"},
    "memory": {
        "memory.usage_in_bytes": "1048576\n",
        "memory.stat": "cache 1\ninactive_file 1\nhierarchical_memory_limit 9\ntotal_inactive_file 48576\ntotal_x 1\n",
        "memory.limit_in_bytes": "2097152\n",
        "memory.memsw.usage_in_bytes": "1052672\n",
        "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
    },
    "blkio": {
        "blkio.throttle.io_service_bytes_recursive": "Total 0\n",
        "blkio.bfq.io_service_bytes_recursive": "Total 0\n",
    },
    "pids": {"pids.current": "3\n", "pids.max": "100\n"},
}


class Tree:
    """The folder. `version` 1 mounts v1 controllers and a unified hierarchy beside them, 2 only the unified one."""

    def __init__(self, folder: Path, version: int = 2) -> None:
        self.version = version
        self.proc, self.sys, self.cgroup = folder / "proc", folder / "sys", folder / "cgroup"
        for path in (self.proc / "self" / "ns", self.sys / "class" / "net", self.sys / "dev" / "block", self.cgroup):
            path.mkdir(parents=True)
        (self.proc / "meminfo").write_text("MemTotal:    8388608 kB\nMemFree: 1 kB\n")
        (self.proc / "self" / "ns" / "net").write_text("")
        lines = [f"1 1 0:1 / {self.unified} rw - cgroup2 cgroup2 rw,nsdelegate"]
        if version == 1:
            lines += [f"2 1 0:2 / {self.cgroup / name} rw - cgroup cgroup rw,{name}" for name in V1_CONTROLLERS]
        (self.proc / "self" / "mountinfo").write_text("\n".join(lines) + "\n")

    @property
    def unified(self) -> Path:
        return self.cgroup / "unified" if self.version == 1 else self.cgroup

    def process(self, pid: int, cgroup: str, *, started: int = 500, utime: int = 100, threads: int = 4) -> Path:
        """Write /proc/PID; `cgroup` is the literal text of its file."""
        folder = self.proc / str(pid)
        (folder / "ns").mkdir(parents=True, exist_ok=True)
        (folder / "net").mkdir(exist_ok=True)
        (folder / "stat").write_text(PROCESS.format(pid=pid, utime=utime, stime=0, threads=threads, started=started))
        (folder / "cgroup").write_text(cgroup)
        (folder / "ns" / "net").write_text("")
        return folder

    def v2(self, path: str, **changes: str | None) -> Path:
        """Write a v2 cgroup with all files; `cpu_max="max 100000\n"` changes one, None leaves it out."""
        return write(self.unified / path.lstrip("/"), V2_FILES, changes)

    def v1(self, path: str, *controllers: str, **changes: str | None) -> None:
        """Write the same path in v1 hierarchies: in all of them, or in those that are named."""
        for controller in controllers or V1_CONTROLLERS:
            write(self.cgroup / controller / path.lstrip("/"), V1_FILES[controller], changes)

    def net_dev(self, pid: int, received: int, sent: int) -> None:
        (self.proc / str(pid) / "net" / "dev").write_text(
            "Inter-|   Receive  |  Transmit\n face |bytes  |bytes\n"
            "    lo: 777 1 0 0 0 0 0 0 777 1 0 0 0 0 0 0\n"
            f"  eth0: {received} 1 0 0 0 0 0 0 {sent} 1 0 0 0 0 0 0\n"
        )

    def interface(self, name: str, received: int, sent: int) -> Path:
        statistics = self.sys / "class" / "net" / name / "statistics"
        statistics.mkdir(parents=True, exist_ok=True)
        (statistics / "rx_bytes").write_text(f"{received}\n")
        (statistics / "tx_bytes").write_text(f"{sent}\n")
        return statistics.parent

    def sampler(self, *, budget: int = 1000, host_cores: int = 8) -> CgroupSampler:
        """Return a sampler over this folder whose clock stands still within a tick."""
        return CgroupSampler(
            proc=str(self.proc),
            sys_block=str(self.sys / "dev" / "block"),
            sys_net=str(self.sys / "class" / "net"),
            budget=Budget(budget),
            host_cores=host_cores,
            clock=lambda: 0.0,
        )


def write(folder: Path, files: Mapping[str, str], changes: Mapping[str, str | None]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {name.replace("_", "."): text for name, text in changes.items()}
    for name, text in files.items():
        changed = wanted.get(name.replace("_", "."), text)
        if changed is not None:
            (folder / name).write_text(changed)
    return folder
