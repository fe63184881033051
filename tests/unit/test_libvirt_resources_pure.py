"""What libvirt's keeper reads and concludes, from scripted texts."""

from types import SimpleNamespace

import pytest

from tui.domain.errors import ActionRefused, NotFound
from tui.domain.network import Network, Subnet
from tui.domain.operation.networks import CreateGuestNetwork
from tui.domain.resource import ResourceId, ResourceKind
from tui.domain.storage import Disk, DiskUser, StoragePool
from tui.engines.libvirt.resources import image_files, qemu_img
from tui.engines.libvirt.resources.chains import linked
from tui.engines.libvirt.resources.definitions import GuestDefinition, Port, Source, merged, snapshot_sources
from tui.engines.libvirt.resources.failures import failure_of
from tui.engines.libvirt.resources.hostlinks import HostLinks, routes_4, routes_6
from tui.engines.libvirt.resources.leases import populated, read_lease, read_network
from tui.engines.libvirt.resources.network_rules import create_problem
from tui.engines.libvirt.resources.networks import network_xml
from tui.engines.libvirt.resources.storage_xml import read_pool, read_volume
from tui.engines.libvirt.resources.volumes import volume_xml
from tui.engines.libvirt.resources.words import name_problem, names_of, size

LIVE = """
<domain><os><kernel>/boot/vmlinuz</kernel><nvram>/nv/web.fd</nvram></os><devices>
  <disk type='file' device='disk'>
    <source file='/pool/top.qcow2'/><target dev='vda'/>
    <backingStore type='file'><source file='/pool/mid.qcow2'/>
      <backingStore type='file'><source file='/pool/base.raw'/><backingStore/></backingStore></backingStore>
  </disk>
  <disk type='volume' device='cdrom'><source pool='iso' volume='d.iso'/><target dev='sda'/><readonly/></disk>
  <disk type='file' device='cdrom'><target dev='sdb'/></disk>
  <interface type='network'><mac address='52:54:00:AA:00:01'/><source network='lan' bridge='virbr1'/>
    <target dev='vnet3'/></interface>
</devices></domain>
"""
STORED = """
<domain><devices>
  <disk type='file' device='disk'><source file='/pool/top.qcow2'/><target dev='vda'/></disk>
  <disk type='block' device='disk'><source dev='/dev/vg/more'/><target dev='vdb'/></disk>
  <interface type='network'><mac address='52:54:00:aa:00:01'/><source network='lan'/></interface>
  <interface type='bridge'><mac address='52:54:00:aa:00:02'/><source bridge='br0'/></interface>
</devices></domain>
"""


def disk(name: str, *, under: str = "", form: str = "qcow2", under_format: str = "", pool: str = "p") -> Disk:
    backing = (under,) if under else ()
    return Disk(pool, name, f"/{pool}/{name}", format=form, backing=backing, backing_format=under_format)


def pool(*disks: Disk, name: str = "p") -> StoragePool:
    return StoragePool(name, state="active", path=f"/{name}", disks=disks)


def test_a_running_guest_needs_what_both_of_its_definitions_say() -> None:
    guest = merged(GuestDefinition("u", "web", active=True), [LIVE, STORED])
    assert [(one.target, one.path, one.volume) for one in guest.sources] == [
        ("vda", "/pool/top.qcow2", ""),
        ("sda", "", "d.iso"),
        ("kernel", "/boot/vmlinuz", ""),
        ("nvram", "/nv/web.fd", ""),
        ("vdb", "/dev/vg/more", ""),
    ]
    assert guest.sources[0].under == ("/pool/mid.qcow2", "/pool/base.raw")
    assert guest.sources[1].read_only
    assert guest.ports == (
        Port("52:54:00:aa:00:01", network="lan", bridge="virbr1", tap="vnet3", live=True),
        Port("52:54:00:aa:00:02", bridge="br0", live=False),
    )


def test_a_snapshot_needs_its_memory_its_overlay_and_the_disks_of_the_guest_as_it_was() -> None:
    text = (
        "<domainsnapshot><name>s1</name><memory snapshot='external' file='/m/s1.mem'/>"
        "<disks><disk name='vda' snapshot='external'><source file='/p/s1.qcow2'/></disk></disks>"
        "<domain><devices><disk><source file='/p/base.qcow2'/></disk></devices></domain></domainsnapshot>"
    )
    found = list(snapshot_sources(text))
    assert [one.path for one in found] == ["/m/s1.mem", "/p/s1.qcow2", "/p/base.qcow2"]
    assert {one.target for one in found} == {"snapshot s1"}


