import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.network import InterfaceKind
from tui.hostnet.links import Counters, parse_address, parse_link
from tui.hostnet.netlink import attributes, messages

# What Linux 6.1 told of the host's end of a container's veth; attributes after the queueing discipline are left out.
VETH = bytes.fromhex(
    "000001000501000043100100000000000a000300766574683100000008000d00e80300000500100006000000050011000000000005004300"
    "0000000008000400dc050000080032004400000008003300ffff000008001b000000000008001e000000000008003d000000000008001f00"
    "0200000008002800ffff0000080029000000010008003a000000010008003f0000000100080040000000010008003b00f8ff070008003c00"
    "ffff0000080042000000000008002000020000000500210001000000080023000200000008002f0001000000080030000100000006004400"
    "00000000060045000000000005002700000000000a0001003e02a16ce9e600000a000200ffffffffffff0000cc0017001000000000000000"
    "1d00000000000000c004000000000000de080000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000064000700100000001d000000c0040000de080000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000c002b0005000200000000001000120009000100766574680000000008002500010000000800050002000000"
    "0c0006006e6f717565756500"
)
ADDRESS_4 = bytes.fromhex(
    "021880003f010000080001000a610001080002000a610001080004000a6100ff100003006864703937633163646639000800080080000000"
)
ADDRESS_6 = bytes.fromhex("0a4082000400000014000100fd000000000000000000000000000002")


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def link(name: str, *more: bytes, index: int = 7, flags: int = 1) -> bytes:
    return struct.pack("=BxHiII", 0, 1, index, flags, 0) + attribute(3, name.encode() + b"\0") + b"".join(more)


def kind(word: str, data: bytes = b"") -> bytes:
    return attribute(18, attribute(1, word.encode() + b"\0") + (attribute(2, data) if data else b""))


def test_a_veth_as_the_kernel_tells_it() -> None:
    found = parse_link(VETH)
    assert found is not None
    assert (found.name, found.index, found.kind) == ("veth1", 261, InterfaceKind.VETH)
    assert (found.link, found.link_namespace) == (2, 1)
    assert (found.mac, found.mtu, found.up, found.carrier) == ("3e:02:a1:6c:e9:e6", 1500, True, True)
    assert found.counters == Counters(16, 29, 1216, 2270, 0)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (link("virbr0", kind("bridge")), InterfaceKind.BRIDGE),
        (link("bond0", kind("bond")), InterfaceKind.BOND),
        (link("mv0", kind("macvlan")), InterfaceKind.MACVLAN),
        (link("macvtap0", kind("macvtap")), InterfaceKind.MACVTAP),
        (link("vnet3", kind("tun", attribute(3, b"\2"))), InterfaceKind.TAP),
        (link("tun0", kind("tun", attribute(3, b"\1"))), InterfaceKind.OTHER),
        (link("wg0", kind("wireguard")), InterfaceKind.OTHER),
        (link("eth0"), InterfaceKind.PHYSICAL),
        (link("lo", flags=9), InterfaceKind.LOOPBACK),
    ],
)
def test_kinds(message: bytes, expected: InterfaceKind) -> None:
    found = parse_link(message)
    assert found is not None
    assert found.kind is expected


def test_a_vlan_tells_its_number_and_what_it_stands_on() -> None:
    found = parse_link(link("eth0.42", attribute(5, struct.pack("=I", 2)), kind("vlan", attribute(1, b"\x2a\0"))))
    assert found is not None
    assert (found.kind, found.vlan, found.link, found.link_namespace) == (InterfaceKind.VLAN, 42, 2, None)


def test_a_port_tells_its_master_and_that_nothing_is_plugged_in() -> None:
    found = parse_link(link("vnet0", attribute(10, struct.pack("=I", 5)), attribute(33, b"\0"), flags=0))
    assert found is not None
    assert (found.master, found.carrier, found.up) == (5, False, False)


def test_drops_count_as_errors() -> None:
    found = parse_link(link("eth0", attribute(23, struct.pack("=8Q", 1, 2, 3, 4, 5, 6, 7, 8))))
    assert found is not None
    assert found.counters == Counters(1, 2, 3, 4, 5 + 6 + 7 + 8)


def test_addresses_of_both_families() -> None:
    assert parse_address(ADDRESS_4) == (319, "10.97.0.1/24")
    assert parse_address(ADDRESS_6) == (4, "fd00::2/64")


def test_an_address_of_another_family_is_none() -> None:
    assert parse_address(bytes([99]) + ADDRESS_4[1:]) is None
    assert parse_address(b"\2") is None


def test_a_link_without_a_name_is_none() -> None:
    assert parse_link(link("")) is None
    assert parse_link(b"\0\0") is None


def test_a_datagram_of_two_messages_and_a_torn_third() -> None:
    one = struct.pack("=IHHII", 20, 16, 2, 7, 0) + b"abcd"
    assert list(messages(one + one + one[:-1])) == [(16, 7, b"abcd"), (16, 7, b"abcd")]


@given(st.binary(max_size=200))
def test_nonsense_never_raises_in_the_parser(data: bytes) -> None:
    assert isinstance(attributes(data), dict)
    assert all(len(message) == 3 for message in messages(data))
