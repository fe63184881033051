"""Each rule where it speaks and where it does not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.build import container, guest, seen
from tests.unit.rule_bench import Bench, lines
from tui.domain.host import InstanceView
from tui.domain.instance import Health, Instance, State
from tui.domain.usage import CpuUsage, MemoryUsage, PidsUsage, Pressure, Usage
from tui.rules.book import RuleBook
from tui.rules.glance import is_well
from tui.rules.looks import LOOKS
from tui.rules.model import KINDS
from tui.rules.scene import ENGINE_LOOKS, HOST_LOOKS
from tui.rules.table import RULES
from tui.rules.trend import Trend

MIB = 1 << 20
LONG = 1000.0


def uses(**more: object) -> Usage:
    return Usage(**more)  # type: ignore[arg-type]


def test_every_rule_has_a_look_for_every_kind_it_is_about() -> None:
    for rule in RULES.values():
        assert set(rule.kinds) <= set(KINDS)
        for kind in rule.kinds:
            looks = {"guest": LOOKS, "container": LOOKS, "host": HOST_LOOKS, "engine": ENGINE_LOOKS}[kind]
            assert rule.id in looks
    assert set(LOOKS) | set(HOST_LOOKS) | set(ENGINE_LOOKS) == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_usual_levels_have_room_between_them_and_sentences_fit(rule: object) -> None:
    assert rule in RULES.values()
    limits = RULES[rule.id].limits  # type: ignore[attr-defined]
    if limits.level is not None:
        assert limits.clear is not None
        assert limits.clear < limits.level <= (limits.critical or limits.level)
    assert len(RULES[rule.id].sentence.format(value=1234.0, words="")) <= 60  # type: ignore[attr-defined]


OOM = uses(memory=MemoryUsage(oom_kills=1))

RAISED = [
    (guest("vm", state=State.PAUSED, reason="watchdog"), Usage(), "critical halted vm: paused: watchdog"),
    (guest("vm", state=State.PAUSED, reason="crashed"), Usage(), "critical halted vm: paused: crashed"),
    (
        guest("vm", reason="post-copy migration failed"),
        Usage(),
        "critical halted vm: running: post-copy migration failed",
    ),
    (
        guest("vm", state=State.STOPPED, reason="failed to start", autostart=True),
        Usage(),
        "critical crashed vm: shut off: failed to start",
    ),
    (guest("vm", state=State.STOPPING), Usage(), "warning stopping vm: is stopping and does not come to an end"),
    (container("web", state=State.STOPPING), Usage(), "warning stopping web: is stopping and does not come to an end"),
    (
        container("web", state=State.STOPPED, reason="OOM-killed, exit 137", exit_code=137),
        Usage(),
        "critical oom web: stopped: OOM-killed, exit 137",
    ),
    (guest("vm"), OOM, "critical oom vm: 1 of its processes killed: out of memory"),
    (
        container("web"),
        uses(cpu=CpuUsage(throttled_percent=60.0)),
        "warning throttled web: throttled in 60 % of its periods",
    ),
    (guest("vm"), uses(pids=PidsUsage(90, 100)), "warning pids vm: 90 of 100 tasks"),
    (
        container("web"),
        uses(pressure=Pressure(memory_full=60.0)),
        "critical pressure-memory web: waits for memory 60 % of the time",
    ),
    (
        guest("vm"),
        uses(pressure=Pressure(io_some=80.0)),
        "warning pressure-io vm: waits for disks 80 % of the time",
    ),
    (
        guest("vm"),
        uses(pressure=Pressure(cpu_some=95.4)),
        "warning pressure-cpu vm: waits for processors 95 % of the time",
    ),
]


@pytest.mark.parametrize(("instance", "usage", "line"), RAISED, ids=[line for *_, line in RAISED])
def test_what_lasts_is_said(instance: Instance, usage: Usage, line: str) -> None:
    bench = Bench()
    view = seen(instance, usage)
    bench.at(view)
    problems = bench.after(LONG, view)
    assert lines(problems) == [line]
    assert len(problems[0].text) <= 60


@pytest.mark.parametrize(
    ("instance", "usage"),
    [
        (guest(state=State.PAUSED, reason="on request"), Usage()),
        (guest(state=State.STOPPED, reason="shut down"), Usage()),
        (guest(agent="disconnected"), Usage()),  # it never answered: none is installed
        (guest(agent="connected"), Usage()),
        (guest(), uses(memory=MemoryUsage(percent_of_limit=99.0))),
        (container(state=State.STOPPED, exit_code=0), Usage()),
        (container(state=State.STOPPED, exit_code=1, reason="exit 1"), Usage()),  # it lay there when hostdeck came
        (container(state=State.CREATED, reason="no such image"), Usage()),
        (container(state=State.RESTARTING, restarts=2), Usage()),
        (container(restarts=40), Usage()),  # long ago
        (container(health=Health.STARTING), Usage()),
        (container(), uses(memory=MemoryUsage(percent_of_limit=89.9, oom_kills=0))),
        (container(), uses(memory=MemoryUsage(swap_bytes=4096 * MIB))),  # much, but it does not grow
        (container(), uses(cpu=CpuUsage(throttled_percent=24.9))),
        (container(), uses(pids=PidsUsage(89, 100))),
        (container(), uses(pressure=Pressure(79.0, 100.0, 79.0, 59.0))),
        (container(state=State.STOPPED), uses(pressure=Pressure(99.0, 99.0, 99.0, 99.0))),
    ],
)
def test_what_is_normal_stays_quiet_however_long(instance: Instance, usage: Usage) -> None:
    bench = Bench()
    view = seen(instance, usage)
    bench.at(view)
    assert lines(bench.after(LONG, view)) == []


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (1, ["warning exited web: ended with exit code 1"]),
        (125, ["warning exited web: ended with exit code 125"]),
        (0, []),
        (130, []),
        (137, []),  # stopped by a person whose patience it outlived
        (143, []),  # stopped by a person
    ],
)
def test_a_container_that_fails_while_somebody_watches(code: int, line: list[str]) -> None:
    bench = Bench()
    bench.at(seen(container()))
    ended = seen(container(state=State.STOPPED, exit_code=code, reason=f"exit {code}" if code else ""))
    assert lines(bench.after(1.0, ended)) == []  # it may be started again at once
    assert lines(bench.after(15.0, ended)) == line
    assert lines(bench.after(1.0, seen(container()))) == []


def test_a_container_that_does_not_start() -> None:
    bench = Bench()
    bench.at(seen(container(state=State.CREATED)))
    failed = seen(container(state=State.CREATED, reason="port is in use"))
    bench.after(1.0, failed)
    assert lines(bench.after(20.0, failed)) == ["warning exited web: did not start: port is in use"]


def test_an_agent_is_lost_only_where_it_answered_in_the_same_run() -> None:
    bench = Bench()
    bench.at(seen(guest(agent="connected", domain_id=4)))
    lost = seen(guest(agent="disconnected", domain_id=4))
    assert bench.after(1.0, lost) == ()
    assert bench.after(119.0, lost) == ()
    assert lines(bench.after(1.0, lost)) == ["warning agent-lost vm: its agent does not answer any more"]
    assert bench.after(1.0, seen(guest(agent="connected", domain_id=4))) == ()
    bench.after(1.0, seen(guest(agent="disconnected", domain_id=5)))
    assert bench.after(LONG, seen(guest(agent="disconnected", domain_id=5))) == ()


def test_a_restart_loop_by_podman_s_count() -> None:
    bench = Bench()
    bench.at(seen(container(restarts=7)))
    assert bench.after(60.0, seen(container(restarts=8))) == ()
    bench.after(60.0, seen(container(restarts=9)))
    again = seen(container(restarts=10))
    assert lines(bench.after(60.0, again)) == ["critical restarting web: restarted 3 times in 10 min"]
    bench.after(1.0, seen(container(state=State.STOPPED, restarts=10, exit_code=137)))  # between two starts
    (problem,) = bench.after(1.0, seen(container(restarts=11, started_unix_seconds=9.0)))
    assert problem.text == "restarted 4 times in 10 min, exit 137"
    assert problem.peak == 4.0


def test_a_restart_loop_is_over_when_it_runs_for_long_or_is_stopped() -> None:
    bench = Bench()
    bench.at(seen(container()))
    steady = seen(container(restarts=3))
    assert len(bench.after(1.0, steady)) == 1
    assert len(bench.after(590.0, steady)) == 1
    bench.after(20.0, steady)
    assert bench.after(40.0, steady) == ()

    bench.after(1.0, seen(container(restarts=6)))
    stopped = seen(container(state=State.STOPPED, restarts=6, exit_code=0))
    assert len(bench.after(1.0, stopped)) == 1
    assert bench.after(30.0, stopped) == ()


def test_restarts_before_hostdeck_came_are_told_and_are_no_figure() -> None:
    bench = Bench()
    resting = container(state=State.RESTARTING, restarts=15, exit_code=137)
    (problem,) = bench.at(seen(resting))
    assert (problem.text, problem.value, problem.peak) == ("restarted 15 times, exit 137", None, None)
    (problem,) = bench.after(12.0, seen(container(restarts=16, exit_code=137)))
    assert (problem.text, problem.value, problem.peak) == ("restarted once in 10 min, exit 137", 1.0, 1.0)
    (problem,) = bench.after(12.0, seen(container(state=State.RESTARTING, restarts=17, exit_code=137)))
    assert (problem.text, problem.value, problem.peak) == ("restarted 2 times in 10 min, exit 137", 2.0, 2.0)


def test_one_restart_long_ago_is_no_loop_while_it_is_started_again() -> None:
    assert Bench().at(seen(container(state=State.RESTARTING, restarts=2))) == ()


def test_restarts_that_lie_far_apart_are_no_loop() -> None:
    bench = Bench()
    for count in range(10):
        assert bench.after(301.0, seen(container(restarts=count))) == ()


def made_anew(number: int) -> InstanceView:
    """Return what systemd makes: another container under the same unit."""
    fresh = container("web", unit="web.service", started_unix_seconds=1000.0 + 10 * number)
    return seen(replace(fresh, id=replace(fresh.id, local=f"id{number}")))


def test_a_loop_of_containers_that_systemd_makes_anew_is_one_problem() -> None:
    bench = Bench()
    texts = []
    for number in range(6):
        texts.append(lines(bench.after(5.0, made_anew(number))))
        texts.append(lines(bench.after(5.0)))  # away for a moment
    assert texts[:6] == [[], [], [], [], [], []]
    assert texts[6] == ["critical restarting web: restarted 3 times in 10 min"]
    assert all(len(text) == 1 for text in texts[6:])
    (last,) = bench.after(1.0, made_anew(6))
    assert last.subject == "host/podman/id6"
    assert last.since_utc_seconds == bench.utc - 26.0
    assert bench.after(1.0) != ()
    assert bench.after(30.0) == ()  # nothing came any more


def test_a_container_restarted_by_hand_is_no_loop() -> None:
    bench = Bench()
    for number in range(6):
        assert bench.after(30.0, seen(container(started_unix_seconds=1000.0 + 30 * number))) == ()


def swapped(mib: int) -> InstanceView:
    return seen(container(), uses(memory=MemoryUsage(swap_bytes=mib * MIB)))


def test_swap_that_grows_and_ceases_to() -> None:
    bench = Bench()
    for step in range(30):  # 10 MiB in 10 s
        assert bench.after(10.0, swapped(100 + step * 8)) == ()
    for step in range(20):  # 25 MiB in 10 s
        problems = bench.after(10.0, swapped(340 + step * 25))
    assert [one.rule for one in problems] == ["swap"]
    still = swapped(340 + 19 * 25)
    for _ in range(40):
        problems = bench.after(10.0, still)
    assert problems == ()


USAGES = st.builds(
    Usage,
    cpu=st.builds(CpuUsage, throttled_percent=st.none() | st.floats(0, 100)),
    memory=st.builds(
        MemoryUsage,
        percent_of_limit=st.none() | st.floats(0, 200),
        oom_kills=st.none() | st.integers(0, 3),
        swap_bytes=st.none() | st.integers(0, 1 << 40),
    ),
    pids=st.builds(PidsUsage, st.none() | st.integers(0, 200), st.none() | st.integers(0, 100)),
    pressure=st.builds(Pressure, *[st.none() | st.floats(0, 100)] * 4),
)
HEALTHS, STATES = st.none() | st.sampled_from(Health), st.sampled_from(State)


@given(STATES, HEALTHS, st.sampled_from(["", "connected", "disconnected"]), USAGES)
def test_who_is_well_at_a_glance_has_no_problem(state: State, health: Health | None, agent: str, usage: Usage) -> None:
    for instance in (container("web", state=state, health=health), guest("vm", state=state, agent=agent)):
        view, arms = seen(instance, usage), RuleBook().of(instance.kind.value, instance.name)
        trend = Trend()
        trend.meet(instance, 0.0)
        if not is_well(view, trend, arms.glance):
            continue
        for armed in arms.rules:
            assert armed.look is not None
            found = armed.look(view, trend, 1.0, True)
            level = armed.limits.clear if armed.limits.clear is not None else armed.limits.level
            assert found is None or (level is not None and found.value is not None and found.value < level)
