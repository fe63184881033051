"""The rules there are, with their usual levels.

Memory pressure: systemd-oomd kills where all tasks of a cgroup waited for memory in 60 % of the last 10 s, for 30 s
(oomd.conf(5): DefaultMemoryPressureLimit=60%, DefaultMemoryPressureDurationSec=30s); the same level is a problem here,
whether or not it runs. There is no such convention for processor and io, so those two are warnings.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tui.domain.host import Severity
from tui.rules.model import Limits, Rule

WINDOW_SECONDS = 600.0  # in which restarts are counted
GROWTH_SECONDS = 300.0  # over which the growth of swap is measured
HOLD_SECONDS = 86_400.0  # how long something that happened once is shown unless it is mended before

_CRITICAL, _WARNING = Severity.CRITICAL, Severity.WARNING
_BOTH = ("guest", "container")
_ALL_THAT_WAIT = (*_BOTH, "host")


def _state(severity: Severity, for_seconds: float = 0.0, clear_for_seconds: float = 0.0) -> Limits:
    return Limits(severity=severity, for_seconds=for_seconds, clear_for_seconds=clear_for_seconds)


def _level(
    severity: Severity,
    level: float,
    clear: float,
    *,
    for_seconds: float = 0.0,
    clear_for_seconds: float = 0.0,
    critical: float | None = None,
) -> Limits:
    return Limits(
        severity=severity,
        level=level,
        clear=clear,
        for_seconds=for_seconds,
        clear_for_seconds=clear_for_seconds,
        critical=critical,
    )


_OF_GUESTS = (
    Rule(id="crashed", kinds=("guest",), figure="its state", limits=_state(_CRITICAL)),
    Rule(id="io-error", kinds=("guest",), figure="why it is paused", limits=_state(_CRITICAL)),
    Rule(id="halted", kinds=("guest",), figure="why it is paused", limits=_state(_CRITICAL)),
    Rule(
        id="down",
        kinds=("guest",),
        figure="its state and autostart",
        limits=_state(_WARNING),
        sentence="starts with the host, but is shut off",
    ),
    Rule(
        id="agent-lost",
        kinds=("guest",),
        figure="the channel of its agent, which answered in this run before",
        limits=_state(_WARNING, 120.0),
        sentence="its agent does not answer any more",
    ),
)
_OF_CONTAINERS = (
    Rule(
        id="unhealthy",
        kinds=("container",),
        figure="its health check",
        limits=_state(_CRITICAL),
        sentence="its health check fails",
    ),
    Rule(
        id="restarting",
        kinds=("container",),
        figure="restarts within 10 min",
        limits=_level(_CRITICAL, 3, 1, clear_for_seconds=30.0),
    ),
    Rule(
        id="exited",
        kinds=("container",),
        figure="its exit code, where it ended while somebody watched",
        limits=_state(_WARNING, 15.0),
    ),
    Rule(
        id="unit-failed",
        kinds=("container", "host"),
        figure="what systemd says about its unit",
        limits=_state(_CRITICAL),
        sentence="systemd: {words}",
    ),
)
_OF_BOTH = (
    Rule(
        id="stopping",
        kinds=_BOTH,
        figure="its state",
        limits=_state(_WARNING, 120.0),
        sentence="is stopping and does not come to an end",
    ),
    Rule(id="oom", kinds=_BOTH, figure="processes the kernel killed for memory", limits=_state(_CRITICAL)),
    Rule(
        id="memory",
        kinds=("container",),
        figure="working set in % of its limit",
        limits=_level(_WARNING, 90, 85),
        sentence="memory {value:.0f} % of its limit",
        unit="%",
    ),
    Rule(
        id="throttled",
        kinds=_BOTH,
        figure="throttled periods in % of all",
        limits=_level(_WARNING, 25, 15, for_seconds=15.0, clear_for_seconds=15.0),
        sentence="throttled in {value:.0f} % of its periods",
        unit="%",
    ),
    Rule(
        id="pids",
        kinds=_BOTH,
        figure="tasks in % of its limit",
        limits=_level(_WARNING, 90, 85),
        sentence="{words} tasks",
        unit="%",
    ),
    Rule(
        id="swap",
        kinds=_ALL_THAT_WAIT,
        figure="growth of swap within 5 min, in MiB",
        limits=_level(_WARNING, 256, 64, for_seconds=30.0, clear_for_seconds=60.0),
        sentence="swap grew by {value:.0f} MiB in 5 min",
        unit="MiB",
    ),
    Rule(
        id="pressure-memory",
        kinds=_ALL_THAT_WAIT,
        figure="time in which all its tasks waited for memory, in % of the last 10 s",
        limits=_level(_CRITICAL, 60, 40, for_seconds=30.0, clear_for_seconds=30.0),
        sentence="waits for memory {value:.0f} % of the time",
        unit="%",
        resource="memory",
    ),
    Rule(
        id="pressure-io",
        kinds=_ALL_THAT_WAIT,
        figure="time in which some task waited for a disk, in % of the last 10 s",
        limits=_level(_WARNING, 80, 60, for_seconds=60.0, clear_for_seconds=30.0),
        sentence="waits for disks {value:.0f} % of the time",
        unit="%",
        resource="io",
    ),
    Rule(
        id="pressure-cpu",
        kinds=_ALL_THAT_WAIT,
        figure="time in which some task waited for a processor, in % of the last 10 s",
        limits=_level(_WARNING, 80, 60, for_seconds=60.0, clear_for_seconds=30.0),
        sentence="waits for processors {value:.0f} % of the time",
        unit="%",
        resource="cpu",
    ),
)
_OF_HOST = (
    Rule(
        id="host-memory",
        kinds=("host",),
        figure="used memory in % of all",
        limits=_level(_CRITICAL, 90, 87),
        sentence="memory of the host {value:.0f} % used",
        unit="%",
    ),
    Rule(
        id="steal",
        kinds=("host",),
        figure="processor time the host below took, in % of all",
        limits=_level(_WARNING, 10, 5, for_seconds=60.0, clear_for_seconds=60.0),
        sentence="the host below takes {value:.0f} % of the processors",
        unit="%",
        resource="cpu",
    ),
    Rule(
        id="filesystem",
        kinds=("host",),
        figure="used space or inodes of a filesystem in %",
        limits=_level(_WARNING, 90, 87, critical=97),
        unit="%",
    ),
    Rule(
        id="filesystem-hangs",
        kinds=("host",),
        figure="whether a filesystem answers",
        limits=_state(_CRITICAL),
        sentence="{words} does not answer",
    ),
    Rule(
        id="pool",
        kinds=("engine",),
        figure="used space of a storage pool in %",
        limits=_level(_WARNING, 90, 87, critical=97),
        sentence="pool {words} {value:.0f} % full",
        unit="%",
    ),
    Rule(id="disk-errors", kinds=("host",), figure="errors that the kernel counted", limits=_state(_CRITICAL)),
    Rule(
        id="overcommit-memory",
        kinds=("host",),
        figure="promised memory in % of the host's",
        limits=_level(_WARNING, 150, 145),
        sentence="{value:.0f} % of the memory is promised",
        unit="%",
    ),
    Rule(
        id="overcommit-cpu",
        kinds=("host",),
        figure="promised processors in % of the host's",
        limits=_level(_WARNING, 800, 780),
        sentence="{value:.0f} % of the processors are promised",
        unit="%",
    ),
    Rule(
        id="stale",
        kinds=("host",),
        figure="age of the figures in seconds",
        limits=_level(_CRITICAL, 10, 5),
        sentence="figures are {value:.0f} s old: the kernel did not answer",
        unit="s",
    ),
    Rule(id="defect", kinds=("host",), figure="a defect of hostdeck itself", limits=_state(_CRITICAL)),
    Rule(id="no-answer", kinds=("engine",), figure="whether the engine answers", limits=_state(_CRITICAL)),
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for rule in (*_OF_GUESTS, *_OF_CONTAINERS, *_OF_BOTH, *_OF_HOST)}
)
