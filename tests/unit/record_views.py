"""Views for a record: a host whose containers work, rest, come, go and are made anew."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.unit.build import container, guest, host_usage, instance_id
from tests.unit.views import view_of
from tui.domain.host import HostView, InstanceView
from tui.domain.instance import Instance
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, Pressure, Usage
from tui.record.folder import Keeping
from tui.record.resolution import rounded, rounded_host
from tui.record.retention import Limits
from tui.record.store import Store

NOON = 1_750_075_200.0  # 2025-06-16 12:00 UTC
STEP = 5.0
WEB, DB, VM = container("web"), container("db"), guest("vm")
KEPT = Limits(7, 1024)


def made_anew(instance: Instance, local: str) -> Instance:
    return replace(instance, id=instance_id(local, instance.id.engine))


def figures(number: int) -> Usage:
    """Return figures that are others for each number."""
    return rounded(
        Usage(
            CpuUsage(0.1 + number % 7 / 3, 2.0, 5.0 + number % 11, 0.0),
            MemoryUsage(50_000_000 + 1_234_567 * (number % 13), 1 << 30, None, number % 90 + 0.333),
            IoUsage(1000.0 * (number % 17) ** 3, 0.0),
            NetworkUsage(17.3 * number, 0.4),
            pressure=Pressure(number % 5 / 100, None, 0.0),
            cgroup="/machine.slice/x",
            window_seconds=STEP,
        )
    )


def moment(
    utc: float, instances: Iterable[tuple[Instance, Usage]] = (), *, tick: int = 1, load: float = 1.0
) -> HostView:
    usage = rounded_host(host_usage(cpu_percent=load, memory_used_bytes=(8 << 30) + int(load * 1e6)))
    return view_of(
        taken_utc_seconds=utc,
        taken_monotonic_seconds=utc - NOON + 1e6,
        tick=tick,
        usage=usage,
        instances=tuple(InstanceView(*pair) for pair in instances),
    )


def working(count: int, *, begin: float = NOON, step: float = STEP) -> Sequence[HostView]:
    """Return a host on which one works, one rests and one is stopped."""
    resting = figures(3)
    return [
        moment(
            begin + number * step,
            [(WEB, figures(number)), (DB, resting), (VM, Usage())],
            tick=number,
            load=10 + number % 50,
        )
        for number in range(count)
    ]


def store_of(folder: Path, *, limits: Limits = KEPT, seconds: float = STEP) -> Store:
    return Store(Keeping(folder), seconds, limits)


def write(store: Store, views: Iterable[HostView]) -> None:
    for view in views:
        store.write(view, (), view.taken_utc_seconds)


def record(folder: Path, views: Sequence[HostView], *, seconds: float = STEP) -> None:
    """Write all views and close the record."""
    store = store_of(folder, seconds=seconds)
    write(store, views)
    store.close(views[-1].taken_utc_seconds)
    assert store.trouble is None
