"""Counters as they stand, for who works out rates by itself: a time series database.

Only an export asks for them; a screen lives on rates.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from tui.domain.host import HostUsage
from tui.domain.instance import Instance
from tui.domain.usage import Usage
from tui.engines.base import GuestMemory


class Totals(NamedTuple):
    """Counters of one instance since its cgroup was made; None where the kernel does not tell.

    Attributes:
        life: start of its main process in clock ticks after boot: with another one all counters began anew.
        cpu_seconds: processor time.
        periods: of the processor quota that ran.
        throttled_periods: those of them in which the quota ran out.
        read_bytes: from block devices, stacked devices counted once.
        received_bytes: as the instance sees it.
        oom_kills: processes that the kernel killed for memory.
    """

    life: int = 0
    cpu_seconds: float | None = None
    periods: int | None = None
    throttled_periods: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    received_bytes: int | None = None
    transmitted_bytes: int | None = None
    oom_kills: int | None = None


class HostTotals(NamedTuple):
    """Counters of the host since it started.

    Attributes:
        cpu_busy_seconds: of all cores; None before the first sample.
        disks: bytes read and written of each whole disk.
        interfaces: bytes received and transmitted of each interface that the host's traffic is measured on.
    """

    cpu_busy_seconds: float | None = None
    cpu_steal_seconds: float | None = None
    disks: Mapping[str, tuple[int, int]] = MappingProxyType({})
    interfaces: Mapping[str, tuple[int, int]] = MappingProxyType({})


class CountsInstances(Protocol):
    """An `InstanceSampler` that also tells counters."""

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        """Read every target once."""

    def set_guest_memory(self, memory: Mapping[str, GuestMemory]) -> None:
        """Take what guests tell."""

    def totals(self) -> Mapping[str, Totals]:
        """Return the counters of the last sample by row key."""

    def close(self) -> None:
        """Give back every descriptor."""


class CountsHost(Protocol):
    """A `HostSampler` that also tells counters."""

    def sample(self, monotonic: float) -> HostUsage:
        """Read the host once."""

    def totals(self) -> HostTotals:
        """Return the counters of the last sample."""


class Tally:
    """The newest counters. Written on the sampling thread, read on any other: each is replaced whole.

    Attributes:
        instances: by row key.
    """

    def __init__(self) -> None:
        self.instances: Mapping[str, Totals] = MappingProxyType({})
        self.host = HostTotals()

    def over_instances(self, sampler: CountsInstances) -> "TalliedInstances":
        """Return a sampler that notes the counters of each sample here."""
        return TalliedInstances(sampler, self)

    def over_host(self, sampler: CountsHost) -> "TalliedHost":
        """Return a sampler that notes the counters of each sample here."""
        return TalliedHost(sampler, self)


class TalliedInstances:
    """An `InstanceSampler` whose counters never go back while the same process lives."""

    def __init__(self, sampler: CountsInstances, tally: Tally) -> None:
        self._sampler = sampler
        self._tally = tally
        self._raw: Mapping[str, Totals] = {}

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        """Read every target once, and note the counters."""
        usages = self._sampler.sample(targets, attended, monotonic)
        before, self._raw = self._raw, self._sampler.totals()
        known = self._tally.instances
        self._tally.instances = {key: _steady(before.get(key), now, known.get(key)) for key, now in self._raw.items()}
        return usages

    def set_guest_memory(self, memory: Mapping[str, GuestMemory]) -> None:
        """Take what guests tell."""
        self._sampler.set_guest_memory(memory)

    def close(self) -> None:
        """Give back every descriptor."""
        self._sampler.close()


class TalliedHost:
    """A `HostSampler` that notes the counters of each sample."""

    def __init__(self, sampler: CountsHost, tally: Tally) -> None:
        self._sampler = sampler
        self._tally = tally

    def sample(self, monotonic: float) -> HostUsage:
        """Read the host once, and note the counters."""
        usage = self._sampler.sample(monotonic)
        self._tally.host = self._sampler.totals()
        return usage


def _steady(before: Totals | None, now: Totals, shown: Totals | None) -> Totals:
    """Return what to show: network counters are a sum over interfaces, which falls when one is taken away.

    Shown as it is, a database would take that for a new start and count all the bytes that are left once more.
    """
    if before is None or shown is None or now.life != before.life:
        return now
    return now._replace(
        received_bytes=_grown(before.received_bytes, now.received_bytes, shown.received_bytes),
        transmitted_bytes=_grown(before.transmitted_bytes, now.transmitted_bytes, shown.transmitted_bytes),
    )


def _grown(before: int | None, now: int | None, shown: int | None) -> int | None:
    if now is None:
        return shown  # it could not be read this time: the old value stands
    if before is None or shown is None:
        return now if shown is None else max(now, shown)
    return shown + max(0, now - before)
