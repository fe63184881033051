"""The sampler over literal files of a cgroup v2 host: what every row of figures is, and why it is missing."""

import os
from pathlib import Path

import pytest

from tests.unit.build import container, guest
from tests.unit.cgroup_tree import Tree
from tui.cgroup.locate import ENDED, SESSION, SHARED
from tui.cgroup.mounts import OUTSIDE
from tui.domain.instance import Instance, State
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, PidsUsage, Pressure, Usage
from tui.engines.base import GuestMemory
from tui.sampling import reasons, traffic
from tui.sampling.instances import CgroupSampler

NONE: frozenset[str] = frozenset()
ID = "3f" * 32
SCOPE = f"/machine.slice/libpod-{ID}.scope"
PATH = f"{SCOPE}/container"
WEB = container(ID, pid=7, driver="podman")


def tick(sampler: CgroupSampler, target: Instance, at: float, *, attended: bool = True) -> Usage:
    keys = frozenset({target.key}) if attended else NONE
    return sampler.sample([target], keys, at)[target.key]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path)
    made.process(7, f"0::{PATH}\n")
    made.net_dev(7, 1000, 2000)
    made.v2(SCOPE)
    made.v2(PATH)
    (made.proc / "self" / "ns" / "net").unlink()
    (made.proc / "self" / "ns" / "net").write_text("another inode than the container's")
    return made


def test_the_first_tick_has_levels_and_says_that_rates_need_two(tree: Tree) -> None:
    usage = tick(tree.sampler(), WEB, 10.0)
    assert usage.cpu == CpuUsage(None, 0.5, None, None)
    assert usage.memory == MemoryUsage(1_000_000, 2097152, None, 100_000_000 / 2097152, 4096, 0, None, None)
    assert usage.pids == PidsUsage(3, 100)
    assert usage.pressure == Pressure(1.5, 0.0, 2.25, 0.0)
    assert usage.cgroup == PATH
    assert usage.window_seconds is None
    assert usage.unknown["io.read_bytes_per_second"] == reasons.FIRST_SAMPLE
    assert usage.unknown["window_seconds"] == reasons.FIRST_SAMPLE


def test_what_the_cgroup_does_not_count_is_none_with_its_reason(tree: Tree) -> None:
    """Of guests on huge pages and on network disks."""
    scope = "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope"
    tree.process(7, f"0::{scope}/libvirt/emulator\n")
    tree.v2(scope)
    (tree.unified / scope.lstrip("/") / "libvirt" / "emulator").mkdir(parents=True)
    vm = guest("vm", pid=7, driver="qemu", huge_pages=True, uncounted_disk="nfs4")
    sampler = tree.sampler()
    tick(sampler, vm, 10.0)
    usage = tick(sampler, vm, 11.0)
    assert (usage.memory.working_set_bytes, usage.memory.percent_of_limit) == (None, None)
    assert usage.io == IoUsage()
    assert usage.cpu.cores_used == 0.0
    assert usage.unknown["memory.working_set_bytes"] == reasons.HUGE_PAGES
    assert "nfs4" in usage.unknown["io.read_bytes_per_second"]
    assert "memory.limit_bytes" not in usage.unknown


def test_the_second_tick_has_rates(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 10.0)
    tree.v2(
        PATH,
        cpu_stat="usage_usec 2000000\nnr_periods 30\nnr_throttled 15\n",
        io_stat="8:0 rbytes=3000 wbytes=2000 rios=1\n8:16 rbytes=1000 wbytes=4000 rios=1\n",
        memory_events="oom_kill 5\n",
    )
    tree.net_dev(7, 5000, 2000)
    usage = tick(sampler, WEB, 12.0)
    assert usage.cpu == CpuUsage(0.5, 0.5, 100.0, 50.0)
    assert usage.io == IoUsage(1500.0, 2000.0)
    assert usage.network == NetworkUsage(2000.0, 0.0)
    assert usage.memory.oom_kills == 3
    assert usage.window_seconds == 2.0


