"""Entries of the timeline, made from what they tell of; pure."""

from collections.abc import Mapping
from dataclasses import replace

from tui.domain.event import Event
from tui.domain.host import EngineState, EngineStatus, Problem, Severity
from tui.domain.instance import Instance, Kind, State
from tui.domain.timeline import EntryKind, TimelineEntry

_WHAT: dict[State, str] = {
    State.RUNNING: "started",
    State.PAUSED: "paused",
    State.STARTING: "began to start",
    State.STOPPING: "began to stop",
    State.RESTARTING: "began to restart",
    State.SUSPENDED: "suspended",
    State.STOPPED: "stopped",
    State.CREATED: "created",
    State.CRASHED: "crashed",
    State.REMOVING: "began to vanish",
    State.UNKNOWN: "became unknown",
}
_ENGINE_WHAT: dict[EngineState, str] = {
    EngineState.LOST: "lost",
    EngineState.STALLED: "stopped answering",
    EngineState.REFUSED: "refused",
    EngineState.ABSENT: "went away",
}


def of_instance(kind: EntryKind, utc: float, what: str, instance: Instance, detail: str = "") -> TimelineEntry:
    """Return an entry about an instance."""
    return TimelineEntry(
        utc_seconds=utc,
        kind=kind,
        what=what,
        subject=instance.key,
        lasting=instance.stable_key.text,
        name=instance.name,
        subject_kind=instance.kind.value,
        engine=instance.id.engine,
        detail=detail,
    )


def of_event(event: Event, instance: Instance | None, kinds: Mapping[str, str]) -> TimelineEntry:
    """Return the entry of an engine's event.

    Args:
        instance: None where no view knows it.
        kinds: "libvirt", "podman" or "demo" by id of an engine.
    """
    if event.subject is None:
        return of_engine(EntryKind.EVENT, event.utc_seconds, event.what, event.engine, event.detail)
    if instance is not None:
        entry = of_instance(EntryKind.EVENT, event.utc_seconds, event.what, instance, event.detail)
        return replace(entry, name=event.name or instance.name)
    is_podman = "podman" in {kinds.get(event.engine), event.engine.partition(":")[0]}
    return TimelineEntry(
        utc_seconds=event.utc_seconds,
        kind=EntryKind.EVENT,
        what=event.what,
        subject=event.subject.text,
        name=event.name,
        subject_kind=(Kind.CONTAINER if is_podman else Kind.GUEST).value,
        engine=event.engine,
        detail=event.detail,
    )


def of_engine(kind: EntryKind, utc: float, what: str, engine: str, detail: str = "") -> TimelineEntry:
    """Return an entry about an engine."""
    return TimelineEntry(
        utc_seconds=utc,
        kind=kind,
        what=what,
        subject=engine,
        lasting=engine,
        name=engine,
        subject_kind="engine",
        engine=engine,
        detail=detail,
    )


def of_state(utc: float, before: State, instance: Instance) -> TimelineEntry:
    """Return the entry of an instance whose state is another one now."""
    what = _WHAT[instance.state]
    if (before, instance.state) == (State.PAUSED, State.RUNNING):
        what = "resumed"
    reason = f"{instance.reason}; " if instance.reason and instance.reason != what else ""
    return of_instance(EntryKind.STATE, utc, what, instance, f"{reason}was {before.value}")


def of_status(utc: float, status: EngineStatus) -> TimelineEntry:
    """Return the entry of an engine that does not answer any more."""
    what = _ENGINE_WHAT.get(status.state, status.state.value)
    return of_engine(EntryKind.DAEMON, utc, what, status.id, status.message)


def of_problem(kind: EntryKind, utc: float, what: str, problem: Problem, *, engine: str, detail: str) -> TimelineEntry:
    """Return an entry about a problem."""
    return TimelineEntry(
        utc_seconds=utc,
        kind=kind,
        what=what,
        subject=problem.subject,
        lasting=problem.lasting,
        name=problem.name,
        subject_kind=problem.kind,
        engine=engine,
        detail=detail,
        severity=problem.severity,
        rule=problem.rule,
    )


def worse(before: Severity, after: Severity) -> bool:
    """Tell whether a problem became critical."""
    return before is Severity.WARNING and after is Severity.CRITICAL
