"""What libvirt and the kernel tell, read by pure functions."""

from tui.domain.instance import Address
from tui.engines.base import GuestMemory
from tui.engines.libvirt.addresses import read_answer, read_arp
from tui.engines.libvirt.balloon import memory_of

ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.122.9    0x1         0x2         52:54:00:AA:BB:01     *        virbr0
192.168.122.10   0x1         0x0         00:00:00:00:00:00     *        virbr0
10.0.0.7         0x1         0x6         52:54:00:aa:bb:01     *        br0
torn 0x1
odd              0x1         zz          52:54:00:aa:bb:09     *        br0
"""
NOW = 1_800_000_000


def test_the_arp_table() -> None:
    assert read_arp(ARP) == {
        "52:54:00:aa:bb:01": (Address("192.168.122.9", "arp", "virbr0"), Address("10.0.0.7", "arp", "br0"))
    }
    assert read_arp("") == {}


def test_addresses_worth_showing() -> None:
    answer = {
        "lo": {"hwaddr": None, "addrs": [{"addr": "127.0.0.1"}, {"addr": "::1"}]},
        "eth0": {"hwaddr": "52:54:00:AA:BB:01", "addrs": [{"addr": "10.0.0.7"}, {"addr": "fe80::1"}]},
        "eth1": {"hwaddr": "52:54:00:aa:bb:02", "addrs": None},
    }

    assert read_answer(answer) == {"52:54:00:aa:bb:01": ("10.0.0.7",)}


def test_used_is_what_the_guest_cannot_give_away() -> None:
    stats = {"balloon.available": 1000, "balloon.unused": 100, "balloon.usable": 600, "balloon.last-update": NOW - 5}

    assert memory_of(stats, NOW) == GuestMemory(used_bytes=400 * 1024, available_bytes=1000 * 1024)


def test_an_old_driver_tells_unused_only() -> None:
    assert memory_of({"balloon.available": 1000, "balloon.unused": 100}, NOW) == GuestMemory(900 * 1024, 1000 * 1024)
    assert memory_of({"balloon.available": 1000}, NOW) == GuestMemory(None, 1000 * 1024)


def test_a_guest_that_tells_nothing_or_stopped_telling() -> None:
    stats = {"balloon.available": 1000, "balloon.usable": 600, "balloon.last-update": NOW - 3600}

    assert memory_of(stats, NOW) is None
    assert memory_of({"balloon.current": 1000, "balloon.rss": 500}, NOW) is None
