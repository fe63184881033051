from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engines.libvirt.xml_facts import Interface, XmlFacts, os_name, read_xml

LIVE = """
<domain type='kvm' id='3'>
  <name>mail01</name>
  <title>Mail [bold]relay[/bold]</title>
  <description> for &lt;example.org&gt; </description>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://debian.org/debian/12"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory unit='KiB'>2097152</memory>
  <vcpu placement='static' current='2'>4</vcpu>
  <devices>
    <disk type='file' device='disk'>
      <target dev='vda' bus='virtio'/><alias name='virtio-disk0'/>
    </disk>
    <disk type='file' device='cdrom'><target dev='sda'/></disk>
    <interface type='network'>
      <mac address='52:54:00:AA:BB:01'/><source network='default' bridge='virbr0'/><target dev='vnet7'/>
    </interface>
    <interface type='bridge'><mac address='52:54:00:aa:bb:02'/><source bridge='br0'/><target dev='vnet8'/></interface>
    <interface type='user'><mac address='52:54:00:aa:bb:03'/></interface>
  </devices>
</domain>
"""


def test_tells_whether_the_firmware_has_a_file_of_variables() -> None:
    assert read_xml("<domain><os><nvram>/var/lib/libvirt/qemu/nvram/a_VARS.fd</nvram></os></domain>").has_nvram
    assert not read_xml("<domain><os><type>hvm</type></os></domain>").has_nvram


@pytest.mark.parametrize(
    ("channel", "agent"),
    [
        ("<channel><target name='org.qemu.guest_agent.0' state='connected'/></channel>", "connected"),
        ("<channel><target name='org.qemu.guest_agent.0' state='disconnected'/></channel>", "disconnected"),
        ("<channel><target name='org.qemu.guest_agent.0'/></channel>", ""),
        ("<channel><target name='com.redhat.spice.0' state='connected'/></channel>", ""),
    ],
)
def test_tells_whether_the_agent_s_channel_is_open(channel: str, agent: str) -> None:
    assert read_xml(f"<domain><devices>{channel}</devices></domain>").agent == agent


def test_reads_a_live_definition() -> None:
    facts = read_xml(LIVE)

    assert facts == XmlFacts(
        vcpus=2,
        memory_max_bytes=2 * 1024**3,
        title="Mail [bold]relay[/bold]",
        description="for <example.org>",
        os="debian 12",
        interfaces=(
            Interface("52:54:00:aa:bb:01", "vnet7", "default"),
            Interface("52:54:00:aa:bb:02", "vnet8", "br0"),
            Interface("52:54:00:aa:bb:03", "", ""),
        ),
        disks={"virtio-disk0": "vda"},
    )
    assert facts.taps == ("vnet7", "vnet8")


@pytest.mark.parametrize("text", ["", "<domain>", "no xml", "<domain/>", "<domain><memory/><vcpu>x</vcpu></domain>"])
def test_what_is_missing_or_odd_stays_at_its_default(text: str) -> None:
    assert read_xml(text) == XmlFacts()


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        ("<memory>1024</memory>", 1024**2),
        ("<memory unit='MiB'>2</memory>", 2 * 1024**2),
        ("<memory unit='GB'>1</memory>", 10**9),
        ("<memory unit='bytes'>7</memory>", 7),
        ("<memory unit='parsec'>7</memory>", 7 * 1024),
    ],
)
def test_units_of_memory(memory: str, expected: int) -> None:
    assert read_xml(f"<domain>{memory}</domain>").memory_max_bytes == expected


@pytest.mark.parametrize(
    ("os_id", "expected"),
    [
        ("http://debian.org/debian/12", "debian 12"),
        ("http://ubuntu.com/ubuntu/24.04", "ubuntu 24.04"),
        ("http://microsoft.com/win/11", "windows 11"),
        ("http://microsoft.com/win/2k19", "windows server 2019"),
        ("http://microsoft.com/win/2k8r2", "windows server 2008 R2"),
        ("http://centos.org/centos-stream/9", "centos-stream 9"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_names_of_systems(os_id: str, expected: str) -> None:
    assert os_name(os_id) == expected


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"])))
def test_any_title_comes_through(title: str) -> None:
    facts = read_xml(f"<domain><title>{escape(title)}</title></domain>")

    assert facts.title == title.strip()


@given(st.text())
def test_nonsense_never_raises(text: str) -> None:
    assert isinstance(read_xml(text), XmlFacts)
