import asyncio
from collections.abc import Callable

import pytest

from tests.unit.jobs_fakes import Hands, RememberingTrail, ScriptedHost
from tests.unit.views import view_of
from tui.domain.action import Result
from tui.domain.operation import Progress
from tui.domain.operation.images import PullImage
from tui.domain.resource import ResourceId, ResourceKind
from tui.jobs import BatchSummary, Job, Jobs, JobState

PULL = PullImage(target=ResourceId("host", "podman", ResourceKind.IMAGE, ""), reference="quay.io/one")


class Bench:
    def __init__(self, *outcomes: tuple[Result, str], read_only: bool = False) -> None:
        self.host = ScriptedHost(view_of(), *outcomes)
        self.trail = RememberingTrail()
        self.hands = Hands()
        self.changes: list[Job] = []
        self.batches: list[BatchSummary] = []
        self.jobs = Jobs(
            self.host,
            self.trail,
            read_only=read_only,
            on_change=self.changes.append,
            on_batch=self.batches.append,
            monotonic=self.hands.monotonic,
            utc=self.hands.utc,
        )

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - a condition over many jobs has no event of its own
                await asyncio.sleep(0)

    def start(self) -> int:
        (job,) = self.jobs.submit_operations([PULL])
        return job.id

    def now(self, job_id: int) -> Job:
        job = self.jobs.get(job_id)
        assert job is not None
        return job


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_an_operation_is_a_job_that_is_written_down_before_and_after(bench: Bench) -> None:
    job_id = bench.start()
    await bench.until(lambda: bench.now(job_id).state is JobState.DONE)
    job = bench.now(job_id)
    assert (job.word, job.name, job.kind) == ("pull-image", "quay.io/one", ResourceKind.IMAGE)
    assert job.command == "do pull-image quay.io/one"
    assert bench.trail.lines == [
        ("intent", "pull-image", "quay.io/one", ""),
        ("result", "pull-image", "quay.io/one", "done"),
    ]
    assert bench.batches[-1].text == "pull-image: 1 of 1 done"


async def test_its_progress_is_what_the_engine_tells(bench: Bench) -> None:
    bench.host.go.clear()
    bench.host.told = [Progress(1 << 20, 4 << 20, "copying")]
    job_id = bench.start()
    await bench.until(lambda: bench.now(job_id).progress is not None)
    assert bench.jobs.progress(bench.now(job_id)) == " 25 %  1.0 MiB of 4.0 MiB  copying"


async def test_without_a_total_no_percentage_is_made_up(bench: Bench) -> None:
    bench.host.go.clear()
    bench.host.told = [Progress(text="Copying blob 1f3e")]
    job_id = bench.start()
    await bench.until(lambda: bench.now(job_id).progress is not None)
    assert bench.jobs.progress(bench.now(job_id)) == "Copying blob 1f3e"


async def test_a_flood_of_progress_is_shown_a_few_times_a_second_and_its_end_always(bench: Bench) -> None:
    bench.host.go.clear()
    bench.host.told = [Progress(float(done), 1000.0) for done in range(1001)]
    job_id = bench.start()
    await bench.until(lambda: bench.now(job_id).progress == Progress(1000.0, 1000.0))
    assert [job.progress.done for job in bench.changes if job.progress] == [0.0, 1000.0]


async def test_cancelling_waits_until_the_engine_has_tidied_up(bench: Bench) -> None:
    bench.host.go.clear()
    job_id = bench.start()
    await bench.until(lambda: bench.host.operated != [])
    assert bench.jobs.cancel(job_id)
    assert bench.jobs.progress(bench.now(job_id)) == "being cancelled"
    assert not bench.jobs.cancel(job_id)
    await bench.until(lambda: bench.now(job_id).state is JobState.CANCELLED)
    assert bench.host.tidied
    assert bench.trail.lines[-1] == ("result", "pull-image", "quay.io/one", "cancelled")
    assert bench.batches[-1].text == "pull-image: 0 of 1 done, 1 cancelled"


async def test_what_is_over_cannot_be_cancelled(bench: Bench) -> None:
    job_id = bench.start()
    await bench.until(lambda: bench.now(job_id).state is JobState.DONE)
    assert not bench.jobs.cancel(job_id)


async def test_read_only_reaches_no_engine() -> None:
    bench = Bench(read_only=True)
    job = bench.now(bench.start())
    assert (job.state, bench.host.operated) == (JobState.REFUSED, [])


async def test_the_same_twice_is_asked_once(bench: Bench) -> None:
    bench.host.go.clear()
    bench.start()
    assert bench.now(bench.start()).state is JobState.REFUSED


async def test_a_failure_is_its_sentence() -> None:
    bench = Bench((Result.FAILED, "no space left on /var"))
    job_id = bench.start()
    await bench.until(lambda: not bench.now(job_id).state.is_active)
    assert (bench.now(job_id).state, bench.now(job_id).message) == (JobState.FAILED, "no space left on /var")


async def test_a_defect_of_an_engine_is_a_failed_job(bench: Bench) -> None:
    bench.host.defect = RuntimeError("oops")
    job_id = bench.start()
    await bench.until(lambda: bench.now(job_id).state is JobState.FAILED)
    assert bench.now(job_id).message == "RuntimeError: oops"


async def test_the_end_of_hostdeck_ends_it(bench: Bench) -> None:
    bench.host.go.clear()
    job_id = bench.start()
    await bench.until(lambda: bench.host.operated != [])
    await bench.jobs.close()
    assert bench.host.tidied
    assert bench.now(job_id).state is JobState.CANCELLED
    assert bench.trail.lines[-1][3] == "cancelled:hostdeck ended, and this with it."
