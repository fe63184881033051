"""All interfaces of this host at one moment, with the traffic since the moment before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tui.domain.errors import ActionRefused
from tui.domain.instance import Instance
from tui.domain.network import HostInterface, InterfaceKind, InterfaceRates
from tui.domain.resource import Stock
from tui.hostnet.links import Counters, Link, parse_address, parse_link
from tui.hostnet.netlink import Netlink
from tui.hostnet.owners import Owners, mounted_namespaces, owners_of

_STALE_SECONDS = 30.0  # nobody looked for so long: an average over that time is no rate of now


class HostInterfaces:
    """Reads the network namespace that hostdeck runs in; for one thread."""

    def __init__(self, sys: Path = Path("/sys"), proc: Path = Path("/proc"), run: Path = Path("/run")) -> None:
        self._net = sys / "class" / "net"
        self._proc = proc
        self._namespaces = run / "netns"
        self._netlink: Netlink | None = None
        self._before: Mapping[int, tuple[str, Counters]] = {}
        self._read_at: float | None = None

    def read(
        self, instances: Sequence[Instance], stocks: Sequence[Stock], monotonic: float
    ) -> tuple[HostInterface, ...]:
        """Read all of them, in the kernel's order; rates are of the time since the call before.

        Raises:
            ActionRefused: the kernel gives no routing socket.
        """
        try:
            netlink = self._netlink = self._netlink or Netlink()
            links = [link for link in map(parse_link, netlink.links()) if link is not None]
            addresses = _by_index(netlink)
        except OSError as error:
            self.close()
            raise ActionRefused(
                "no interfaces", f"The kernel does not list the interfaces of this host: {error.strerror or error}."
            ) from error
        names = {link.index: link.name for link in links}
        owners = owners_of(
            instances,
            stocks,
            netlink.namespace_of,
            mounted_namespaces(self._namespaces, netlink.namespace_at),
            self._proc,
        )
        seconds = monotonic - self._read_at if self._read_at is not None else None
        usable = seconds if seconds is not None and 0 < seconds <= _STALE_SECONDS else None
        found = tuple(self._value(link, names, owners, tuple(addresses.get(link.index, ())), usable) for link in links)
        self._before = {link.index: (link.name, link.counters) for link in links}
        self._read_at = monotonic
        return found

    def close(self) -> None:
        """Give the socket back; the next reading opens another one."""
        if self._netlink is not None:
            self._netlink.close()
            self._netlink = None

    def _value(
        self, link: Link, names: Mapping[int, str], owners: Owners, addresses: tuple[str, ...], seconds: float | None
    ) -> HostInterface:
        master = names.get(link.master, "")
        owner = owners.of(link, master)
        kind = self._kind(link)
        return HostInterface(
            name=link.name,
            index=link.index,
            kind=kind,
            mac="" if kind is InterfaceKind.LOOPBACK else link.mac,
            mtu=link.mtu,
            up=link.up,
            carrier=link.carrier,
            speed_megabits=self._speed(link) if kind is InterfaceKind.PHYSICAL else None,
            master=master,
            lower=_lower(link, names),
            peer_index=link.link if kind is InterfaceKind.VETH else None,
            vlan=link.vlan,
            addresses=addresses,
            receive_bytes=link.counters.receive_bytes,
            transmit_bytes=link.counters.transmit_bytes,
            errors=link.counters.errors,
            rates=self._rates(link, seconds),
            owner_id=owner.instance_id,
            owner_name=owner.name,
            inside=owner.inside,
            problem=owner.problem,
        )

    def _kind(self, link: Link) -> InterfaceKind:
        """Tell a card from an interface of which the kernel names no kind (a dummy of an old driver)."""
        if link.kind is not InterfaceKind.PHYSICAL or (self._net / link.name / "device").exists():
            return link.kind
        return InterfaceKind.OTHER

    def _speed(self, link: Link) -> int | None:
        """Return megabits a second from /sys/class/net/NAME/speed; drivers answer -1 or EINVAL without a carrier."""
        try:
            speed = int((self._net / link.name / "speed").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        return speed if speed > 0 else None

    def _rates(self, link: Link, seconds: float | None) -> InterfaceRates:
        name, before = self._before.get(link.index, ("", Counters()))
        now = link.counters
        if seconds is None or name != link.name or now.receive_bytes < before.receive_bytes:
            return InterfaceRates()
        return InterfaceRates(
            receive_bytes_per_second=(now.receive_bytes - before.receive_bytes) / seconds,
            transmit_bytes_per_second=max(0, now.transmit_bytes - before.transmit_bytes) / seconds,
            receive_packets_per_second=max(0, now.receive_packets - before.receive_packets) / seconds,
            transmit_packets_per_second=max(0, now.transmit_packets - before.transmit_packets) / seconds,
            errors_per_second=max(0, now.errors - before.errors) / seconds,
        )


def _by_index(netlink: Netlink) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for parsed in map(parse_address, netlink.addresses()):
        if parsed is not None:
            found.setdefault(parsed[0], []).append(parsed[1])
    return found


def _lower(link: Link, names: Mapping[int, str]) -> str:
    """Return what a VLAN, macvlan or macvtap stands on; a veth has a peer instead."""
    if link.kind is InterfaceKind.VETH or link.link_namespace is not None:
        return ""
    return names.get(link.link, "") if link.link != link.index else ""
