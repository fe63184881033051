"""The virt-install line that makes a like guest; it is shown only, and a password is never in it."""

from tui.domain.operation.guests import CloudInit, CreateGuest
from tui.engines.libvirt.resources.around import Surroundings

MIB, GIB = 1 << 20, 1 << 30


def words(around: Surroundings, operation: CreateGuest) -> tuple[str, ...]:
    """Return the words."""
    pool = operation.target.local
    said = ["!virt-install", "--connect", around.target.uri, "--name", operation.name]
    said += ["--vcpus", str(operation.vcpus), "--memory", str(operation.memory_bytes // MIB)]
    said += ["--virt-type", "qemu"] if operation.emulated else []
    said += ["--disk", ",".join(_disk(pool, operation))]
    said += ["--cdrom", operation.iso] if operation.iso else ["--import"]
    bridge = operation.network.removeprefix("bridge:")
    network = f"bridge={bridge}" if bridge != operation.network else f"network={bridge}"
    said += ["--network", network if operation.network else "none"]
    said += ["--graphics", "vnc,listen=127.0.0.1" if operation.graphical else "none"]
    said += ["--os-variant", operation.os or "detect=on,require=off"]
    said += ["--boot", "uefi"] if operation.firmware == "uefi" else []
    said += ["--cloud-init", _cloud_init(operation.cloud_init)] if operation.cloud_init else []
    said += ["--autostart"] if operation.autostart else []
    return (*said, "--noautoconsole")


def _disk(pool: str, operation: CreateGuest) -> list[str]:
    if operation.base and not operation.overlay:
        return [f"vol={pool}/{operation.name}"]  # a copy is made before, by vol-clone
    said = [f"pool={pool}"]
    if operation.disk_bytes:
        said.append(f"size={operation.disk_bytes / GIB:g}")
    if operation.base:
        said.append(f"backing_store={operation.base}")
    return said


def _cloud_init(told: CloudInit) -> str:
    if told.user_data:
        return f"user-data={told.user_data}"
    return "ssh-key=FILE" if told.ssh_keys else "root-password-file=FILE"