def test_pools_and_volumes_are_read_with_their_units() -> None:
    text = (
        "<pool type='dir'><name>p&amp;q</name><uuid>u</uuid><capacity unit='KiB'>4</capacity>"
        "<available unit='bytes'>7</available><target><path>/p</path></target></pool>"
    )
    found = read_pool(text, state=2, autostart=True, persistent=True)
    assert (found.name, found.capacity_bytes, found.available_bytes, found.state) == ("p&q", 4096, 7, "active")
    volume = read_volume(
        "<volume><name>a</name><key>/p/a</key><capacity unit='MiB'>1</capacity><allocation unit='bytes'>5</allocation>"
        "<target><path>/p/a</path><format type='qcow2'/></target>"
        "<backingStore><path>/p/b</path><format type='raw'/></backingStore></volume>",
        "p",
    )
    assert volume == Disk("p", "a", "/p/a", "qcow2", 1 << 20, 5, ("/p/b",), "raw")
    nonsense = read_volume("<volume><name>a</name><capacity>x</capacity><format type='unknown'/></volume>", "p")
    assert (nonsense.capacity_bytes, nonsense.format, nonsense.path) == (0, "", "")


def test_chains_cross_pools_and_their_users_are_told_apart() -> None:
    base = disk("base.raw", form="raw", pool="other")
    middle = disk("mid", under="/other/base.raw", under_format="raw")
    top = disk("top", under="mid", under_format="qcow2")  # relative to its own folder
    guests = (
        GuestDefinition("u1", "web", True, (Source("vda", "/p//top"),)),
        GuestDefinition("u2", "db", False, (Source("vdb", pool="p", volume="mid"),)),
    )
    first, second = linked((pool(middle, top), pool(base, name="other")), guests)
    assert first.disks is not None
    assert second.disks is not None
    by_name = {one.name: one for one in (*first.disks, *second.disks)}
    assert by_name["top"].backing == ("/p/mid", "/other/base.raw")
    assert by_name["top"].users == (DiskUser("u1", "web", "vda", active=True),)
    assert by_name["mid"].users == (
        DiskUser("u2", "db", "vdb"),
        DiskUser("u1", "web", "vda", active=True, through=True),
    )
    assert {user.name for user in by_name["base.raw"].users if user.through} == {"web", "db"}
    assert not any(one.backing_problem for one in by_name.values())


def test_why_a_chain_does_not_end_is_said() -> None:
    (found,) = linked(
        (
            pool(
                disk("gone", under="/p/missing", under_format="qcow2"),
                disk("loop", under="/p/loop", under_format="qcow2"),
                disk("out", under="/else/x", under_format="qcow2"),
                disk("raw", under="/else/x", under_format="raw"),
            ),
        ),
        (),
    )
    assert found.disks is not None
    problems = {one.name: one.backing_problem for one in found.disks}
    assert problems == {
        "gone": "/p/missing is gone: its pool does not have it.",
        "loop": "/p/loop stands on itself: the chain is broken.",
        "out": "What is under /else/x is not known: it is in no pool that could be read.",
        "raw": "",
    }
    assert found.disks[2].backing == ("/else/x",)


def test_a_pool_without_disks_stays_as_it_is() -> None:
    hung = StoragePool("nfs", state="active", path="/nfs", disks=None, problem="hangs")
    assert linked((hung,), ()) == (hung,)


def test_networks_are_read_with_leases_and_members() -> None:
    network = read_network(
        "<network><name>lan</name><uuid>u</uuid><forward mode='nat'/><bridge name='virbr1'/><domain name='home'/>"
        "<ip address='10.1.2.1' netmask='255.255.255.0'><dhcp><range start='10.1.2.9' end='10.1.2.99'/></dhcp></ip>"
        "<ip family='ipv6' address='fd00::1' prefix='64'/></network>"
    )
    assert network.subnets == (
        Subnet("10.1.2.0/24", "10.1.2.1", "10.1.2.9", "10.1.2.99"),
        Subnet("fd00::/64", "fd00::1"),
    )
    assert (network.mode, network.bridge, network.domain, network.ipv6, network.dns) == (
        "nat",
        "virbr1",
        "home",
        True,
        True,
    )
    lease = read_lease({"mac": "52:54:00:AA:00:01", "ipaddr": "10.1.2.9", "hostname": None, "expirytime": 0})
    assert lease.expires_unix_seconds is None
    guests = (
        merged(GuestDefinition("u", "web", active=True), [LIVE, STORED]),
        GuestDefinition("v", "direct", True, (), (Port("52:54:00:00:00:09", bridge="virbr1", tap="vnet9", live=True),)),
    )
    bare = Network("hostonly", mode="isolated", bridge="")
    found, empty = populated((Network("lan", bridge="virbr1", leases=(lease,)), bare), guests)
    assert [(one.name, one.interface, one.addresses, one.active) for one in found.members] == [
        ("direct", "vnet9", (), True),
        ("web", "vnet3", ("10.1.2.9",), True),
    ]
    assert found.leases[0].guest == "web"
    assert empty.members == ()


