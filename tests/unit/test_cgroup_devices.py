from pathlib import Path

import pytest

from tests.unit.cgroup_tree import Tree
from tui.cgroup import network
from tui.cgroup.devices import BlockDevices
from tui.cgroup.types import NetworkSample


def device(root: Path, number: str, name: str, *slaves: str) -> None:
    folder = root / "devices" / name
    (folder / "slaves").mkdir(parents=True)
    for slave in slaves:
        (folder / "slaves" / slave).mkdir()
    (root / number).symlink_to(folder)


@pytest.mark.parametrize(
    ("number", "name", "slaves", "counts"),
    [
        ("8:0", "sda", (), True),
        ("259:0", "nvme0n1", (), True),
        ("253:0", "dm-0", ("sda",), False),
        ("9:0", "md0", ("sda", "sdb"), False),
        ("7:3", "loop3", (), False),
        ("252:0", "zram0", (), False),
        ("1:0", "ram0", (), False),
    ],
)
def test_bytes_are_counted_on_one_device_only(
    tmp_path: Path, number: str, name: str, slaves: tuple[str, ...], counts: bool
) -> None:
    device(tmp_path, number, name, *slaves)
    assert BlockDevices(str(tmp_path)).counts(number) is counts


def test_a_device_that_went_away_counts(tmp_path: Path) -> None:
    assert BlockDevices(str(tmp_path)).counts("8:99")


def test_devices_are_looked_at_again_when_told(tmp_path: Path) -> None:
    devices = BlockDevices(str(tmp_path))
    assert devices.counts("253:0")
    device(tmp_path, "253:0", "dm-0", "sda")
    assert devices.counts("253:0")
    devices.forget()
    assert not devices.counts("253:0")


def test_a_tap_is_seen_from_the_guest(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.interface("vnet0", received=10, sent=200)
    tree.interface("vnet1", received=1, sent=2)
    sys_net = str(tree.sys / "class" / "net")
    assert network.tap_counters(("vnet0", "vnet1"), sys_net) == NetworkSample(202, 11)


def test_a_macvtap_is_the_guests_own_view(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    (tree.interface("macvtap0", received=10, sent=200) / "macvtap").mkdir()
    assert network.tap_counters(("macvtap0",), str(tree.sys / "class" / "net")) == NetworkSample(10, 200)


def test_taps_that_are_gone_are_none(tmp_path: Path) -> None:
    assert network.tap_counters(("vnet9",), str(tmp_path)) is None
    assert network.tap_counters((), str(tmp_path)) is None


def test_a_namespace_that_cannot_be_seen_is_none(tmp_path: Path) -> None:
    assert network.namespace_inode(1, str(tmp_path)) is None
    assert network.host_namespace_inode() == network.host_namespace_inode()
    assert network.namespace_inode("self") is not None
