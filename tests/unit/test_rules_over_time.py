"""Durations, two levels, clocks that jump, what was known before, and very many problems."""

from dataclasses import replace

import pytest

from tests.unit.build import container, guest, host_usage, seen
from tests.unit.rule_bench import UTC, Bench, change, lines
from tui.domain.host import InstanceView, Problem, Severity
from tui.domain.instance import Instance, State
from tui.domain.usage import CpuUsage, IoUsage, MemoryUsage, Pressure, Usage


def memory(percent: float, name: str = "web") -> InstanceView:
    return seen(container(name), Usage(memory=MemoryUsage(percent_of_limit=percent)))


def waits(name: str, *, cpu: float = 0.0, io: float = 0.0, cores: float = 0.0, read: float = 0.0) -> InstanceView:
    return seen(
        container(name),
        Usage(cpu=CpuUsage(cores_used=cores), io=IoUsage(read, 0.0), pressure=Pressure(cpu_some=cpu, io_some=io)),
    )


SLOW = [change("memory", for_seconds=20.0, clear_for_seconds=10.0)]


def test_a_problem_is_raised_after_its_time_and_over_after_another() -> None:
    bench = Bench(SLOW)
    assert bench.at(memory(95)) == ()
    began = bench.utc
    assert bench.after(19.0, memory(91)) == ()
    (raised,) = bench.after(1.0, memory(93))
    assert (raised.since_utc_seconds, raised.value, raised.peak) == (began, 93.0, 93.0)
    assert len(bench.after(1.0, memory(86))) == 1  # below the level, not yet below where it is over
    assert len(bench.after(1.0, memory(80))) == 1
    assert len(bench.after(9.0, memory(80))) == 1
    assert bench.after(1.0, memory(80)) == ()


def test_time_runs_for_what_stands_still_too() -> None:
    bench = Bench(SLOW)
    high, low = memory(95), memory(10)
    bench.at(high)
    assert len(bench.after(20.0, high)) == 1
    bench.after(1.0, low)
    assert bench.after(10.0, low) == ()


def test_a_figure_that_falls_for_a_moment_starts_the_time_anew_before_and_stops_it_after() -> None:
    bench = Bench(SLOW)
    bench.at(memory(95))
    bench.after(10.0, memory(89))
    bench.after(1.0, memory(95))
    assert bench.after(19.0, memory(95)) == ()
    assert len(bench.after(1.0, memory(95))) == 1
    bench.after(1.0, memory(10))
    bench.after(5.0, memory(95))
    bench.after(1.0, memory(10))
    assert len(bench.after(9.0, memory(10))) == 1


def test_the_worst_figure_is_kept() -> None:
    bench = Bench()
    bench.at(memory(91))
    bench.after(1.0, memory(99))
    (problem,) = bench.after(1.0, memory(92))
    assert (problem.value, problem.peak, problem.unit) == (92.0, 99.0, "%")


@pytest.mark.parametrize("jump", [-3600.0, 3600.0, 86_400.0])
def test_a_wall_clock_that_is_set_neither_raises_nor_ends_anything(jump: float) -> None:
    bench = Bench(SLOW)
    bench.at(memory(95))
    began = bench.utc
    bench.utc += jump
    assert bench.after(10.0, memory(95)) == ()
    (raised,) = bench.after(10.0, memory(95))
    assert raised.since_utc_seconds == began
    bench.utc -= 2 * jump
    assert len(bench.after(1.0, memory(80))) == 1
    assert bench.after(10.0, memory(80)) == ()


def test_a_laptop_that_sleeps_does_not_raise_what_did_not_last_while_it_was_awake() -> None:
    bench = Bench(SLOW)
    bench.at(memory(95))
    bench.utc += 8 * 3600.0  # the monotonic clock stood still
    assert bench.after(1.0, memory(95)) == ()


def test_what_stood_when_hostdeck_came_has_no_time() -> None:
    bench = Bench(is_settled=False)
    (first,) = bench.at(memory(95))
    (later,) = bench.after(100.0, memory(96))
    assert (first.since_utc_seconds, later.since_utc_seconds) == (None, None)


def known(rule: str, since: float | None, peak: float | None, name: str = "web") -> Problem:
    key = container(name).stable_key.text
    return Problem(
        Severity.WARNING, "gone", name, "container", "", rule=rule, lasting=key, since_utc_seconds=since, peak=peak
    )


def test_a_seed_tells_since_when_and_needs_no_time_again() -> None:
    bench = Bench(SLOW, is_settled=False)
    bench.board.seed([known("memory", UTC - 900.0, 99.5), known("throttled", UTC - 5.0, 80.0)])
    (problem,) = bench.at(memory(91))
    assert (problem.since_utc_seconds, problem.peak) == (UTC - 900.0, 99.5)
    bench.after(1.0, memory(10))
    assert bench.after(10.0, memory(10)) == ()
    assert bench.at(memory(95)) == ()  # a seed grows once


