"""What is read from a guest's definition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree

from tui.domain.display import Display
from tui.engines.libvirt.graphics import displays_of

UNITS = {
    "b": 1, "bytes": 1, "KB": 1000, "k": 1024, "KiB": 1024, "MB": 1000**2, "M": 1024**2, "MiB": 1024**2,
    "GB": 1000**3, "G": 1024**3, "GiB": 1024**3, "TB": 1000**4, "T": 1024**4, "TiB": 1024**4,
}  # fmt: skip
_OS_WORDS = {"win": "windows", "2k3": "server 2003", "2k8": "server 2008", "2k8r2": "server 2008 R2"}


@dataclass(frozen=True, slots=True)
class Interface:
    """One network interface.

    Attributes:
        mac: lower case.
        host_name: of its tap on the host; empty while the guest is off and for user-mode networking.
        network: libvirt network or bridge it is plugged into; empty when it is neither.
    """

    mac: str
    host_name: str
    network: str


@dataclass(frozen=True, slots=True)
class XmlFacts:
    """A definition, as far as hostdeck shows it.

    Attributes:
        vcpus: plugged in, not the possible maximum.
        has_nvram: the firmware has a file for its variables.
        displays: its VNC and SPICE servers.
        huge_pages: its memory is on huge pages.
        disk_protocol: of a disk that QEMU reads over the network by itself ("rbd", "nbd", "iscsi"); empty when none.
        disk_files: paths of its disks.
        agent: "connected" or "disconnected" by the channel of the guest's agent; empty without one, or while it is off.
        disks: device alias ("virtio-disk0") to the name a person knows ("vda"); only a running guest has aliases.
    """

    vcpus: int = 0
    memory_max_bytes: int = 0
    title: str = ""
    description: str = ""
    os: str = ""
    has_nvram: bool = False
    interfaces: tuple[Interface, ...] = ()
    displays: tuple[Display, ...] = ()
    huge_pages: bool = False
    disk_protocol: str = ""
    disk_files: tuple[str, ...] = ()
    agent: str = ""
    disks: Mapping[str, str] = field(default_factory=dict)

    @property
    def taps(self) -> tuple[str, ...]:
        """Return the interface names on the host."""
        return tuple(interface.host_name for interface in self.interfaces if interface.host_name)


def read_xml(text: str) -> XmlFacts:
    """Read the answer of virDomainGetXMLDesc; what is missing or odd stays at its default."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - libvirt wrote it; expat bounds what entities may expand to
    except ElementTree.ParseError:
        return XmlFacts()
    return XmlFacts(
        vcpus=_vcpus(root),
        memory_max_bytes=_bytes(root.find("memory")),
        title=root.findtext("title", "").strip(),
        description=root.findtext("description", "").strip(),
        os=_os_of(root),
        has_nvram=root.find("os/nvram") is not None,
        interfaces=tuple(_interface(element) for element in root.iterfind("devices/interface")),
        displays=displays_of(root),
        huge_pages=root.find("memoryBacking/hugepages") is not None,
        disk_protocol=_disk_protocol(root),
        disk_files=tuple(
            source.get("file", "")
            for source in root.iterfind("devices/disk[@device='disk']/source")
            if source.get("file")
        ),
        agent=_agent(root),
        disks=_disks(root),
    )


def _vcpus(root: ElementTree.Element) -> int:
    element = root.find("vcpu")
    return 0 if element is None else _number(element.get("current") or element.text)


def _bytes(element: ElementTree.Element | None) -> int:
    if element is None:
        return 0
    return _number(element.text) * UNITS.get(element.get("unit", "KiB"), 1024)


def _number(text: str | None) -> int:
    try:
        return int(text or "")
    except ValueError:
        return 0


def _interface(element: ElementTree.Element) -> Interface:
    mac, target, source = element.find("mac"), element.find("target"), element.find("source")
    return Interface(
        mac="" if mac is None else mac.get("address", "").lower(),
        host_name="" if target is None else target.get("dev", ""),
        network="" if source is None else source.get("network") or source.get("bridge") or "",
    )


def _agent(root: ElementTree.Element) -> str:
    target = root.find("devices/channel/target[@name='org.qemu.guest_agent.0']")
    state = "" if target is None else target.get("state", "")
    return state if state in {"connected", "disconnected"} else ""


def _disks(root: ElementTree.Element) -> dict[str, str]:
    named = {}
    for disk in root.iterfind("devices/disk"):
        alias, target = disk.find("alias"), disk.find("target")
        if alias is not None and target is not None:
            named[alias.get("name", "")] = target.get("dev", "")
    return named


def _disk_protocol(root: ElementTree.Element) -> str:
    for source in root.iterfind("devices/disk[@type='network']/source"):
        return source.get("protocol") or "the network"
    return ""


def _os_of(root: ElementTree.Element) -> str:
    """Find the libosinfo id, whatever version of the name space wrote it."""
    for element in root.iterfind("metadata//*"):
        name_space, _, tag = element.tag.rpartition("}")
        if tag == "os" and "libosinfo.org" in name_space:
            return os_name(element.get("id", ""))
    return ""


def os_name(os_id: str) -> str:
    """Turn a libosinfo id into words: "http://debian.org/debian/12" is "debian 12"."""
    words = [word for word in urlsplit(os_id).path.split("/") if word]
    if words[:1] == ["win"]:
        words[1:] = [_windows(word) for word in words[1:]]
    return " ".join(_OS_WORDS.get(word, word) for word in words)


def _windows(word: str) -> str:
    """Spell "2k19" as "server 2019"."""
    if word in _OS_WORDS or not word.startswith("2k"):
        return word
    return f"server 20{word[2:]}"
