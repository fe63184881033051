"""What one line of a table stands for: an instance, or a pod with its members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tui.domain.host import HostView, InstanceView, Problem, Severity
from tui.domain.instance import Instance, Kind, Pod
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, NetworkUsage, PidsUsage, Pressure, Usage


class Entry(NamedTuple):
    """One line.

    Attributes:
        instance: None for a pod.
        pod: the group, None for an instance.
        members: a pod's containers, the infra container included.
        pod_name: of the pod a container belongs to, empty outside of one.
        problem: the most urgent one of this line, None without any.
    """

    key: str
    name: str
    usage: Usage
    instance: Instance | None = None
    pod: Pod | None = None
    members: tuple[InstanceView, ...] = ()
    pod_name: str = ""
    problem: Problem | None = None

    @property
    def kind(self) -> str:
        """Return "guest", "container" or "pod"."""
        return self.instance.kind.value if self.instance is not None else "pod"

    @property
    def user(self) -> str:
        """Return the login name that owns it."""
        return self.instance.user if self.instance is not None else self.pod.user if self.pod is not None else ""

    @property
    def engine(self) -> str:
        """Return the id of the engine that listed it."""
        return (
            self.instance.id.engine if self.instance is not None else self.pod.id.engine if self.pod is not None else ""
        )

    @property
    def is_active(self) -> bool:
        """Tell whether processes of it exist."""
        if self.instance is not None:
            return self.instance.state.is_active
        return any(member.instance.state.is_active for member in self.members)


class Placed(NamedTuple):
    """An entry with the key of the pod it stands below."""

    entry: Entry
    parent: str | None


def place(view: HostView, kind: Kind | None = None, *, problems_only: bool = False) -> list[Placed]:
    """Return the lines of a moment: instances of one kind or of both, and pods where containers are among them."""
    problems = worst_by_subject(view.problems)
    pods = {} if kind is Kind.GUEST else {(pod.id.engine, pod.id.local): pod for pod in view.pods}
    members: dict[str, list[InstanceView]] = {pod.key: [] for pod in pods.values()}
    lines: list[Placed] = []
    for item in view.instances:
        instance = item.instance
        if kind is not None and instance.kind is not kind:
            continue
        key = instance.key
        facts = instance.container
        pod = pods.get((instance.id.engine, facts.pod_id)) if facts is not None and facts.pod_id else None
        if pod is not None:
            members[pod.key].append(item)
        problem = problems.get(key)
        if problems_only and problem is None:
            continue
        pod_name = pod.name if pod is not None else ""
        lines.append(Placed(Entry(key, instance.name, item.usage, instance, None, (), pod_name, problem), _key(pod)))
    wanted = {line.parent for line in lines}
    shown = [pod for pod in pods.values() if not problems_only or pod.key in wanted]
    return lines + [Placed(pod_entry(pod, members[pod.key]), None) for pod in shown]


def _key(pod: Pod | None) -> str | None:
    return pod.key if pod is not None else None


def worst_by_subject(problems: Iterable[Problem]) -> Mapping[str, Problem]:
    """Return the most urgent problem of each subject, those that nobody has seen first; silenced ones are left out.

    The first of equals counts.
    """
    found: dict[str, Problem] = {}
    for problem in problems:
        if problem.is_silenced:
            continue
        old = found.get(problem.subject)
        if old is None or _urgency(problem) < _urgency(old):
            found[problem.subject] = problem
    return found


def _urgency(problem: Problem) -> tuple[bool, bool]:
    return bool(problem.acknowledged_by), problem.severity is not Severity.CRITICAL


def pod_entry(pod: Pod, members: Sequence[InstanceView]) -> Entry:
    """Return the line of a pod: figures are sums over its members, pressure is the worst of them."""
    active = [member.usage for member in members if member.instance.state.is_active]
    return Entry(pod.key, pod.name, _sum(active), None, pod, tuple(members))


def _sum(usages: Sequence[Usage]) -> Usage:
    return Usage(
        cpu=CpuUsage(cores_used=_total([usage.cpu.cores_used for usage in usages])),
        memory=MemoryUsage(
            working_set_bytes=_total([usage.memory.working_set_bytes for usage in usages]),
            swap_bytes=_total([usage.memory.swap_bytes for usage in usages]),
            oom_kills=_total([usage.memory.oom_kills for usage in usages]),
        ),
        io=IoUsage(
            _total([usage.io.read_bytes_per_second for usage in usages]),
            _total([usage.io.write_bytes_per_second for usage in usages]),
        ),
        network=_network(usages),
        pids=PidsUsage(_total([usage.pids.current for usage in usages])),
        pressure=Pressure(
            _greatest([usage.pressure.cpu_some for usage in usages]),
            _greatest([usage.pressure.memory_some for usage in usages]),
            _greatest([usage.pressure.io_some for usage in usages]),
        ),
    )


def _network(usages: Sequence[Usage]) -> NetworkUsage:
    """Members of a pod share one network namespace: each sees the whole traffic, so it is not added up."""
    return NetworkUsage(
        _greatest([usage.network.receive_bytes_per_second for usage in usages]),
        _greatest([usage.network.transmit_bytes_per_second for usage in usages]),
    )


def _total(values: Sequence[int | None] | Sequence[float | None]) -> int | None:
    """Return the sum; None when one part is not known, because a sum without it would be too low."""
    if not values or any(value is None for value in values):
        return None
    return sum(value for value in values if value is not None)  # type: ignore[return-value]


def _greatest(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None
