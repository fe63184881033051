"""Operations on their way: with progress, and a way to end them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.action import Result
from tui.jobs.model import JobState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.domain.operation import Operation, OperationOutcome, Progress, ProgressSink
    from tui.jobs.book import JobBook
    from tui.jobs.model import Job
    from tui.jobs.seam import ActionSource

PROGRESS_SECONDS = 0.25
"""A copy may tell more often than anybody reads: the newest value is shown after this time, the last one always."""

if TYPE_CHECKING:
    Work = Callable[[ProgressSink], Awaitable[OperationOutcome]]


class Operations:
    """Carry out the operations of jobs that are in the book already.

    Args:
        source: the host.
        book: where the newest value of each job is.
        settle: called with a job, how it ended and its message; never for a job whose task was ended by `close`.
        at_once: how many one engine gets at the same time; the others wait for their turn.
        monotonic: clock for spans.
    """

    def __init__(
        self,
        source: ActionSource,
        book: JobBook,
        settle: Callable[[Job, Result, str], None],
        monotonic: Callable[[], float],
        at_once: int = 4,
    ) -> None:
        self._source = source
        self._book = book
        self._settle = settle
        self._monotonic = monotonic
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turns: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))
        self._closing = False

    def start(self, job: Job, operation: Operation, work: Work | None = None) -> None:
        """Begin on a job; returns at once.

        Args:
            work: what is done; None asks the operation's engine.
        """
        self._tasks[job.id] = asyncio.get_running_loop().create_task(self._carry_out(job.id, operation, work))

    def cancel(self, job_id: int) -> bool:
        """End a job as soon as its engine lets go; tells whether there was anything to end."""
        job, task = self._book.get(job_id), self._tasks.get(job_id)
        if job is None or task is None or not job.can_cancel:
            return False
        self._book.put(replace(job, cancelling=True))
        task.cancel()
        return True

    async def over(self, job_id: int) -> None:
        """Wait until an operation is over; giving up to wait does not end it."""
        task = self._tasks.get(job_id)
        if task is not None:
            await asyncio.wait({task})

    async def close(self) -> None:
        """End all of them and wait until nothing half-made is left."""
        self._closing = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _carry_out(self, job_id: int, operation: Operation, work: Work | None) -> None:
        result, message = Result.CANCELLED, ""
        try:
            async with self._turns[operation.target.engine]:
                self._put(job_id, state=JobState.RUNNING, started_monotonic_seconds=self._monotonic())
                told = _Told(self, job_id)
                outcome = await (self._source.operate(operation, told) if work is None else work(told))
                result, message = outcome.result, outcome.message
        except asyncio.CancelledError:
            if self._closing:
                raise
        except Exception as error:  # noqa: BLE001 - a defect of an engine must end as a message, not as a silent job
            result, message = Result.FAILED, f"{type(error).__name__}: {error}"
        finally:
            self._tasks.pop(job_id, None)
        job = self._book.get(job_id)
        if job is not None:
            self._settle(replace(job, cancelling=False), result, message)

    def _put(self, job_id: int, **changes: object) -> None:
        job = self._book.get(job_id)
        if job is not None and job.state.is_active:
            self._book.put(replace(job, **changes))  # type: ignore[arg-type]

    def tell(self, job_id: int, progress: Progress) -> None:
        """Show how far a job is."""
        self._put(job_id, progress=progress)

    @property
    def now(self) -> float:
        """Return the monotonic time."""
        return self._monotonic()


class _Told:
    """Takes one job's progress and passes it on a few times a second."""

    def __init__(self, operations: Operations, job_id: int) -> None:
        self._operations = operations
        self._job_id = job_id
        self._shown_at: float | None = None

    def __call__(self, progress: Progress) -> None:
        now = self._operations.now
        is_last = progress.total is not None and progress.done == progress.total
        if not is_last and self._shown_at is not None and now - self._shown_at < PROGRESS_SECONDS:
            return
        self._shown_at = now
        self._operations.tell(self._job_id, progress)
