"""The bounded list of jobs."""

from collections.abc import Callable

from tui.domain.identity import InstanceId
from tui.jobs.model import BatchSummary, Job, summarise

MOST_JOBS = 200


class JobBook:
    """Keep the newest value of every job, at most `most` of them unless more are active.

    Attributes:
        on_change: called with every new value.
        on_drop: called with the id of every job that is forgotten.
    """

    def __init__(self, most: int = MOST_JOBS) -> None:
        self.on_change: Callable[[Job], None] | None = None
        self.on_drop: Callable[[int], None] | None = None
        self._most = most
        self._jobs: dict[int, Job] = {}

    @property
    def oldest_first(self) -> tuple[Job, ...]:
        """Return all remembered jobs."""
        return tuple(self._jobs.values())

    def get(self, job_id: int) -> Job | None:
        """Return a job, None when it is not remembered."""
        return self._jobs.get(job_id)

    def put(self, job: Job) -> None:
        """Take a new value of a job."""
        self._jobs[job.id] = job
        if self.on_change is not None:
            self.on_change(job)

    def of(self, target: InstanceId) -> Job | None:
        """Return the newest job of an instance."""
        return next((job for job in reversed(self._jobs.values()) if job.target == target), None)

    def summary(self, batch: int) -> BatchSummary | None:
        """Return how a batch goes, None when nothing of it is remembered."""
        found = [job for job in self._jobs.values() if job.batch == batch]
        return summarise(found) if found else None

    def forget(self) -> None:
        """Keep the list bounded: what is done goes first, errors only when nothing else is left, active jobs never."""
        excess = len(self._jobs) - self._most
        if excess <= 0:
            return
        ended = [job for job in self._jobs.values() if not job.state.is_active]
        ended.sort(key=lambda job: (job.state.is_error, job.id))
        for job in ended[:excess]:
            self._drop(job.id)

    def clear_ended(self) -> None:
        """Forget every job that is over; one whose answer is missing counts as over."""
        for job in self.oldest_first:
            if not job.state.is_active:
                self._drop(job.id)

    def _drop(self, job_id: int) -> None:
        del self._jobs[job_id]
        if self.on_drop is not None:
            self.on_drop(job_id)
