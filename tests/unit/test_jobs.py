import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.build import container, guest
from tests.unit.jobs_fakes import Hands, RememberingTrail, ScriptedHost
from tests.unit.views import view_of
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.errors import ActionRefused, EngineError, EngineTimeout
from tui.domain.event import Event
from tui.domain.host import HostView
from tui.domain.instance import Instance, State
from tui.jobs import MOST_JOBS, BatchSummary, Job, Jobs, JobState

VM = guest("vm", domain_id=3)
WEB = container("web", started_unix_seconds=100.0)


class Bench:
    """Jobs on a scripted host, with everything they told."""

    def __init__(self, view: HostView | None = None, *outcomes: tuple[Result, str], read_only: bool = False) -> None:
        self.host = ScriptedHost(view or view_of(VM, WEB), *outcomes)
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

    def submit(self, verb: Verb, *instances: Instance) -> tuple[Job, ...]:
        return self.jobs.submit([ActionRequest(verb, instance.id) for instance in instances])

    async def one(self, verb: Verb, instance: Instance) -> Job:
        """Submit and let the engine answer."""
        (job,) = self.submit(verb, instance)
        await self.until(lambda: self.now(job).state not in {JobState.QUEUED, JobState.RUNNING})
        return self.now(job)

    def now(self, job: Job) -> Job:
        found = self.jobs.get(job.id)
        assert found is not None
        return found

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - a condition over many jobs has no event of its own
                await asyncio.sleep(0)

    def see(self, *instances: Instance, seconds: float = 0.0, **more: object) -> None:
        """Let time pass and show a new view."""
        self.hands.now += seconds
        self.host.view = view_of(*instances, **more)
        self.jobs.observe(self.host.view)


async def test_a_job_is_queued_runs_and_is_done() -> None:
    bench = Bench()
    job = await bench.one(Verb.START, WEB)
    assert [change.state for change in bench.changes] == [JobState.QUEUED, JobState.RUNNING, JobState.DONE]
    assert (job.name, job.kind, job.owner, job.command) == ("web", WEB.kind, "root", "do start web")
    assert job.ended_utc_seconds == bench.hands.utc()
    assert bench.host.performed == [ActionRequest(Verb.START, WEB.id)]
    assert bench.jobs.progress(job) == "started"
    assert bench.jobs.active == ()
    assert bench.jobs.of(WEB.id) == job


async def test_every_action_is_written_down_before_and_after() -> None:
    bench = Bench()
    bench.host.go.clear()
    (job,) = bench.submit(Verb.KILL, WEB)
    assert bench.trail.lines == [("intent", "kill", "web", "")]
    bench.host.go.set()
    await bench.until(lambda: bench.now(job).state is JobState.DONE)
    assert bench.trail.lines[1:] == [("result", "kill", "web", "done")]
    assert bench.trail.entries[0].command == "do kill web"
    assert bench.trail.entries[0].host_name == "kvm01"


async def test_an_audit_that_fails_stops_no_action_but_the_job_says_so() -> None:
    bench = Bench()
    bench.trail.problem = "The disk is full."
    job = await bench.one(Verb.KILL, WEB)
    assert job.state is JobState.DONE
    assert job.audit_problem == "The disk is full."


@pytest.mark.parametrize(("result", "state"), [(Result.FAILED, JobState.FAILED), (Result.REFUSED, JobState.REFUSED)])
async def test_errors_keep_their_sentence(result: Result, state: JobState) -> None:
    bench = Bench(None, (result, "no space left"))
    job = await bench.one(Verb.START, WEB)
    assert (job.state, job.message) == (state, "no space left")
    assert job.state.is_error
    assert bench.jobs.progress(job) == "no space left"


async def test_an_error_without_a_sentence_gets_one() -> None:
    bench = Bench(None, (Result.FAILED, ""))
    assert (await bench.one(Verb.START, WEB)).message == "The engine gave no reason."


async def test_a_defect_of_an_engine_ends_as_a_message() -> None:
    bench = Bench()
    bench.host.defect = KeyError("Pid")
    job = await bench.one(Verb.START, WEB)
    assert (job.state, job.message) == (JobState.FAILED, "KeyError: 'Pid'")


