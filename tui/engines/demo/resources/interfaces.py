"""The demo host's network interfaces: those that its guests, containers and networks would have."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui.domain.instance import Instance
from tui.domain.network import HostInterface, InterfaceKind, InterfaceRates
from tui.domain.resource import Stock
from tui.engines.demo.load import KIB, MIB, identity


class DemoInterfaces:
    """An `InterfaceReader` that reads nothing."""

    def read(
        self,
        instances: Sequence[Instance],
        stocks: Sequence[Stock],  # noqa: ARG002 - as the seam has it
        monotonic: float,
    ) -> tuple[HostInterface, ...]:
        """Return believable interfaces."""
        found = [
            _interface("eno1", InterfaceKind.PHYSICAL, monotonic, 40 * MIB, speed=10_000, master="br0"),
            _interface("br0", InterfaceKind.BRIDGE, monotonic, 38 * MIB, addresses=("192.0.2.11/24",)),
            _interface("eno1.42", InterfaceKind.VLAN, monotonic, 2 * MIB, lower="eno1", vlan=42),
            _interface("virbr0", InterfaceKind.BRIDGE, monotonic, 9 * MIB, addresses=("192.168.122.1/24",)),
            _interface("podman0", InterfaceKind.BRIDGE, monotonic, 21 * MIB, addresses=("10.88.0.1/16",)),
        ]
        for one in instances:
            if one.guest is not None:
                found += [
                    _interface(tap, InterfaceKind.TAP, monotonic, 900 * KIB, master="virbr0", owner=one)
                    for tap in one.guest.taps
                ]
            elif one.addresses and one.container is not None and not one.container.pod_id:
                name = f"veth{identity(one.name) % 100_000}"
                found.append(_interface(name, InterfaceKind.VETH, monotonic, 700 * KIB, master="podman0", owner=one))
        found.append(
            _interface("vnet40", InterfaceKind.TAP, monotonic, 0, master="virbr0",
                       problem="tap without a guest: no guest has it and no process holds it")
        )  # fmt: skip
        return tuple(found)

    def close(self) -> None:
        """Do nothing: nothing is open."""


def _interface(
    name: str,
    kind: InterfaceKind,
    monotonic: float,
    busy: float,
    *,
    master: str = "",
    lower: str = "",
    vlan: int | None = None,
    speed: int | None = None,
    addresses: tuple[str, ...] = (),
    owner: Instance | None = None,
    problem: str = "",
) -> HostInterface:
    share = 0.55 + 0.45 * math.sin(monotonic / 17 + identity(name) % 100)
    rates = InterfaceRates(busy * share, busy * share * 0.6, busy * share / 900, busy * share / 1100, 0.0)
    return HostInterface(
        name=name,
        index=2 + identity(name) % 500,
        kind=kind,
        mtu=1500,
        up=True,
        carrier=not problem,
        speed_megabits=speed,
        master=master,
        lower=lower,
        vlan=vlan,
        addresses=addresses,
        rates=rates,
        owner_id=owner.key if owner else "",
        owner_name=owner.name if owner else "",
        inside="eth0" if kind is InterfaceKind.VETH else "",
        problem=problem,
    )
