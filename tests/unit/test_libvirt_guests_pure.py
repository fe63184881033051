"""Definitions of guests: read, made and changed without a libvirt."""

import io
import json
from xml.etree import ElementTree

import pycdlib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.errors import ActionRefused
from tui.domain.identity import InstanceId
from tui.domain.operation.guests import ChangeHardware, CloudInit, CreateGuest
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.libvirt.guests import seed
from tui.engines.libvirt.guests.capabilities import Capabilities, read
from tui.engines.libvirt.guests.clone_xml import clone_xml, default_nvram, nvram_for, nvram_of, still_shared
from tui.engines.libvirt.guests.create_checks import size_problem
from tui.engines.libvirt.guests.devices import free_device, letters
from tui.engines.libvirt.guests.guest_interfaces import new_mac
from tui.engines.libvirt.guests.hardware import boot_order, hardware_of
from tui.engines.libvirt.guests.hardware_change import Plan
from tui.engines.libvirt.guests.new_xml import Source, guest_xml
from tui.engines.libvirt.guests.osinfo import osinfo_id
from tui.engines.libvirt.guests.passwords import hashed
from tui.engines.libvirt.guests.reading import Guest
from tui.engines.libvirt.guests.snapshot_plan import agent_connected
from tui.engines.libvirt.guests.snapshots import describe, files_before
from tui.engines.libvirt.guests.xml_edit import diff, parse, text_of

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me"
SECRET = "clear text"  # noqa: S105 - of nobody
GIB = 1 << 30
KVM = Capabilities("kvm", "x86_64", "q35", "/usr/bin/qemu", "host-passthrough", uefi=True, memory_bytes=8 * GIB)
STORED = """<domain type='kvm'>
  <!-- kept -->
  <name>web</name>
  <uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>
  <metadata><a:x xmlns:a='urn:a'><a:y/></a:x></metadata>
  <memory unit='GiB'>4</memory>
  <currentMemory unit='GiB'>2</currentMemory>
  <vcpu current='2'>4</vcpu>
  <sysinfo type='smbios'><system><entry name='uuid'>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</entry></system></sysinfo>
  <os><type arch='x86_64' machine='q35'>hvm</type><nvram template='/t.fd'>/nvram/web_VARS.fd</nvram></os>
  <devices>
    <disk type='volume' device='disk'><driver name='qemu' type='qcow2'/><source pool='p' volume='web.qcow2'/>
      <target dev='vda' bus='virtio'/><boot order='2'/></disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/><boot order='3'/></disk>
    <interface type='network'><mac address='52:54:00:AA:00:01'/><source network='lan'/><target dev='mytap'/>
      <boot order='1'/></interface>
    <serial type='unix'><source mode='bind' path='/run/web.sock'/><log file='/var/log/web.log'/></serial>
    <graphics type='vnc' port='5901' autoport='no' passwd='secret'/>
    <hostdev mode='subsystem'/>
  </devices>
</domain>"""


def guest(**told: object) -> Guest:
    return Guest(uuid="u", name="web", stored=STORED, **told)  # type: ignore[arg-type]


def create(**told: object) -> CreateGuest:
    target = ResourceId("h", "e", ResourceKind.POOL, "p")
    return CreateGuest(target=target, name="web", **told)  # type: ignore[arg-type]


def test_what_is_read_is_what_is_written() -> None:
    again = text_of(parse(STORED))
    assert "<!-- kept -->" in again
    assert '<a:x xmlns:a="urn:a"><a:y /></a:x>' in again
    assert ElementTree.canonicalize(again) == ElementTree.canonicalize(text_of(parse(again)))
    assert diff("a\nb\n", "a\nb\n") == ""
    assert diff("a\nb\n", "a\nc\n").splitlines()[-2:] == ["-b", "+c"]


@given(st.text())
def test_text_that_is_no_definition_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ActionRefused, match="The text is no well-formed XML: "):
        parse(f"<domain>{text}")


def test_half_a_character_is_no_definition() -> None:
    with pytest.raises(ActionRefused):
        parse("<domain>\udc80</domain>")


def test_entities_are_not_a_bomb() -> None:
    layers = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    with pytest.raises(ActionRefused):
        parse(f"<!DOCTYPE d [<!ENTITY a0 'aaaaaaaaaa'>{layers}]><domain>&a11;</domain>")


def test_hardware_of_a_stored_definition() -> None:
    hardware = hardware_of(guest())
    assert (hardware.vcpus, hardware.vcpus_max, hardware.memory_bytes, hardware.memory_max_bytes) == (
        2, 4, 2 * GIB, 4 * GIB,
    )  # fmt: skip
    assert hardware.boot == ("network", "hd", "cdrom")
    assert [(disk.device, disk.source, disk.kind) for disk in hardware.disks] == [
        ("sda", "", "cdrom"),
        ("vda", "p/web.qcow2", "disk"),
    ]
    assert (hardware.interfaces[0].mac, hardware.interfaces[0].network) == ("52:54:00:aa:00:01", "lan")