def test_a_network_without_forward_is_isolated_and_an_odd_address_is_no_crash() -> None:
    network = read_network("<network><name>x</name><ip address='nonsense' netmask='?'/></network>")
    assert (network.mode, network.isolated, network.subnets[0].cidr) == ("isolated", True, "nonsense")


def test_routes_of_the_host_are_read_without_the_default_ones() -> None:
    text = (
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
        "eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\n"
        "eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\nbroken\n"
    )
    assert [(str(route), link) for route, link in routes_4(text)] == [("192.168.2.0/24", "eth0")]
    six = (
        f"fd{'0' * 30} 40 {'0' * 32} 00 {'0' * 32} 0 0 0 0 eth0\n"
        f"fe80{'0' * 28} 40 {'0' * 32} 00 {'0' * 32} 0 0 0 0 eth0\n"
        f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} 0 0 0 0 lo\n"
    )
    assert [(str(route), link) for route, link in routes_6(six)] == [("fd00::/64", "eth0")]


TARGET = ResourceId("h", "e", ResourceKind.NETWORK, "")
KNOWN = (Network("lan", bridge="virbr1", subnets=(Subnet("10.1.0.0/16"),)),)
LINKS = HostLinks(
    frozenset({"eth0", "br0", "virbr1"}),
    frozenset({"br0", "virbr1"}),
    tuple(routes_4("h\neth0\t0002A8C0\t0\t1\t0\t0\t0\t00FFFFFF\n")),
)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "lan"}, "There is a network lan already."),
        ({"name": "a/b"}, "must have no"),
        ({"mode": "magic"}, '"magic" is no mode'),
        ({"mode": "bridge"}, "Name the bridge"),
        ({"mode": "bridge", "bridge": "br9"}, "no bridge br9"),
        ({"mode": "bridge", "bridge": "eth0"}, "eth0 is no bridge."),
        ({"bridge": "virbr1"}, "belongs to network lan"),
        ({"bridge": "br0"}, "has an interface br0 already"),
        ({"bridge": "a" * 16}, "at most 15"),
        ({"address": ""}, "needs an address"),
        ({"address": "nonsense"}, "is no address with a prefix"),
        ({"address": "10.7.0.0/24"}, "such as 10.7.0.1"),
        ({"address": "10.7.0.255/24"}, "broadcast"),
        ({"address": "10.7.0.1/31"}, "no room"),
        ({"address": "10.1.5.1/24"}, "overlaps with 10.1.0.0/16 of network lan"),
        ({"address": "192.168.2.129/25"}, "which this host reaches by eth0"),
        ({"dhcp_first": "10.7.0.9"}, "first and the last"),
        ({"dhcp_first": "10.8.0.9", "dhcp_last": "10.8.0.99"}, "is not in 10.7.0.0/24"),
        ({"dhcp_first": "10.7.0.99", "dhcp_last": "10.7.0.9"}, "ends before it begins"),
        ({"dhcp_first": "10.7.0.1", "dhcp_last": "10.7.0.9"}, "own address 10.7.0.1"),
        ({"forward_dev": "wlan7"}, "no interface wlan7"),
        (
            {"mode": "isolated", "address": "", "dhcp_first": "10.7.0.2", "dhcp_last": "10.7.0.3"},
            "DHCP needs an address",
        ),
    ],
)
def test_a_network_that_cannot_be_is_refused_with_its_reason(fields: dict[str, str], words: str) -> None:
    operation = CreateGuestNetwork(target=TARGET, **{"name": "new", "address": "10.7.0.1/24", **fields})  # type: ignore[arg-type]
    assert words in create_problem(operation, KNOWN, LINKS)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"dhcp_first": "10.7.0.2", "dhcp_last": "10.7.0.254"},
        {"mode": "bridge", "bridge": "br0", "address": ""},
        {"mode": "isolated", "address": ""},
        {"mode": "route", "address": "fd00:7::1/64", "forward_dev": "eth0"},
    ],
)
def test_a_network_that_can_be_is_not_refused(fields: dict[str, str]) -> None:
    operation = CreateGuestNetwork(target=TARGET, **{"name": "new", "address": "10.7.0.1/24", **fields})  # type: ignore[arg-type]
    assert create_problem(operation, KNOWN, LINKS) == ""