def test_a_seed_that_comes_late_is_taken_over_by_what_stands() -> None:
    bench = Bench(is_settled=False)
    bench.at(memory(95), memory(96, "db"))
    bench.board.seed([known("memory", UTC - 900.0, 97.0, "db")])
    problems = bench.after(1.0, memory(95), memory(96, "db"))
    assert [(one.name, one.since_utc_seconds, one.peak) for one in problems] == [
        ("web", None, 95.0),
        ("db", UTC - 900.0, 97.0),
    ]


def test_a_seed_ends_the_time_that_something_waits_for() -> None:
    bench = Bench(SLOW, is_settled=False)
    assert bench.at(memory(95)) == ()
    bench.board.seed([known("memory", UTC - 900.0, None)])
    (problem,) = bench.after(1.0, memory(95))
    assert problem.since_utc_seconds == UTC - 900.0


def test_a_seed_of_an_exit_is_raised_though_nobody_watched() -> None:
    bench = Bench(is_settled=False)
    bench.board.seed([known("exited", UTC - 60.0, None)])
    ended = seen(container(state=State.STOPPED, exit_code=1))
    bench.at(ended)
    assert lines(bench.after(1.0, ended)) == ["warning exited web: ended with exit code 1"]


def test_a_seed_of_a_restart_loop_is_counted_on() -> None:
    bench = Bench(is_settled=False)
    bench.board.seed([replace(known("restarting", UTC - 300.0, 20.0), value=12.0)])
    (problem,) = bench.at(seen(container(restarts=40)))
    assert (problem.text, problem.since_utc_seconds) == ("restarted 12 times in 10 min", UTC - 300.0)
    (problem,) = bench.after(2.0, seen(container(restarts=42)))
    assert problem.text == "restarted 14 times in 10 min"
    steady = seen(container(restarts=42))
    assert len(bench.after(500.0, steady)) == 1
    bench.after(110.0, steady)
    assert bench.after(40.0, steady) == ()


def test_seeds_do_not_lie_in_wait() -> None:
    bench = Bench(SLOW)
    bench.board.seed([known("memory", UTC - 900.0, 97.0)])
    bench.at(memory(10))
    bench.at(memory(95, "other"))
    assert lines(bench.after(121.0, memory(95))) == []


def test_who_waits_too_and_who_is_busy_is_named() -> None:
    bench = Bench([change("pressure-io", for_seconds=0.0)])
    crowd = [
        waits("db", io=95.0, read=10.0),
        waits("mail", io=40.0),
        waits("build", io=12.0, read=9e8),
        waits("web", io=70.0),
        waits("shop", io=20.0),
        waits("idle", io=9.0),
    ]
    (problem,) = bench.at(*crowd)
    assert problem.name == "db"
    assert problem.victims == ("web", "mail", "shop")
    assert problem.neighbour == "build"


def test_who_is_busiest_is_not_named_among_those_that_wait() -> None:
    bench = Bench([change("pressure-io", for_seconds=0.0)])
    crowd = [
        waits("db", io=99.0),
        waits("build", io=95.0, read=9e8),
        waits("web", io=40.0),
        waits("mail", io=30.0),
        waits("shop", io=20.0),
    ]
    problems = {one.name: one for one in bench.at(*crowd) if one.kind == "container"}
    assert problems["db"].neighbour == "build"
    assert problems["db"].victims == ("web", "mail", "shop")
    assert "build" not in (*problems["build"].victims, problems["build"].neighbour)


@pytest.mark.parametrize(("throttled", "neighbour"), [(30.0, ""), (0.0, "build")])
def test_what_its_own_quota_holds_back_is_nobody_else_s_doing(throttled: float, neighbour: str) -> None:
    bench = Bench([change("pressure-cpu", for_seconds=0.0)])
    usage = Usage(cpu=CpuUsage(cores_used=0.5, throttled_percent=throttled), pressure=Pressure(cpu_some=95.0))
    (problem,) = bench.at(seen(container("web"), usage), waits("build", cores=7.0))
    assert (problem.rule, problem.neighbour) == ("pressure-cpu", neighbour)


def test_pressure_and_steal_of_the_host_name_the_victims() -> None:
    bench = Bench([change("steal", for_seconds=0.0), change("pressure-cpu", kind="host", for_seconds=0.0)])
    crowd = [waits("db", cpu=55.0, cores=1.0), waits("build", cores=7.0)]
    host = host_usage(steal_percent=30.0, pressure=Pressure(cpu_some=90.0))
    problems = bench.at(*crowd, host=host)
    assert {(one.rule, one.victims, one.neighbour) for one in problems} == {
        ("steal", ("db",), "build"),
        ("pressure-cpu", ("db",), "build"),
    }


