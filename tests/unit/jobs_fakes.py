"""A host that answers when a test says so, and an audit trail that only remembers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.unit.views import view_of
from tui.audit import AuditEntry
from tui.domain.action import ActionOutcome, ActionRequest, Result
from tui.domain.errors import EngineError
from tui.domain.event import Event
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.domain.instance import Address
from tui.domain.operation import Operation, OperationOutcome, Progress, ProgressSink
from tui.domain.timeline import TimelineEntry


class ScriptedHost:
    """Takes requests and gives the outcomes of `outcomes`, DONE when they are used up; holds them back while `held`."""

    def __init__(self, view: HostView | None = None, *outcomes: tuple[Result, str]) -> None:
        self.view: HostView | None = view or view_of()
        self.outcomes = list(outcomes)
        self.performed: list[ActionRequest] = []
        self.happened: list[Event] = []
        self.noted: list[TimelineEntry] = []
        self.at_once = 0
        self.most_at_once = 0
        self.defect: Exception | None = None
        self.agent_error: EngineError | None = None
        self.go = asyncio.Event()
        self.go.set()
        self.operated: list[Operation] = []
        self.told: list[Progress] = []
        self.tidied = False

    def events(self, subject: InstanceId | None = None) -> Sequence[Event]:
        return [event for event in self.happened if subject in (None, event.subject)]

    def add_to_timeline(self, entry: TimelineEntry) -> None:
        self.noted.append(entry)

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        self.performed.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.go.wait()
        finally:
            self.at_once -= 1
        if self.defect is not None:
            raise self.defect
        result, message = self.outcomes.pop(0) if self.outcomes else (Result.DONE, "")
        return ActionOutcome(request, result, message)

    def command(self, request: ActionRequest) -> str:
        return f"do {request.verb} {request.target.local}"

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        self.operated.append(operation)
        try:
            for one in self.told:
                progress(one)
            await self.go.wait()
        except asyncio.CancelledError:
            self.tidied = True
            raise
        if self.defect is not None:
            raise self.defect
        result, message = self.outcomes.pop(0) if self.outcomes else (Result.DONE, "")
        return OperationOutcome(operation, result, message)

    def operation_command(self, operation: Operation) -> str:
        return f"do {operation.verb} {operation.subject}"

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        if self.agent_error is not None:
            raise self.agent_error
        return (Address("10.0.0.9", "agent", target.local),)


@dataclass
class RememberingTrail:
    """Keeps what it is told, as (phase, action, name, result or empty)."""

    lines: list[tuple[str, str, str, str]] = field(default_factory=list)
    entries: list[AuditEntry] = field(default_factory=list)
    problem: str = ""

    def intent(self, entry: AuditEntry) -> str:
        self.entries.append(entry)
        self.lines.append(("intent", str(entry.action), entry.name, ""))
        return self.problem

    def result(self, entry: AuditEntry, result: Result, message: str) -> str:
        self.lines.append(("result", str(entry.action), entry.name, f"{result}:{message}" if message else str(result)))
        return self.problem


class Hands:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def utc(self) -> float:
        return 1_750_000_000.0 + self.now
