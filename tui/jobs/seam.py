"""What jobs need of a host, and what they tell the audit file about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from tui.audit import AuditEntry
from tui.domain.action import ActionOutcome, ActionRequest
from tui.domain.event import Event
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.domain.instance import Address, Instance, Kind
from tui.jobs.effects import find_instance
from tui.jobs.model import Job

if TYPE_CHECKING:
    from tui.domain.operation import Operation, OperationOutcome, ProgressSink
    from tui.domain.resource import ResourceKind
    from tui.domain.timeline import TimelineEntry


class ActionSource(Protocol):
    """The part of a `HostSource` that jobs need."""

    @property
    def view(self) -> HostView | None:
        """Return the newest view."""

    def events(self, subject: InstanceId | None = None) -> Sequence[Event]:
        """Return remembered events, oldest first."""

    def add_to_timeline(self, entry: TimelineEntry) -> None:
        """Add what a person did here."""

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Ask a guest's agent for its addresses."""

    async def perform(self, request: ActionRequest) -> ActionOutcome:
        """Carry out an action."""

    def command(self, request: ActionRequest) -> str:
        """Return the equivalent command line."""

    async def operate(self, operation: Operation, progress: ProgressSink) -> OperationOutcome:
        """Carry out an operation; raises only for a cancellation."""

    def operation_command(self, operation: Operation) -> str:
        """Return the equivalent command line."""


def kind_of(operation: Operation) -> Kind | ResourceKind:
    """Return what an operation is about; of instances, the kind that their engine has."""
    target = operation.target
    if isinstance(target, InstanceId):
        return facts_of(target, None)[1]
    return target.kind


def facts_of(target: InstanceId, instance: Instance | None) -> tuple[str, Kind, str, str]:
    """Return name, kind, owner and unit; of an instance that no view lists, what its id tells."""
    if instance is None:
        return target.local, Kind.CONTAINER if target.engine.startswith("podman") else Kind.GUEST, "", ""
    return instance.name, instance.kind, instance.user, instance.container.unit if instance.container else ""


def name_of(operation: Operation, view: HostView | None) -> str:
    """Return what an operation is about as a person knows it: an instance by its name, not by its engine's id."""
    target = operation.target
    if not isinstance(target, InstanceId) or operation.subject != target.local or view is None:
        return operation.subject
    return facts_of(target, find_instance(target, view))[0]


def audit_entry(job: Job, view: HostView | None) -> AuditEntry:
    """Return what the audit file says about a job."""
    return AuditEntry(
        job=job.id,
        action=job.word,
        target=job.target,
        name=job.name,
        kind=job.kind,
        owner=job.owner,
        host_name=view.host_name if view else "",
        command=job.command,
    )