@pytest.mark.parametrize("verb", Verb)
async def test_read_only_refuses_every_verb_before_it_reaches_an_engine(verb: Verb) -> None:
    bench = Bench(read_only=True)
    (job,) = bench.submit(verb, WEB)
    assert job.state is JobState.REFUSED
    assert "--read-only" in job.message
    assert bench.host.performed == []
    assert bench.trail.lines[1][3].startswith("refused:")


async def test_a_view_that_is_read_only_refuses_too() -> None:
    bench = Bench(view_of(WEB, read_only=True))
    (job,) = bench.submit(Verb.START, WEB)
    assert job.state is JobState.REFUSED


async def test_a_key_pressed_twice_asks_once() -> None:
    bench = Bench()
    bench.host.go.clear()
    (first,) = bench.submit(Verb.STOP, WEB)
    (second,) = bench.submit(Verb.STOP, WEB)
    (other,) = bench.submit(Verb.KILL, WEB)
    assert second.state is JobState.REFUSED
    assert "under way already" in second.message
    assert other.state is JobState.QUEUED
    bench.host.go.set()
    await bench.until(lambda: not bench.jobs.active)
    assert bench.now(first).state is JobState.DONE
    (third,) = bench.submit(Verb.STOP, WEB)
    assert third.state is JobState.QUEUED
    await bench.until(lambda: not bench.jobs.active)


async def test_a_guest_that_was_asked_is_waited_for_until_it_stops() -> None:
    bench = Bench(None, (Result.REQUESTED, ""))
    job = await bench.one(Verb.STOP, VM)
    assert job.state is JobState.WAITING
    bench.see(VM, WEB, seconds=12)
    assert bench.jobs.progress(bench.now(job)) == "asked to shut down 12 s ago"
    assert bench.batches == []
    bench.see(replace(VM, state=State.STOPPED), WEB, seconds=1)
    assert bench.now(job).state is JobState.DONE
    assert [line[3] for line in bench.trail.lines] == ["", "requested", "done"]
    assert bench.batches[0].text == "stop: 1 of 1 done"


async def test_what_does_not_obey_in_time_offers_kill_once_and_goes_on_waiting() -> None:
    bench = Bench(None, (Result.REQUESTED, ""))
    job = await bench.one(Verb.STOP, VM)
    bench.see(VM, seconds=29.9)
    assert not bench.jobs.offers
    bench.see(VM, seconds=0.1)
    (offering,) = bench.jobs.offers
    assert (offering.id, offering.offer_kill, offering.state) == (job.id, True, JobState.WAITING)
    assert bench.jobs.progress(offering) == "asked to shut down 30 s ago, nothing happened yet"
    assert bench.jobs.answer(job.id, accept=False) is None
    assert not bench.jobs.offers
    bench.see(VM, seconds=100)
    assert not bench.jobs.offers
    bench.see(replace(VM, state=State.STOPPED))
    assert bench.now(job).state is JobState.DONE
    assert len(bench.host.performed) == 1


async def test_the_late_stop_completes_a_job_that_offers_kill() -> None:
    bench = Bench(None, (Result.REQUESTED, ""))
    job = await bench.one(Verb.STOP, VM)
    bench.see(VM, seconds=31)
    bench.see(replace(VM, state=State.STOPPED), seconds=1)
    assert bench.now(job).state is JobState.DONE
    assert not bench.jobs.offers
    assert bench.jobs.answer(job.id, accept=True) is None
    assert len(bench.host.performed) == 1


async def test_an_accepted_offer_kills_and_both_jobs_end() -> None:
    bench = Bench(None, (Result.REQUESTED, ""))
    job = await bench.one(Verb.STOP, VM)
    bench.see(VM, seconds=31)
    kill = bench.jobs.answer(job.id, accept=True)
    assert kill is not None
    await bench.until(lambda: bench.now(kill).state is JobState.DONE)
    assert bench.host.performed[1] == ActionRequest(Verb.KILL, VM.id)
    bench.see(replace(VM, state=State.STOPPED))
    assert (bench.now(job).state, bench.now(job).message) == (JobState.DONE, "only after it was forced")


