"""Who is there: what is worked out once for an inventory instead of once a tick."""

from collections.abc import Mapping, Sequence
from itertools import compress

from tui.domain.host import InstanceView
from tui.domain.instance import Instance
from tui.domain.usage import NO_USAGE, Usage
from tui.sampling.changes import changed_places


class Roll:
    """The instances of one inventory with their newest figures.

    Attributes:
        instances: as the engines told them.
        active: row keys of those that run.
        stable_keys: identities of those that run, in order.
        views: one for each instance; the very object of before where nothing changed.
    """

    def __init__(self, instances: tuple[Instance, ...] = (), before: "Roll | None" = None) -> None:
        self.instances = instances
        self._keys = [instance.key for instance in instances]
        self._is_active = [instance.state.is_active for instance in instances]
        running = list(compress(instances, self._is_active))
        self.active = frozenset(instance.key for instance in running)
        self.stable_keys = [instance.stable_key for instance in running]
        self.views = self._adopt(before)
        self._usages: Sequence[Usage] = [view.usage for view in self.views]

    def take(self, usages: Mapping[str, Usage]) -> tuple[InstanceView, ...]:
        """Take over the figures of a tick, by row key, and return the views."""
        found = [usages.get(key, NO_USAGE) for key in self._keys]
        changed = changed_places(self._usages, found)
        if changed:
            views = list(self.views)
            for place in changed:
                views[place] = InstanceView(self.instances[place], found[place])
            self.views = tuple(views)
        self._usages = found
        return self.views

    @property
    def running_usages(self) -> list[Usage]:
        """Return the figures of those that run, in the order of `stable_keys`."""
        return list(compress(self._usages, self._is_active))

    def _adopt(self, before: "Roll | None") -> tuple[InstanceView, ...]:
        """Return the views of before where the same instance is still there."""
        known = {view.key: view for view in before.views} if before is not None else {}
        views = []
        for instance, key in zip(self.instances, self._keys, strict=True):
            old = known.get(key)
            usage = old.usage if old is not None else NO_USAGE
            views.append(old if old is not None and old.instance is instance else InstanceView(instance, usage))
        return tuple(views)
