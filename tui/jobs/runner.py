"""Actions on their way: each a job, few at a time for one engine, followed until its effect shows."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.audit import AuditEntry, AuditTrail
from tui.domain.action import ActionOutcome, ActionRequest, Result, Verb
from tui.domain.errors import ActionRefused, EngineError
from tui.domain.host import HostView
from tui.domain.identity import InstanceId
from tui.domain.instance import Address
from tui.jobs.book import JobBook
from tui.jobs.effects import find_instance
from tui.jobs.model import BatchSummary, Job, JobState
from tui.jobs.noted import NotedTrail
from tui.jobs.operations import Operations
from tui.jobs.progress import progress
from tui.jobs.seam import ActionSource, audit_entry, facts_of, kind_of, name_of
from tui.jobs.tracker import Tracker

if TYPE_CHECKING:
    from tui.domain.operation import Operation
    from tui.jobs.operations import Work

READ_ONLY = "hostdeck runs with --read-only: nothing is changed."
NO_ANSWER = "No answer within the deadline; whether it was done is looked up, and it is not asked again."

_STATE_OF = {
    Result.DONE: JobState.DONE,
    Result.REQUESTED: JobState.WAITING,
    Result.FAILED: JobState.FAILED,
    Result.REFUSED: JobState.REFUSED,
    Result.UNKNOWN: JobState.UNKNOWN,
    Result.CANCELLED: JobState.CANCELLED,
}
_NO_MESSAGE = {
    JobState.DONE: "",
    JobState.FAILED: "The engine gave no reason.",
    JobState.REFUSED: "The engine refused and gave no reason.",
    JobState.UNKNOWN: NO_ANSWER,
    JobState.CANCELLED: "",
}


class Jobs:
    """Carry out actions and remember what came of them. For the event loop's thread; it has no timers of its own.

    `on_change` and `on_batch` may be set later too.

    Args:
        source: the host.
        audit: where every action is written down, before and after.
        read_only: refuse everything; a view that says so does the same.
        stop_patience_seconds: after so long without effect a job offers something stronger, once.
        at_once: how many requests one engine gets at the same time.
        on_change: called with every new value of a job.
        on_batch: called when no job of a batch is queued, running or waiting any more; again when a missing answer was
            found later.
        monotonic: clock for spans.
        utc: wall clock in seconds.
    """

    def __init__(
        self,
        source: ActionSource,
        audit: AuditTrail,
        *,
        read_only: bool = False,
        stop_patience_seconds: float = 30.0,
        at_once: int = 4,
        on_change: Callable[[Job], None] | None = None,
        on_batch: Callable[[BatchSummary], None] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        utc: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._audit = NotedTrail(audit, source.add_to_timeline, utc=utc)
        self._read_only = read_only
        self._patience = stop_patience_seconds
        self._monotonic = monotonic
        self._utc = utc
        self.on_change = on_change
        self.on_batch = on_batch
        self._book = JobBook()
        self._book.on_change = self._changed
        self._book.on_drop = self._dropped
        self._operations = Operations(source, self._book, self._operated, monotonic, at_once)
        self._trackers: dict[int, Tracker] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))
        self._unaudited: set[int] = set()
        self._last_job = 0
        self._last_batch = 0
        self._submitting = False

    @property
    def audit(self) -> AuditTrail:
        """Return where actions are written down, for what is done without a job: opening sessions."""
        return self._audit

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Return all remembered jobs, the newest first."""
        return self._book.oldest_first[::-1]

    @property
    def active(self) -> tuple[Job, ...]:
        """Return what is queued, running or waiting, the oldest first."""
        return tuple(job for job in self._book.oldest_first if job.state.is_active)

    @property
    def offers(self) -> tuple[Job, ...]:
        """Return the jobs that wait for a person's answer, the oldest first."""
        return tuple(job for job in self._book.oldest_first if job.offer is not None)

    def get(self, job_id: int) -> Job | None:
        """Return a job's newest value, None when it is no longer remembered."""
        return self._book.get(job_id)

    def of(self, target: InstanceId) -> Job | None:
        """Return the newest job of an instance."""
        return self._book.of(target)

    def progress(self, job: Job) -> str:
        """Return how a job goes, in a few words."""
        return progress(job, self._monotonic())

    def summary(self, batch: int) -> BatchSummary | None:
        """Return how a batch goes, None when nothing of it is remembered."""
        return self._book.summary(batch)

    def clear_ended(self) -> None:
        """Forget every job that is over; one whose answer is missing counts as over."""
        self._book.clear_ended()

    def submit(self, requests: Iterable[ActionRequest]) -> tuple[Job, ...]:
        """Take requests that belong together and start on them; returns at once.

        What is refused (read only, or the same is under way) is a job too, with its sentence, and reaches no engine.
        """
        self._last_batch += 1
        self._submitting = True
        try:
            ids = [self._accept(request) for request in requests]
        finally:
            self._submitting = False
        found = tuple(job for job in map(self._book.get, ids) if job is not None)
        self._batch_changed(self._last_batch)
        return found

    def submit_operations(self, operations: Iterable[Operation]) -> tuple[Job, ...]:
        """Take operations that belong together and start on them; returns at once. Refused ones are jobs too."""
        self._last_batch += 1
        self._submitting = True
        try:
            ids = [self._accept_operation(operation) for operation in operations]
        finally:
            self._submitting = False
        found = tuple(job for job in map(self._book.get, ids) if job is not None)
        self._batch_changed(self._last_batch)
        return found

    def submit_work(self, operation: Operation, work: Work, command: str = "") -> Job:
        """Start on what hostdeck does by itself and only reads from engines; returns at once.

        It is not refused where nothing may be changed, and the audit file does not tell of it.

        Args:
            work: does it, tells how far it is, and may be cancelled.
            command: the equivalent command line.
        """
        self._last_batch += 1
        self._last_job += 1
        job = Job(
            id=self._last_job, batch=self._last_batch, request=operation, name=operation.subject,
            kind=kind_of(operation), command=command, submitted_utc_seconds=self._utc(),
        )  # fmt: skip
        why_not = self._repeated(job)
        self._unaudited.add(job.id)
        self._book.put(job)
        if why_not:
            self._end(job, JobState.REFUSED, why_not)
        else:
            self._operations.start(job, operation, work)
        return self._book.get(job.id) or job

    def cancel(self, job_id: int) -> bool:
        """End an operation as soon as its engine lets go; tells whether there was anything to end."""
        return self._operations.cancel(job_id)

    async def over(self, job_id: int) -> Job | None:
        """Wait until an operation is over and return its last value; None when it is no longer remembered."""
        await self._operations.over(job_id)
        return self._book.get(job_id)

    def observe(self, view: HostView) -> None:
        """Look in a new view for the effects that jobs wait for; call it on every tick."""
        now = self._monotonic()
        for job_id, tracker in list(self._trackers.items()):
            job = self._book.get(job_id)
            if job is None or job.state not in {JobState.WAITING, JobState.UNKNOWN}:
                continue
            events = self._source.events(job.target) if job.verb is Verb.RESTART else ()
            if tracker.seen(job, view, events):
                self._end(job, JobState.DONE, "only after it was forced" if tracker.helped else "")
            elif (offer := tracker.offer(job, self._patience, now)) is not None:
                self._book.put(replace(job, offer=offer))
            elif tracker.is_over(job, now):
                del self._trackers[job_id]

    def answer(self, job_id: int, *, accept: bool) -> Job | None:
        """Take a person's answer to an offer; the job goes on waiting for its effect in both cases.

        Returns:
            The job of what was offered, None when it was declined or there is no offer any more.
        """
        job = self._book.get(job_id)
        if job is None or job.offer is None:
            return None
        self._book.put(replace(job, offer=None))
        if not accept:
            return None
        if job_id in self._trackers:
            self._trackers[job_id].helped = True
        return self.submit([ActionRequest(job.offer, job.target)])[0]

    async def ask_agent(self, target: InstanceId) -> tuple[Address, ...]:
        """Ask a guest's agent for its addresses and write that down, for it leaves a mark on the guest.

        Raises:
            EngineError: with its sentence; also when nothing may be changed.
        """
        view = self._source.view
        instance = find_instance(target, view) if view else None
        self._last_job += 1
        name, kind, owner, _ = facts_of(target, instance)
        entry = AuditEntry(
            job=self._last_job, action="ask-agent", target=target, name=name, kind=kind, owner=owner,
            host_name=view.host_name if view else "",
        )  # fmt: skip
        self._audit.intent(entry)
        try:
            if self._forbidden(view):
                raise ActionRefused("read only", READ_ONLY)
            addresses = await self._source.ask_agent(target)
        except EngineError as error:
            refused = isinstance(error, ActionRefused)
            self._audit.result(entry, Result.REFUSED if refused else Result.FAILED, error.message)
            raise
        self._audit.result(entry, Result.DONE, "")
        return addresses

    async def close(self) -> None:
        """Stop following; what is on its way at an engine is written down as unknown."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(self._operations.close(), *tasks, return_exceptions=True)
        for job in self.active:
            if job.state is JobState.QUEUED:
                self._end(job, JobState.REFUSED, "hostdeck ended before its turn came.")
            elif job.state is JobState.RUNNING:
                if job.verb is None:
                    self._end(job, JobState.CANCELLED, "hostdeck ended, and this with it.")
                else:
                    self._end(job, JobState.UNKNOWN, "hostdeck ended before the answer came.")

    def _changed(self, job: Job) -> None:
        if self.on_change is not None:
            self.on_change(job)

    def _dropped(self, job_id: int) -> None:
        self._trackers.pop(job_id, None)
        self._unaudited.discard(job_id)

    def _forbidden(self, view: HostView | None) -> bool:
        return self._read_only or (view is not None and view.read_only)

    def _accept(self, request: ActionRequest) -> int:
        view = self._source.view
        instance = find_instance(request.target, view) if view else None
        self._last_job += 1
        name, kind, owner, unit = facts_of(request.target, instance)
        job = Job(
            id=self._last_job, batch=self._last_batch, request=request, name=name, kind=kind, owner=owner, unit=unit,
            command=self._source.command(request), submitted_utc_seconds=self._utc(),
        )  # fmt: skip
        job, taken = self._entered(job, view)
        if taken:
            self._leave_unknown(job.target)
            self._trackers[job.id] = Tracker(instance, self._monotonic())
            self._tasks[job.id] = asyncio.get_running_loop().create_task(self._carry_out(job, request))
        return job.id

    def _leave_unknown(self, target: InstanceId) -> None:
        """Look no more for the effect of what got no answer: what shows from now on may be the new request's doing."""
        for other in self._book.oldest_first:
            if other.state is JobState.UNKNOWN and other.target == target:
                self._trackers.pop(other.id, None)

    def _accept_operation(self, operation: Operation) -> int:
        view = self._source.view
        self._last_job += 1
        job = Job(
            id=self._last_job, batch=self._last_batch, request=operation, name=name_of(operation, view),
            kind=kind_of(operation), command=self._source.operation_command(operation),
            submitted_utc_seconds=self._utc(),
        )  # fmt: skip
        job, taken = self._entered(job, view)
        if taken:
            self._operations.start(job, operation)
        return job.id

    def _entered(self, job: Job, view: HostView | None) -> tuple[Job, bool]:
        """Write a job down and put it into the book; tell whether it is to be carried out."""
        why_not = READ_ONLY if self._forbidden(view) else self._repeated(job)
        job = replace(job, audit_problem=self._audit.intent(audit_entry(job, view)))
        self._book.put(job)
        if why_not:
            self._end(job, JobState.REFUSED, why_not)
        return job, not why_not

    def _operated(self, job: Job, result: Result, message: str) -> None:
        state = _STATE_OF[result]
        self._end(job, state, message or _NO_MESSAGE.get(state, ""))

    def _repeated(self, job: Job) -> str:
        """Return a sentence when the same is on its way: a key pressed twice asks once."""
        for other in self._book.oldest_first:
            same = other.target == job.target and other.word == job.word and other.name == job.name
            if same and other.state in {JobState.QUEUED, JobState.RUNNING}:
                return f"{job.name}: the same is under way already."
        return ""

    async def _carry_out(self, job: Job, request: ActionRequest) -> None:
        try:
            async with self._turns[job.target.engine]:
                job = replace(job, state=JobState.RUNNING, started_monotonic_seconds=self._monotonic())
                self._book.put(job)
                outcome = await self._source.perform(request)
        except Exception as error:  # noqa: BLE001 - a defect of an engine must end as a message, not as a silent job
            outcome = ActionOutcome(request, Result.FAILED, f"{type(error).__name__}: {error}")
        finally:
            self._tasks.pop(job.id, None)
        self._settle(job, outcome)

    def _settle(self, job: Job, outcome: ActionOutcome) -> None:
        state = _STATE_OF[outcome.result]
        if state is not JobState.WAITING:
            self._end(job, state, outcome.message or _NO_MESSAGE[state])
            return
        now = self._monotonic()
        self._trackers[job.id].since = now
        self._written(job, Result.REQUESTED, outcome.message)
        self._book.put(replace(job, state=state, message=outcome.message, waiting_since_monotonic_seconds=now))

    def _end(self, job: Job, state: JobState, message: str) -> None:
        """Give a job its outcome; an unknown one stays tracked, for a later view may tell."""
        if state is not JobState.UNKNOWN:
            self._trackers.pop(job.id, None)
        elif job.id in self._trackers:
            self._trackers[job.id].since = self._monotonic()
        self._written(job, Result(state.value), message)
        self._book.put(replace(job, state=state, message=message, offer=None, ended_utc_seconds=self._utc()))
        self._batch_changed(job.batch)

    def _written(self, job: Job, result: Result, message: str) -> None:
        if job.id in self._unaudited:
            return
        self._audit.result(audit_entry(job, self._source.view), result, message)

    def _batch_changed(self, batch: int) -> None:
        """Tell about a batch that has come to rest; one that is still being submitted is not complete."""
        if self._submitting:
            return
        summary = self._book.summary(batch)
        if self.on_batch is not None and summary is not None and not summary.active:
            self.on_batch(summary)
        self._book.forget()
