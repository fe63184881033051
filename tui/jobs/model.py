"""What is known about one action that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.domain.action import ActionRequest, Verb

if TYPE_CHECKING:
    from tui.domain.identity import InstanceId
    from tui.domain.instance import Kind
    from tui.domain.operation import Operation, Progress
    from tui.domain.resource import ResourceKind


class JobState(StrEnum):
    """How far an action has come."""

    QUEUED = "queued"  # waits for its turn at the engine
    RUNNING = "running"  # the engine works on it
    WAITING = "waiting"  # the instance was asked; whether it obeys shows in its state
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # past its deadline; looked up in what follows, never repeated
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """Tell whether something is still expected to happen by itself."""
        return self in _ACTIVE

    @property
    def is_error(self) -> bool:
        """Tell whether a person should read its message."""
        return self in _ERRORS


_ACTIVE = frozenset({JobState.QUEUED, JobState.RUNNING, JobState.WAITING})
_ERRORS = frozenset({JobState.FAILED, JobState.REFUSED, JobState.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One verb on one instance, or one operation, at one moment; every change makes a new value with the same id.

    Attributes:
        id: counts up from 1.
        batch: the same for all that were asked for together; counts up from 1.
        request: what was asked for.
        name: of the instance or resource, unescaped.
        owner: login name of whose instance it is; empty for guests of the system.
        unit: systemd unit that a container is stopped through, empty when none.
        message: what went wrong, or empty; unescaped.
        command: the equivalent command line.
        submitted_utc_seconds: when it was asked for.
        started_monotonic_seconds: when the engine got it, None before.
        waiting_since_monotonic_seconds: when the instance had been asked, None unless it is.
        ended_utc_seconds: when its outcome was known (or known to be unknown), None before.
        offer: what a person may be asked to do instead, because nothing came of it so far.
        progress: of an operation, as far as its engine tells; None before it told anything.
        cancelling: a person asked to end it, and it is not over yet.
        audit_problem: why it could not be written to the audit file; empty when it was.
    """

    id: int
    batch: int
    request: ActionRequest | Operation
    name: str
    kind: Kind | ResourceKind
    owner: str = ""
    unit: str = ""
    state: JobState = JobState.QUEUED
    message: str = ""
    command: str = ""
    submitted_utc_seconds: float = 0.0
    started_monotonic_seconds: float | None = None
    waiting_since_monotonic_seconds: float | None = None
    ended_utc_seconds: float | None = None
    offer: Verb | None = None
    progress: Progress | None = None
    cancelling: bool = False
    audit_problem: str = ""

    @property
    def verb(self) -> Verb | None:
        """Return what is done to an instance; None for an operation."""
        return self.request.verb if isinstance(self.request, ActionRequest) else None

    @property
    def word(self) -> str:
        """Return what is done, in the audit file's word."""
        return str(self.request.verb)

    @property
    def target(self) -> InstanceId:
        """Return what it is done to."""
        return self.request.target if isinstance(self.request, ActionRequest) else self.request.instance_target

    @property
    def can_cancel(self) -> bool:
        """Tell whether a person may end it: operations only, for a verb is with the engine at once."""
        return self.verb is None and self.state.is_active and not self.cancelling

    @property
    def offer_kill(self) -> bool:
        """Tell whether to ask: it does not obey, kill it?"""
        return self.offer is Verb.KILL


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """How many of the jobs that were asked for together are where.

    Attributes:
        active: queued, running or waiting for their instance.
        unknown: past their deadline.
    """

    batch: int
    verb: str
    total: int
    done: int
    failed: int
    refused: int
    unknown: int
    active: int
    cancelled: int = 0

    @property
    def text(self) -> str:
        """Return it in words: `stop: 9 of 12 done, 2 failed, 1 under way`."""
        parts = [f"{self.done} of {self.total} done"]
        words = (
            (self.failed, "failed"),
            (self.refused, "refused"),
            (self.unknown, "without an answer"),
            (self.cancelled, "cancelled"),
            (self.active, "under way"),
        )
        parts += [f"{count} {word}" for count, word in words if count]
        return f"{self.verb}: {', '.join(parts)}"


def summarise(jobs: list[Job]) -> BatchSummary:
    """Count the jobs of one batch; there must be at least one."""
    states = [job.state for job in jobs]
    return BatchSummary(
        batch=jobs[0].batch,
        verb=jobs[0].word,
        total=len(jobs),
        done=states.count(JobState.DONE),
        failed=states.count(JobState.FAILED),
        refused=states.count(JobState.REFUSED),
        unknown=states.count(JobState.UNKNOWN),
        active=sum([state.is_active for state in states]),
        cancelled=states.count(JobState.CANCELLED),
    )