def test_a_sample_too_soon_after_the_last_leaves_figures_and_window_as_they_were(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 10.0)
    tree.v2(PATH, cpu_stat="usage_usec 1100000\nnr_periods 12\nnr_throttled 5\n")
    assert tick(sampler, WEB, 10.05).window_seconds is None
    tree.v2(PATH, cpu_stat="usage_usec 1200000\nnr_periods 12\nnr_throttled 5\n")
    usage = tick(sampler, WEB, 10.5)
    assert usage.window_seconds == 0.5
    assert usage.cpu.cores_used == pytest.approx(0.4)
    assert tick(sampler, WEB, 10.6) is usage


def test_every_figure_that_is_none_has_its_reason(tree: Tree) -> None:
    sampler = tree.sampler()
    for at in (1.0, 2.0, 3.0):
        usage = tick(sampler, WEB, at)
        missing = {
            f"{part}.{name}"
            for part in ("cpu", "memory", "io", "network", "pids", "pressure")
            for name in getattr(usage, part).__slots__
            if getattr(getattr(usage, part), name) is None
        }
        assert missing == {path for path in usage.unknown if "." in path}


def test_an_idle_instance_keeps_its_very_usage(tree: Tree) -> None:
    sampler = tree.sampler()
    for at in range(3):
        before = tick(sampler, WEB, float(at), attended=False)
    after = tick(sampler, WEB, 3.01, attended=False)
    assert before.cpu.cores_used == 0
    assert after is before


def test_slow_figures_wait_for_their_tick_unless_attended(tree: Tree) -> None:
    sampler = tree.sampler()
    for at in range(2):
        tick(sampler, WEB, float(at), attended=False)
    tree.v2(PATH, memory_swap_current="8192\n", memory_current="2048576\n")
    seen = [tick(sampler, WEB, float(at), attended=False).memory.swap_bytes for at in range(2, 7)]
    assert seen[0] == 4096
    assert seen[-1] == 8192
    assert tick(sampler, WEB, 7.0).memory.working_set_bytes == 2_000_000
    tree.v2(PATH, memory_swap_current="0\n")
    assert tick(sampler, WEB, 8.0).memory.swap_bytes == 0


@pytest.mark.parametrize(
    ("where", "changes", "limit"),
    [
        (PATH, {}, 0.5),
        (PATH, {"cpu_max": "max 100000\n"}, 0.5),  # the scope's own still stands
        ("/machine.slice", {"cpu_max": "25000 100000\n"}, 0.25),
        (PATH, {"cpuset_cpus_effective": "0\n"}, 0.5),
    ],
)
def test_the_processor_limit_is_the_tightest_up_to_the_root(
    tree: Tree, where: str, changes: dict[str, str], limit: float
) -> None:
    tree.v2("/machine.slice", cpu_max="max 100000\n")
    tree.v2(where, **changes)
    assert tick(tree.sampler(), WEB, 1.0).cpu.limit_cores == limit


def test_a_memory_limit_above_all_ram_is_all_ram(tree: Tree) -> None:
    for path in (PATH, SCOPE):
        tree.v2(path, memory_max="99999999999999\n", memory_high="4096\n")
    usage = tick(tree.sampler(), WEB, 1.0)
    assert usage.memory.limit_bytes == 8 << 30
    assert usage.memory.high_bytes == 4096


def test_an_ancestors_memory_limit_counts(tree: Tree) -> None:
    tree.v2("/machine.slice", memory_max="1024\n")
    assert tick(tree.sampler(), WEB, 1.0).memory.limit_bytes == 1024


def test_without_limits_there_are_none(tree: Tree) -> None:
    for path in (PATH, SCOPE):
        tree.v2(path, memory_max="max\n", cpu_max="max 100000\n", pids_max="max\n", cpuset_cpus_effective="0-7\n")
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    unlimited = {"cpu_max": "max 100000\n", "memory_max": "max\n", "cpuset_cpus_effective": "0-7\n"}
    tree.v2(PATH, cpu_stat="usage_usec 2000000\n", **unlimited)
    usage = tick(sampler, WEB, 2.0)
    assert usage.cpu == CpuUsage(1.0, None, 12.5, None)
    assert (usage.memory.limit_bytes, usage.memory.percent_of_limit, usage.pids.limit) == (None, None, 100)
    assert usage.unknown["cpu.throttled_percent"] == reasons.NO_QUOTA
    assert usage.unknown["memory.limit_bytes"] == reasons.NO_MEMORY_LIMIT


