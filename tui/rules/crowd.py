"""Who waits at the same time, and who keeps a resource busy."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from tui.domain.host import InstanceView
from tui.domain.usage import Usage
from tui.rules.standing import AROUND_SECONDS, Neighbours

MOST_VICTIMS = 3
WAITING_PERCENT = 10.0  # less is nothing to tell
THROTTLED_PERCENT = 10.0  # from here on its own quota is what it waits for

_Figure = Callable[[Usage], float]

_WAITS: Mapping[str, _Figure] = MappingProxyType(
    {
        "cpu": lambda usage: usage.pressure.cpu_some or 0.0,
        "memory": lambda usage: usage.pressure.memory_some or 0.0,
        "io": lambda usage: usage.pressure.io_some or 0.0,
    }
)
_USES: Mapping[str, _Figure] = MappingProxyType(
    {
        "cpu": lambda usage: usage.cpu.cores_used or 0.0,
        "memory": lambda usage: float(usage.memory.working_set_bytes or 0),
        "io": lambda usage: (usage.io.read_bytes_per_second or 0.0) + (usage.io.write_bytes_per_second or 0.0),
    }
)

_Ranked = tuple[list[tuple[float, str, str]], list[tuple[float, str, str]]]  # waiting and busiest: figure, name, key


class Crowd:
    """All instances of one moment; ranked for a resource when a problem asks, and no more often than it is shown."""

    def __init__(self) -> None:
        self._instances: Sequence[InstanceView] = ()
        self._now = 0.0
        self._throttled: frozenset[str] = frozenset()
        self._ranked: dict[str, tuple[float, _Ranked]] = {}

    def gather(self, instances: Sequence[InstanceView], now: float) -> None:
        """Take over who is there."""
        self._instances, self._now = instances, now

    def around(self, resource: str, key: str) -> Neighbours:
        """Return who else waits, the worst first, and who uses most; the instance `key` is left out.

        Who uses most is not among those that wait. What its own quota holds back is nobody else's doing.
        """
        known = self._ranked.get(resource)
        if known is None or self._now - known[0] >= AROUND_SECONDS:
            known = self._ranked[resource] = (self._now, self._rank(resource))
        waiting, busiest = known[1]
        own_quota = resource == "cpu" and key in self._throttled
        first = None if own_quota else next((one for one in busiest if one[2] != key), None)
        apart = {key, first[2]} if first is not None else {key}
        victims = [name for _, name, other in waiting if other not in apart][:MOST_VICTIMS]
        return tuple(victims), first[1] if first is not None else ""

    def _rank(self, resource: str) -> _Ranked:
        if resource == "cpu":
            self._throttled = frozenset(
                view.key for view in self._instances if (view.usage.cpu.throttled_percent or 0.0) >= THROTTLED_PERCENT
            )
        return (
            _greatest(self._instances, _WAITS[resource], MOST_VICTIMS + 2, WAITING_PERCENT),
            _greatest(self._instances, _USES[resource], 2, 1e-9),
        )


def _greatest(
    instances: Sequence[InstanceView], figure: _Figure, count: int, least: float
) -> list[tuple[float, str, str]]:
    found = [(value, view) for view in instances if (value := figure(view.usage)) >= least]
    found.sort(key=lambda item: -item[0])
    return [(value, view.instance.name, view.key) for value, view in found[:count]]