async def test_a_transient_guest_that_is_gone_has_stopped() -> None:
    bench = Bench(None, (Result.REQUESTED, ""))
    job = await bench.one(Verb.STOP, VM)
    bench.see(WEB, sources=())
    assert bench.now(job).state is JobState.WAITING
    bench.see(replace(WEB, id=replace(WEB.id, engine=VM.id.engine)))
    assert bench.now(job).state is JobState.DONE


async def test_a_reboot_shows_only_as_an_event() -> None:
    bench = Bench(None, (Result.REQUESTED, ""))
    old = Event(bench.hands.utc() - 5, VM.id.engine, VM.id, "vm", "rebooted")
    bench.host.happened.append(old)
    job = await bench.one(Verb.RESTART, VM)
    bench.see(VM, seconds=1)
    assert bench.now(job).state is JobState.WAITING
    bench.host.happened.append(replace(old, utc_seconds=bench.hands.utc()))
    bench.see(VM, seconds=1)
    assert bench.now(job).state is JobState.DONE


async def test_a_reboot_that_does_not_come_offers_reset() -> None:
    bench = Bench(None, (Result.REQUESTED, ""))
    job = await bench.one(Verb.RESTART, VM)
    bench.see(VM, seconds=31)
    assert bench.now(job).offer is Verb.RESET
    assert not bench.now(job).offer_kill
    await bench.jobs.close()


async def test_an_unknown_outcome_is_looked_up_and_never_repeated() -> None:
    bench = Bench(None, (Result.UNKNOWN, ""))
    job = await bench.one(Verb.STOP, WEB)
    assert (job.state, job.offer) == (JobState.UNKNOWN, None)
    assert "not asked again" in job.message
    bench.see(VM, WEB, seconds=60)
    assert bench.now(job).state is JobState.UNKNOWN
    bench.see(VM, replace(WEB, state=State.STOPPED), seconds=1)
    assert (bench.now(job).state, bench.now(job).message) == (JobState.DONE, "")
    assert len(bench.host.performed) == 1
    assert [line[3].split(":")[0] for line in bench.trail.lines] == ["", "unknown", "done"]
    assert [summary.text for summary in bench.batches] == [
        "stop: 0 of 1 done, 1 without an answer",
        "stop: 1 of 1 done",
    ]


async def test_a_change_long_after_an_unknown_outcome_is_not_taken_for_it() -> None:
    bench = Bench(None, (Result.UNKNOWN, "late"))
    job = await bench.one(Verb.STOP, WEB)
    bench.see(VM, WEB, seconds=601)
    bench.see(VM, replace(WEB, state=State.STOPPED), seconds=1)
    assert bench.now(job).state is JobState.UNKNOWN


async def test_what_got_no_answer_is_not_called_done_for_what_was_asked_after_it() -> None:
    bench = Bench(None, (Result.UNKNOWN, "late"))
    lost = await bench.one(Verb.RESTART, WEB)
    await bench.one(Verb.START, WEB)
    bench.see(container("web", started_unix_seconds=900.0))
    assert bench.now(lost).state is JobState.UNKNOWN


async def test_many_are_one_job_each_few_at_a_time_with_one_summary() -> None:
    many = [container(f"c{number}") for number in range(10)]
    bench = Bench(view_of(*many), (Result.FAILED, "busy"))
    bench.host.go.clear()
    jobs = bench.submit(Verb.STOP, *many)
    await bench.until(lambda: bench.host.at_once == 4)
    assert bench.jobs.progress(bench.now(jobs[9])) == "waits for its turn"
    assert bench.batches == []
    bench.host.go.set()
    await bench.until(lambda: not bench.jobs.active)
    assert bench.host.most_at_once == 4
    assert {job.batch for job in bench.jobs.jobs} == {1}
    assert [summary.text for summary in bench.batches] == ["stop: 9 of 10 done, 1 failed"]


