"""What the rules see of guests and containers: each look is asked about one instance that is not plainly well."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tui.domain.host import InstanceView
from tui.domain.instance import Health, State
from tui.domain.usage import Usage
from tui.rules.model import Seen
from tui.rules.trend import Trend

KILLED_EXIT = 137  # by SIGKILL, whoever sent it
# how a container looks that a person stopped: it obeyed SIGINT or SIGTERM, or was killed when its time was over
STOPPED_EXITS = frozenset({0, 130, KILLED_EXIT, 143})
_HALTS = frozenset({"watchdog", "crashed", "post-copy migration failed", "an operation of libvirt failed"})
_FAILED = frozenset({"crashed", "failed", "failed to start"})
_STATE = Seen()

# of a view with its past at a monotonic time, where it stands already or not
Look = Callable[[InstanceView, Trend, float, bool], Seen | None]
Figure = Callable[[Usage], float | None]


def crashed(view: InstanceView, _trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See a guest that ended in a way nobody wanted."""
    state, reason = view.instance.state, view.instance.reason
    if state is State.CRASHED:
        return Seen(words="crashed" + (f": {reason}" if reason not in {"", "crashed"} else ""))
    return Seen(words=f"shut off: {reason}") if state is State.STOPPED and reason in _FAILED else None


def io_error(view: InstanceView, _trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See a guest that stands still because its disk does."""
    instance = view.instance
    is_so = instance.state is State.PAUSED and "I/O error" in instance.reason
    return Seen(words=f"paused: {instance.reason}") if is_so else None


def halted(view: InstanceView, _trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See a guest that stands still, or runs half, because something failed."""
    instance = view.instance
    if instance.reason not in _HALTS or instance.state not in {State.PAUSED, State.RUNNING}:
        return None
    return Seen(words=f"{instance.state.value}: {instance.reason}")


def down(view: InstanceView, _trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See a guest that should run; one that crashed has its own line."""
    instance = view.instance
    is_so = instance.state is State.STOPPED and instance.reason not in _FAILED
    return _STATE if is_so and instance.guest is not None and instance.guest.autostart else None


def agent_lost(view: InstanceView, trend: Trend, _now: float, stands: bool) -> Seen | None:
    """See an agent that answered in this run of its guest; one that never did is none that is missed."""
    guest = view.instance.guest
    if guest is None or guest.agent != "disconnected" or view.instance.state is not State.RUNNING:
        return None
    return _STATE if stands or (trend.agent_run is not None and trend.agent_run == guest.domain_id) else None


def unhealthy(view: InstanceView, _trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See a container whose own check fails."""
    container = view.instance.container
    is_so = container is not None and container.health is Health.UNHEALTHY and view.instance.state.is_active
    return _STATE if is_so else None


def restarting(view: InstanceView, trend: Trend, now: float, stands: bool) -> Seen | None:
    """See restarts; of what happened before hostdeck came only a container that says "restarting" tells."""
    instance, container = view.instance, view.instance.container
    if container is None or (instance.state is State.STOPPED and not stands):
        return None
    count = trend.restarts_lately(now)
    is_total = instance.state is State.RESTARTING and not count and bool(container.restarts)
    words = f"restarted {_times(container.restarts)}" if is_total else f"restarted {_times(count)} in 10 min"
    if is_total:
        count = container.restarts
    if instance.state is State.STOPPED:
        count = 0  # it may be between two starts, or over
    code = container.exit_code if container.exit_code is not None else trend.exit_code
    words += f", exit {code}" if code is not None else ""
    return Seen(float(count), words, began=bool(trend.restarts), is_told=not is_total)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def exited(view: InstanceView, trend: Trend, _now: float, stands: bool) -> Seen | None:
    """See a container that failed while somebody watched; what lay there before is nobody's news."""
    instance, container = view.instance, view.instance.container
    if container is None or not (trend.ended or stands) or "OOM" in instance.reason:
        return None
    code = container.exit_code
    if instance.state is State.CREATED:
        return Seen(words=f"did not start: {instance.reason}", began=trend.ended) if instance.reason else None
    if instance.state is not State.STOPPED or code is None or code in STOPPED_EXITS:
        return None
    said = f": {instance.reason}" if instance.reason not in {"", f"exit {code}"} else ""
    return Seen(words=f"ended with exit code {code}{said}", began=trend.ended)


def unit_failed(_view: InstanceView, trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See a container whose unit systemd gave up."""
    return Seen(words=trend.unit_failed) if trend.unit_failed else None


def stopping(view: InstanceView, _trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See what is asked to end; how long that may take is the rule's."""
    return _STATE if view.instance.state in {State.STOPPING, State.REMOVING} else None


def oom(view: InstanceView, trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See what the kernel killed for memory, while it runs and after its end, which engines do not always tell."""
    instance, kills, container = view.instance, view.usage.memory.oom_kills, view.instance.container
    if instance.state is State.STOPPED and container is not None:
        if "OOM" in instance.reason:
            return Seen(words=f"stopped: {instance.reason}")
        if container.exit_code == KILLED_EXIT and trend.was_killed:
            return Seen(words="killed by the kernel: out of memory", began=True)
    if kills and instance.state.is_active:
        return Seen(float(kills), f"{kills} of its processes killed: out of memory")
    return None


def pids(view: InstanceView, _trend: Trend, _now: float, _stands: bool) -> Seen | None:
    """See how near it is to its limit of tasks."""
    used = view.usage.pids
    if used.current is None or not used.limit or not view.instance.state.is_active:
        return None
    return Seen(100 * used.current / used.limit, f"{used.current} of {used.limit}")


def swap(view: InstanceView, trend: Trend, now: float, _stands: bool) -> Seen | None:
    """See how much of it went to swap."""
    return _level(view, trend.swap_growth_mib(view, now))


def _of_figure(figure: Figure) -> Look:
    """Return the look at a plain figure of what runs."""

    def look(view: InstanceView, _trend: Trend, _now: float, _stands: bool) -> Seen | None:
        return _level(view, figure(view.usage))

    return look


def _level(view: InstanceView, value: float | None) -> Seen | None:
    return None if value is None or not view.instance.state.is_active else Seen(value)


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        "memory": lambda usage: usage.memory.percent_of_limit,
        "throttled": lambda usage: usage.cpu.throttled_percent,
        "pressure-memory": lambda usage: usage.pressure.memory_full,
        "pressure-io": lambda usage: usage.pressure.io_some,
        "pressure-cpu": lambda usage: usage.pressure.cpu_some,  # waiting for its own quota is not counted by the kernel
    }
)
"""Plain figures by id of the rule, so that one below its level is passed over at once."""

LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "crashed": crashed,
        "io-error": io_error,
        "halted": halted,
        "down": down,
        "agent-lost": agent_lost,
        "unhealthy": unhealthy,
        "restarting": restarting,
        "exited": exited,
        "unit-failed": unit_failed,
        "stopping": stopping,
        "oom": oom,
        "pids": pids,
        "swap": swap,
        **{rule_id: _of_figure(figure) for rule_id, figure in FIGURES.items()},
    }
)
"""By id of a rule; those that are asked about a whole host or an engine are in `tui.rules.scene`."""

STATE_RULES = frozenset(LOOKS) - {"oom", "pids", "swap", *FIGURES}
"""Those that say the same again while an engine says nothing new and no restart is remembered."""
