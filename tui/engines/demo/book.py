"""What a demo engine knows at this moment, and who is told of changes."""

from collections.abc import Sequence

from tui.domain.event import Event
from tui.domain.instance import Instance, Pod
from tui.engines.base import EngineSink
from tui.engines.demo.cast import Member, Quirk
from tui.engines.demo.script import change_event, pod_now


class Book:
    """The instances and pods of one engine.

    Attributes:
        members: as they were when the demo began, by the engine's own id.
        sink: where changes are told while the engine runs.
    """

    def __init__(self, engine_id: str, members: Sequence[Member], pods: Sequence[Pod]) -> None:
        self._engine_id = engine_id
        self.members = {member.instance.id.local: member for member in members}
        self.sink: EngineSink | None = None
        self._now = {local: member.instance for local, member in self.members.items()}
        self._pods = {pod.id.local: pod for pod in pods}
        self._listed = tuple(self._now.values())

    @property
    def listed(self) -> tuple[Instance, ...]:
        """Return all instances as they were last published; safe on any thread."""
        return self._listed

    def get(self, local: str) -> Instance | None:
        """Return an instance as it is now, None when it is gone."""
        return self._now.get(local)

    def pod(self, local: str) -> Pod | None:
        """Return a pod as it is now, None when there is no such pod."""
        pod = self._pods.get(local)
        return pod_now(pod, self._by_key()) if pod else None

    def containers_of(self, pod: Pod) -> list[Instance]:
        """Return the containers of a pod as they are now."""
        return [instance for instance in self._now.values() if instance.key in pod.member_ids]

    def quirks(self, local: str) -> Quirk:
        """Return how an instance misbehaves."""
        return self.members[local].quirks

    def put(self, after: Instance, now: float | None = None) -> bool:
        """Put an instance in its place; an event tells of its new state where `now` is given.

        Returns:
            Whether anything changed.
        """
        before = self._now[after.id.local]
        if before == after:
            return False
        self._now[after.id.local] = after
        event = change_event(before, after, now) if now is not None else None
        if event is not None:
            self.tell(event)
        return True

    def add(self, member: Member) -> None:
        """Take a new instance."""
        self.members[member.instance.id.local] = member
        self._now[member.instance.id.local] = member.instance

    def remove(self, local: str) -> None:
        """Forget an instance or a pod."""
        self._now.pop(local, None)
        self._pods.pop(local, None)

    def tell(self, event: Event) -> None:
        """Tell one event."""
        if self.sink is not None:
            self.sink.put_event(event)

    def publish(self) -> None:
        """Tell the whole inventory."""
        self._listed = tuple(self._now.values())
        if self.sink is not None:
            by_key = self._by_key()
            self.sink.put_inventory(
                self._engine_id, self._listed, tuple(pod_now(pod, by_key) for pod in self._pods.values())
            )

    def _by_key(self) -> dict[str, Instance]:
        return {instance.key: instance for instance in self._now.values()}
