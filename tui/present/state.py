"""The state of a line in words, with a sign where a person is needed."""

from __future__ import annotations

from tui.domain.host import Severity
from tui.domain.instance import Health, Instance, State
from tui.present.entry import Entry
from widgets.live_table.model import Cell, Role

SIGNS = {Severity.CRITICAL: "x", Severity.WARNING: "!"}
"""Stand beside the colour of a severity, so that colour is never the only signal."""

ROLES: dict[Severity, Role] = {Severity.CRITICAL: "crit", Severity.WARNING: "warn"}

_SAID_BY_STATE = frozenset({"crashed", "shut down", "shutdown", "paused", "stopped"})
"""Reasons that say no more than the state does."""

_IN_BETWEEN = frozenset({State.STARTING, State.STOPPING, State.RESTARTING, State.REMOVING})
_ASLEEP = frozenset({State.STOPPED, State.CREATED})


def state_word(instance: Instance) -> str:
    """Return the state with its reason: `running`, `healthy`, `paused: I/O error`, `stopped: exit 137`."""
    health = instance.container.health if instance.container is not None else None
    if instance.state is State.RUNNING and health is not None:
        return health.value if health is not Health.STARTING else "running (health: starting)"
    word = "shut off" if instance.guest is not None and instance.state is State.STOPPED else instance.state.value
    reason = instance.reason if instance.state is not State.RUNNING else ""
    return f"{word}: {reason}" if reason and reason not in _SAID_BY_STATE else word


def pod_word(entry: Entry) -> str:
    """Return how many of a pod's containers are up, its infra container not counted."""
    own = [
        member.instance
        for member in entry.members
        if member.instance.container is None or not member.instance.container.is_infra
    ]
    return f"{sum(member.state.is_active for member in own)}/{len(own)} up"


def state_cell(entry: Entry) -> Cell:
    """Return the cell of the column STATE."""
    instance = entry.instance
    if instance is None:
        word = pod_word(entry)
        up, _, of = word.removesuffix(" up").partition("/")
        return Cell(word, "normal" if up in {of, "0"} else "warn")
    word = state_word(instance)
    if entry.problem is not None:
        severity = entry.problem.severity
        seen = bool(entry.problem.acknowledged_by)
        return Cell(f"{SIGNS[severity]} {word}", "dim" if seen else ROLES[severity])
    return Cell(word, _role(instance))


def _role(instance: Instance) -> Role:
    if instance.state is State.CRASHED:
        return "crit"
    if instance.state in _IN_BETWEEN:
        return "accent"
    if instance.state is State.PAUSED:
        return "warn"
    return "dim" if instance.state in _ASLEEP else "normal"


_ORDER = (
    State.CRASHED,
    State.RESTARTING,
    State.UNKNOWN,
    State.PAUSED,
    State.STOPPING,
    State.STARTING,
    State.REMOVING,
    State.SUSPENDED,
    State.RUNNING,
    State.CREATED,
    State.STOPPED,
)
_RANK = {state: rank for rank, state in enumerate(_ORDER)}


def state_rank(entry: Entry) -> tuple[int, int, str]:
    """Return what the column STATE is ordered by: what has a problem that nobody saw, then what is not at rest."""
    problem = entry.problem
    trouble = 2 if problem is None or problem.acknowledged_by else 0 if problem.severity is Severity.CRITICAL else 1
    if entry.instance is None:
        return (trouble, _RANK[State.RUNNING], pod_word(entry))
    return (trouble, _RANK[entry.instance.state], state_word(entry.instance))
