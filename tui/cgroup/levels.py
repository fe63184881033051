r"""Which level of a cgroup path belongs to an instance. Paths come from /proc/PID/cgroup and are only cut, never made.

| who | the kernel's path ends in | level of the instance |
| --- | --- | --- |
| Podman, systemd, also in pods and rootless | libpod-ID.scope/container | container, then the scope |
| Podman, unit with --cgroups=split (Quadlet) | UNIT.service/libpod-payload-ID | that |
| Podman, cgroupfs, also in pods | libpod-ID | that |
| QEMU, systemd | machine-qemu\x2dN\x2dNAME.scope/libvirt/emulator | the scope; limits may be on `libvirt` |
| QEMU, no systemd | qemu-N-NAME.libvirt-qemu/emulator | the level above `emulator` |
| libvirt-lxc, systemd | machine-lxc\x2dPID\x2dNAME.scope/libvirt | libvirt, then the scope; tasks: the scope |
| libvirt-lxc, no systemd | lxc-PID-NAME.libvirt-lxc | that |

What runs inside may have made cgroups of its own below these (systemd in a container: `container/init.scope`).
"""

import re
from typing import NamedTuple

_THREAD_GROUP = re.compile(r"emulator|vcpu\d+|iothread\d+")
_QEMU = re.compile(r"machine-qemu\\x2d.*\.scope|qemu-.*|.*\.libvirt-qemu")
_LXC = re.compile(r"machine-lxc\\x2d.*\.scope|lxc-.*|.*\.libvirt-lxc")
_NOT_THE_CONTAINER = "libpod-conmon-"


class Levels(NamedTuple):
    """Levels of one path, as paths.

    Attributes:
        usage: where usage is read: the first of them that has the file.
        tasks: the same for the pids files.
        lowest: where the chain of limits begins, to be followed up to the root.
    """

    usage: tuple[str, ...]
    tasks: tuple[str, ...]
    lowest: str


def own_levels(path: str, driver: str, local_id: str) -> Levels | None:
    """Return the levels that are the instance's alone; None when the path is shared with others."""
    parts = path.split("/")
    if driver == "qemu":
        return _qemu(parts)
    if driver == "lxc":
        return _lxc(parts)
    return _container(parts, local_id)


def _qemu(parts: list[str]) -> Levels | None:
    for place in range(len(parts) - 1, 0, -1):
        if _QEMU.fullmatch(parts[place]):
            scope = "/".join(parts[: place + 1])
            nested = parts[place + 1 : place + 2] == ["libvirt"]
            return Levels((scope,), (scope,), f"{scope}/libvirt" if nested else scope)
    if len(parts) > 2 and _THREAD_GROUP.fullmatch(parts[-1]):
        level = "/".join(parts[:-1])
        return Levels((level,), (level,), level)
    return None


def _lxc(parts: list[str]) -> Levels | None:
    for place in range(1, len(parts)):
        if _LXC.fullmatch(parts[place]):
            scope = "/".join(parts[: place + 1])
            if parts[place + 1 : place + 2] == ["libvirt"]:
                nested = f"{scope}/libvirt"
                return Levels((nested, scope), (scope,), nested)
            return Levels((scope,), (scope,), scope)
    return None


def _container(parts: list[str], local_id: str) -> Levels | None:
    place = _container_place(parts, local_id)
    if place is None:
        return None
    level = "/".join(parts[: place + 1])
    if parts[place + 1 : place + 2] == ["container"]:
        inner = f"{level}/container"
        return Levels((inner, level), (inner, level), inner)
    return Levels((level,), (level,), level)


def _container_place(parts: list[str], local_id: str) -> int | None:
    """Return which part names the container: by its id, which only its own cgroup carries."""
    for place, part in enumerate(parts):
        if local_id and local_id in part and not part.startswith(_NOT_THE_CONTAINER):
            return place
    return None
