"""What a libvirt can give a new guest: processor, machine, firmware, memory."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from tui.engines.libvirt.guests.xml_edit import Element, attribute, parse
from tui.engines.libvirt.resources.around import Surroundings

MACHINES = {"x86_64": "q35", "aarch64": "virt", "riscv64": "virt", "ppc64le": "pseries", "s390x": "s390-ccw-virtio"}
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Of one host.

    Attributes:
        type: "kvm", else "qemu": emulation, which is slow.
        machine: empty for the driver's own choice.
        cpu: mode; empty for the driver's own choice.
    """

    type: str
    arch: str = ""
    machine: str = ""
    emulator: str = ""
    cpu: str = ""
    uefi: bool = False
    memory_bytes: int = 0
    vcpus_max: int = 0
    host_cpus: int = 0


async def host_memory(around: Surroundings) -> int:
    """Return the memory of the host in bytes; 0 when libvirt does not tell."""

    def look(_libvirt: Any, connection: Any) -> int:
        return int(connection.getInfo()[1]) * MIB

    return await around.ask(around.guests, look)


async def capabilities(around: Surroundings, *, emulated: bool = False) -> Capabilities:
    """Find out what a new guest can have.

    Raises:
        EngineError: with its sentence.
    """
    return await around.ask(around.guests, partial(_look, kinds=("qemu",) if emulated else ("kvm", "qemu")))


def _look(libvirt: Any, connection: Any, *, kinds: tuple[str, ...]) -> Capabilities:
    info = connection.getInfo()
    arch, memory, cpus = str(info[0]), int(info[1]) * MIB, int(info[2])
    machine = MACHINES.get(arch)
    error: Any = None
    for kind in kinds:
        for wanted in (machine, None):
            try:
                text = connection.getDomainCapabilities(None, arch, wanted, kind, 0)
            except libvirt.libvirtError as failed:
                error = failed
            else:
                return read(parse(text), wanted or "", memory_bytes=memory, host_cpus=cpus)
    if connection.getType().lower() == "test":
        return Capabilities("test", arch, memory_bytes=memory, host_cpus=cpus)
    raise error


def read(root: Element, machine: str, *, memory_bytes: int, host_cpus: int) -> Capabilities:
    """Read libvirt's answer."""
    kind = root.findtext("domain", "qemu")
    modes = {mode.get("name") for mode in root.iterfind("cpu/mode") if mode.get("supported") == "yes"}
    wanted = ("host-passthrough", "host-model") if kind == "kvm" else ("maximum",)
    most = attribute(root.find("vcpu"), "max")
    return Capabilities(
        type=kind,
        arch=root.findtext("arch", ""),
        machine=machine,
        emulator=root.findtext("path", ""),
        cpu=next((mode for mode in wanted if mode in modes), ""),
        uefi=any(value.text == "efi" for value in root.iterfind("os/enum[@name='firmware']/value")),
        memory_bytes=memory_bytes,
        vcpus_max=int(most) if most.isdigit() else 0,
        host_cpus=host_cpus,
    )
