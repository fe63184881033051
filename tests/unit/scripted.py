"""An engine and samplers that do as a test says, through the same seams as the real ones."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from tui.domain.action import ActionOutcome, ActionRequest, Result
from tui.domain.event import Document
from tui.domain.host import EngineState, EngineStatus, HostUsage
from tui.domain.identity import InstanceId
from tui.domain.instance import Address, Instance
from tui.domain.usage import CpuUsage, Usage
from tui.engines.base import EngineSink, GuestMemory


class ScriptedEngine:
    """Publishes what `script` puts into its sink, then waits to be cancelled."""

    def __init__(self, engine_id: str = "podman", script: Callable[[EngineSink], None] | None = None) -> None:
        self.id = engine_id
        self.sink: EngineSink | None = None
        self.performed: list[ActionRequest] = []
        self.outcome = Result.DONE
        self.closed = False
        self._script = script

    async def run(self, sink: EngineSink) -> None:
        self.sink = sink
        sink.put_status(EngineStatus(self.id, "podman", "unix:///x", EngineState.READY))
        if self._script is not None:
            self._script(sink)
        await asyncio.Event().wait()

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        self.performed.append(request)
        return ActionOutcome(request, self.outcome)

    def command(self, request: ActionRequest) -> str:
        return f"podman {request.verb} {request.target.local}"

    async def document(self, target: InstanceId) -> Document:
        return Document(target.local, "json")

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        return (Address("10.0.0.1", "agent", target.local),)

    async def close(self) -> None:
        self.closed = True


class CountingSampler:
    """Gives each active instance as many cores as samples were taken."""

    def __init__(self) -> None:
        self.samples: list[tuple[str, ...]] = []
        self.attended: frozenset[str] = frozenset()
        self.memory: Mapping[str, GuestMemory] = {}
        self.closed = False
        self.before: Callable[[], None] = lambda: None

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        self.before()
        self.samples.append(tuple(target.name for target in targets))
        self.attended = attended
        return {target.key: Usage(cpu=CpuUsage(cores_used=float(len(self.samples)))) for target in targets}

    def set_guest_memory(self, memory: Mapping[str, GuestMemory]) -> None:
        self.memory = memory

    def close(self) -> None:
        self.closed = True


class FixedHost:
    """Gives the same figures each time."""

    def sample(self, monotonic: float) -> HostUsage:
        return HostUsage(cores=16, memory_total_bytes=64 << 30, window_seconds=monotonic and 1.0)
