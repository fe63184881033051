"""What needs a person now.

Each rule looks at one thing and gives a sentence or nothing. A threshold has two levels: a problem that was raised at
the upper one stays until the figure falls below the lower, so that a line does not come and go with every tick.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from tui.domain.host import EngineState, EngineStatus, HostUsage, InstanceView, Problem, Severity
from tui.domain.instance import Health, Instance, Kind, State
from tui.sampling.changes import changed_places

MEMORY_PERCENT = (90.0, 85.0)
THROTTLED_PERCENT = (25.0, 15.0)
PIDS_PERCENT = (90.0, 85.0)
HOST_MEMORY_PERCENT = (92.0, 88.0)
STALE_SECONDS = 10.0
FIRST_SIGHT_SECONDS = 5.0

_Found = tuple[Severity, str, str]  # severity, rule, sentence
_Stands = Callable[[str, str], bool]  # does this rule stand for this subject already

_WENT_SILENT = frozenset({EngineState.STALLED, EngineState.LOST})
_NEVER_CAME = frozenset({EngineState.REFUSED, EngineState.ABSENT})


class ProblemBoard:
    """Remembers since when each problem stands."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], float | None] = {}
        self._began: float | None = None
        self._views: Sequence[InstanceView] = ()
        self._found: dict[int, list[_Found]] = {}

    def judge(
        self,
        instances: Sequence[InstanceView],
        sources: Sequence[EngineStatus],
        host: HostUsage,
        *,
        utc: float,
        stale_seconds: float,
        defect: str = "",
    ) -> tuple[Problem, ...]:
        """Return all problems, critical ones first, then the oldest.

        Args:
            stale_seconds: age of the figures themselves; 0 when they are of this tick.
            defect: why hostdeck itself could not read them; empty normally.
        """
        if self._began is None:
            self._began = utc
        problems = [*self._of_host(host, utc, stale_seconds, defect), *self._of_engines(sources, utc)]
        self._look_at(instances)
        for place, found in sorted(self._found.items()):
            instance = instances[place].instance
            problems += self._keep(found, instance.key, instance.name, instance.kind.value, utc)
        standing = {(problem.subject, rule) for problem, rule in problems}
        for gone in self._since.keys() - standing:
            del self._since[gone]
        return tuple(sorted((problem for problem, _ in problems), key=_urgency))

    def _look_at(self, instances: Sequence[InstanceView]) -> None:
        """Judge what changed; a rule says the same again of the same view, because what stands decides only once."""
        if len(self._views) != len(instances):
            self._found = {}
        for place in changed_places(self._views, instances):
            self._found.pop(place, None)
            if _is_well(instances[place]):
                continue
            found = list(_of_instance(instances[place], self._stands))
            if found:
                self._found[place] = found
        self._views = instances

    def _stands(self, subject: str, rule: str) -> bool:
        return (subject, rule) in self._since

    def _keep(
        self, found: Iterable[_Found], subject: str, name: str, kind: str, utc: float
    ) -> list[tuple[Problem, str]]:
        # what already stood when hostdeck came began at a time that nobody told it
        since = utc if utc - (self._began or 0.0) >= FIRST_SIGHT_SECONDS else None
        return [
            (Problem(severity, subject, name, kind, text, self._since.setdefault((subject, rule), since)), rule)
            for severity, rule, text in found
        ]

    def _of_engines(self, sources: Sequence[EngineStatus], utc: float) -> list[tuple[Problem, str]]:
        kept: list[tuple[Problem, str]] = []
        for status in sources:
            severity = _severity(status)
            if severity is not None:
                found = [(severity, "engine", status.message or status.state.value)]
                kept += self._keep(found, status.id, status.id, "engine", utc)
        return kept

    def _of_host(self, host: HostUsage, utc: float, stale_seconds: float, defect: str) -> list[tuple[Problem, str]]:
        found: list[_Found] = []
        if host.memory_used_bytes is not None and host.memory_total_bytes:
            percent = 100 * host.memory_used_bytes / host.memory_total_bytes
            if _over(percent, HOST_MEMORY_PERCENT, stands=self._stands("", "memory")):
                found.append((Severity.CRITICAL, "memory", f"memory of the host {percent:.0f} % used"))
        if stale_seconds >= STALE_SECONDS:
            found.append(
                (Severity.CRITICAL, "stale", f"figures are {stale_seconds:.0f} s old: the kernel did not answer")
            )
        if defect:
            found.append((Severity.CRITICAL, "defect", defect))
        return self._keep(found, "", "host", "host", utc)


