"""Since when problems stand, as the list of them tells it."""

from dataclasses import replace
from time import localtime, strftime

from tests.unit.build import container
from tests.unit.views import UTC, view_of
from tui.domain.host import Problem, Severity
from tui.engines.demo import DemoHost
from tui.present.problems import ProblemClock, ProblemLine

DAY = 86_400.0
WEB = container("web")
OLD = Problem(Severity.WARNING, WEB.key, "web", "container", "memory 94 %", rule="memory", lasting="web")


def told(clock: ProblemClock, utc: float, *problems: Problem) -> list[str]:
    clock.see(view_of(WEB, problems=problems, taken_utc_seconds=utc))
    return [clock.since(ProblemLine(0, one)).text for one in problems]


def test_what_stood_already_is_told_by_its_first_sight() -> None:
    clock, first = ProblemClock(), strftime("<%H:%M", localtime(UTC))
    assert told(clock, UTC, OLD) == [first]
    known = replace(OLD, rule="pids", since_utc_seconds=UTC + 60)
    assert told(clock, UTC + 300, OLD, known) == [first, strftime("%H:%M", localtime(UTC + 60))]
    (days,) = told(clock, UTC + DAY + 1, OLD)
    assert days == strftime("<%d%b", localtime(UTC))
    assert len(days) <= 6


def test_one_that_went_and_came_again_has_another_first_sight() -> None:
    clock = ProblemClock()
    told(clock, UTC, OLD)
    told(clock, UTC + 60)
    assert told(clock, UTC + 600, OLD) == [strftime("<%H:%M", localtime(UTC + 600))]


def test_a_screen_that_goes_back_in_time_tells_no_later_moment() -> None:
    clock = ProblemClock()
    told(clock, UTC + 600, OLD)
    assert told(clock, UTC, OLD) == [strftime("<%H:%M", localtime(UTC))]


def test_the_demo_knows_since_when_its_problems_stand_as_its_timeline_tells() -> None:
    demo = DemoHost(clock=lambda: UTC)
    raised = {(entry.lasting, entry.rule): entry.utc_seconds for entry in demo.watch.entries if entry.what == "raised"}
    assert {one.rule for one in demo.problems} == {
        "throttled", "crashed", "io-error", "unhealthy", "memory", "restarting",
    }  # fmt: skip
    assert all(one.since_utc_seconds == raised[one.lasting, one.rule] for one in demo.problems)
    assert not [one for one in demo.problems if one.rule == "oom"]  # cleared since
