"""Raw descriptions in the form the real daemons give."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from tui.domain.event import Document
from tui.domain.instance import Instance, Pod
from tui.engines.demo.figures import cgroup_of

_LIBOSINFO = "http://libosinfo.org/xmlns/libvirt/domain/1.0"


def document_of(instance: Instance) -> Document:
    """Return domain XML of a guest, or the JSON of `podman inspect` of a container."""
    return _domain(instance) if instance.guest else _inspect(instance)


def document_of_pod(pod: Pod, containers: Sequence[Instance]) -> Document:
    """Return the JSON of `podman pod inspect`."""
    members = [{"Id": one.id.local, "Name": one.name, "State": one.state.value} for one in containers]
    found = {
        "Id": pod.id.local,
        "Name": pod.name,
        "State": pod.state,
        "NumContainers": len(members),
        "Containers": members,
    }
    return Document(json.dumps(found, indent=2) + "\n", "json")


def _domain(instance: Instance) -> Document:
    guest = instance.guest
    assert guest is not None  # noqa: S101 - asked by document_of
    root = ElementTree.Element("domain", type="kvm")
    if guest.domain_id is not None:
        root.set("id", str(guest.domain_id))
    _text(root, "name", instance.name)
    _text(root, "uuid", instance.id.local)
    for tag, text in (("title", instance.title), ("description", instance.description)):
        if text:
            _text(root, tag, text)
    metadata = ElementTree.SubElement(root, "metadata")
    info = ElementTree.SubElement(metadata, "libosinfo:libosinfo", {"xmlns:libosinfo": _LIBOSINFO})
    ElementTree.SubElement(info, "libosinfo:os", id=guest.os)
    _text(root, "memory", str(guest.memory_max_bytes // 1024), unit="KiB")
    _text(root, "vcpu", str(guest.vcpus), placement="static")
    os = ElementTree.SubElement(root, "os")
    _text(os, "type", "hvm", arch="x86_64", machine="pc-q35-7.2")
    _devices(root, instance)
    ElementTree.indent(root)
    return Document(ElementTree.tostring(root, encoding="unicode") + "\n", "xml")


def _devices(root: ElementTree.Element, instance: Instance) -> None:
    devices = ElementTree.SubElement(root, "devices")
    disk = ElementTree.SubElement(devices, "disk", type="file", device="disk")
    ElementTree.SubElement(disk, "driver", name="qemu", type="qcow2")
    ElementTree.SubElement(disk, "source", file=f"/var/lib/libvirt/images/{instance.name}.qcow2")
    ElementTree.SubElement(disk, "target", dev="vda", bus="virtio")
    interface = ElementTree.SubElement(devices, "interface", type="network")
    ElementTree.SubElement(interface, "source", network="default", bridge="virbr0")
    for tap in instance.guest.taps if instance.guest else ():
        ElementTree.SubElement(interface, "target", dev=tap)
    ElementTree.SubElement(interface, "model", type="virtio")
    console = ElementTree.SubElement(devices, "console", type="pty")
    ElementTree.SubElement(console, "target", type="serial", port="0")


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = text


def _moment(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds or 0, UTC).isoformat()


def _inspect(instance: Instance) -> Document:
    facts = instance.container
    assert facts is not None  # noqa: S101 - asked by document_of
    ports = {
        f"{port.container_port}/{port.protocol}": [{"HostIp": port.host_ip, "HostPort": str(port.host_port)}]
        for port in facts.ports
    }
    found = {
        "Id": instance.id.local,
        "Created": _moment(facts.created_unix_seconds),
        "Name": instance.name,
        "ImageName": facts.image,
        "Pod": facts.pod_id or "",
        "State": {
            "Status": "exited" if instance.state.value == "stopped" else instance.state.value,
            "Running": instance.state.is_active,
            "Pid": instance.pid or 0,
            "ExitCode": facts.exit_code or 0,
            "StartedAt": _moment(instance.started_unix_seconds),
            "Health": {"Status": facts.health.value if facts.health else ""},
            "CgroupPath": cgroup_of(instance),
        },
        "RestartCount": facts.restarts,
        "Config": {"Cmd": facts.command.split(), "Labels": dict(instance.labels)},
        "NetworkSettings": {"Ports": ports},
    }
    return Document(json.dumps(found, indent=2) + "\n", "json")