def test_a_change_of_hardware_keeps_the_rest() -> None:
    target = InstanceId("h", "e", "u")
    plan = Plan(ChangeHardware(target=target, vcpus=6, memory_bytes=3 * GIB, boot=("cdrom",)), guest(), 8 * GIB)
    assert plan.problem() == ""
    after = parse(plan.after())
    hardware = hardware_of(Guest("u", "web", stored=plan.after()))
    assert (hardware.vcpus, hardware.vcpus_max) == (6, 6)
    assert (hardware.memory_bytes, hardware.memory_max_bytes) == (3 * GIB, 4 * GIB)
    assert boot_order(after) == ("cdrom",)
    assert after.find("devices/disk/boot") is None
    assert 'passwd="secret"' in plan.after()
    assert "gives way" in plan.warnings()[0]
    for wrong in (
        ChangeHardware(target=target),
        ChangeHardware(target=target, vcpus=0),
        ChangeHardware(target=target, memory_bytes=9 * GIB),
        ChangeHardware(target=target, boot=("usb",)),
        ChangeHardware(target=target, title_text="two\nlines"),
        ChangeHardware(target=target, description="a\x01b"),
        ChangeHardware(target=target, vcpus=1, live=True),
    ):
        assert Plan(wrong, guest(), 8 * GIB).problem()


def test_a_new_definition_has_what_was_asked() -> None:
    wanted = create(
        firmware="uefi", os="debian12", graphical=True, network="bridge:br0", iso="/i.iso", description="<x>"
    )
    sources = (Source("/p/web.qcow2", "qcow2"), Source("/i.iso", cdrom=True), Source("/p/seed", cdrom=True))
    text = guest_xml(wanted, "", KVM, sources)
    root = ElementTree.fromstring(text)  # noqa: S314 - made just above
    assert (root.get("type"), root.findtext("name"), root.findtext("description")) == ("kvm", "web", "<x>")
    os_element = root.find("os")
    assert os_element is not None
    assert os_element.get("firmware") == "efi"
    assert [target.get("dev") for target in root.iterfind("devices/disk/target")] == ["vda", "sda", "sdb"]
    interface, graphics = root.find("devices/interface/source"), root.find("devices/graphics")
    assert interface is not None
    assert graphics is not None
    assert (interface.get("bridge"), graphics.get("listen")) == ("br0", "127.0.0.1")
    found = root.find("metadata/{http://libosinfo.org/xmlns/libvirt/domain/1.0}libosinfo/*")
    assert found is not None
    assert found.get("id") == "http://debian.org/debian/12"


@given(st.text())
def test_no_name_breaks_out_of_a_definition(name: str) -> None:
    text = guest_xml(create(description=name, network=name), "", KVM, (Source(name, "raw"),))
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - made just above
    except ElementTree.ParseError:
        assert any(ord(one) < 32 or 0xD7FF < ord(one) < 0xE000 or ord(one) > 0xFFFD for one in name)
    else:
        assert len(root.findall("devices/disk")) == 1
        assert len(root.findall("devices/graphics")) == 0


def test_what_a_host_can_give_is_read() -> None:
    answer = """<domainCapabilities><path>/usr/bin/q</path><domain>qemu</domain><arch>x86_64</arch><vcpu max='288'/>
    <os><enum name='firmware'><value>efi</value></enum></os>
    <cpu><mode name='host-passthrough' supported='no'/><mode name='maximum' supported='yes'/></cpu>
    </domainCapabilities>"""
    can = read(parse(answer), "q35", memory_bytes=4 * GIB, host_cpus=2)
    assert (can.type, can.cpu, can.uefi, can.vcpus_max, can.emulator) == ("qemu", "maximum", True, 288, "/usr/bin/q")
    assert "no UEFI firmware" not in size_problem(create(firmware="uefi"), can)
    assert "There is no UEFI firmware" in size_problem(create(firmware="uefi"), Capabilities("kvm"))
    assert "The host has 4.0 GiB" in size_problem(create(memory_bytes=5 * GIB), can)


def test_a_clone_shares_nothing_that_must_be_its_own() -> None:
    text = clone_xml(STORED, "copy", "11111111-1111-4111-8111-111111111111", {"vda": ("/p/copy.qcow2", "qcow2")}, "/n")
    root = parse(text)
    assert (root.findtext("name"), root.findtext("uuid")) == ("copy", "11111111-1111-4111-8111-111111111111")
    assert root.find("genid") is None
    assert root.findtext("sysinfo/system/entry") == "11111111-1111-4111-8111-111111111111"
    assert root.findtext("os/nvram") == "/n"
    for gone in ("52:54:00:AA:00:01", "mytap", "web.sock", "web.log", "5901", 'volume="web.qcow2"'):
        assert gone not in text
    disk = root.find("devices/disk")
    assert disk is not None
    assert disk.get("type") == "file"
    assert nvram_of(parse(STORED)) == "/nvram/web_VARS.fd"
    assert nvram_for("/nvram/web_VARS.fd", "copy") == "/nvram/copy_VARS.fd"
    assert still_shared(parse(STORED)) == ["Both have the same device of the host: only one of them can run."]


