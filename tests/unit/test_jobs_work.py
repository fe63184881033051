"""What hostdeck does by itself as a job: with progress and cancel, without the audit file."""

import asyncio

from tests.unit.jobs_fakes import Hands, RememberingTrail, ScriptedHost
from tests.unit.views import view_of
from tui.domain.action import Result
from tui.domain.operation import OperationOutcome, Progress, ProgressSink
from tui.domain.operation.bundle import MakeBundle
from tui.jobs import Jobs, JobState

BUNDLE = MakeBundle.of("host", "kvm01")


class Bench:
    def __init__(self) -> None:
        self.host, self.trail, self.hands = ScriptedHost(view_of()), RememberingTrail(), Hands()
        self.jobs = Jobs(
            self.host, self.trail, read_only=True, monotonic=self.hands.monotonic, utc=self.hands.utc
        )  # fmt: skip
        self.go = asyncio.Event()
        self.begun = asyncio.Event()
        self.result = OperationOutcome(BUNDLE, Result.DONE, "it is /x/y")

    async def work(self, told: ProgressSink) -> OperationOutcome:
        told(Progress(text="view.json (4 of 12)"))
        self.begun.set()
        await self.go.wait()
        return self.result

    def start(self) -> int:
        return self.jobs.submit_work(BUNDLE, self.work, "hostdeck bundle").id

    async def over(self, job: int) -> None:
        async with asyncio.timeout(5):
            await self.jobs.over(job)

    def said(self, job: int) -> tuple[JobState, str]:
        found = self.jobs.get(job)
        assert found is not None
        return found.state, self.jobs.progress(found)


async def test_work_is_done_also_where_nothing_may_be_changed() -> None:
    bench = Bench()
    job = bench.start()
    await bench.begun.wait()
    assert bench.said(job) == (JobState.RUNNING, "view.json (4 of 12)")
    bench.go.set()
    await bench.over(job)
    assert bench.said(job) == (JobState.DONE, "it is /x/y")
    assert bench.trail.lines == []
    assert bench.host.operated == []


async def test_work_fails_with_its_sentence() -> None:
    bench = Bench()
    bench.result = OperationOutcome(BUNDLE, Result.FAILED, "there is no space left")
    bench.go.set()
    job = bench.start()
    await bench.over(job)
    assert bench.said(job) == (JobState.FAILED, "there is no space left")


async def test_work_can_be_cancelled() -> None:
    bench = Bench()
    job = bench.start()
    await bench.begun.wait()
    assert bench.jobs.cancel(job)
    await bench.over(job)
    assert bench.said(job)[0] is JobState.CANCELLED


async def test_key_pressed_twice_makes_one() -> None:
    bench = Bench()
    first, second = bench.start(), bench.start()
    assert bench.said(second)[0] is JobState.REFUSED
    bench.go.set()
    await bench.over(first)
    assert bench.said(first)[0] is JobState.DONE
    await bench.jobs.close()
