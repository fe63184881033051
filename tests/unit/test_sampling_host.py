from pathlib import Path

import pytest

from tests.unit.cgroup_tree import Tree
from tui.domain.usage import Pressure
from tui.sampling.host import HostSampler

DISKSTATS = """\
   8       0 sda 1 0 {read} 1 1 0 {written} 1 0 1 1 0 0 0 0
   8       1 sda1 1 0 {read} 1 1 0 {written} 1 0 1 1 0 0 0 0
 253       0 dm-0 1 0 {read} 1 1 0 {written} 1 0 1 1 0 0 0 0
   7       0 loop0 1 0 {read} 1 1 0 {written} 1 0 1 1 0 0 0 0
 259       1 nvme0c0n1 1 0 {read} 1 1 0 {written} 1 0 1 1 0 0 0 0
a b sdz 1 0 x 1 1 0 y 1 0 1 1
  é ÿ sdy 1 0 1 1 1 0 1
torn
"""
ROUTES = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    "venet0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
    "eth9\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path)
    block = made.sys / "dev" / "block"
    (block / "8:0" / "slaves").mkdir(parents=True)
    (block / "8:1").mkdir()
    (block / "8:1" / "partition").write_text("1\n")
    (block / "253:0" / "slaves" / "sda").mkdir(parents=True)
    (made.proc / "pressure").mkdir()
    (made.proc / "uptime").write_text("123.45 67.89\n")
    (made.proc / "diskstats").write_text(DISKSTATS.format(read=0, written=0))
    return made


def sampler(tree: Tree) -> HostSampler:
    return HostSampler(proc=str(tree.proc), sys=str(tree.sys))


def test_a_sample_too_soon_after_the_last_gives_its_figures_again(tree: Tree) -> None:
    host = sampler(tree)
    host.sample(1.0)
    (tree.proc / "diskstats").write_text(DISKSTATS.format(read=8, written=4))
    usage = host.sample(3.0)
    (tree.proc / "diskstats").write_text(DISKSTATS.format(read=80, written=4))
    assert host.sample(3.05) is usage
    assert host.sample(4.0).disk_read_bytes_per_second == 72 * 512


def test_only_whole_disks_that_stand_on_no_other_count(tree: Tree) -> None:
    host = sampler(tree)
    assert host.sample(1.0).disk_read_bytes_per_second is None
    (tree.proc / "diskstats").write_text(DISKSTATS.format(read=8, written=4))
    usage = host.sample(3.0)
    assert usage.disk_read_bytes_per_second == 8 * 512 / 2
    assert usage.disk_write_bytes_per_second == 4 * 512 / 2
    assert usage.window_seconds == 2.0


def test_a_disk_that_is_new_does_not_come_as_a_burst(tree: Tree) -> None:
    host = sampler(tree)
    host.sample(1.0)
    (tree.proc / "diskstats").write_text("8 16 sdb 1 0 9999 1 1 0 9999 1 0 1 1\n" + DISKSTATS.format(read=1, written=0))
    assert host.sample(2.0).disk_read_bytes_per_second == 512


def test_only_interfaces_with_hardware_count(tree: Tree) -> None:
    (tree.interface("eth0", 0, 0) / "device").mkdir()
    for name in ("lo", "virbr0", "vnet0", "veth1"):
        tree.interface(name, 0, 0)
    host = sampler(tree)
    host.sample(1.0)
    for name in ("eth0", "lo", "virbr0", "vnet0", "veth1"):
        tree.interface(name, 100, 50)
    usage = host.sample(2.0)
    assert (usage.network_receive_bytes_per_second, usage.network_transmit_bytes_per_second) == (100.0, 50.0)


def test_without_hardware_the_default_route_counts(tree: Tree) -> None:
    (tree.proc / "net").mkdir()
    (tree.proc / "net" / "route").write_text(ROUTES)
    (tree.proc / "net" / "ipv6_route").write_text(f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} 0 0 0 0 lo\n")
    tree.interface("venet0", 0, 0)
    tree.interface("eth9", 0, 0)
    host = sampler(tree)
    host.sample(1.0)
    tree.interface("venet0", 10, 20)
    tree.interface("eth9", 1000, 1000)
    assert host.sample(2.0).network_receive_bytes_per_second == 10.0


def test_without_any_interface_or_disk_the_rates_are_unknown(tree: Tree) -> None:
    (tree.proc / "diskstats").unlink()
    host = sampler(tree)
    host.sample(1.0)
    usage = host.sample(2.0)
    assert usage.network_receive_bytes_per_second is None
    assert usage.disk_write_bytes_per_second is None


def test_pressure_may_be_absent(tree: Tree) -> None:
    host = sampler(tree)
    assert host.sample(1.0).pressure == Pressure()
    (tree.proc / "pressure" / "io").write_text("some avg10=3.00 avg60=0.00 avg300=0.00 total=1\n")
    assert host.sample(2.0).pressure == Pressure(None, None, 3.0)


def test_uptime_is_read_or_unknown(tree: Tree) -> None:
    host = sampler(tree)
    assert host.sample(1.0).uptime_seconds == 123.45
    (tree.proc / "uptime").write_text("nonsense\n")
    assert host.sample(2.0).uptime_seconds is None


def test_this_host_has_figures() -> None:
    host = HostSampler()
    first, second = host.sample(1.0), host.sample(2.0)
    assert first.cpu_percent is None
    assert second.cpu_percent is None or 0 <= second.cpu_percent <= 100
    assert second.memory_used_bytes is not None
    assert 0 < second.memory_used_bytes < second.memory_total_bytes
    assert second.cores >= 1
    assert second.load_1 is not None