def test_where_variables_are_that_no_definition_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_nvram("web", session=False) == "/var/lib/libvirt/qemu/nvram/web_VARS.fd"
    monkeypatch.setenv("XDG_CONFIG_HOME", "/home/me/.config")
    found = default_nvram("web", session=True)
    assert found == "/home/me/.config/libvirt/qemu/nvram/web_VARS.fd"
    assert nvram_for(found, "copy") == default_nvram("copy", session=True)  # the clone finds its own without being told


def test_device_names_go_on_after_z() -> None:
    assert [letters(number) for number in (0, 25, 26, 51, 52, 701, 702)] == ["a", "z", "aa", "az", "ba", "zz", "aaa"]
    assert free_device(guest(), "virtio") == "vdb"
    assert free_device(guest(), "sata") == "sdb"
    assert new_mac().startswith("52:54:00:")


def test_an_external_snapshot_is_told_from_an_internal_one() -> None:
    root = parse(
        "<domainsnapshot><name>s</name><state>running</state><creationTime>17</creationTime>"
        "<parent><name>r</name></parent><memory snapshot='external' file='/m'/>"
        "<disks><disk name='vda' snapshot='external'><source file='/o'/></disk>"
        "<disk name='vdb' snapshot='no'/></disks><domain><devices><disk><source file='/base'/>"
        "<target dev='vda'/></disk><disk><source file='/b'/><target dev='vdb'/></disk>"
        "</devices></domain></domainsnapshot>"
    )
    found = describe(root, current=True, children=0)
    assert (found.parent, found.external, found.has_memory, found.files) == ("r", True, True, ("/o", "/m"))
    assert found.created_unix_seconds == 17
    assert files_before(root) == ("/base",)
    internal = parse("<domainsnapshot><name>s</name><memory snapshot='no'/></domainsnapshot>")
    assert not describe(internal, current=False, children=0).external


def test_the_agent_is_there_only_when_it_has_opened_its_channel() -> None:
    xml = "<domain><devices><channel><target name='org.qemu.guest_agent.0' state='{}'/></channel></devices></domain>"
    assert agent_connected(parse(xml.format("connected")))
    assert not agent_connected(parse(xml.format("disconnected")))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (CloudInit(), "Nobody could log in"),
        (CloudInit(user="root:x", ssh_keys=(KEY,)), "is no user name"),
        (CloudInit(ssh_keys=("nonsense",)), "is no public SSH key"),
        (CloudInit(ssh_keys=(f"{KEY}\nruncmd: [x]",)), "is no public SSH key"),
        (CloudInit(hostname="a b", ssh_keys=(KEY,)), "is no host name"),
        (CloudInit(hostname="-a", ssh_keys=(KEY,)), "is no host name"),
        (CloudInit(hostname="web.example", ssh_keys=(KEY, f" {KEY}\n")), ""),
        (CloudInit(user="admin", password=SECRET), ""),
        (CloudInit(user_data="/f"), ""),
    ],
)
def test_what_a_seed_needs(told: CloudInit, words: str) -> None:
    problem = seed.problem(told, "web")
    assert (words in problem) if words else problem == ""


async def test_a_password_is_hashed_with_a_salt_of_its_own() -> None:
    one, two = await hashed(SECRET), await hashed(SECRET)
    assert one.startswith("$6$")
    assert one != two


async def test_a_password_cannot_be_hashed_without_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Exception, match="openssl, which is not installed") as caught:
        await hashed(SECRET)
    assert SECRET not in str(caught.value)


def test_a_seed_is_read_back_as_it_was_written() -> None:
    data = seed.user_data_of(CloudInit(user="admin", ssh_keys=(KEY,)), "häuschen", "$6$x$y")
    image = pycdlib.PyCdlib()
    image.open_fp(io.BytesIO(seed.iso({"user-data": data, "meta-data": b"{}"})))
    assert image.pvd.volume_identifier.strip() == b"cidata"
    back = io.BytesIO()
    image.get_file_from_iso_fp(back, joliet_path="/user-data")
    image.close()
    head, _, text = back.getvalue().partition(b"\n")
    told = json.loads(text)
    assert (head, told["hostname"], told["user"]) == (b"#cloud-config", "häuschen", "admin")
    assert (told["password"], told["chpasswd"]) == ("$6$x$y", {"expire": False})


@pytest.mark.parametrize(
    ("short", "told"),
    [
        ("debian12", "http://debian.org/debian/12"),
        ("ubuntu24.04", "http://ubuntu.com/ubuntu/24.04"),
        ("centos-stream9", "http://centos.org/centos-stream/9"),
        ("win2k22", "http://microsoft.com/win/2k22"),
        ("archlinux", "http://archlinux.org/archlinux"),
        ("http://x.org/y/1", "http://x.org/y/1"),
        ("nonsense1", ""),
        ("", ""),
    ],
)
def test_short_names_of_systems(short: str, told: str) -> None:
    assert osinfo_id(short) == told
