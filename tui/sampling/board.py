"""What the engines said last."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from tui.domain.event import Event
from tui.domain.host import EngineStatus
from tui.domain.identity import InstanceId
from tui.domain.instance import Instance, Pod
from tui.engines.base import GuestMemory

MOST_EVENTS = 5_000


class Board:
    """An `EngineSink` that keeps the newest of everything.

    Args:
        on_change: called when instances or the state of an engine changed, so that a screen need not wait for the tick.
        on_guest_memory: takes what guests tell about their memory, by row key.
        on_event: called with every event.
    """

    def __init__(
        self,
        on_change: Callable[[], None],
        on_guest_memory: Callable[[Mapping[str, GuestMemory]], None],
        on_event: Callable[[Event], None] = lambda _event: None,
    ) -> None:
        self._on_change = on_change
        self._on_guest_memory = on_guest_memory
        self._on_event = on_event
        self._statuses: dict[str, EngineStatus] = {}
        self._instances: dict[str, tuple[Instance, ...]] = {}
        self._pods: dict[str, tuple[Pod, ...]] = {}
        self._guest_memory: dict[str, Mapping[InstanceId, GuestMemory]] = {}
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._all_instances: tuple[Instance, ...] = ()
        self._all_pods: tuple[Pod, ...] = ()

    @property
    def statuses(self) -> tuple[EngineStatus, ...]:
        """Return every engine's state, in the order in which they first told one."""
        return tuple(self._statuses.values())

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Return the instances of all engines; the very tuple of before when no engine told anything new."""
        return self._all_instances

    @property
    def pods(self) -> tuple[Pod, ...]:
        """Return the pods of all engines."""
        return self._all_pods

    def events(self, subject: InstanceId | None) -> Sequence[Event]:
        """Return remembered events, oldest first: of one instance, or all."""
        return [event for event in self._events if subject is None or event.subject == subject]

    def put_status(self, status: EngineStatus) -> None:
        """Replace the state of one engine."""
        before = self._statuses.get(status.id)
        self._statuses[status.id] = status
        if before is None or before.state != status.state:
            self._on_change()

    def put_inventory(self, engine_id: str, instances: tuple[Instance, ...], pods: tuple[Pod, ...] = ()) -> None:
        """Replace all instances of one engine."""
        self._instances[engine_id] = instances
        self._pods[engine_id] = pods
        self._join()
        self._on_change()

    def put_event(self, event: Event) -> None:
        """Append one event; the oldest makes room."""
        self._events.append(event)
        self._on_event(event)

    def put_guest_memory(self, engine_id: str, memory: Mapping[InstanceId, GuestMemory]) -> None:
        """Replace what the guests of one engine tell."""
        self._guest_memory[engine_id] = memory
        everything = chain.from_iterable(told.items() for told in self._guest_memory.values())
        self._on_guest_memory({str(guest): told for guest, told in everything})

    def forget(self, engine_id: str) -> None:
        """Drop an engine that left the host, with all it listed."""
        for kept in (self._statuses, self._instances, self._pods, self._guest_memory):
            kept.pop(engine_id, None)
        self._join()
        self._on_change()

    def _join(self) -> None:
        self._all_instances = tuple(chain.from_iterable(self._instances.values()))
        self._all_pods = tuple(chain.from_iterable(self._pods.values()))
