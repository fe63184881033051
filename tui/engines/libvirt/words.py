"""libvirt's events as words.

Numbers are those of virDomainEvent*DetailType in libvirt-domain.h, part of its stable ABI.
"""

_PAUSED = {
    1: "migrating", 2: "I/O error", 3: "watchdog", 4: "restored", 5: "reverted to a snapshot",
    6: "an operation of libvirt failed", 7: "migrating, post-copy", 8: "post-copy migration failed",
}  # fmt: skip
_STOPPED = {
    0: "shut down", 1: "forced off", 2: "crashed", 3: "migrated away", 4: "saved", 5: "its process failed",
    6: "reverted to a snapshot",
}  # fmt: skip
_LIFECYCLE: dict[int, tuple[str, dict[int, str]]] = {
    0: ("defined", {1: "changed", 2: "renamed", 3: "from a snapshot"}),
    1: ("undefined", {1: "renamed"}),
    2: ("started", {0: "booted", 1: "migrated here", 2: "restored", 3: "from a snapshot", 4: "woken up"}),
    3: ("paused", _PAUSED),
    4: ("resumed", {1: "after migration", 2: "from a snapshot", 3: "post-copy", 4: "post-copy migration failed"}),
    5: ("stopped", _STOPPED),
    6: ("shutting down", {0: "finished", 1: "by the guest", 2: "by the host"}),
    7: ("suspended", {0: "to memory", 1: "to disk"}),
    8: ("crashed", {0: "guest panicked", 1: "its crash kernel runs"}),
}  # fmt: skip
STARTED, STOPPED = 2, 5

_WATCHDOG = {1: "paused", 2: "reset", 3: "powered off", 4: "shut down", 5: "debugged", 6: "interrupted"}
_CLOSED = {
    0: "The connection broke.",
    1: "The daemon ended the connection.",
    2: "It did not answer keep-alive messages.",
    3: "The connection was closed here.",
}


def lifecycle_words(event: int, detail: int) -> tuple[str, str]:
    """Return (what, detail) of VIR_DOMAIN_EVENT_ID_LIFECYCLE."""
    what, details = _LIFECYCLE.get(event, ("changed", {}))
    if (event, detail) == (STOPPED, 2):
        return "crashed", "stopped"
    return what, details.get(detail, "")


def watchdog_words(action: int) -> str:
    """Say what a guest's watchdog did to it."""
    return _WATCHDOG.get(action, "")


def closed_words(reason: int) -> str:
    """Say why a connection ended (virConnectCloseReason)."""
    return _CLOSED.get(reason, "The connection ended.")
