"""Which instance an interface of the host belongs to; found by namespaces and definitions, never guessed from names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tui.domain.instance import Instance
from tui.domain.network import InterfaceKind
from tui.domain.resource import Stock
from tui.hostnet.links import Link

TAP_ORPHAN = "tap without a guest: no guest has it and no process holds it"
VETH_ORPHAN = "veth without a container: no container that is known has its other end"
LEFT_BEHIND = "veth without a container: its container is gone, Podman's namespace {} was left behind"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an interface is; empty fields where nobody is known."""

    instance_id: str = ""
    name: str = ""
    inside: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Owners:
    """All that is needed to find an owner at one moment.

    Attributes:
        by_tap: the guest of each tap, from the live definitions.
        by_namespace: the instances inside each network namespace, by the kernel's number of it.
        left_behind: names of Podman's namespaces that are still mounted, by the kernel's number of them.
        bridges: bridges of the engines' networks: what is on them was made for an instance.
    """

    by_tap: Mapping[str, Instance] = field(default_factory=dict)
    by_namespace: Mapping[int, tuple[Instance, ...]] = field(default_factory=dict)
    left_behind: Mapping[int, str] = field(default_factory=dict)
    bridges: frozenset[str] = frozenset()
    proc: Path = Path("/proc")

    def of(self, link: Link, master: str) -> Owner:
        """Return whose a link is, and why it is an orphan if it is one."""
        if link.kind in {InterfaceKind.TAP, InterfaceKind.MACVTAP}:
            return self._of_tap(link, master)
        if link.link_namespace is not None:
            return self._of_namespace(link, link.link_namespace, master)
        return Owner()

    def _of_tap(self, link: Link, master: str) -> Owner:
        guest = self.by_tap.get(link.name)
        if guest is not None:
            return Owner(guest.key, guest.name)
        is_ours = master in self.bridges
        return Owner(problem=TAP_ORPHAN if is_ours and link.carrier is False else "")

    def _of_namespace(self, link: Link, namespace: int, master: str) -> Owner:
        inside = self.by_namespace.get(namespace, ())
        if not inside:
            return Owner(problem=self._orphan(link, namespace, master))
        shown = [one for one in inside if not (one.container and one.container.is_infra)] or list(inside)
        name = inside_name(self.proc, shown[0].pid, link.link) if link.kind is InterfaceKind.VETH else ""
        return Owner(shown[0].key, ", ".join(one.name for one in shown), name)

    def _orphan(self, link: Link, namespace: int, master: str) -> str:
        """Return why a veth is one; others make veths too, so that only what was made for an instance counts."""
        if link.kind is not InterfaceKind.VETH:
            return ""
        if namespace in self.left_behind:
            return LEFT_BEHIND.format(self.left_behind[namespace])
        return VETH_ORPHAN if master in self.bridges else ""


def owners_of(
    instances: Iterable[Instance],
    stocks: Sequence[Stock],
    namespace_of: Callable[[int], int | None],
    left_behind: Mapping[int, str],
    proc: Path = Path("/proc"),
) -> Owners:
    """Join what the engines list with the kernel's numbers of network namespaces.

    Args:
        namespace_of: number of the namespace of a process, None for our own and for one that no link leads to.
        left_behind: names of Podman's mounted namespaces by their number, whether or not a container is in them.
    """
    by_tap: dict[str, Instance] = {}
    by_namespace: dict[int, list[Instance]] = {}
    for instance in instances:
        if not instance.local:
            continue
        if instance.guest is not None:
            by_tap.update(dict.fromkeys(instance.guest.taps, instance))
        if instance.pid is not None and instance.container is not None:
            number = namespace_of(instance.pid)
            if number is not None:
                by_namespace.setdefault(number, []).append(instance)
    bridges = frozenset(
        network.bridge for stock in stocks if stock.local for network in stock.networks if network.bridge
    )
    return Owners(by_tap, {number: tuple(found) for number, found in by_namespace.items()}, left_behind, bridges, proc)


def mounted_namespaces(folder: Path, namespace_at: Callable[[int], int | None]) -> dict[int, str]:
    """Return names of the namespaces that Podman keeps mounted, by the kernel's number of them."""
    found: dict[int, str] = {}
    try:
        paths = sorted(folder.glob("netns-*"))
    except OSError:
        return found
    for path in paths:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            number = namespace_at(descriptor)
        finally:
            os.close(descriptor)
        if number is not None:
            found[number] = path.name
    return found


def inside_name(proc: Path, pid: int | None, index: int) -> str:
    """Return the name of an interface in the namespace of a process, from /proc/PID/net/dev_mcast.

    Each line there begins with ifindex and name; an interface without a multicast group is not listed, and then the
    name is not known.
    """
    if pid is None:
        return ""
    try:
        text = (proc / str(pid) / "net" / "dev_mcast").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == str(index):
            return words[1]
    return ""
