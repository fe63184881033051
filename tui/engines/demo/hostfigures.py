"""Figures of the demo host as a whole: the sum of its members and what the system itself needs."""

from collections.abc import Callable

from tui.domain.host import HostUsage
from tui.domain.instance import Instance
from tui.domain.usage import Pressure
from tui.engines.demo.figures import CORES, WINDOW_SECONDS, Clockwork, DemoSampler, ripple
from tui.engines.demo.load import GIB, KIB, MIB

MEMORY_BYTES = 64 * GIB
_SWAP_BYTES = 8 * GIB
_SYSTEM_BYTES = int(2.6 * GIB)
_SYSTEM_CORES = 0.25
_UP_SECONDS = 41 * 86_400.0 + 5 * 3600


class DemoHostSampler:
    """The demo's host sampler.

    Args:
        listed: gives all instances as they are now; may be called on any thread.
    """

    def __init__(
        self,
        seed: int,
        begin: float,
        clockwork: Clockwork,
        sampler: DemoSampler,
        listed: Callable[[], tuple[Instance, ...]],
    ) -> None:
        self._seed = seed
        self._begin = begin
        self._clockwork = clockwork
        self._sampler = sampler
        self._listed = listed

    def sample(self, monotonic: float) -> HostUsage:
        """Return the host's figures at one tick."""
        now = self._clockwork.utc(monotonic)
        usages = [self._sampler.usage(instance, now) for instance in self._listed()]
        cores = _SYSTEM_CORES * (1 + ripple(self._seed, "cpu", now)) + sum(u.cpu.cores_used or 0.0 for u in usages)
        memory = _SYSTEM_BYTES + sum(u.memory.working_set_bytes or 0 for u in usages)
        load = cores * (1 + 0.3 * ripple(self._seed, "load", now, 60))
        return HostUsage(
            cores=CORES,
            cpu_percent=min(100.0, 100 * cores / CORES),
            steal_percent=0.0,
            memory_total_bytes=MEMORY_BYTES,
            memory_used_bytes=min(MEMORY_BYTES, memory),
            swap_total_bytes=_SWAP_BYTES,
            swap_used_bytes=240 * MIB,
            load_1=round(load, 2),
            load_5=round(load * 0.96, 2),
            load_15=round(load * 0.91, 2),
            pressure=Pressure(round(cores * 0.4, 2), 0.0, round(6 + 8 * ripple(self._seed, "io", now), 2)),
            disk_read_bytes_per_second=sum(u.io.read_bytes_per_second or 0.0 for u in usages) + 20 * KIB,
            disk_write_bytes_per_second=sum(u.io.write_bytes_per_second or 0.0 for u in usages) + 200 * KIB,
            network_receive_bytes_per_second=sum(u.network.receive_bytes_per_second or 0.0 for u in usages) * 0.4,
            network_transmit_bytes_per_second=sum(u.network.transmit_bytes_per_second or 0.0 for u in usages) * 0.4,
            uptime_seconds=_UP_SECONDS + now - self._begin,
            window_seconds=WINDOW_SECONDS,
        )