def test_an_instance_that_is_made_anew_or_goes_takes_its_problems_along() -> None:
    bench = Bench()
    old = container("web")
    high = Usage(memory=MemoryUsage(percent_of_limit=95.0))
    assert len(bench.at(seen(old, high))) == 1
    assert bench.after(1.0) == ()
    fresh = replace(old, id=replace(old.id, local="new"))
    (problem,) = bench.after(1.0, seen(fresh, high))
    assert problem.subject == fresh.key


def test_a_new_name_is_judged_by_its_own_rules() -> None:
    bench = Bench([change("memory", pattern="build-*", enabled=False)])
    high = Usage(memory=MemoryUsage(percent_of_limit=95.0))
    web = container("web")
    assert len(bench.at(seen(web, high))) == 1
    assert bench.after(1.0, seen(replace(web, name="build-1"), high)) == ()
    (problem,) = bench.after(1.0, seen(replace(web, name="shop"), high))
    assert problem.name == "shop"


def test_instances_may_come_go_and_change_places() -> None:
    bench = Bench()
    views = [memory(95, name) for name in "abcdef"]
    assert len(bench.at(*views)) == 6
    assert len(bench.after(1.0, *reversed(views))) == 6
    assert [one.name for one in bench.after(1.0, views[5], views[0])] == ["a", "f"]
    assert len(bench.after(1.0, *views)) == 6


def test_two_thousand_problems_are_looked_at_only_where_something_changed() -> None:
    bench = Bench()
    views = [memory(95, f"c{number}") for number in range(2000)]
    problems = bench.at(*views)
    assert len(problems) == 2000
    assert bench.after(1.0, *views) is problems
    views[7] = memory(97, "c7")
    after = bench.after(1.0, *views)
    assert sum(before is not now for before, now in zip(problems, after, strict=True)) == 1
    views[7] = memory(10, "c7")
    assert len(bench.after(1.0, *views)) == 1999


def test_nothing_of_those_that_went_is_kept_for_ever() -> None:
    bench = Bench()
    for number in range(3000):
        bench.after(1.0, seen(guest(f"vm{number}", state=State.CRASHED)))
    assert bench.after(700.0) == ()


# Killed whole, which not every engine tells

KILLED_END = container("web", state=State.STOPPED, exit_code=137, reason="exit 137")


@pytest.mark.parametrize("order", ["kill first", "end first"])
def test_a_container_that_the_kernel_killed_whole_stands_until_it_is_started(order: str) -> None:
    bench = Bench()
    web, ended = seen(container("web")), seen(KILLED_END)
    bench.at(web)
    kills = {web.key: bench.now + 1.0}
    first = bench.after(1.0, web, kills=kills) if order == "kill first" else bench.after(1.0, ended)
    assert first == ()
    problems = bench.after(1.0, ended, kills=kills)
    assert lines(problems) == ["critical oom web: killed by the kernel: out of memory"]
    assert problems[0].since_utc_seconds == bench.utc
    assert bench.after(3600.0, ended, kills=kills) == problems
    again = seen(container("web", exit_code=137))
    bench.after(1.0, again, kills=kills)
    assert bench.after(1000.0, again, kills=kills) == ()
    assert bench.after(1.0, ended, kills=kills) == ()  # killed by a person, long after


@pytest.mark.parametrize(
    ("end", "seconds"),
    [
        (KILLED_END, 60.0),  # one of its processes was killed long before
        (container("web", state=State.STOPPED, exit_code=0), 1.0),
        (container("web", state=State.STOPPED, exit_code=137, reason="OOM-killed, exit 137"), 1.0),
    ],
)
def test_another_end_is_not_said_to_be_the_kernels(end: Instance, seconds: float) -> None:
    bench = Bench()
    web = seen(container("web"))
    bench.at(web)
    kills = {web.key: bench.now}
    bench.at(web, kills=kills)
    problems = bench.after(seconds, seen(end), kills=kills)
    assert all("killed by the kernel" not in problem.text for problem in problems)


def test_an_end_that_nobody_watched_is_not_said_to_be_the_kernels() -> None:
    bench = Bench()
    assert bench.at(seen(KILLED_END), kills={KILLED_END.key: bench.now}) == ()


def test_a_kill_is_told_to_who_has_another_place_now() -> None:
    bench = Bench()
    web, db = seen(container("web")), seen(container("db"))
    bench.at(db, web)
    kills = {web.key: bench.now}
    problems = bench.after(1.0, seen(KILLED_END), kills=kills)
    assert lines(problems) == ["critical oom web: killed by the kernel: out of memory"]
