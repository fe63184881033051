import pytest

from tests.unit.build import GIB, container, engine_status, guest, host_usage, seen
from tui.domain.host import EngineState, EngineStatus, HostUsage, InstanceView, Problem, Severity
from tui.domain.instance import Health, Instance, State
from tui.domain.usage import CpuUsage, MemoryUsage, PidsUsage, Usage
from tui.sampling.problems import ProblemBoard


def judge(
    *views: InstanceView,
    sources: tuple[EngineStatus, ...] = (),
    host: HostUsage | None = None,
    stale: float = 0.0,
) -> list[str]:
    problems = ProblemBoard().judge(views, sources, host or host_usage(), utc=100.0, stale_seconds=stale)
    return [f"{problem.severity.value} {problem.kind} {problem.name}: {problem.text}" for problem in problems]


def memory(percent: float) -> Usage:
    return Usage(memory=MemoryUsage(percent_of_limit=percent))


@pytest.mark.parametrize(
    ("instance", "usage", "sentence"),
    [
        (
            guest("mail", state=State.PAUSED, reason="I/O error on vda (no space)"),
            Usage(),
            "critical guest mail: paused: I/O error on vda (no space)",
        ),
        (guest("db", state=State.CRASHED, reason="crashed"), Usage(), "critical guest db: crashed"),
        (guest("db", state=State.STOPPED, reason="crashed"), Usage(), "critical guest db: shut off: crashed"),
        (
            guest("db", state=State.STOPPED, autostart=True),
            Usage(),
            "warning guest db: starts with the host, but is shut off",
        ),
        (
            container("api", state=State.RESTARTING, restarts=14, exit_code=137),
            Usage(),
            "critical container api: restarted 14 times, exit 137",
        ),
        (container("api", health=Health.UNHEALTHY), Usage(), "critical container api: its health check fails"),
        (container("api"), memory(94.2), "warning container api: memory 94 % of its limit"),
        (container("api"), Usage(pids=PidsUsage(95, 100)), "warning container api: 95 of 100 tasks"),
        (
            container("api"),
            Usage(memory=MemoryUsage(oom_kills=2)),
            "critical container api: 2 of its processes killed: out of memory",
        ),
    ],
)
def test_what_needs_a_person_is_said(instance: Instance, usage: Usage, sentence: str) -> None:
    assert judge(seen(instance, usage)) == [sentence]


@pytest.mark.parametrize(
    ("instance", "usage"),
    [
        (guest(state=State.PAUSED, reason="by a person"), Usage()),
        (guest(state=State.STOPPED), Usage()),
        (guest(autostart=True), Usage()),
        (guest(), memory(99.0)),  # a guest's memory is its definition's, nearly all of it in use is normal
        (container(state=State.STOPPED, exit_code=1), Usage()),
        (container(health=Health.HEALTHY), memory(89.9)),
        (container(state=State.STOPPED, health=Health.UNHEALTHY), memory(99.0)),
        (container(), Usage(cpu=CpuUsage(throttled_percent=24.0), pids=PidsUsage(95, None))),
    ],
)
def test_what_is_normal_stays_quiet(instance: Instance, usage: Usage) -> None:
    assert judge(seen(instance, usage)) == []


def test_a_problem_stays_until_the_figure_is_below_the_lower_level_and_keeps_its_time() -> None:
    board = ProblemBoard()

    def texts(percent: float, utc: float) -> list[tuple[str, float | None]]:
        found = board.judge([seen(container(), memory(percent))], (), host_usage(), utc=utc, stale_seconds=0)
        return [(problem.text, problem.since_utc_seconds) for problem in found]

    assert texts(10, -9.0) == []
    assert texts(91, 1.0) == [("memory 91 % of its limit", 1.0)]
    assert texts(86, 2.0) == [("memory 86 % of its limit", 1.0)]
    assert texts(84, 3.0) == []
    assert texts(86, 4.0) == []
    assert texts(90, 5.0) == [("memory 90 % of its limit", 5.0)]


@pytest.mark.parametrize(
    ("state", "required", "severity"),
    [
        (EngineState.LOST, True, "critical"),
        (EngineState.STALLED, False, "critical"),
        (EngineState.REFUSED, True, "critical"),
        (EngineState.ABSENT, True, "critical"),
        (EngineState.REFUSED, False, "warning"),
    ],
)
def test_an_engine_that_does_not_answer_is_a_problem(state: EngineState, required: bool, severity: str) -> None:
    status = engine_status(state=state, required=required, message="it says no")
    assert judge(sources=(status,)) == [f"{severity} engine podman: it says no"]


@pytest.mark.parametrize("state", [EngineState.READY, EngineState.CONNECTING, EngineState.ABSENT])
def test_an_engine_that_nobody_installed_is_none(state: EngineState) -> None:
    assert judge(sources=(engine_status(state=state, required=False),)) == []


def test_the_host_s_own_memory_and_stale_figures() -> None:
    full = host_usage(memory_used_bytes=60 * GIB)
    assert judge(host=full, stale=12.0) == [
        "critical host host: figures are 12 s old: the kernel did not answer",
        "critical host host: memory of the host 94 % used",
    ]
    assert judge(host=host_usage(memory_used_bytes=None), stale=3.0) == []


def test_what_stood_when_hostdeck_came_has_no_time() -> None:
    board = ProblemBoard()
    bad = seen(guest("bad", state=State.CRASHED))
    (first,) = board.judge([bad], (), host_usage(), utc=100.0, stale_seconds=0)
    (later,) = board.judge([bad], (), host_usage(), utc=200.0, stale_seconds=0)
    assert (first.since_utc_seconds, later.since_utc_seconds) == (None, None)


def test_critical_comes_first_then_the_oldest() -> None:
    board = ProblemBoard()
    old = seen(container("old"), memory(95))
    board.judge([old], (), host_usage(), utc=1.0, stale_seconds=0)
    new = seen(container("new"), memory(95))
    bad = seen(guest("bad", state=State.CRASHED))
    found: tuple[Problem, ...] = board.judge([new, old, bad], (), host_usage(), utc=20.0, stale_seconds=0)
    assert [(problem.severity, problem.name) for problem in found] == [
        (Severity.CRITICAL, "bad"),
        (Severity.WARNING, "old"),
        (Severity.WARNING, "new"),
    ]
