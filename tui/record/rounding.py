"""Samplers whose figures are rounded before anything judges them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tui.domain.host import HostUsage
from tui.domain.instance import Instance
from tui.domain.usage import Usage
from tui.record.resolution import rounded, rounded_host

if TYPE_CHECKING:
    from tui.engines.base import GuestMemory
    from tui.sampling.source import HostSampler, InstanceSampler


class RoundedInstances:
    """An `InstanceSampler` whose figures are those that a record keeps.

    What is the very object of the tick before stays so, and what changed by less than can be kept becomes it.
    """

    def __init__(self, inner: "InstanceSampler") -> None:
        self._inner = inner
        self._known: dict[str, tuple[Usage, Usage]] = {}  # as it was read, and as it was given out

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        """Read every target once."""
        read = self._inner.sample(targets, attended, monotonic)
        known = self._known
        self._known = {key: self._keep(known.get(key), usage) for key, usage in read.items()}
        return {key: kept for key, (_, kept) in self._known.items()}

    def set_guest_memory(self, memory: "Mapping[str, GuestMemory]") -> None:
        """Take what guests tell about their memory."""
        self._inner.set_guest_memory(memory)

    def close(self) -> None:
        """Give back every descriptor."""
        self._inner.close()

    @staticmethod
    def _keep(before: tuple[Usage, Usage] | None, usage: Usage) -> tuple[Usage, Usage]:
        if before is not None and before[0] is usage:
            return before
        now = rounded(usage)
        return usage, before[1] if before is not None and before[1] == now else now


class RoundedHost:
    """A `HostSampler` likewise."""

    def __init__(self, inner: "HostSampler") -> None:
        self._inner = inner

    def sample(self, monotonic: float) -> HostUsage:
        """Read the host once."""
        return rounded_host(self._inner.sample(monotonic))
