"""Which changes somebody told already: an event and the state that follows from it are one thing to a person."""

from collections.abc import Mapping

from tui.domain.instance import Health, State

GONE = "gone"
THERE = "there"
DOWN = "down"
UP = "up"
OOM = "out of memory"

BEFORE_SECONDS = 6.0
"""How long before a change shows its event may have come: in a storm an engine looks again after up to 5 s only."""

AFTER_SECONDS = 2.0
"""How long after a change its event may still come; until then the change is kept back."""

MOST = 10_000

_ENDS = (State.STOPPED, State.CRASHED, State.RESTARTING, State.STOPPING, GONE)
_TELLS: Mapping[str, tuple[str, ...]] = {
    "started": (State.RUNNING, State.STARTING, THERE),
    "restarted": (State.RUNNING, State.STARTING, State.RESTARTING, State.STOPPING),
    "resumed": (State.RUNNING,),
    "restored": (State.RUNNING, THERE),
    "created": (State.CREATED, State.STOPPED, THERE),
    "defined": (State.STOPPED, THERE),
    "paused": (State.PAUSED,),
    "suspended": (State.SUSPENDED,),
    "died": _ENDS,
    "stopped": _ENDS,
    "crashed": (*_ENDS, State.PAUSED),
    "killed": _ENDS,
    "asked to stop": (State.STOPPING,),
    "shutting down": (State.STOPPING, State.STOPPED),
    "removed": (GONE, State.REMOVING),
    "undefined": (GONE,),
    "became healthy": (Health.HEALTHY,),
    "became unhealthy": (Health.UNHEALTHY,),
    "health starting": (Health.STARTING,),
}


class Told:
    """Remembers for a while what was told of whom; bounded."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._last: dict[tuple[str, str], float] = {}

    def event(self, subject: str, what: str, now: float) -> None:
        """Note an event that came at a monotonic time."""
        for change in _TELLS.get(what, ()):
            self.tell(subject, change, now)

    def tell(self, subject: str, change: str, now: float) -> None:
        """Note a change that was told at a monotonic time."""
        self._last.pop((subject, change), None)
        self._last[subject, change] = now
        if len(self._last) > self._most:
            for old in list(self._last)[: self._most // 2]:
                del self._last[old]

    def is_told(self, subject: str, change: str, since: float) -> bool:
        """Tell whether a change was told since a monotonic time."""
        return self._last.get((subject, change), float("-inf")) >= since

    def __len__(self) -> int:
        """Return how much is remembered."""
        return len(self._last)
