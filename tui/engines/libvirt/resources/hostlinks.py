"""What the host's own interfaces and routes say against a new network."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tui.engines.libvirt.resources.around import Surroundings

DEADLINE_SECONDS = 5.0
ROUTES = Path("/proc/net/route")
ROUTES_6 = Path("/proc/net/ipv6_route")
LINKS = Path("/sys/class/net")

Subnet = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class HostLinks:
    """Interfaces of this host, which of them are bridges, and where its routes go, default routes left out.

    Attributes:
        routes: network and interface.
    """

    names: frozenset[str] = frozenset()
    bridges: frozenset[str] = frozenset()
    routes: tuple[tuple[Subnet, str], ...] = ()


async def read(around: Surroundings) -> HostLinks:
    """Read them now."""
    return await around.networks.lane.call(_read, deadline=DEADLINE_SECONDS)


def _read() -> HostLinks:
    names = frozenset(path.name for path in LINKS.iterdir()) if LINKS.is_dir() else frozenset()
    return HostLinks(
        names=names,
        bridges=frozenset(name for name in names if (LINKS / name / "bridge").is_dir()),
        routes=(*routes_4(_text(ROUTES)), *routes_6(_text(ROUTES_6))),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def routes_4(text: str) -> Iterator[tuple[Subnet, str]]:
    """Read /proc/net/route: addresses are little-endian hexadecimal."""
    for line in text.splitlines()[1:]:
        fields = line.split()
        try:
            address, mask = (bytes.fromhex(fields[number])[::-1] for number in (1, 7))
            subnet = ipaddress.IPv4Network((address, str(ipaddress.IPv4Address(mask))), strict=False)
        except (ValueError, IndexError):
            continue
        if subnet.prefixlen:
            yield subnet, fields[0]


def routes_6(text: str) -> Iterator[tuple[Subnet, str]]:
    """Read /proc/net/ipv6_route, without link-local and multicast routes, which every interface has."""
    for line in text.splitlines():
        fields = line.split()
        try:
            subnet = ipaddress.IPv6Network((bytes.fromhex(fields[0]), int(fields[1], 16)), strict=False)
        except (ValueError, IndexError):
            continue
        if subnet.prefixlen and not (subnet.is_link_local or subnet.is_multicast or subnet.is_loopback):
            yield subnet, fields[-1]