async def test_engines_do_not_wait_for_each_other() -> None:
    many = [container(f"c{number}") for number in range(5)]
    bench = Bench(view_of(*many, VM))
    bench.host.go.clear()
    bench.submit(Verb.STOP, *many, VM)
    await bench.until(lambda: bench.host.at_once == 5)
    bench.host.go.set()
    await bench.until(lambda: not bench.jobs.active)
    assert len(bench.host.performed) == 6


async def test_the_summary_waits_for_the_whole_batch_when_its_first_is_refused() -> None:
    bench = Bench()
    bench.host.go.clear()
    bench.submit(Verb.STOP, WEB)
    bench.submit(Verb.STOP, WEB, VM)
    assert bench.batches == []
    bench.host.go.set()
    await bench.until(lambda: not bench.jobs.active)
    assert sorted(summary.text for summary in bench.batches) == [
        "stop: 1 of 1 done",
        "stop: 1 of 2 done, 1 refused",
    ]


async def test_the_list_is_bounded_and_keeps_errors() -> None:
    bench = Bench(None, (Result.FAILED, "first"))
    failed = await bench.one(Verb.START, WEB)
    for _ in range(MOST_JOBS + 5):
        await bench.one(Verb.START, WEB)
    assert len(bench.jobs.jobs) == MOST_JOBS
    assert bench.now(failed).message == "first"
    assert bench.jobs.jobs[0].id == MOST_JOBS + 6
    assert bench.jobs.get(2) is None


async def test_what_is_over_can_be_cleared() -> None:
    bench = Bench(None, (Result.FAILED, "x"), (Result.UNKNOWN, ""), (Result.REQUESTED, ""))
    await bench.one(Verb.START, WEB)
    await bench.one(Verb.STOP, WEB)
    waiting = await bench.one(Verb.STOP, VM)
    bench.jobs.clear_ended()
    assert [job.id for job in bench.jobs.jobs] == [waiting.id]
    bench.see(VM, replace(WEB, state=State.STOPPED))
    assert bench.jobs.summary(1) is None


async def test_closing_writes_down_what_is_not_known() -> None:
    many = [container(f"c{number}") for number in range(5)]
    bench = Bench(view_of(*many))
    bench.host.go.clear()
    jobs = bench.submit(Verb.STOP, *many)
    await bench.until(lambda: bench.host.at_once == 4)
    await bench.jobs.close()
    assert [bench.now(job).state for job in jobs] == [JobState.UNKNOWN] * 4 + [JobState.REFUSED]
    assert len([line for line in bench.trail.lines if line[0] == "result"]) == 5


async def test_closing_before_anything_ran_reaches_no_engine() -> None:
    bench = Bench()
    (job,) = bench.submit(Verb.STOP, WEB)
    await bench.jobs.close()
    assert bench.now(job).state is JobState.REFUSED
    assert bench.host.performed == []


async def test_an_instance_that_no_view_lists_is_named_by_its_id() -> None:
    bench = Bench(view_of(WEB))
    bench.host.view = None
    job = await bench.one(Verb.KILL, VM)
    assert (job.name, job.kind) == ("vm", VM.kind)


async def test_asking_the_agent_is_written_down() -> None:
    bench = Bench()
    (address,) = await bench.jobs.ask_agent(VM.id)
    assert address.ip == "10.0.0.9"
    assert bench.trail.lines == [("intent", "ask-agent", "vm", ""), ("result", "ask-agent", "vm", "done")]


async def test_asking_the_agent_is_refused_read_only() -> None:
    bench = Bench(read_only=True)
    with pytest.raises(ActionRefused, match="--read-only"):
        await bench.jobs.ask_agent(VM.id)
    assert bench.trail.lines[1][3].startswith("refused:")


async def test_an_agent_that_does_not_answer_is_written_down() -> None:
    bench = Bench()
    bench.host.agent_error = EngineTimeout("agent", "The agent did not answer.")
    with pytest.raises(EngineError):
        await bench.jobs.ask_agent(VM.id)
    assert bench.trail.lines[1][3] == "failed:The agent did not answer."
