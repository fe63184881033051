"""The figures of a host as they were read last, on a thread that may hang without the screen hanging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.errors import EngineTimeout
from tui.domain.host import HostUsage
from tui.engines.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.domain.instance import Instance
    from tui.domain.usage import Usage
    from tui.sampling.source import HostSampler, InstanceSampler


class Readings:
    """Reads instances and host.

    Args:
        interval_seconds: time between two ticks.
        deadline_seconds: how long one reading may take; past it the last figures stay.

    Attributes:
        host: figures of the host.
        usages: figures of instances by row key.
        tick: number of the tick that was read last.
        were_read: row keys of the active instances that were read last.
        read_once: those of them that were read for the first time.
        defect: why nothing can be read, in a sentence; empty when all is well.
    """

    def __init__(
        self,
        sampler: InstanceSampler,
        host_sampler: HostSampler,
        *,
        interval_seconds: float,
        deadline_seconds: float,
    ) -> None:
        self.host = HostUsage(cores=1)
        self.usages: Mapping[str, Usage] = {}
        self.tick = 0
        self.were_read: frozenset[str] = frozenset()
        self.read_once: frozenset[str] = frozenset()
        self.defect = ""
        self._sampler = sampler
        self._host_sampler = host_sampler
        self._interval = interval_seconds
        self._deadline = deadline_seconds
        self._lane = Lane("sampling")
        self._read_at: float | None = None

    async def read(
        self, instances: Sequence[Instance], active: frozenset[str], attended: frozenset[str], monotonic: float
    ) -> bool:
        """Read host and instances; return whether this is the first sample of its tick."""
        if self._lane.abandoned:
            return False
        try:
            host, usages = await self._lane.call(self._sample, instances, attended, monotonic, deadline=self._deadline)
        except EngineTimeout:
            return False
        except Exception as error:  # noqa: BLE001 - a defect of ours: said on screen, engines and keys go on
            self.defect = f"hostdeck failed to read the figures: {type(error).__name__}: {error}"
            return False
        self.defect = ""
        self.read_once, self.were_read = active - self.were_read, active
        self.host, self.usages, self._read_at = host, usages, monotonic
        tick = int(monotonic / self._interval)
        first = tick != self.tick
        self.tick = tick
        return first

    def stale_seconds(self, monotonic: float) -> float:
        """Return how old the figures are; 0 before there are any."""
        return 0.0 if self._read_at is None else monotonic - self._read_at

    def close(self) -> None:
        """End; a thread that hangs keeps its descriptors."""
        self._lane.close()
        if not self._lane.abandoned:
            self._sampler.close()

    def _sample(
        self, instances: Sequence[Instance], attended: frozenset[str], monotonic: float
    ) -> tuple[HostUsage, Mapping[str, Usage]]:
        """Run on the sampling thread."""
        return self._host_sampler.sample(monotonic), self._sampler.sample(instances, attended, monotonic)
