import pytest

from tui.engines.libvirt.uncounted import uncounted_disk
from tui.engines.libvirt.xml_facts import XmlFacts, read_xml

MOUNTS = (("/", "ext4"), ("/srv", "nfs4"), ("/srv/fast", "xfs"), ("/tank", "zfs"))
DISK = "<domain><devices>{}</devices></domain>"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/var/lib/libvirt/images/a.qcow2", ""),
        ("/srv/a.qcow2", "nfs4"),
        ("/srv/fast/a.qcow2", ""),
        ("/srvother/a.qcow2", ""),
        ("/tank/a.raw", "zfs"),
    ],
)
def test_a_file_is_counted_by_where_it_is_mounted(path: str, expected: str) -> None:
    facts = read_xml(DISK.format(f"<disk type='file' device='disk'><source file='{path}'/></disk>"))
    assert uncounted_disk(facts, MOUNTS) == expected


def test_a_disk_over_the_network_names_its_protocol() -> None:
    facts = read_xml(DISK.format("<disk type='network' device='disk'><source protocol='rbd' name='p/i'/></disk>"))
    assert uncounted_disk(facts, MOUNTS) == "rbd"


def test_a_cd_on_a_network_file_system_does_not_matter() -> None:
    facts = read_xml(DISK.format("<disk type='file' device='cdrom'><source file='/srv/a.iso'/></disk>"))
    assert uncounted_disk(facts, MOUNTS) == ""


def test_the_mounts_of_this_machine_are_read() -> None:
    assert uncounted_disk(XmlFacts(disk_files=("/proc/none.qcow2",))) == ""


def test_huge_pages_are_told() -> None:
    assert read_xml("<domain><memoryBacking><hugepages/></memoryBacking></domain>").huge_pages
    assert not read_xml("<domain><memoryBacking><nosharepages/></memoryBacking></domain>").huge_pages
