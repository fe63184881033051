"""Whether a verb makes sense for an instance in its state, and if not, why, in a sentence."""

from collections.abc import Mapping

from tui.domain.action import Verb
from tui.domain.instance import Instance, Kind, State

READ_ONLY = "hostdeck runs with --read-only: nothing is changed."

_NOT_RUNNING = "{name} does not run."
_RUNS = "{name} runs: stop it first."
_PAUSED_FIRST = "{name} is paused and cannot obey: resume it first, or kill it."
_ASLEEP = "{name} sleeps by its own power management: wake it from inside, or kill it."
_BEGINS = "{name} is just starting: wait for it, or kill it."
_ENDS = "{name} is being stopped already; kill ends it at once."
_IN_MOTION = "{name} is being stopped or started: wait until it stands still."
_CRASHED = "{name} has crashed and cannot obey: kill or reset it."
_NOT_STARTED = "{name} is being restarted already."

# What a verb cannot be done to, with the sentence; a state that is absent allows it.
_NEVER_ACTIVE: Mapping[State, str] = {State.STOPPED: _NOT_RUNNING, State.CREATED: _NOT_RUNNING}

_GRACEFUL: Mapping[State, str] = {
    **_NEVER_ACTIVE,
    State.PAUSED: _PAUSED_FIRST,
    State.SUSPENDED: _ASLEEP,
    State.STARTING: _BEGINS,
    State.STOPPING: _ENDS,
}
_WHY_NOT: Mapping[Verb, Mapping[State, str]] = {
    Verb.START: {
        State.RUNNING: "{name} runs already.",
        State.PAUSED: "{name} is paused: resume it.",
        State.SUSPENDED: "{name} sleeps by its own power management: wake it from inside.",
        State.STARTING: "{name} is starting already.",
        State.STOPPING: "{name} is being stopped: start it when it has ended.",
        State.RESTARTING: _NOT_STARTED,
    },
    Verb.STOP: _GRACEFUL,
    Verb.KILL: _NEVER_ACTIVE,
    Verb.RESTART: {**_GRACEFUL, State.RESTARTING: _NOT_STARTED},
    Verb.RESET: {
        **_NEVER_ACTIVE,
        State.SUSPENDED: _ASLEEP,
        State.STARTING: _BEGINS,
        State.STOPPING: _ENDS,
    },
    Verb.PAUSE: {
        **_NEVER_ACTIVE,
        State.CRASHED: "{name} has crashed: there is nothing to pause.",
        State.PAUSED: "{name} is paused already.",
        State.SUSPENDED: "{name} sleeps by its own power management already.",
        State.STARTING: _IN_MOTION,
        State.STOPPING: _IN_MOTION,
        State.RESTARTING: _IN_MOTION,
    },
    Verb.RESUME: {
        **_NEVER_ACTIVE,
        State.CRASHED: "{name} has crashed: there is nothing to resume.",
        State.RUNNING: "{name} is not paused.",
        State.SUSPENDED: "{name} sleeps by its own power management: wake it from inside.",
        State.STARTING: _IN_MOTION,
        State.STOPPING: _IN_MOTION,
        State.RESTARTING: _IN_MOTION,
    },
    Verb.DELETE: {
        State.RUNNING: _RUNS,
        State.PAUSED: "{name} is paused: kill it first.",
        State.SUSPENDED: _RUNS,
        State.STARTING: _IN_MOTION,
        State.STOPPING: _IN_MOTION,
        State.RESTARTING: _IN_MOTION,
        State.UNKNOWN: "The state of {name} is not known: it is not deleted blindly.",
    },
}


def possible(verb: Verb, instance: Instance, *, read_only: bool = False) -> str | None:
    """Return None when the verb can be done now, else the sentence that says why not.

    An unknown state forbids only deleting: the engine knows better and will say so. Names appear unescaped.
    """
    if read_only:
        return READ_ONLY
    if instance.state is State.REMOVING:
        return f"{instance.name} is being removed."
    why_not = _guest(verb, instance) if instance.kind is Kind.GUEST else _container(verb, instance)
    if why_not is not None:
        return why_not
    sentence = _WHY_NOT.get(verb, {}).get(instance.state)
    return sentence.replace("{name}", instance.name) if sentence else None


def _guest(verb: Verb, instance: Instance) -> str | None:
    name, guest = instance.name, instance.guest
    if verb is Verb.RESET and instance.driver == "lxc":
        return f"{name} is a system container of libvirt-lxc: it has no reset button."
    if instance.state is State.CRASHED and (refusal := _crashed_guest(verb, instance)):
        return refusal
    if guest is None:
        return None
    if not guest.persistent:
        if verb is Verb.DELETE:
            return f"{name} is transient: it has no definition to delete and vanishes when it stops."
        if verb in {Verb.AUTOSTART_ON, Verb.AUTOSTART_OFF}:
            return f"{name} is transient: without a definition it cannot start with the host."
    if verb is Verb.AUTOSTART_ON and guest.autostart:
        return f"{name} starts with the host already."
    if verb is Verb.AUTOSTART_OFF and not guest.autostart:
        return f"{name} does not start with the host."
    return None


def _crashed_guest(verb: Verb, instance: Instance) -> str | None:
    """Judge a crashed guest: its domain may still exist (on_crash=preserve), or be gone like a stopped one."""
    exists = instance.guest is not None and instance.guest.domain_id is not None
    if exists and verb in {Verb.START, Verb.DELETE}:
        return f"{instance.name} has crashed and is kept for inspection: kill it first."
    if verb in {Verb.STOP, Verb.RESTART}:
        return (_CRASHED if exists else _NOT_RUNNING).replace("{name}", instance.name)
    if not exists and verb in {Verb.KILL, Verb.RESET}:
        return f"{instance.name} does not run."
    return None


def _container(verb: Verb, instance: Instance) -> str | None:
    name, container = instance.name, instance.container
    if verb is Verb.RESET:
        return f"{name} is a container: only guests have a reset button; restart it instead."
    if verb in {Verb.AUTOSTART_ON, Verb.AUTOSTART_OFF}:
        unit = container.unit if container else ""
        owner = f"its unit {unit}" if unit else "a systemd unit or its restart policy"
        return f"{name} is a container: whether it starts with the host is decided by {owner}, not by hostdeck."
    if container is not None and container.is_infra and verb is not Verb.START:
        return f"{name} is the infra container of a pod: it stops and goes with its pod; act on the pod's containers."
    if instance.state is State.CRASHED and verb in {Verb.STOP, Verb.KILL, Verb.RESTART}:
        return f"{name} does not run."
    return None
