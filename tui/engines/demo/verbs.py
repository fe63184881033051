"""What each action does to a demo instance: the rules of virsh and podman, as a table."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tui.domain.action import Verb
from tui.domain.instance import Instance, Kind, State
from tui.engines.demo.load import identity

Change = Callable[[Instance, float], Instance]  # the instance and UTC seconds, to the instance afterwards

_ACTIVE = frozenset({State.RUNNING, State.PAUSED, State.SUSPENDED})
_OFF = frozenset({State.STOPPED, State.CRASHED, State.CREATED})
_ANY = frozenset(State)


@dataclass(frozen=True, slots=True)
class Rule:
    """One verb for one kind of instance.

    Attributes:
        allowed: states in which the engine takes it.
        denial: what the engine answers in any other state.
        seconds: how long it takes.
        change: what the instance is afterwards.
        what: word of its event.
        only_asks: the engine answers at once and the instance obeys later, or not.
    """

    allowed: frozenset[State]
    denial: str
    seconds: float
    change: Change
    what: str
    only_asks: bool = False


def _run(instance: Instance, now: float) -> Instance:
    """Return the instance running from `now` on, as a new process."""
    pid = 20_000 + identity(f"{instance.id}/{now}") % 40_000
    guest, container = instance.guest, instance.container
    if guest is not None:
        number = guest.domain_id or 100 + pid % 900
        guest = replace(guest, domain_id=number, taps=(f"vnet{number}",), has_managed_save=False)
    if container is not None:
        container = replace(container, exit_code=None)
    return replace(
        instance, state=State.RUNNING, reason="", pid=pid, started_unix_seconds=now, guest=guest, container=container
    )


def off(instance: Instance, reason: str, exit_code: int = 0, state: State = State.STOPPED) -> Instance:
    """Return the instance without its processes."""
    guest, container = instance.guest, instance.container
    if guest is not None:
        guest = replace(guest, domain_id=None, taps=())
    if container is not None:
        container = replace(container, exit_code=exit_code)
    return replace(
        instance, state=state, reason=reason, pid=None, started_unix_seconds=None, addresses=(), guest=guest,
        container=container,
    )  # fmt: skip


def _guest_off(reason: str) -> Change:
    return lambda instance, _: off(instance, reason)


def _container_off(exit_code: int) -> Change:
    return lambda instance, _: off(instance, f"exit {exit_code}" if exit_code else "", exit_code)


def _to(state: State, reason: str = "") -> Change:
    return lambda instance, _: replace(instance, state=state, reason=reason)


def _autostart(*, on: bool) -> Change:
    def change(instance: Instance, _: float) -> Instance:
        return replace(instance, guest=replace(instance.guest, autostart=on)) if instance.guest else instance

    return change


_RUNNING = frozenset({State.RUNNING})
_PAUSED = frozenset({State.PAUSED})
_DOWN = "Requested operation is not valid: domain is not running"
_WRONG = "container state improper"

_GUEST = {
    Verb.START: Rule(_OFF, "Requested operation is not valid: domain is already running", 0.6, _run, "started"),
    Verb.STOP: Rule(_RUNNING, _DOWN, 4.0, _guest_off("shut down"), "stopped", only_asks=True),
    Verb.KILL: Rule(_ACTIVE, _DOWN, 0.2, _guest_off("forced off"), "stopped"),
    Verb.RESTART: Rule(_RUNNING, _DOWN, 5.0, _run, "rebooted", only_asks=True),
    Verb.RESET: Rule(_ACTIVE, _DOWN, 0.1, _to(State.RUNNING), "reset"),
    Verb.PAUSE: Rule(_RUNNING, _DOWN, 0.1, _to(State.PAUSED, "on request"), "paused"),
    Verb.RESUME: Rule(
        _PAUSED, "Requested operation is not valid: domain is not paused", 0.1, _to(State.RUNNING), "resumed"
    ),
    Verb.DELETE: Rule(_ANY, "", 0.2, lambda instance, _: instance, "undefined"),
    Verb.AUTOSTART_ON: Rule(_ANY, "", 0.05, _autostart(on=True), "autostart on"),
    Verb.AUTOSTART_OFF: Rule(_ANY, "", 0.05, _autostart(on=False), "autostart off"),
}
_NO_AUTOSTART = "Podman keeps no such mark: a systemd unit starts a container at boot."
_CONTAINER = {
    Verb.START: Rule(_OFF | {State.RESTARTING}, f"{_WRONG}: it runs", 0.3, _run, "started"),
    Verb.STOP: Rule(_RUNNING | {State.RESTARTING}, f"{_WRONG}: it does not run", 1.2, _container_off(0), "died"),
    Verb.KILL: Rule(_ACTIVE | {State.RESTARTING}, f"{_WRONG}: it does not run", 0.1, _container_off(137), "died"),
    Verb.RESTART: Rule(_ANY - _PAUSED, f"{_WRONG}: it is paused", 1.6, _run, "restarted"),
    Verb.RESET: Rule(frozenset(), "A container has no reset button.", 0.0, _run, ""),
    Verb.PAUSE: Rule(_RUNNING, f"{_WRONG}: it does not run", 0.1, _to(State.PAUSED), "paused"),
    Verb.RESUME: Rule(_PAUSED, f"{_WRONG}: it is not paused", 0.1, _to(State.RUNNING), "resumed"),
    Verb.DELETE: Rule(_OFF, "It runs or is paused: stop it first.", 0.3, lambda instance, _: instance, "removed"),
    Verb.AUTOSTART_ON: Rule(frozenset(), _NO_AUTOSTART, 0.0, _run, ""),
    Verb.AUTOSTART_OFF: Rule(frozenset(), _NO_AUTOSTART, 0.0, _run, ""),
}


def rule_for(kind: Kind, verb: Verb) -> Rule:
    """Return the rule of a verb for a kind of instance."""
    return (_GUEST if kind is Kind.GUEST else _CONTAINER)[verb]
