"""libvirt's state and reason numbers as our states and words.

Numbers are those of virDomainState and virDomain*Reason in libvirt-domain.h; they are part of its stable ABI and stand
here so that the tables need no libvirt.
"""

from tui.domain.instance import State

RUNNING, BLOCKED, PAUSED, SHUTDOWN, SHUTOFF, CRASHED, PMSUSPENDED = 1, 2, 3, 4, 5, 6, 7
PAUSED_IO_ERROR = 5

_UNKNOWN = (State.UNKNOWN, "")

_STATES = {
    RUNNING: State.RUNNING,
    BLOCKED: State.RUNNING,  # waits for something, as every guest does; only old Xen tells
    PAUSED: State.PAUSED,
    SHUTDOWN: State.STOPPING,
    SHUTOFF: State.STOPPED,
    CRASHED: State.CRASHED,
    PMSUSPENDED: State.SUSPENDED,
}

# What is normal has no words: "running: booted" would only hide the ones that need a person.
_RUNNING_REASONS = {
    9: "resumed after a crash",
    10: "migrating, post-copy",
    11: "post-copy migration failed",
}
_PAUSED_REASONS = {
    1: "on request",
    2: "migrating",
    3: "saving",
    4: "dumping its memory",
    PAUSED_IO_ERROR: "I/O error",
    6: "watchdog",
    7: "reverted to a snapshot",
    8: "shutting down",
    9: "taking a snapshot",
    10: "crashed",
    11: "starting up",
    12: "migrating, post-copy",
    13: "post-copy migration failed",
    14: "an operation of libvirt failed",
}
_SHUTOFF_REASONS = {
    1: "shut down",
    2: "forced off",
    3: "crashed",
    4: "migrated away",
    5: "saved",
    6: "failed to start",
    7: "reverted to a snapshot",
    8: "ended by the daemon",
}
_REASONS: dict[int, dict[int, str]] = {
    RUNNING: _RUNNING_REASONS,
    PAUSED: _PAUSED_REASONS,
    SHUTDOWN: {1: "on request"},
    SHUTOFF: _SHUTOFF_REASONS,
    CRASHED: {1: "guest panicked, its memory is kept"},
}
_SPECIAL = {
    (PAUSED, 11): State.STARTING,
    (SHUTOFF, 3): State.CRASHED,  # off and crashed is for a person to look at; plain "stopped" would hide it
}


def state_of(state: int, reason: int) -> tuple[State, str]:
    """Return the state and why; numbers newer than this table give the state without words."""
    if state not in _STATES:
        return _UNKNOWN
    return _SPECIAL.get((state, reason), _STATES[state]), _REASONS.get(state, {}).get(reason, "")


def io_error_words(disk: str, reason: str) -> str:
    """Say where and why, each as far as it is known: "I/O error on vda (no space)"."""
    where = f" on {disk}" if disk else ""
    why = {"enospc": "no space", "no space": "no space", "": ""}.get(reason, reason)
    return f"I/O error{where}" + (f" ({why})" if why else "")
