"""The sampler over literal files of a cgroup v1 host with a unified hierarchy beside it."""

from pathlib import Path

import pytest

from tests.unit.build import container, guest
from tests.unit.cgroup_tree import V1_CONTROLLERS, Tree
from tui.cgroup.locate import SHARED
from tui.cgroup.mounts import NOT_MOUNTED
from tui.cgroup.sources import NO_BLKIO_ROWS
from tui.domain.instance import Instance
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, PidsUsage, Pressure, Usage
from tui.sampling.instances import CgroupSampler

ID = "3f" * 32
PATH = f"/libpod_parent/libpod-{ID}"
MACHINE = "/machine/qemu-1-q1.libvirt-qemu"
WEB = container(ID, pid=7, driver="podman")
QEMU_LINES = "".join(
    f"{n}:{name}:{'/' if name in {'cpuacct', 'pids'} else MACHINE}\n" for n, name in enumerate(V1_CONTROLLERS, 1)
)


def tick(sampler: CgroupSampler, target: Instance, at: float) -> Usage:
    return sampler.sample([target], frozenset({target.key}), at)[target.key]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path, version=1)
    made.process(7, "".join(f"{n}:{name}:{PATH}\n" for n, name in enumerate(V1_CONTROLLERS, 1)) + f"0::{PATH}\n")
    made.v1(PATH)
    unified = made.unified / PATH.lstrip("/")
    unified.mkdir(parents=True)
    (unified / "cpu.pressure").write_text("some avg10=1.50 avg60=0.00 avg300=0.00 total=1\n")
    (unified / "cpu.stat").write_text("usage_usec 77\n")
    return made


