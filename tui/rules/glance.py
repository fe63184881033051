"""See who is plainly well: so it is with nearly all, on every tick."""

from tui.domain.host import InstanceView
from tui.domain.instance import Health, State
from tui.rules.book import Glance
from tui.rules.trend import Trend


def is_well(view: InstanceView, trend: Trend, least: Glance) -> bool:
    """Tell that no rule of a running instance can speak, whatever stands already."""
    instance, usage = view.instance, view.usage
    if instance.state is not State.RUNNING or instance.reason or trend.restarts or trend.unit_failed:
        return False
    container, guest = instance.container, instance.guest
    if (container is not None and container.health is Health.UNHEALTHY) or (
        guest is not None and guest.agent == "disconnected"
    ):
        return False
    memory, throttled, pids, waits = usage.memory, usage.cpu.throttled_percent, usage.pids, usage.pressure
    return (
        not memory.oom_kills
        and (memory.percent_of_limit or 0.0) < least.memory
        and (throttled or 0.0) < least.throttled
        and (memory.swap_bytes or 0) < least.swap_bytes
        and (waits.memory_full or 0.0) < least.pressure_memory
        and (waits.io_some or 0.0) < least.pressure_io
        and (waits.cpu_some or 0.0) < least.pressure_cpu
        and (pids.current is None or not pids.limit or 100 * pids.current < least.pids * pids.limit)
    )
