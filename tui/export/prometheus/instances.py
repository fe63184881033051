"""What is exported of each instance."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tui.domain.host import HostView, InstanceView, Severity
from tui.domain.instance import Health, State
from tui.domain.usage import Pressure
from tui.export.prometheus.sheet import Family, FamilyKind, LabelText, label, label_text, with_label
from tui.sampling.totals import Totals

MOST_INSTANCES = 2000
"""Series of more are left out, and counted: a host that makes containers without end must not fill a database."""

_LABELS = ("engine", "user", "kind", "name")
_NO_TOTALS = Totals()
_STATES = tuple(state.value for state in State)
_HEALTHS = tuple(health.value for health in Health)


class Subject(NamedTuple):
    """One exported instance."""

    labels: LabelText
    view: InstanceView
    totals: Totals


class _Figure(NamedTuple):
    kind: FamilyKind
    name: str
    text: str
    unit: str
    value: Callable[[Subject], float | None]


def _guest(name: str) -> Callable[[Subject], float | None]:
    def value(subject: Subject) -> float | None:
        guest = subject.view.instance.guest
        return None if guest is None else float(getattr(guest, name))

    return value


def _ran(subject: Subject) -> float:
    return subject.view.instance.state.is_active


def _restarts(subject: Subject) -> float | None:
    container = subject.view.instance.container
    return None if container is None else container.restarts


def _exit_code(subject: Subject) -> float | None:
    instance = subject.view.instance
    return None if instance.container is None or instance.state.is_active else instance.container.exit_code


_FIGURES: tuple[_Figure, ...] = (
    _Figure("gauge", "up", "1 while processes of it exist (running, paused, stopping, suspended), else 0.", "", _ran),
    _Figure(
        "gauge", "start_time_seconds", "When it was last started, in seconds since 1970.", "seconds",
        lambda one: one.view.instance.started_unix_seconds,
    ),
    _Figure(
        "gauge", "autostart", "1 for a guest that its daemon starts at boot, 0 for another guest.", "",
        _guest("autostart"),
    ),
    _Figure("gauge", "vcpus", "Virtual processors of a guest.", "", _guest("vcpus")),
    _Figure("gauge", "memory_max_bytes", "Maximum memory of a guest.", "bytes", _guest("memory_max_bytes")),
    _Figure("counter", "restarts", "How often Podman's restart policy started a container again.", "", _restarts),
    _Figure("gauge", "exit_code", "Exit code of a container that has ended.", "", _exit_code),
    _Figure(
        "counter", "cpu_seconds", "Processor time used; of a guest with all that QEMU does for it.", "seconds",
        lambda one: one.totals.cpu_seconds,
    ),
    _Figure(
        "gauge", "cpu_limit_cores", "The tightest of quota, cpuset and every ancestor's, or a guest's vCPUs.", "cores",
        lambda one: one.view.usage.cpu.limit_cores,
    ),
    _Figure(
        "counter", "cpu_periods", "Enforcement periods of its processor quota.", "",
        lambda one: one.totals.periods if one.view.usage.cpu.throttled_percent is not None else None,
    ),
    _Figure(
        "counter", "cpu_throttled_periods", "Those of its enforcement periods in which the quota ran out.", "",
        lambda one: one.totals.throttled_periods if one.view.usage.cpu.throttled_percent is not None else None,
    ),
    _Figure(
        "gauge", "memory_working_set_bytes", "Charged memory less inactive file cache.", "bytes",
        lambda one: one.view.usage.memory.working_set_bytes,
    ),
    _Figure(
        "gauge", "memory_limit_bytes", "The tightest memory limit of the cgroup and its ancestors.", "bytes",
        lambda one: one.view.usage.memory.limit_bytes,
    ),
    _Figure(
        "gauge", "memory_high_bytes", "Where the kernel begins to slow it down for its memory (memory.high).", "bytes",
        lambda one: one.view.usage.memory.high_bytes,
    ),
    _Figure("gauge", "swap_bytes", "Swap it uses.", "bytes", lambda one: one.view.usage.memory.swap_bytes),
    _Figure(
        "counter", "oom_kills", "Processes that the kernel killed for memory since its cgroup was made.", "",
        lambda one: one.totals.oom_kills,
    ),
    _Figure(
        "gauge", "guest_memory_used_bytes", "What a guest says it uses inside, from its balloon.", "bytes",
        lambda one: one.view.usage.memory.guest_used_bytes,
    ),
    _Figure(
        "gauge", "guest_memory_available_bytes", "What a guest sees as its RAM, from its balloon.", "bytes",
        lambda one: one.view.usage.memory.guest_available_bytes,
    ),
    _Figure(
        "counter", "disk_read_bytes", "Read from block devices, stacked devices counted once.", "bytes",
        lambda one: one.totals.read_bytes,
    ),
    _Figure(
        "counter", "disk_written_bytes", "Written to block devices, stacked devices counted once.", "bytes",
        lambda one: one.totals.written_bytes,
    ),
    _Figure(
        "counter", "network_receive_bytes", "Received, as the instance sees it.", "bytes",
        lambda one: one.totals.received_bytes,
    ),
    _Figure(
        "counter", "network_transmit_bytes", "Sent, as the instance sees it.", "bytes",
        lambda one: one.totals.transmitted_bytes,
    ),
    _Figure("gauge", "pids", "Tasks in its cgroup.", "", lambda one: one.view.usage.pids.current),
    _Figure("gauge", "pids_limit", "Tasks that its cgroup may have.", "", lambda one: one.view.usage.pids.limit),
)  # fmt: skip


def chosen(view: HostView, totals: Mapping[str, Totals], most: int) -> tuple[list[Subject], int]:
    """Return the instances that are exported and the number of those left out.

    The same ones each time: the first by engine, user, kind and name. Two of one name, of which one has just been
    replaced by the other, would be one series twice: the one that runs counts.
    """
    found: dict[tuple[str, ...], Subject] = {}
    for item in view.instances:
        instance = item.instance
        identity = (label(instance.id.engine), label(instance.user), instance.kind.value, label(instance.name))
        known = found.get(identity)
        if known is None or (instance.state.is_active and not known.view.instance.state.is_active):
            labels = label_text(dict(zip(_LABELS, identity, strict=True)))
            found[identity] = Subject(labels, item, totals.get(item.key, _NO_TOTALS))
    kept = [found[identity] for identity in sorted(found)[:most]]
    return kept, len(view.instances) - len(kept)


def instance_families(view: HostView, subjects: Sequence[Subject]) -> list[Family]:
    """Return all families of instances."""
    families = [_info(view, subjects), _states(subjects), _health(subjects)]
    for figure in _FIGURES:
        family = Family(figure.kind, f"hostdeck_instance_{figure.name}", figure.text, figure.unit)
        value, put = figure.value, family.put
        for subject in subjects:
            put(value(subject), subject.labels)
        families.append(family)
    return [*families, _pressure(subjects), _problems(view, subjects)]


def _info(view: HostView, subjects: Sequence[Subject]) -> Family:
    family = Family("info", "hostdeck_instance", "What an instance is made from and belongs to; empty where nothing.")
    pods = {member: pod.name for pod in view.pods for member in pod.member_ids}
    for subject in subjects:
        container = subject.view.instance.container
        labels = with_label(subject.labels, "pod", label(pods.get(subject.view.key, "")))
        labels = with_label(labels, "image", label(container.image if container else ""))
        family.put(1, with_label(labels, "unit", label(container.unit if container else "")))
    return family


def _states(subjects: Sequence[Subject]) -> Family:
    family = Family("stateset", "hostdeck_instance_state", "State of an instance: 1 for the one that it is in.")
    for subject in subjects:
        family.state(subject.view.instance.state.value, _STATES, subject.labels)
    return family


def _health(subjects: Sequence[Subject]) -> Family:
    family = Family("stateset", "hostdeck_instance_health", "What the health check of a container says, if it has one.")
    for subject in subjects:
        container = subject.view.instance.container
        if container is not None and container.health is not None:
            family.state(container.health.value, _HEALTHS, subject.labels)
    return family


def pressure_shares(pressure: Pressure) -> tuple[tuple[str, float], ...]:
    """Return (resource, share from 0 to 1) of what is known."""
    values = (("cpu", pressure.cpu_some), ("memory", pressure.memory_some), ("io", pressure.io_some))
    return tuple((resource, percent / 100) for resource, percent in values if percent is not None)


def _pressure(subjects: Sequence[Subject]) -> Family:
    text = "Share of the last 10 s in which a task of it waited for a resource (PSI some avg10)."
    family = Family("gauge", "hostdeck_instance_pressure_ratio", text, "ratio")
    for subject in subjects:
        for resource, share in pressure_shares(subject.view.usage.pressure):
            family.put(share, with_label(subject.labels, "resource", resource))
    return family


def _problems(view: HostView, subjects: Sequence[Subject]) -> Family:
    family = Family("gauge", "hostdeck_instance_problems", "Problems of an instance that has any, by severity.")
    counts: dict[tuple[str, Severity], int] = {}
    for problem in view.problems:
        place = (problem.subject, problem.severity)
        counts[place] = counts.get(place, 0) + 1
    by_key = {subject.view.key: subject for subject in subjects} if counts else {}
    for (key, severity), count in counts.items():
        if key in by_key:
            family.put(count, with_label(by_key[key].labels, "severity", severity.value))
    return family