def _severity(status: EngineStatus) -> Severity | None:
    """Return how bad it is that an engine does not answer: critical where a snapshot ends with status 3, too.

    One that answered before is missed whoever named it; one that nobody named and that was never there is no problem.
    """
    if status.state in _WENT_SILENT or (status.required and status.state in _NEVER_CAME):
        return Severity.CRITICAL
    return Severity.WARNING if status.state is EngineState.REFUSED else None


def _over(value: float, levels: tuple[float, float], *, stands: bool) -> bool:
    return value >= (levels[1] if stands else levels[0])


def _urgency(problem: Problem) -> tuple[bool, float, str, str]:
    return (problem.severity is not Severity.CRITICAL, problem.since_utc_seconds or 0, problem.name, problem.text)


def _is_well(view: InstanceView) -> bool:
    """Tell at a glance that no rule of a running instance speaks: so it is with nearly all, on every tick."""
    instance, usage = view.instance, view.usage
    if instance.state is not State.RUNNING:
        return False
    container, memory, pids = instance.container, usage.memory, usage.pids
    percent, throttled = memory.percent_of_limit, usage.cpu.throttled_percent
    return (
        (container is None or container.health is not Health.UNHEALTHY)
        and (container is None or percent is None or percent < MEMORY_PERCENT[1])
        and not memory.oom_kills
        and (throttled is None or throttled < THROTTLED_PERCENT[1])
        and (pids.current is None or not pids.limit or 100 * pids.current < PIDS_PERCENT[1] * pids.limit)
    )


def _of_instance(view: InstanceView, stands: _Stands) -> Iterator[_Found]:
    instance = view.instance
    if instance.kind is Kind.GUEST:
        yield from _of_guest(instance)
    else:
        yield from _of_container(instance)
    if instance.state.is_active:
        yield from _of_usage(view, stands)


def _of_guest(guest: Instance) -> Iterator[_Found]:
    if guest.state is State.CRASHED:
        yield (
            Severity.CRITICAL,
            "crashed",
            "crashed" + (f": {guest.reason}" if guest.reason not in {"", "crashed"} else ""),
        )
    elif guest.state is State.PAUSED and "I/O error" in guest.reason:
        yield Severity.CRITICAL, "io-error", f"paused: {guest.reason}"
    elif guest.state is State.STOPPED and guest.reason in {"crashed", "failed", "failed to start"}:
        yield Severity.CRITICAL, "crashed", f"shut off: {guest.reason}"
    elif guest.state is State.STOPPED and guest.guest is not None and guest.guest.autostart:
        yield Severity.WARNING, "down", "starts with the host, but is shut off"


def _of_container(instance: Instance) -> Iterator[_Found]:
    container = instance.container
    if container is None:
        return
    if instance.state is State.RESTARTING:
        again = f"restarted {container.restarts} times" if container.restarts else "restarting"
        code = f", exit {container.exit_code}" if container.exit_code is not None else ""
        yield Severity.CRITICAL, "restarting", again + code
    if container.health is Health.UNHEALTHY and instance.state.is_active:
        yield Severity.CRITICAL, "unhealthy", "its health check fails"
    if instance.state is State.STOPPED and "OOM" in instance.reason:
        yield Severity.CRITICAL, "oom", f"stopped: {instance.reason}"


def _of_usage(view: InstanceView, stands: _Stands) -> Iterator[_Found]:
    key, memory, cpu, pids = view.key, view.usage.memory, view.usage.cpu, view.usage.pids
    if view.instance.kind is Kind.CONTAINER:
        percent = memory.percent_of_limit
        if percent is not None and _over(percent, MEMORY_PERCENT, stands=stands(key, "memory")):
            yield Severity.WARNING, "memory", f"memory {percent:.0f} % of its limit"
    if memory.oom_kills:
        yield Severity.CRITICAL, "oom", f"{memory.oom_kills} of its processes killed: out of memory"
    throttled = cpu.throttled_percent
    if throttled is not None and _over(throttled, THROTTLED_PERCENT, stands=stands(key, "throttled")):
        yield Severity.WARNING, "throttled", f"throttled in {throttled:.0f} % of its periods"
    if pids.current is not None and pids.limit:
        percent = 100 * pids.current / pids.limit
        if _over(percent, PIDS_PERCENT, stands=stands(key, "pids")):
            yield Severity.WARNING, "pids", f"{pids.current} of {pids.limit} tasks"
