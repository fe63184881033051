"""From a cgroup path or a process to the instance that it belongs to."""

import re

from tui.domain.host import HostView
from tui.domain.instance import Instance

_CONTAINER = re.compile(r"libpod(?:-payload)?-(?P<id>[0-9a-f]{64})")
_GUEST = re.compile(r"machine-(?:qemu|lxc)\\x2d|/(?:qemu|lxc)-\d+-|libvirt-(?:qemu|lxc)")


def may_be_instance(cgroup: str) -> bool:
    """Tell whether a path looks like that of a guest or container, so that a later view may know it."""
    return bool(_CONTAINER.search(cgroup) or _GUEST.search(cgroup) or ".service" in cgroup)


def place(view: HostView, cgroup: str, pid: int | None = None) -> Instance | None:
    """Return the instance whose process it was; None when it belongs to none.

    A container's id in the path is certain. Else the cgroup that its figures are read from (or one below it) is, and a
    process id only where the view still knows it as a main process.
    """
    found = _CONTAINER.search(cgroup)
    if found is not None:
        return next((item.instance for item in view.instances if item.instance.id.local == found["id"]), None)
    if cgroup not in {"", "/"}:
        for item in view.instances:
            read_from = (item.usage.cgroup or "").strip("/")
            if read_from and _is_within(cgroup.strip("/"), read_from):
                return item.instance
    if pid is not None:
        return next((item.instance for item in view.instances if item.instance.pid == pid), None)
    return None


def _is_within(cgroup: str, read_from: str) -> bool:
    """Tell whether a process was where figures are read; of a guest also above it, up to its own scope."""
    if f"{cgroup}/".startswith(f"{read_from}/"):
        return True
    return bool(_GUEST.search(f"/{cgroup}")) and f"{read_from}/".startswith(f"{cgroup}/")


def cgroup_words(cgroup: str) -> str:
    """Return a short name of a cgroup that no instance was found for: the unit, or a container's short id."""
    found = _CONTAINER.search(cgroup)
    if found is not None:
        return f"container {found['id'][:12]}"
    parts = [part for part in cgroup.split("/") if part]
    units = [part for part in parts if part.endswith((".service", ".scope"))]
    return (units or parts or ["/"])[-1]
