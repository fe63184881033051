from typing import Any

import pytest

from tests.unit.build import container, guest
from tui.domain.action import ActionRequest, Verb
from tui.domain.instance import Kind
from tui.jobs import Job, JobState, progress
from tui.jobs.model import summarise


def job(verb: Verb, kind: Kind = Kind.CONTAINER, **more: Any) -> Job:
    target = (container() if kind is Kind.CONTAINER else guest()).id
    return Job(id=1, batch=1, request=ActionRequest(verb, target, timeout_seconds=10), name="x", kind=kind, **more)


def running(verb: Verb, kind: Kind = Kind.CONTAINER, **more: Any) -> Job:
    return job(verb, kind, state=JobState.RUNNING, started_monotonic_seconds=100.0, **more)


@pytest.mark.parametrize(
    ("made", "now", "text"),
    [
        (job(Verb.STOP), 100.0, "waits for its turn"),
        (running(Verb.STOP), 103.0, "stopping, Podman kills in 7 s"),
        (running(Verb.RESTART), 100.0, "restarting, Podman kills in 10 s"),
        (running(Verb.STOP), 109.5, "stopping, Podman kills it now"),
        (running(Verb.STOP), 140.0, "stopping, Podman kills it now"),
        (running(Verb.STOP, unit="db.service"), 112.0, "stopping through db.service for 12 s"),
        (running(Verb.STOP, Kind.GUEST), 101.0, "stopping"),
        (running(Verb.START, Kind.GUEST), 105.0, "starting for 5 s"),
        (running(Verb.START), 400.0, "starting for 5 min"),
        (job(Verb.STOP, Kind.GUEST, state=JobState.WAITING, waiting_since_monotonic_seconds=88.0), 100.0,
         "asked to shut down 12 s ago"),
        (job(Verb.RESTART, Kind.GUEST, state=JobState.WAITING, waiting_since_monotonic_seconds=60.0, offer=Verb.RESET),
         100.0, "asked to reboot 40 s ago, nothing happened yet"),
        (job(Verb.PAUSE, state=JobState.WAITING), 100.0, "asked"),
        (job(Verb.AUTOSTART_ON, Kind.GUEST, state=JobState.DONE), 100.0, "autostart is on"),
        (job(Verb.START, state=JobState.DONE, message="from its saved memory"), 100.0, "from its saved memory"),
        (job(Verb.START, state=JobState.FAILED, message="no image"), 100.0, "no image"),
        (job(Verb.START, state=JobState.UNKNOWN), 100.0, "unknown"),
    ],
)  # fmt: skip
def test_progress_in_words(made: Job, now: float, text: str) -> None:
    assert progress(made, now) == text


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_has_words(verb: Verb) -> None:
    assert progress(running(verb, Kind.GUEST), 100.0).endswith(("ing", "on", "off"))
    assert progress(job(verb, state=JobState.DONE), 100.0)


def test_a_summary_counts_every_state() -> None:
    states = [JobState.DONE, JobState.FAILED, JobState.REFUSED, JobState.UNKNOWN, JobState.WAITING, JobState.QUEUED]
    summary = summarise([job(Verb.STOP, state=state) for state in states])
    assert summary.text == "stop: 1 of 6 done, 1 failed, 1 refused, 1 without an answer, 2 under way"
