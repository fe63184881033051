from dataclasses import replace

import pytest

from tests.unit.views import pod_of, view_of
from tui.actions import BY_ID
from tui.config import PANES as CONFIGURED_PANES
from tui.domain.host import EngineState, EngineStatus, HostView, InstanceView, Ledger, Problem, Severity
from tui.domain.identity import InstanceId, StableKey
from tui.domain.instance import ContainerFacts, GuestFacts, Health, Instance, Kind, State
from tui.domain.usage import CpuUsage, MemoryUsage, NetworkUsage, Usage
from tui.present import cells
from tui.present.columns import Moment, Shape
from tui.present.details import Fact, fact_lines, unknown_lines
from tui.present.entry import Entry, place, pod_entry
from tui.present.fields import filter_fields
from tui.present.hostbar import Replayed, badge, host_bar
from tui.present.ledger import ledger_line
from tui.present.panes import PaneSpec
from tui.present.problems import engine_text, problem_rows
from tui.present.roles import plain
from tui.present.sparks import Sparks, buckets
from tui.present.state import state_cell, state_word
from tui.present.status import status_line
from tui.present.steady import Steady
from tui.present.tabs import tabs
from tui.sampling.history import Metric
from tui.screens.panes import CONTAINERS, GUESTS, OVERVIEW, PANES


def container(name: str, state: State = State.RUNNING, *, pod: str | None = None, **facts: object) -> Instance:
    made = replace(ContainerFacts(image="docker.io/library/nginx:1"), pod_id=pod, **facts)  # type: ignore[arg-type]
    return Instance(InstanceId("host", "podman", name), Kind.CONTAINER, name, state, user="root", container=made)


def guest(name: str, state: State = State.RUNNING, reason: str = "") -> Instance:
    facts = GuestFacts(vcpus=2, memory_max_bytes=4 << 30)
    return Instance(InstanceId("host", "qemu:///system", name), Kind.GUEST, name, state, reason, guest=facts)


def used(cores: float | None, memory: int | None = None, **more: object) -> Usage:
    return Usage(cpu=CpuUsage(cores_used=cores), memory=MemoryUsage(working_set_bytes=memory), **more)  # type: ignore[arg-type]


def entry_of(instance: Instance, usage: Usage | None = None, problem: Problem | None = None) -> Entry:
    return Entry(instance.key, instance.name, usage or Usage(), instance, problem=problem)


@pytest.mark.parametrize(
    ("instance", "word"),
    [
        (guest("a"), "running"),
        (guest("a", State.PAUSED, "I/O error on vda"), "paused: I/O error on vda"),
        (guest("a", State.STOPPED, "shut down"), "shut off"),
        (guest("a", State.STOPPED, "saved"), "shut off: saved"),
        (guest("a", State.CRASHED, "crashed"), "crashed"),
        (container("a", health=Health.HEALTHY), "healthy"),
        (container("a", health=Health.UNHEALTHY), "unhealthy"),
        (container("a", health=Health.STARTING), "running (health: starting)"),
        (container("a", State.STOPPED, health=Health.HEALTHY), "stopped"),
    ],
)
def test_state_words(instance: Instance, word: str) -> None:
    assert state_word(instance) == word


def test_a_problem_is_told_by_a_sign_and_not_by_colour_alone() -> None:
    problem = Problem(Severity.CRITICAL, "k", "a", "guest", "text")
    cell = state_cell(entry_of(guest("a"), problem=problem))
    assert (cell.text, cell.role) == ("x running", "crit")
    cell = state_cell(entry_of(guest("a"), problem=replace(problem, severity=Severity.WARNING)))
    assert (cell.text, cell.role) == ("! running", "warn")


