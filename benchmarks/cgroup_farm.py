"""Many cgroups to measure on: real ones where this machine lets them be made, else folders of literal files.

The processes in them are told by a literal /proc, so a thousand instances need no thousand processes.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tui.cgroup.mounts import CONTROLLERS, Hierarchies
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, Kind, State

FIRST_PID = 100
V2_CONTROLLERS = ("cpuset", "cpu", "io", "memory", "pids")
STAT = "{pid} (bench) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {pid} 0 0 0\n"
LITERAL = {
    "cpu.stat": "usage_usec {n}\nuser_usec {n}\nsystem_usec 0\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",
    "memory.current": "{n}\n",
    "memory.stat": "anon 1\nfile 2\n" + "".join(f"key{i} 0\n" for i in range(40)) + "inactive_file 4096\n",
    "io.stat": "8:0 rbytes={n} wbytes={n} rios=1 wios=1 dbytes=0 dios=0\n",
    "pids.current": "3\n",
    "pids.max": "max\n",
    "cpu.max": "max 100000\n",
    "memory.max": "max\n",
    "memory.high": "max\n",
    "memory.swap.current": "0\n",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n",
    "cpu.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    "memory.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    "io.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
}
# One process walks through all cgroups and leaves some pages of memory and some processor time in each.
WALKER = """
import mmap, sys
page, held = 4096, None
folders = [line.rstrip("\\n").split("\\t") for line in iter(sys.stdin.readline, "go\\n")]
for step, share in enumerate(map(int, sys.stdin)):
    pages = 4 + step % 7
    rows = folders[step % share :: share]
    fresh = mmap.mmap(-1, page * pages * len(rows))
    for number, row in enumerate(rows):
        for folder in row:
            with open(folder + "/cgroup.procs", "w") as procs:
                procs.write("0")
        for place in range(pages):
            fresh[page * (number * pages + place)] = 1
    held = fresh
    print("walked", flush=True)
"""


class Farm:
    """`count` cgroups and their instances; `close` removes them."""

    def __init__(self, count: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hostdeck-bench-"))
        self.proc = self.folder / "proc"
        self.instances = [farm_instance(number) for number in range(count)]
        self.made: list[Path] = []
        self._walker: subprocess.Popen[str] | None = None
        self._steps = 0
        mounts = Hierarchies.read()
        self.kind = _kind(mounts)
        roots = self._roots(mounts)
        self._build(roots)
        if self.kind != "literal v2 files":
            self._walker = self._start_walker([root for name, root in roots.items() if name in _walked(self.kind)])

    def _roots(self, mounts: Hierarchies) -> dict[str, Path]:
        name = f"hostdeck-bench-{os.getpid()}"
        if self.kind == "real v1":
            roots = {controller: Path(found[0].point) / name for controller, found in mounts.v1.items()}
            if mounts.unified:
                roots["unified"] = Path(mounts.unified[0].point) / name
            return roots
        if self.kind == "real v2":
            return {"unified": Path(mounts.unified[0].point) / name}
        return {"unified": self.folder / "cgroup" / name}

    def _build(self, roots: dict[str, Path]) -> None:
        for root in dict.fromkeys(roots.values()):
            self._make(root)
        below = next(iter(roots.values())).name
        for number, instance in enumerate(self.instances):
            path = f"/{below}/libpod-{instance.id.local}"
            for root in dict.fromkeys(roots.values()):
                self._make(root / f"libpod-{instance.id.local}")
            self._write_process(FIRST_PID + number, path, roots)
        self._write_proc(roots)
        self.step()

    def _make(self, path: Path) -> None:
        path.mkdir(parents=True)
        self.made.append(path)
        if self.kind == "real v2" and "libpod-" not in path.name:
            (path / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in V2_CONTROLLERS))

    def _write_process(self, pid: int, path: str, roots: dict[str, Path]) -> None:
        folder = self.proc / str(pid)
        folder.mkdir(parents=True)
        (folder / "stat").write_text(STAT.format(pid=pid))
        lines = [f"{i}:{name}:{path}" for i, name in enumerate(roots, 1) if name != "unified"]
        (folder / "cgroup").write_text("\n".join([*lines, f"0::{path}" if "unified" in roots else ""]) + "\n")

    def _write_proc(self, roots: dict[str, Path]) -> None:
        (self.proc / "self").mkdir()
        shutil.copyfile("/proc/meminfo", self.proc / "meminfo")
        mountinfo = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
        if self.kind == "literal v2 files":
            mountinfo = f"1 1 0:1 / {roots['unified'].parent} rw - cgroup2 cgroup2 rw\n"
        (self.proc / "self" / "mountinfo").write_text(mountinfo, encoding="utf-8")

    def _start_walker(self, roots: Sequence[Path]) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", WALKER]
        walker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for instance in self.instances:
            print("\t".join(f"{root}/libpod-{instance.id.local}" for root in roots), file=walker.stdin)
        print("go", file=walker.stdin, flush=True)
        return walker

    def step(self, share: int = 1) -> None:
        """Make counters of every instance grow, or of every tenth, others each time, with a share of 10."""
        self._steps += 1
        if self._walker is not None and self._walker.stdout is not None:
            print(share, file=self._walker.stdin, flush=True)
            self._walker.stdout.readline()
        elif self.kind == "literal v2 files":
            for path in self.made[1 + self._steps % share :: share]:
                for name, text in LITERAL.items():
                    (path / name).write_text(text.replace("{n}", str(self._steps * 12_345_678)))

    def close(self) -> None:
        """Remove everything."""
        if self._walker is not None:
            self._walker.kill()
            with contextlib.suppress(BrokenPipeError):
                self._walker.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)
        for path in reversed(self.made):
            if path.exists():
                path.rmdir()


def farm_instance(number: int) -> Instance:
    """Return the instance of one cgroup."""
    local = f"{number:064x}"
    return Instance(
        InstanceId("bench", "podman", local),
        Kind.CONTAINER,
        f"bench-{number}",
        State.RUNNING,
        pid=FIRST_PID + number,
        driver="podman",
    )


def _kind(mounts: Hierarchies) -> str:
    if os.geteuid() != 0:
        return "literal v2 files"
    if all(controller in mounts.v1 for controller in CONTROLLERS):
        return "real v1"
    if mounts.unified:
        path = Path(mounts.unified[0].point) / "cgroup.controllers"
        if set(V2_CONTROLLERS) <= set(path.read_text(encoding="utf-8").split()):
            return "real v2"
    return "literal v2 files"


def _walked(kind: str) -> tuple[str, ...]:
    return ("cpuacct", "memory") if kind == "real v1" else ("unified",)