def test_definitions_keep_names_that_look_like_markup() -> None:
    hostile = "a<b>'\"&;$(x)"
    text = network_xml(CreateGuestNetwork(target=TARGET, name=hostile, address="10.7.0.1/24", domain="<d>"))
    assert read_network(text).name == hostile
    assert read_network(text).domain == "<d>"
    assert read_volume(volume_xml(hostile, capacity_bytes=1, form="raw"), "p").name == hostile


def test_an_image_is_known_by_its_first_bytes() -> None:
    header = b"QFI\xfb" + (3).to_bytes(4, "big") + (32).to_bytes(8, "big") + (5).to_bytes(4, "big")
    header = header.ljust(24, b"\0") + (1 << 30).to_bytes(8, "big") + b"/base"
    found = image_files.read_head("/x", header, size_bytes=9, data_bytes=9)
    assert (found.format, found.capacity_bytes, found.backing) == ("qcow2", 1 << 30, "/base")
    iso = image_files.read_head("/x", b"\0" * 32769 + b"CD001", size_bytes=9, data_bytes=9)
    assert iso.format == "iso"
    packed = image_files.read_head("/x", b"\xfd7zXZ\0....", size_bytes=9, data_bytes=9)
    assert (packed.format, packed.packed_with) == ("raw", "unxz")
    cut = image_files.read_head("/x", b"QFI\xfb", size_bytes=4, data_bytes=4)
    assert (cut.format, cut.capacity_bytes) == ("qcow2", 0)


def test_qemu_img_tells_the_chain_and_the_snapshots_inside() -> None:
    text = (
        '[{"filename": "/t", "format": "qcow2", "virtual-size": 9, "actual-size": 3, "snapshots": [{"name": "s1"}]},'
        ' {"filename": "/b", "format": "raw"}]'
    )
    top, base = qemu_img.read_chain(text)
    assert (top.snapshots, top.capacity_bytes, top.allocation_bytes) == (("s1",), 9, 3)
    assert (base.path, base.format) == ("/b", "raw")


def test_words_for_persons() -> None:
    assert [size(count) for count in (0, 1023, 1536, 150 << 20, 3 << 40)] == [
        "0 bytes",
        "1023 bytes",
        "1.5 KiB",
        "150 MiB",
        "3.0 TiB",
    ]
    assert names_of(DiskUser(str(number), f"g{number}") for number in range(5)) == "g0, g1, g2 and 2 more"
    assert name_problem("", "disk") == "The disk needs a name."
    assert all(name_problem(name, "disk") for name in ("a/b", "-a", ".", "a\n"))
    assert name_problem("a b'é", "disk") == ""


def scripted_error(code: int, text: str) -> SimpleNamespace:
    return SimpleNamespace(get_error_code=lambda: code, get_error_message=lambda: text)


@pytest.mark.parametrize(
    ("code", "text", "kind", "words"),
    [
        (49, "Storage pool not found", NotFound, "The pool is gone"),
        (50, "no storage vol", NotFound, "The disk is gone"),
        (9, "pool 'p' already exists with uuid x", ActionRefused, "already exists"),
        (90, "storage vol exists", ActionRefused, "exists"),
        (38, "cannot open directory '/x': Permission denied", ActionRefused, "The daemon may not do that"),
        (38, "cannot write: No space left on device", ActionRefused, "There is no space left"),
        (1, "Cannot find 'dnsmasq' in path", ActionRefused, "dnsmasq-base"),
    ],
)
def test_libvirts_errors_become_sentences(code: int, text: str, kind: type[Exception], words: str) -> None:
    failure = failure_of(scripted_error(code, text))
    assert type(failure) is kind
    assert words in failure.message


def test_an_error_about_something_else_is_left_to_the_link() -> None:
    assert failure_of(scripted_error(1, "internal error: nobody knows")) is None