def test_a_counter_that_went_back_gives_no_rate(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    tree.v2(PATH, cpu_stat="usage_usec 5\n")
    usage = tick(sampler, WEB, 2.0)
    assert usage.cpu.cores_used is None
    assert usage.unknown["cpu.cores_used"] == reasons.STARTED_ANEW
    tree.v2(PATH, cpu_stat="usage_usec 500005\n")
    assert tick(sampler, WEB, 3.0).cpu.cores_used == 0.5


def test_torn_and_unknown_rows_of_io_are_left_out(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    tree.v2(PATH, io_stat="8:0 rbytes=1100 wbytes=2000 rios=1\n7:0 7:1 8:32 rbytes=9 wbytes=9\n(unknown) x\n8:16 rby")
    assert tick(sampler, WEB, 2.0).io == IoUsage(100.0, 0.0)


def test_stacked_and_loop_devices_are_counted_once(tree: Tree) -> None:
    (tree.sys / "dev" / "block" / "253:0" / "slaves" / "sda").mkdir(parents=True)
    rows = "8:0 rbytes={n} wbytes=0\n253:0 rbytes={n} wbytes=0\n7:0 rbytes={n} wbytes=0\n"
    sampler = tree.sampler()
    tree.v2(PATH, io_stat=rows.replace("{n}", "100"))
    tick(sampler, WEB, 1.0)
    tree.v2(PATH, io_stat=rows.replace("{n}", "300"))
    assert tick(sampler, WEB, 2.0).io == IoUsage(200.0, 0.0)


def test_an_idle_cgroups_empty_io_is_zero(tree: Tree) -> None:
    tree.v2(PATH, io_stat="")
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    assert tick(sampler, WEB, 2.0).io == IoUsage(0.0, 0.0)


def test_io_that_no_row_tells_is_unknown(tree: Tree) -> None:
    tree.v2(PATH, io_stat="(unknown) rbytes=1 wbytes=1\n")
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    assert "io.stat" in tick(sampler, WEB, 2.0).unknown["io.read_bytes_per_second"]


def test_rootless_io_is_not_delegated(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    path = f"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope/container"
    tree.process(7, f"0::{path}\n")
    for level in (path, path.removesuffix("/container")):
        (tree.v2(level) / "io.stat").unlink()
    usage = tick(tree.sampler(), WEB, 1.0)
    assert usage.io == IoUsage()
    assert usage.unknown["io.write_bytes_per_second"] == "io is not delegated to user 1000"
    assert usage.memory.working_set_bytes == 1_000_000


def test_a_missing_controller_is_said(tree: Tree) -> None:
    for level in (PATH, SCOPE):
        for name in ("memory.current", "pids.current", "cpu.pressure", "io.pressure", "memory.pressure"):
            (tree.unified / level.lstrip("/") / name).unlink()
    usage = tick(tree.sampler(), WEB, 1.0)
    assert usage.unknown["memory.working_set_bytes"] == "the memory controller is not enabled for this cgroup"
    assert usage.unknown["pids.current"] == "the pids controller is not enabled for this cgroup"
    assert "pressure" in usage.unknown["pressure.io_some"]


def test_usage_is_read_at_the_scope_where_the_inner_level_has_no_file(tree: Tree) -> None:
    (tree.unified / PATH.lstrip("/") / "pids.current").unlink()
    tree.v2(SCOPE, pids_current="9\n")
    assert tick(tree.sampler(), WEB, 1.0).pids.current == 9


# whose figures


def test_a_guest_is_read_at_its_scope_and_limited_by_its_vcpus(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    scope = r"/machine.slice/machine-qemu\x2d1\x2dq1.scope"
    tree.process(7, f"0::{scope}/libvirt/emulator\n")
    tree.v2(scope, cpu_max="max 100000\n", memory_max="max\n", cpuset_cpus_effective="0-7\n")
    (tree.unified / scope.lstrip("/") / "libvirt" / "emulator").mkdir(parents=True)
    tree.interface("vnet0", 10, 20)
    target = guest("q1", pid=7, driver="qemu", vcpus=2, taps=("vnet0",))
    sampler = tree.sampler()
    tick(sampler, target, 1.0)
    tree.v2(scope, cpu_max="max 100000\n", cpu_stat="usage_usec 2000000\n")
    tree.interface("vnet0", 110, 420)
    usage = tick(sampler, target, 2.0)
    assert usage.cpu == CpuUsage(1.0, 2.0, 50.0, None)
    assert usage.network == NetworkUsage(400.0, 100.0)
    assert usage.cgroup == scope


def test_limits_of_a_guest_may_stand_on_its_inner_level(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    scope = r"/machine.slice/machine-qemu\x2d1\x2dq1.scope"
    tree.process(7, f"0::{scope}/libvirt/emulator\n")
    tree.v2(scope, memory_max="max\n")
    tree.v2(f"{scope}/libvirt", memory_max="4096\n")
    usage = tick(tree.sampler(), guest("q1", pid=7, driver="qemu"), 1.0)
    assert usage.memory.limit_bytes == 4096


def test_a_guest_without_taps_says_so(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.process(7, "0::/machine/qemu-1-q1.libvirt-qemu/emulator\n")
    tree.v2("/machine/qemu-1-q1.libvirt-qemu")
    usage = tick(tree.sampler(), guest("q1", pid=7, driver="qemu"), 1.0)
    assert usage.unknown["network.receive_bytes_per_second"] == traffic.NO_TAP


def test_a_libvirt_container_has_its_tasks_on_the_scope(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    scope = r"/machine.slice/machine-lxc\x2d7\x2dl1.scope"
    tree.process(7, f"0::{scope}/libvirt\n")
    tree.v2(scope, pids_current="9\n", memory_max="max\n")
    tree.v2(f"{scope}/libvirt")
    usage = tick(tree.sampler(), guest("l1", pid=7, driver="lxc"), 1.0)
    assert usage.pids.current == 9
    assert usage.memory.limit_bytes == 2097152
    assert usage.cgroup == f"{scope}/libvirt"


def test_vcpus_of_a_libvirt_container_are_no_limit(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    scope = r"/machine.slice/machine-lxc\x2d7\x2dl1.scope"
    tree.process(7, f"0::{scope}/libvirt\n")
    tree.v2(scope, cpu_max="max 100000\n")
    tree.v2(f"{scope}/libvirt", cpu_max="max 100000\n", cpuset_cpus_effective="0-7\n")
    target = guest("l1", pid=7, driver="lxc", vcpus=1)
    assert tick(tree.sampler(), target, 1.0).cpu.limit_cores is None


def test_a_guest_of_a_session_is_its_process(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    target = guest("q1", pid=7, driver="qemu", session=True)
    folder = tree.process(7, "0::/user.slice/user-1000.slice/session-1.scope\n", utime=100)
    (folder / "status").write_text("Name:\tq\nRssAnon:\t 40 kB\nRssShmem:\t 2 kB\nVmSwap:\t 1 kB\n")
    (folder / "io").write_text("rchar: 9\nread_bytes: 100\nwrite_bytes: 200\n")
    sampler = tree.sampler()
    tick(sampler, target, 1.0)
    tree.process(7, "0::/user.slice/user-1000.slice/session-1.scope\n", utime=100 + os.sysconf("SC_CLK_TCK"))
    (folder / "io").write_text("rchar: 9\nread_bytes: 300\nwrite_bytes: 200\n")
    usage = tick(sampler, target, 2.0)
    assert usage.cpu.cores_used == 1.0
    assert (usage.memory.working_set_bytes, usage.memory.swap_bytes) == (42 * 1024, 1024)
    assert usage.io == IoUsage(200.0, 0.0)
    assert usage.pids.current == 4
    assert usage.cgroup is None
    assert usage.unknown["cgroup"] == SESSION


def test_a_container_without_a_cgroup_of_its_own_has_no_figures(tree: Tree) -> None:
    tree.process(7, "0::/user.slice/user-0.slice/session-1.scope\n")
    usage = tick(tree.sampler(), WEB, 1.0)
    assert usage.memory == MemoryUsage()
    assert usage.unknown["memory.working_set_bytes"] == usage.unknown["cgroup"] == SHARED


def test_a_path_outside_the_namespace_has_no_figures(tree: Tree) -> None:
    tree.process(7, f"0::/../..{PATH}\n")
    assert tick(tree.sampler(), WEB, 1.0).unknown["cpu.cores_used"] == OUTSIDE


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (container(ID, pid=7, driver="podman", local=False), reasons.ELSEWHERE),
        (container(ID, state=State.STOPPED), reasons.NOT_RUNNING),
        (guest("t1", driver="test"), reasons.NO_PROCESS),
        (container(ID, pid=99, driver="podman"), ENDED),
    ],
)
def test_what_cannot_be_read_says_why_everywhere(tree: Tree, target: Instance, reason: str) -> None:
    usage = tick(tree.sampler(), target, 1.0)
    assert set(usage.unknown.values()) == {reason}
    assert usage.cpu == CpuUsage()
    assert len(usage.unknown) == 23


# lives


def replace(tree: Tree, path: str) -> None:
    """Remove a cgroup and make another one at the same path."""
    folder = tree.unified / path.lstrip("/")
    folder.rename(folder.with_name("removed"))
    tree.v2(path, cpu_stat="usage_usec 9000000\n")


def test_a_vanished_cgroup_has_no_figures(tree: Tree) -> None:
    sampler = tree.sampler(budget=0)
    tick(sampler, WEB, 1.0)
    folder = tree.unified / PATH.lstrip("/")
    folder.rename(folder.with_name("removed"))
    usage = tick(sampler, WEB, 2.0)
    assert usage.memory == MemoryUsage()
    assert set(usage.unknown.values()) == {reasons.VANISHED}


def test_another_cgroup_of_the_same_path_gives_no_rate(tree: Tree) -> None:
    sampler = tree.sampler(budget=0)
    tick(sampler, WEB, 1.0)
    replace(tree, PATH)
    seen = [tick(sampler, WEB, float(at)) for at in range(2, 12)]
    assert seen[0].unknown["cpu.cores_used"] == reasons.VANISHED
    found = next(usage for usage in seen if usage.memory.working_set_bytes is not None)
    assert found.cpu.cores_used is None
    assert found.memory.oom_kills == 0
    assert all(usage.cpu.cores_used in {None, 0.0} for usage in seen)


def test_a_reused_pid_is_not_taken_for_the_old_process(tree: Tree) -> None:
    sampler = tree.sampler(budget=0)
    tick(sampler, WEB, 1.0)
    replace(tree, PATH)
    tree.process(7, f"0::{PATH}\n", started=900)
    usages = [tick(sampler, WEB, float(at)) for at in range(2, 12)]
    assert set(usages[-1].unknown.values()) == {ENDED}


def test_a_restart_with_a_new_pid_starts_anew(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    tick(sampler, WEB, 2.0)
    tree.process(8, f"0::{PATH}\n", started=900)
    again = container(ID, pid=8, driver="podman")
    assert tick(sampler, again, 3.0).unknown["cpu.cores_used"] == reasons.FIRST_SAMPLE
    assert tick(sampler, again, 4.0).cpu.cores_used == 0.0


def test_a_move_to_another_cgroup_is_followed(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    moved = f"/other.slice/libpod-{ID}.scope"
    tree.v2(moved, pids_current="77\n")
    tree.process(7, f"0::{moved}\n")
    usages = [tick(sampler, WEB, float(at)) for at in range(2, 40)]
    assert usages[-1].cgroup == moved
    assert usages[-1].pids.current == 77


def test_a_new_description_of_the_same_process_keeps_its_counters(tree: Tree) -> None:
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    paused = container(ID, pid=7, driver="podman", state=State.PAUSED)
    assert tick(sampler, paused, 2.0).cpu.cores_used == 0.0


def test_descriptors_are_given_back(tree: Tree) -> None:
    before = len(os.listdir("/proc/self/fd"))
    sampler = tree.sampler()
    tick(sampler, WEB, 1.0)
    assert len(os.listdir("/proc/self/fd")) > before
    sampler.sample([], NONE, 2.0)
    assert len(os.listdir("/proc/self/fd")) == before
    tick(sampler, WEB, 3.0)
    sampler.close()
    assert len(os.listdir("/proc/self/fd")) == before


# network


def test_the_hosts_network_is_not_an_instances(tree: Tree) -> None:
    ns = tree.proc / "7" / "ns" / "net"
    ns.unlink()
    ns.hardlink_to(tree.proc / "self" / "ns" / "net")
    sampler = tree.sampler()
    assert tick(sampler, WEB, 1.0).unknown["network.receive_bytes_per_second"] == traffic.HOST_NETWORK
    assert tick(sampler, WEB, 2.0).network == NetworkUsage()


def test_a_pods_traffic_is_its_infra_containers(tree: Tree) -> None:
    other = "ab" * 32
    infra_path = f"/machine.slice/libpod-{other}.scope"
    tree.process(8, f"0::{infra_path}\n", started=900)
    tree.v2(infra_path)
    (tree.proc / "8" / "ns" / "net").unlink()
    (tree.proc / "8" / "ns" / "net").hardlink_to(tree.proc / "7" / "ns" / "net")
    tree.net_dev(8, 10, 10)
    infra = container(other, pid=8, driver="podman", is_infra=True)
    sampler = tree.sampler()
    sampler.sample([WEB, infra], NONE, 1.0)
    tree.net_dev(8, 30, 20)
    usages = sampler.sample([WEB, infra], NONE, 2.0)
    assert usages[infra.key].network == NetworkUsage(20.0, 10.0)
    assert usages[WEB.key].network == NetworkUsage()
    assert infra.name in usages[WEB.key].unknown["network.receive_bytes_per_second"]
    alone = sampler.sample([WEB], frozenset({WEB.key}), 3.0)
    assert alone[WEB.key].unknown["network.receive_bytes_per_second"] == reasons.FIRST_SAMPLE


def test_only_loopback_is_no_network(tree: Tree) -> None:
    (tree.proc / "7" / "net" / "dev").write_text("a\nb\n    lo: 9 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n")
    usage = tick(tree.sampler(), WEB, 1.0)
    assert usage.unknown["network.transmit_bytes_per_second"] == traffic.NO_INTERFACE


# balloons


def test_what_a_guest_tells_is_shown_from_the_next_tick(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.process(7, "0::/machine/qemu-1-q1.libvirt-qemu/emulator\n")
    tree.v2("/machine/qemu-1-q1.libvirt-qemu")
    target = guest("q1", pid=7, driver="qemu")
    sampler = tree.sampler()
    usage = tick(sampler, target, 1.0)
    assert usage.unknown["memory.guest_used_bytes"] == reasons.SILENT_BALLOON
    sampler.set_guest_memory({target.key: GuestMemory(100, 200)})
    usage = tick(sampler, target, 2.0)
    assert (usage.memory.guest_used_bytes, usage.memory.guest_available_bytes) == (100, 200)
    sampler.set_guest_memory({})
    assert tick(sampler, target, 3.0).memory.guest_used_bytes is None


def test_what_is_told_before_a_guest_is_listed_is_kept(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.process(7, "0::/machine/qemu-1-q1.libvirt-qemu/emulator\n")
    tree.v2("/machine/qemu-1-q1.libvirt-qemu")
    target = guest("q1", pid=7, driver="qemu")
    sampler = tree.sampler()
    sampler.set_guest_memory({target.key: GuestMemory(100, None)})
    sampler.sample([], NONE, 1.0)
    assert tick(sampler, target, 2.0).memory.guest_used_bytes == 100
