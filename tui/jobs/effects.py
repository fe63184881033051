"""Whether what was asked for shows in what an engine lists later."""

from collections.abc import Sequence

from tui.domain.action import Verb
from tui.domain.event import Event
from tui.domain.host import EngineState, HostView
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, State

_GONE = frozenset({State.STOPPED, State.CREATED, State.CRASHED})
_STARTED_AGAIN_SECONDS = 1.0  # start times of one run differ by rounding


def effect_seen(verb: Verb, target: InstanceId, before: Instance | None, view: HostView) -> bool:
    """Tell whether a view shows that the verb took effect.

    Args:
        verb: what was asked for.
        target: of whom.
        before: how it was when it was asked; None when that is not known.
        view: a later moment. While its engine is away the list is old, and nothing is concluded from an absence.
    """
    now = find_instance(target, view)
    if now is None:
        return verb in {Verb.STOP, Verb.KILL, Verb.DELETE} and _answers(target.engine, view)
    ran_anew = before is not None and _is_another_run(before, now)
    match verb:
        case Verb.STOP | Verb.KILL:
            return (now.state in _GONE and not _is_kept(now)) or ran_anew
        case Verb.START:
            return now.state in {State.RUNNING, State.PAUSED} or ran_anew
        case Verb.RESTART:
            return ran_anew and now.state is State.RUNNING
        case Verb.PAUSE:
            return now.state is State.PAUSED
        case Verb.RESUME:
            return now.state is State.RUNNING
        case Verb.AUTOSTART_ON:
            return now.guest is not None and now.guest.autostart
        case Verb.AUTOSTART_OFF:
            return now.guest is not None and not now.guest.autostart
        case Verb.RESET | Verb.DELETE:
            return False


def reboot_seen(events: Sequence[Event], since_utc_seconds: float) -> bool:
    """Tell whether a guest rebooted: its process stays the same, only an event tells."""
    return any("reboot" in event.what for event in events if event.utc_seconds >= since_utc_seconds)


def find_instance(target: InstanceId, view: HostView) -> Instance | None:
    """Return an instance as a view lists it, None when it does not."""
    return next((entry.instance for entry in view.instances if entry.instance.id == target), None)


def _is_kept(now: Instance) -> bool:
    """Tell whether a crashed guest still exists, kept for inspection (on_crash=preserve)."""
    return now.state is State.CRASHED and now.guest is not None and now.guest.domain_id is not None


def _answers(engine: str, view: HostView) -> bool:
    return any(source.id == engine and source.state is EngineState.READY for source in view.sources)


def _is_another_run(before: Instance, now: Instance) -> bool:
    """Tell whether the instance was started anew in between: another domain number or another start time."""
    if not now.state.is_active:
        return False
    if before.guest and now.guest and before.guest.domain_id is not None and now.guest.domain_id is not None:
        return before.guest.domain_id != now.guest.domain_id
    if before.started_unix_seconds is None or now.started_unix_seconds is None:
        return False
    return now.started_unix_seconds - before.started_unix_seconds > _STARTED_AGAIN_SECONDS
