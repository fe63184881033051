"""Keys that a person puts in the place of the usual ones."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tui.config.checks import Check, near, shown
from tui.config.keys import key_label, parse_key

_MUST_HAVE_A_KEY = frozenset({"quit", "back"})

# Scopes whose keys are in force at the same time.
_TOGETHER = {
    "app": {"app", "table", "instance", "charts", "replay", "jobs", "sessions"},
    "table": {"app", "table", "instance", "replay", "jobs", "sessions"},
    "instance": {"app", "table", "instance", "charts", "replay"},
    "charts": {"app", "instance", "charts", "replay"},
    "replay": {"app", "table", "instance", "charts", "replay"},
    "jobs": {"app", "table", "jobs"},
    "timeline": {"timeline"},  # its digits come before those of the panes
    "log": {"log"},  # inside a log or a session keys are its own
    "session": {"session"},
    "sessions": {"app", "table", "sessions"},
}


class Bindable(Protocol):
    """What has keys: an entry of the table of actions."""

    @property
    def id(self) -> str:
        """Return the name that `[keys]` uses."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return its usual keys."""

    @property
    def scope(self) -> str:
        """Return where it means something."""

    @property
    def reserved(self) -> bool:
        """Tell whether its keys are kept for a later version."""


def keys_of(action_id: str, actions: Sequence[Bindable]) -> Check:
    """Accept a key or a list of keys for an action that exists."""
    known = {action.id for action in actions if not action.reserved}

    def check(value: Any) -> tuple[str, ...]:
        if action_id not in known:
            raise ValueError(f"there is no such action{near(action_id, known)}")
        entries = [value] if isinstance(value, str) else value
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise ValueError(f"must be a key or a list of keys, is {shown(value)}")
        if not entries and action_id in _MUST_HAVE_A_KEY:
            raise ValueError("needs at least one key")
        return tuple(dict.fromkeys(parse_key(entry) for entry in entries))

    return check


def find_conflicts(chosen: Mapping[str, tuple[str, ...]], actions: Sequence[Bindable]) -> dict[str, str]:
    """Return by action id what is wrong with its chosen keys: another action has one of them where both count."""
    conflicts: dict[str, str] = {}
    in_force = {action.id: chosen.get(action.id, action.keys) for action in actions}
    scopes = {action.id: str(action.scope) for action in actions}
    reserved = {action.id for action in actions if action.reserved}
    for action_id, keys in chosen.items():
        for other, other_keys in in_force.items():
            common = [key for key in keys if key in other_keys]
            if other == action_id or not common or scopes[other] not in _TOGETHER[scopes[action_id]]:
                continue
            label = key_label(common[0])
            if other in reserved:
                conflicts.setdefault(action_id, f'"{label}" is kept for {other} in a later version')
            else:
                conflicts.setdefault(action_id, f'"{label}" is the key of {other} too: give that one another key')
    return conflicts
