"""Density: what is promised to running instances against what the host has."""

from collections.abc import Sequence

from tui.domain.host import HostUsage, InstanceView, Ledger
from tui.domain.instance import Kind
from tui.sampling.changes import changed_places


class LedgerKeeper:
    """Adds up anew only when an instance came or went, or one of its limits changed."""

    def __init__(self) -> None:
        self._host: tuple[int, int] | None = None
        self._views: Sequence[InstanceView] = ()
        self._ledger: Ledger | None = None

    def keep(self, instances: Sequence[InstanceView], host: HostUsage) -> Ledger:
        """Return what `make_ledger` would."""
        before, self._views = self._views, instances
        of_host = (host.cores, host.memory_total_bytes)
        same = len(before) == len(instances) and of_host == self._host
        if (
            self._ledger is None
            or not same
            or any(_differ(before[place], instances[place]) for place in changed_places(before, instances))
        ):
            self._host = of_host
            self._ledger = make_ledger(instances, host)
        return self._ledger


def _differ(one: InstanceView, other: InstanceView) -> bool:
    """Tell whether anything differs that the ledger reads of a view."""
    before, after = one.usage, other.usage
    return (
        one.instance is not other.instance
        or (before.cpu is not after.cpu and before.cpu.limit_cores != after.cpu.limit_cores)
        or (before.memory is not after.memory and before.memory.limit_bytes != after.memory.limit_bytes)
    )


def make_ledger(instances: Sequence[InstanceView], host: HostUsage) -> Ledger:
    """Add up the promises of active instances.

    A guest is promised its vCPUs and its maximum memory. A container is promised its limits; without one it may take
    all, which no sum can tell, so it is counted as unlimited instead.
    """
    cores, memory = 0.0, 0
    no_cpu_limit = no_memory_limit = unlimited = 0
    for view in instances:
        instance, usage = view.instance, view.usage
        if not instance.state.is_active or not instance.local:
            continue
        if instance.kind is Kind.GUEST:
            cores += instance.guest.vcpus if instance.guest else 0
            memory += instance.guest.memory_max_bytes if instance.guest else 0
            continue
        if instance.container is not None and instance.container.is_infra:
            continue
        cores += usage.cpu.limit_cores or 0
        memory += usage.memory.limit_bytes or 0
        no_cpu_limit += usage.cpu.limit_cores is None
        no_memory_limit += usage.memory.limit_bytes is None
        unlimited += usage.cpu.limit_cores is None or usage.memory.limit_bytes is None
    return Ledger(
        cores=host.cores,
        vcpus_promised=cores,
        memory_bytes=host.memory_total_bytes,
        memory_promised_bytes=memory,
        unlimited_cpu=no_cpu_limit,
        unlimited_memory=no_memory_limit,
        unlimited=unlimited,
    )