def test_pod_lines_add_up_their_members_and_name_who_is_up() -> None:
    one = InstanceView(container("one"), used(0.5, 100, network=NetworkUsage(10.0, 1.0)))
    two = InstanceView(container("two"), used(0.25, 50, network=NetworkUsage(10.0, 1.0)))
    down = InstanceView(container("three", State.STOPPED))
    infra = InstanceView(container("infra", is_infra=True), used(0.0, 1))
    entry = pod_entry(pod_of("web", one.instance), [one, two, down, infra])
    assert entry.usage.cpu.cores_used == 0.75
    assert entry.usage.memory.working_set_bytes == 151
    assert entry.usage.network.receive_bytes_per_second == 10.0  # one network namespace, not two
    assert state_cell(entry).text == "2/3 up"


def test_a_sum_with_an_unknown_part_is_unknown() -> None:
    members = [InstanceView(container("one"), used(0.5, 100)), InstanceView(container("two"), used(None, 50))]
    entry = pod_entry(pod_of("web", members[0].instance), members)
    assert entry.usage.cpu.cores_used is None
    assert entry.usage.memory.working_set_bytes == 150


def test_containers_stand_below_their_pod_and_only_where_pods_are_shown() -> None:
    member = container("member", pod="pod-web")
    view = view_of(member, container("alone"), guest("g"), pods=(pod_of("web", member),))
    parents = {line.entry.name: line.parent for line in place(view)}
    assert parents == {"member": "host/podman/pod-web", "alone": None, "g": None, "web": None}
    assert [line.entry.name for line in place(view, Kind.GUEST)] == ["g"]


def test_problems_only_keeps_the_pod_of_what_has_one() -> None:
    member, fine = container("member", pod="pod-web"), container("fine")
    problem = Problem(Severity.WARNING, member.key, "member", "container", "text")
    view = view_of(member, fine, pods=(pod_of("web", member), pod_of("other", fine)), problems=(problem,))
    assert [line.entry.name for line in place(view, problems_only=True)] == ["member", "web"]


def moment() -> Moment:
    return Moment(Sparks(lambda _key, _metric, _count: (), 1.0))


INSTANCE_PANES = pytest.mark.parametrize("pane", [OVERVIEW, GUESTS, CONTAINERS], ids=lambda pane: pane.id)


@INSTANCE_PANES
def test_unknown_figures_are_dashes_in_every_column_and_never_zero(pane: PaneSpec[Entry]) -> None:
    entry = entry_of(guest("g") if pane is GUESTS else container("c"))
    for column in pane.columns(moment(), Shape(several_engines=True)):
        cell = column.cell(entry)
        text = cell if isinstance(cell, str) else cell.text
        if column.align == "right" and column.key not in {"vcpus", "restarts", "exit", "limit"}:
            assert text == "-", column.key


@INSTANCE_PANES
def test_columns_have_unique_keys_and_fit_80_cells_at_the_first_priorities(pane: PaneSpec[Entry]) -> None:
    found = pane.columns(moment(), Shape())
    assert len({column.key for column in found}) == len(found)
    assert pane.sort[0] in {column.key for column in found}
    assert sum(column.width + 1 for column in found if column.priority <= 1) + 2 <= 60


def test_chosen_columns_come_in_their_order() -> None:
    chosen = GUESTS.chosen_columns(moment(), Shape(), ("ip", "name", "nonsense"))
    assert [column.key for column in chosen] == ["ip", "name"]
    assert GUESTS.chosen_columns(moment(), Shape(), ("nonsense",)) != ()


def test_what_a_pane_says_of_its_filter_is_what_rows_have() -> None:
    rows = [
        entry_of(guest("g")),
        entry_of(container("c"), problem=Problem(Severity.WARNING, "k", "c", "container", "t")),
    ]
    assert set().union(*(filter_fields(row) for row in rows)) == set(OVERVIEW.filter_keys)


def test_the_configuration_knows_every_pane_and_every_pane_has_its_action() -> None:
    assert tuple(pane.id for pane in PANES) == CONFIGURED_PANES
    assert all(not BY_ID[pane.action].reserved for pane in PANES)