def test_each_figure_comes_from_its_controller(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    tree.v1(
        PATH,
        cpuacct_usage="2000000000\n",
        cpu_stat="nr_periods 30\nnr_throttled 20\nthrottled_time 1\n",
        memory_oom_control="oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
    )
    usage = tick(sampler, WEB, 3.0)
    assert usage.cpu == CpuUsage(0.5, 0.5, 100.0, 75.0)
    assert usage.memory == MemoryUsage(1_000_000, 2097152, None, 100_000_000 / 2097152, 4096, 1, None, None)
    assert usage.pids == PidsUsage(3, 100)
    assert usage.pressure == Pressure(1.5, None, None)
    assert usage.cgroup == PATH


def test_blkio_that_counts_nothing_is_unknown(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    usage = tick(sampler, WEB, 2.0)
    assert usage.io == IoUsage()
    assert usage.unknown["io.read_bytes_per_second"] == NO_BLKIO_ROWS


@pytest.mark.parametrize("name", ["blkio_throttle_io_service_bytes_recursive", "blkio_bfq_io_service_bytes_recursive"])
def test_blkio_with_rows_counts_from_the_second_sample(tree: Tree, name: str) -> None:
    tree.v1(PATH, "blkio", **{name: "8:0 Read 100\n8:0 Write 100\n8:0 Total 200\nTotal 200\n"})
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    tree.v1(PATH, "blkio", **{name: "8:0 Read 300\n8:0 Write 100\n8:0 Total 400\nTotal 400\n"})
    assert tick(sampler, WEB, 2.0).io == IoUsage(200.0, 0.0)


@pytest.mark.parametrize("name", ["blkio_throttle_io_service_bytes_recursive", "blkio_bfq_io_service_bytes_recursive"])
def test_blkio_that_begins_to_count_later_is_noticed(tree: Tree, name: str) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    for at in (2, 3):
        tree.v1(PATH, "blkio", **{name: f"8:0 Read {at}00\n8:0 Write 0\nTotal 0\n"})
        usage = tick(sampler, WEB, float(at))
    assert usage.io == IoUsage(100.0, 0.0)


def test_an_unlimited_v1_cgroup_has_no_limits(tree: Tree) -> None:
    tree.v1(
        PATH,
        cpu_cfs_quota_us="-1\n",
        memory_limit_in_bytes="9223372036854771712\n",
        pids_max="max\n",
        cpuset_effective_cpus="0-7\n",
    )
    usage = tick(tree.sampler(), WEB, 1.0)
    assert (usage.cpu.limit_cores, usage.memory.limit_bytes, usage.pids.limit) == (None, None, None)


@pytest.mark.parametrize(
    ("controller", "changes", "figure"),
    [
        ("cpu", {"cpu_cfs_quota_us": "25000\n"}, "cpu.limit_cores"),
        ("memory", {"memory_limit_in_bytes": "1024\n"}, "memory.limit_bytes"),
        ("pids", {"pids_max": "5\n"}, "pids.limit"),
    ],
)
def test_limits_of_the_parent_count(tree: Tree, controller: str, changes: dict[str, str], figure: str) -> None:
    tree.v1("/libpod_parent", controller, **changes)
    usage = tick(tree.sampler(), WEB, 1.0)
    part, name = figure.split(".")
    assert getattr(getattr(usage, part), name) == {"cpu": 0.25, "memory": 1024, "pids": 5}[controller]


def test_a_cpuset_is_a_limit(tree: Tree) -> None:
    tree.v1(PATH, cpu_cfs_quota_us="-1\n", cpuset_effective_cpus="0,2\n")
    assert tick(tree.sampler(), WEB, 1.0).cpu.limit_cores == 2.0


def test_no_swap_accounting_is_said(tree: Tree) -> None:
    (tree.cgroup / "memory" / PATH.lstrip("/") / "memory.memsw.usage_in_bytes").unlink()
    assert "swap" in tick(tree.sampler(), WEB, 1.0).unknown["memory.swap_bytes"]


def test_a_hierarchy_that_is_not_mounted_is_said(tree: Tree) -> None:
    mountinfo = tree.proc / "self" / "mountinfo"
    lines = [line for line in mountinfo.read_text().splitlines(keepends=True) if "rw,memory" not in line]
    mountinfo.write_text("".join(lines))
    assert tick(tree.sampler(), WEB, 1.0).unknown["memory.working_set_bytes"] == NOT_MOUNTED


# guests without systemd: cpuacct and pids are the root's


def test_a_guests_processor_time_comes_from_the_unified_tree_where_it_has_a_place_there(tmp_path: Path) -> None:
    tree = Tree(tmp_path, version=1)
    tree.process(7, QEMU_LINES + f"0::{MACHINE}/emulator\n", utime=100)
    tree.v1(MACHINE, "cpu", "cpuset", "memory", "blkio", cpu_cfs_quota_us="-1\n")
    unified = tree.unified / MACHINE.lstrip("/")
    unified.mkdir(parents=True)
    target = guest("q1", pid=7, driver="qemu", vcpus=2)
    sampler = tree.sampler()
    for at in (1, 2):
        (unified / "cpu.stat").write_text(f"usage_usec {at * 500000}\n")
        usage = tick(sampler, target, float(at))
    assert usage.cpu == CpuUsage(0.5, 2.0, 25.0, None)


def test_a_guests_processor_time_and_tasks_are_its_processes_where_no_tree_has_them(tmp_path: Path) -> None:
    tree = Tree(tmp_path, version=1)
    tree.v1(MACHINE, "cpu", "cpuset", "memory", "blkio", cpu_cfs_quota_us="-1\n")
    target = guest("q1", pid=7, driver="qemu", vcpus=2)
    sampler = None
    for at in (1, 2):
        tree.process(7, QEMU_LINES + "0::/\n", utime=at * 100, threads=6)
        sampler = sampler or tree.sampler()
        usage = tick(sampler, target, float(at))
    assert usage.cpu == CpuUsage(1.0, 2.0, 50.0, None)
    assert usage.pids == PidsUsage(6, None)
    assert usage.memory.working_set_bytes == 1_000_000
    assert usage.unknown["pressure.cpu_some"] == SHARED
    assert usage.cgroup == MACHINE


def test_a_container_at_the_root_of_a_hierarchy_does_not_get_the_roots_figures(tree: Tree) -> None:
    lines = "".join(f"{n}:{name}:{'/' if name == 'cpuacct' else PATH}\n" for n, name in enumerate(V1_CONTROLLERS, 1))
    tree.process(7, lines + "0::/\n")
    usage = tick(tree.sampler(), WEB, 1.0)
    assert usage.cpu.cores_used is None
    assert usage.unknown["cpu.cores_used"] == SHARED
