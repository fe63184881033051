"""The containers and pods of one service as last heard; changed on the event loop's thread only."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tui.domain.instance import Health, Instance, Pod
from tui.engines.podman.details import Details, details_of, needs_details, refresh_from, with_details
from tui.engines.podman.rows import Owner, PodRow, Row, instance_of, pod_of

# what parsing a document of the wrong shape may raise
NONSENSE = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Changes:
    """One answer of the service, raw.

    Attributes:
        is_complete: `rows` are all containers, not only some.
        rows: entries of `containers/json`.
        inspected: id to `containers/ID/json`, None when the container is gone.
        pods: entries of `pods/json`, None when they were not asked for.
    """

    is_complete: bool
    rows: tuple[Row, ...] = ()
    inspected: tuple[tuple[str, Row | None], ...] = ()
    pods: tuple[Row, ...] | None = None


class Inventory:
    """All containers and pods of one engine."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self._instances: dict[str, Instance] = {}
        self._details: dict[str, Details] = {}
        self._doubted: set[str] = set()
        self._shown: dict[str, Instance] = {}  # with details; what did not change stays the same object
        self._pods: dict[str, PodRow] = {}

    def apply(self, changes: Changes) -> tuple[Instance, ...]:
        """Take over an answer; what does not parse is left out, never the reason to lose the rest.

        Returns:
            Containers whose health has become another.
        """
        before = {local: _health(instance) for local, instance in self._instances.items()}
        self._take(changes)
        return tuple(
            instance
            for local, instance in self._instances.items()
            if local in before and before[local] is not _health(instance)
        )

    def _take(self, changes: Changes) -> None:
        fresh = {instance.id.local: instance for instance in _parsed(changes.rows, self.owner)}
        if changes.is_complete:
            for local in self._instances.keys() - fresh.keys():
                self.forget(local)
        for local, instance in fresh.items():
            self._set(local, instance)
        for local, document in changes.inspected:
            self._inspect(local, document)
        if changes.pods is not None:
            self._pods = {row.pod.id.local: row for row in _parsed_pods(changes.pods, self.owner)}

    def _inspect(self, local: str, document: Row | None) -> None:
        if document is None:
            self.forget(local)
            return
        known = self._instances.get(local)
        if known is None:
            return
        try:
            details, fresh = details_of(document), refresh_from(known, document)
        except NONSENSE:
            return  # no such document; the row stays as the list gave it
        if self._details.get(local) != details:
            self._details[local] = details
            self._shown.pop(local, None)
        self._doubted.discard(local)
        self._set(local, fresh)

    def _set(self, local: str, instance: Instance) -> None:
        if self._instances.get(local) != instance:
            self._instances[local] = instance
            self._shown.pop(local, None)

    def forget(self, local: str) -> None:
        """Drop a container or pod that is gone."""
        for known in (self._instances, self._details, self._shown, self._pods):
            known.pop(local, None)
        self._doubted.discard(local)

    def set_health(self, local: str, health: Health) -> Instance | None:
        """Note what a health check said; return the container when that is news."""
        known = self._instances.get(local)
        if known is None or known.container is None or known.container.health is health:
            return None
        self._set(local, replace(known, container=replace(known.container, health=health)))
        return self._instances[local]

    def set_local(self, *, local: bool) -> None:
        """Note whether the processes are in this host's /proc; pids of another host are never told."""
        self.owner = replace(self.owner, local=local)

    def doubt(self, locals_: Iterable[str]) -> None:
        """Ask for a new inspection: one that restarts twice within a second looks the same in the list."""
        self._doubted.update(local for local in locals_ if local in self._instances)

    def is_in_pod(self, local: str) -> bool:
        """Tell whether a container belongs to a pod."""
        known = self._instances.get(local)
        return known is not None and known.container is not None and known.container.pod_id is not None

    def unexplained(self) -> list[str]:
        """Return ids whose details are of another moment, doubted or missing."""
        return [
            local
            for local, instance in self._instances.items()
            if local in self._doubted or needs_details(instance, self._details.get(local))
        ]

    def __len__(self) -> int:
        return len(self._instances)

    def find(self, local: str) -> Instance | None:
        """Return a container with all that is known of it."""
        known = self._instances.get(local)
        return None if known is None else self._show(local, known)

    def _show(self, local: str, known: Instance) -> Instance:
        shown = self._shown.get(local)
        if shown is None:
            shown = self._shown[local] = with_details(known, self._details.get(local))
        return shown

    def find_pod(self, local: str) -> PodRow | None:
        """Return a pod."""
        return self._pods.get(local)

    def knows(self, local: str) -> bool:
        """Tell whether a container is listed."""
        return local in self._instances

    def was_oom_killed(self, local: str) -> bool:
        """Tell whether the last look at a container found that the kernel killed it for memory."""
        details = self._details.get(local)
        return details is not None and details.oom_killed

    def instances(self) -> tuple[Instance, ...]:
        """Return all containers."""
        return tuple(self._show(local, known) for local, known in self._instances.items())

    def pods(self) -> tuple[Pod, ...]:
        """Return all pods, with those of their members that are listed."""
        keys = {instance.key for instance in self._instances.values()} if self._pods else set()
        return tuple(
            replace(row.pod, member_ids=tuple(key for key in row.pod.member_ids if key in keys))
            for row in self._pods.values()
        )


def _health(instance: Instance) -> Health | None:
    return instance.container.health if instance.container is not None else None


def _parsed(rows: Iterable[Row], owner: Owner) -> Iterator[Instance]:
    for row in rows:
        try:
            yield instance_of(row, owner)
        except NONSENSE:
            continue


def _parsed_pods(rows: Iterable[Any], owner: Owner) -> Iterator[PodRow]:
    for row in rows:
        try:
            yield pod_of(row, owner)
        except NONSENSE:
            continue