def test_memory_bar_of_a_guest_is_of_its_own_memory_and_warns_for_containers_only() -> None:
    full = replace(used(None, 4 << 30))
    assert cells.memory(entry_of(guest("g"), full), ascii_only=True).spans[1] == (" #####", "dim")
    limited = Usage(memory=MemoryUsage(working_set_bytes=95, limit_bytes=100))
    assert cells.memory(entry_of(container("c"), limited), ascii_only=True).spans[1][1] == "warn"


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ("docker.io/library/nginx:1", "library/nginx:1"),
        ("localhost/app", "app"),
        ("nginx", "nginx"),
        ("me/app", "me/app"),
    ],
)
def test_image_without_its_registry(image: str, text: str) -> None:
    assert cells.image(entry_of(container("c", image=image))) == text


def test_filter_finds_by_key() -> None:
    fields = filter_fields(entry_of(container("c")))
    assert fields["image"] == ("docker.io/library/nginx:1",)
    assert fields["user"] == ("root",)
    assert "running" in fields["state"]


def test_sparklines_move_on_bucket_by_bucket_and_show_no_unfinished_one() -> None:
    values = [1.0] * 200
    sparks = Sparks(lambda _key, _metric, count: values[-count:], 1.0)
    entry = entry_of(container("c"), Usage(cpu=CpuUsage(limit_cores=1.0)))
    texts = [sparks.text(entry, tick) for tick in range(30)]
    assert set(texts) == {"█" * 8}
    values[:] = [1.0] * 5
    assert Sparks(lambda _key, _metric, count: values[-count:], 1.0).text(entry, 5).strip() in {"", "█"}


def test_buckets_are_means_from_the_newest_on() -> None:
    nan = float("nan")
    assert buckets([9.0, 1.0, 3.0, nan, 4.0], 2, 3) == [9.0, 2.0, 4.0]
    assert buckets([nan, nan], 2, 2) == [None, None]


def test_steady_values_follow_only_what_is_worth_a_move() -> None:
    steady = Steady()
    assert steady.value("cores", "a", 1.0, least=0.02) == 1.0
    assert steady.value("cores", "a", 1.2, least=0.02) == 1.0
    assert steady.value("cores", "a", 1.3, least=0.02) == 1.3
    assert steady.value("cores", "a", None, least=0.02) is None
    assert steady.value("cores", "b", 0.0, least=0.02) == 0.0
    assert steady.value("cores", "b", 0.01, least=0.02) == 0.0
    steady.forget({"a"})
    assert steady.value("cores", "b", 0.01, least=0.02) == 0.01


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_host_bar_is_as_wide_as_the_screen_and_never_loses_its_signs(width: int) -> None:
    view = replace(view_of(guest("g")), is_demo=True, read_only=True, host_name="a-rather-long-host-name")
    text = plain(host_bar(view, width, frozen=3661.0))
    assert len(text) == width
    for sign in ("DEMO", "READ-ONLY", "FROZEN since ", "no problems"):
        assert sign in text


def test_badge_counts_in_words() -> None:
    problems = tuple(Problem(severity, "", "", "host", "") for severity in (Severity.CRITICAL, *[Severity.WARNING] * 2))
    assert plain(badge(view_of(problems=problems))) == "1 crit 2 warn"


@pytest.mark.parametrize("frozen", [None, Replayed(3661.0)])
def test_host_bar_counts_what_is_silenced_where_it_fits(frozen: Replayed | None) -> None:
    warns = Problem(Severity.WARNING, "", "", "host", "")
    silenced = replace(warns, silenced_until_utc_seconds=1e9)
    both = replace(view_of(problems=(warns, silenced)), host_name="host")
    assert plain(host_bar(both, 80, frozen=frozen)).endswith(" 1 warn 1 silenced ")
    assert plain(host_bar(both, 20, frozen=frozen)).endswith(" 1 warn ")
    assert plain(host_bar(view_of(problems=(silenced,)), 80, frozen=frozen)).endswith(" 1 silenced ")
    assert "silenced" not in plain(host_bar(view_of(problems=(warns,)), 80, frozen=frozen))


