"""Samplers that are made, and whose libraries are imported, on the thread that first samples.

Meanwhile the engines connect and answer: what a person waits for at the start is theirs to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tui.domain.host import HostUsage
    from tui.domain.instance import Instance
    from tui.domain.network import HostInterface
    from tui.domain.resource import Stock
    from tui.domain.usage import Usage
    from tui.engines.base import GuestMemory
    from tui.sampling.keeps import InterfaceReader
    from tui.sampling.source import HostSampler, InstanceSampler


class LateInstanceSampler:
    """An `InstanceSampler` that makes the real one for the first sample."""

    def __init__(self, make: Callable[[], InstanceSampler]) -> None:
        self._make = make
        self._real: InstanceSampler | None = None
        self._told: Mapping[str, GuestMemory] = {}

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        """Read every target once."""
        if self._real is None:
            self._real = self._make()
            self._real.set_guest_memory(self._told)
        return self._real.sample(targets, attended, monotonic)

    def set_guest_memory(self, memory: Mapping[str, GuestMemory]) -> None:
        """Replace what guests tell; from another thread."""
        self._told = memory  # before the real one is looked for: who makes it meanwhile finds this
        if self._real is not None:
            self._real.set_guest_memory(memory)

    def close(self) -> None:
        """Give back every descriptor."""
        if self._real is not None:
            self._real.close()


class LateHostSampler:
    """A `HostSampler` that makes the real one for the first sample."""

    def __init__(self, make: Callable[[], HostSampler]) -> None:
        self._make = make
        self._real: HostSampler | None = None

    def sample(self, monotonic: float) -> HostUsage:
        """Read the host once."""
        if self._real is None:
            self._real = self._make()
        return self._real.sample(monotonic)


class LateInterfaceReader:
    """An `InterfaceReader` that makes the real one when a person first looks."""

    def __init__(self, make: Callable[[], InterfaceReader]) -> None:
        self._make = make
        self._real: InterfaceReader | None = None

    def read(
        self, instances: Sequence[Instance], stocks: Sequence[Stock], monotonic: float
    ) -> tuple[HostInterface, ...]:
        """Read all of them."""
        if self._real is None:
            self._real = self._make()
        return self._real.read(instances, stocks, monotonic)

    def close(self) -> None:
        """Give back every descriptor."""
        if self._real is not None:
            self._real.close()