def test_ledger_line() -> None:
    ledger = Ledger(16, 44.0, 64 << 30, 51 << 30, 4, 3, 6)
    text = plain(ledger_line(ledger))
    assert text == "promised 44 vCPU on 16 cores (2.8x)  51G of 64G memory  6 without a limit"
    assert "not known" in plain(ledger_line(replace(ledger, cores=0)))


def lost(now: float = 1000.0) -> EngineStatus:
    return EngineStatus(
        "podman", "podman", "unix:/x", EngineState.LOST, message="gone", answered_monotonic_seconds=now - 75,
        retry_at_monotonic_seconds=now + 8,
    )  # fmt: skip


def test_a_silent_engine_is_a_line_with_reason_and_age() -> None:
    problem = Problem(Severity.CRITICAL, "podman", "podman", "engine", "gone")
    rows = problem_rows(view_of(sources=(lost(),), problems=(problem,)))
    assert [row.data.problem.text for row in rows] == ["1 min old: gone (next try in 8 s)"]
    assert engine_text(replace(lost(), state=EngineState.READY), "gone", 1000.0) == "gone"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("unix:/x did not answer in time.", "Did not answer in time."),
        ("unix:/x: Broken pipe.", "Broken pipe."),
        (
            "Nothing listens at unix:/x. Start it with `podman unix:/x`.",
            "Nothing listens. Start it with `podman unix:/x`.",
        ),
        ("No libvirt daemon listens for unix:/x.", "No libvirt daemon listens."),
    ],
)
def test_the_reason_of_a_silent_engine_is_not_pushed_away_by_its_address(message: str, shown: str) -> None:
    assert engine_text(replace(lost(), retry_at_monotonic_seconds=None), message, 1000.0) == f"1 min old: {shown}"


def test_two_problems_of_one_subject_have_two_keys() -> None:
    problem = Problem(Severity.CRITICAL, "k", "a", "guest", "one")
    rows = problem_rows(view_of(problems=(problem, replace(problem, text="two"))))
    assert len({row.key for row in rows}) == 2


def test_unknown_figures_of_one_reason_stand_together() -> None:
    usage = Usage(unknown={"io.read": "not delegated", "io.write": "not delegated", "memory.swap": "no swap"})
    assert [plain(line).split() for line in unknown_lines(usage, 80)] == [
        ["memory.swap", "no", "swap"],
        ["io.read", "not", "delegated"],
        ["io.write", "not", "delegated"],
    ]


def test_no_fact_is_cut() -> None:
    text = "a description that is far too long for a line of forty cells, as people write them"
    lines = fact_lines([Fact("about", text)], 40)
    assert all(len(plain(line)) <= 40 for line in lines)
    assert " ".join(plain(line)[11:] for line in lines) == text


def test_tabs_count_what_runs() -> None:
    view = view_of(guest("a"), guest("b", State.STOPPED), container("c"))
    assert [tab.text for tab in tabs(PANES[:3], view, {})] == ["Overview", "Guests 1/2", "Containers 1/1"]
    assert [tab.text for tab in tabs(PANES[:3], None, {})] == ["Overview", "Guests", "Containers"]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_status_line_has_the_width_and_tells_marks_and_filter(width: int) -> None:
    view: HostView = view_of(guest("a"))
    line = status_line(
        view, width, marked=3, hidden_marks=1, shown=2, of=14, query="dns", is_overview=True, said=("x" * 300, "normal")
    )
    text = plain(line)
    assert len(text) == width
    assert "3 marked (1 out of view)" in text
    assert "2 of 14  /dns" in text


def test_history_of_a_pod_is_the_sum_of_its_members() -> None:
    from tui.present.sparks import line_series

    history = {"one": [1.0, 2.0], "two": [5.0]}

    def series(key: StableKey, _metric: Metric, _count: int) -> list[float]:
        return history[key.name]

    members = [InstanceView(container("one")), InstanceView(container("two"))]
    entry = pod_entry(pod_of("web", members[0].instance), members)
    assert list(line_series(series, entry, Metric.CPU_CORES, 2)) == [1.0, 7.0]
