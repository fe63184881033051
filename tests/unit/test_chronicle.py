"""One line of time: each thing once, nothing of what stood before, floods by their number."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.unit.build import container, engine_status, guest, instance_id
from tests.unit.views import UTC, view_of
from tui.domain.event import Event
from tui.domain.host import EngineState, EngineStatus, Problem, Severity
from tui.domain.instance import Health, Instance, State
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.kernel.findings import KILLED
from tui.sampling.chronicle import MOST_ENTRIES, MOST_KILLS, Chronicle
from tui.sampling.flood import MOST_ALIKE, MOST_IN_ALL

ENGINES = ("podman", "qemu:///system")


class Bench:
    """A chronicle, and a host that a test moves on."""

    def __init__(self, *instances: Instance, settle: bool = True, engines: Sequence[str] = ENGINES) -> None:
        self.chronicle = Chronicle()
        self.now = 1000.0
        self.sources: tuple[EngineStatus, ...] = tuple(map(engine_status, engines))
        self.problems: tuple[Problem, ...] = ()
        self.look(*instances)
        if settle:
            for _ in range(5):
                self.look(*instances)

    @property
    def utc(self) -> float:
        return UTC + self.now

    def look(self, *instances: Instance, **more: Any) -> None:
        self.now += 1.0
        self.instances = instances
        fields = {"sources": self.sources, "problems": self.problems} | more
        self.chronicle.take(view_of(*instances, taken_utc_seconds=self.utc, taken_monotonic_seconds=self.now, **fields))

    def pass_time(self, seconds: int = 3) -> None:
        for _ in range(seconds):
            self.look(*self.instances)

    def hear(self, what: str, name: str = "web", detail: str = "", *, ago: float = 0.0, **more: Any) -> Event:
        subject = more.pop("subject", instance_id(name))
        event = Event(self.utc - ago, "podman", subject, name, what, detail)
        self.chronicle.heard(event)
        return event

    @property
    def told(self) -> list[str]:
        return [f"{entry.kind} {entry.name} {entry.what}" for entry in self.chronicle.entries]


def note(utc: float, kind: EntryKind, what: str, **more: Any) -> TimelineEntry:
    return TimelineEntry(utc_seconds=utc, kind=kind, what=what, **more)


def problem(rule: str = "memory", severity: Severity = Severity.WARNING, **more: Any) -> Problem:
    web = container()
    fields = {"text": "memory 94 %", "lasting": web.stable_key.text, "rule": rule, **more}
    return Problem(severity, web.key, "web", "container", **fields)


# Kills


def test_when_the_kernel_killed_is_known_by_the_clock_that_does_not_jump() -> None:
    bench = Bench(container())
    assert bench.chronicle.kills == {}
    bench.chronicle.add(note(bench.utc - 2.0, EntryKind.KERNEL, KILLED, subject=container().key))
    bench.chronicle.add(note(bench.utc + 0.5, EntryKind.KERNEL, KILLED, subject="host/podman/db"))
    first = bench.chronicle.kills
    assert first == {container().key: bench.now - 2.0, "host/podman/db": bench.now}
    bench.chronicle.add(note(bench.utc, EntryKind.KERNEL, "task hangs", subject="host/podman/other"))
    bench.chronicle.add(note(bench.utc, EntryKind.KERNEL, KILLED))
    assert bench.chronicle.kills is first


def test_only_the_newest_kills_are_remembered() -> None:
    bench = Bench()
    for number in range(MOST_KILLS + 5):
        bench.chronicle.add(note(bench.utc, EntryKind.KERNEL, KILLED, subject=f"host/podman/{number}"))
    assert len(bench.chronicle.kills) == MOST_KILLS
    assert f"host/podman/{MOST_KILLS + 4}" in bench.chronicle.kills


# States


def test_what_stood_before_is_no_entry() -> None:
    bench = Bench(container(), container("old", state=State.STOPPED), settle=False)
    bench.pass_time(5)
    assert bench.told == []


def test_what_an_engine_lists_late_stood_before_it_was_asked() -> None:
    bench = Bench(settle=False, engines=())
    bench.pass_time(8)
    bench.sources = (engine_status("podman"),)
    bench.look()
    bench.look(container())
    bench.pass_time(8)
    assert bench.told == ["daemon podman answers for the first time"]


def test_a_change_that_nobody_tells_is_an_entry() -> None:
    bench = Bench(container())
    bench.look(container(state=State.STOPPED, reason="exit 1"))
    changed = bench.utc
    assert bench.told == []
    bench.pass_time()
    (entry,) = bench.chronicle.entries
    assert (entry.kind, entry.what, entry.detail) == (EntryKind.STATE, "stopped", "exit 1; was running")
    assert entry.utc_seconds == changed
    assert entry.lasting == container().stable_key.text


def test_an_event_and_the_state_it_causes_are_one_thing() -> None:
    bench = Bench(container())
    bench.hear("died", detail="exit 1")
    bench.look(container(state=State.STOPPED, reason="exit 1"))
    bench.pass_time()
    assert bench.told == ["event web died"]


def test_an_event_that_comes_after_the_state_tells_it_too() -> None:
    bench = Bench(container())
    bench.look(container(state=State.STOPPED))
    bench.hear("died")
    bench.pass_time()
    assert bench.told == ["event web died"]


def test_an_event_of_something_else_does_not_hide_a_change() -> None:
    bench = Bench(container(), container("other"))
    bench.hear("attached")
    bench.hear("died", "other")
    bench.look(container(state=State.STOPPED), container("other"))
    bench.pass_time()
    assert "state web stopped" in bench.told


def test_an_event_of_long_ago_does_not_hide_a_change() -> None:
    bench = Bench(container())
    bench.hear("died")
    bench.pass_time(20)
    bench.look(container(state=State.STOPPED))
    bench.pass_time()
    assert bench.told == ["event web died", "state web stopped"]


def test_what_appears_and_vanishes_without_a_word_is_told() -> None:
    bench = Bench(container())
    bench.look(container(), container("new"))
    bench.pass_time()
    bench.look(container("new"))
    bench.pass_time()
    assert bench.told == ["state new appeared", "state web is gone"]


def test_events_tell_what_came_and_went() -> None:
    bench = Bench()
    bench.hear("created")
    bench.hear("started")
    bench.look(container())
    bench.pass_time()
    bench.hear("died")
    bench.hear("removed")
    bench.look()
    bench.pass_time()
    assert bench.told == [f"event web {what}" for what in ("created", "started", "died", "removed")]


def test_another_process_is_a_restart() -> None:
    bench = Bench(guest(pid=7))
    bench.look(guest(pid=8))
    bench.pass_time()
    assert bench.told == ["state vm restarted"]


def test_health_is_told_once() -> None:
    bench = Bench(container(health=Health.HEALTHY), container("other", health=Health.HEALTHY))
    bench.hear("became unhealthy")
    bench.look(container(health=Health.UNHEALTHY), container("other", health=Health.UNHEALTHY))
    bench.pass_time()
    assert bench.told == ["event web became unhealthy", "state other became unhealthy"]


def test_of_an_engine_that_left_nothing_vanishes_one_by_one() -> None:
    bench = Bench(container(), guest())
    bench.sources = bench.sources[1:]
    bench.look(guest())
    bench.pass_time()
    assert bench.told == ["daemon podman went away"]


# Events


def test_an_event_is_joined_to_its_instance() -> None:
    bench = Bench(container(unit="web.service"))
    bench.hear("attached")
    bench.look(container(unit="web.service"))
    (entry,) = bench.chronicle.entries
    assert entry.lasting == container(unit="web.service").stable_key.text
    assert entry.subject == container().key


def test_a_replay_after_a_reconnection_counts_once() -> None:
    bench = Bench(container())
    event = bench.hear("attached")
    bench.look(container())
    bench.chronicle.heard(event)
    bench.chronicle.heard(replace(event))
    bench.pass_time()
    assert bench.told == ["event web attached"]


def test_history_that_an_engine_tells_at_the_start_is_at_its_own_time() -> None:
    bench = Bench(container(), settle=False)
    bench.hear("started", ago=600.0)
    bench.look(container())
    assert [entry.utc_seconds for entry in bench.chronicle.entries] == [bench.utc - 601.0]


def test_entries_are_in_order_whenever_they_come() -> None:
    bench = Bench(container())
    bench.hear("attached")
    bench.hear("created", ago=100.0)
    bench.look(container())
    bench.chronicle.add(note(bench.utc - 50.0, EntryKind.ACTION, "stop"))
    times = [entry.utc_seconds for entry in bench.chronicle.entries]
    assert len(times) == 3
    assert times == sorted(times)
    assert bench.chronicle.entries is bench.chronicle.entries


def test_an_action_is_joined_to_its_instance_too() -> None:
    bench = Bench(container())
    bench.chronicle.add(note(bench.utc, EntryKind.ACTION, "stop", subject=container().key, name="web"))
    assert [entry.lasting for entry in bench.chronicle.entries] == [container().stable_key.text]


# Problems


def test_problems_are_raised_and_cleared() -> None:
    bench = Bench(container())
    bench.problems = (problem(since_utc_seconds=bench.utc),)
    bench.look(container())
    bench.problems = (problem(since_utc_seconds=bench.utc, value=97.0),)
    bench.pass_time(119)
    bench.problems = ()
    bench.look(container())
    raised, cleared = bench.chronicle.entries
    assert (raised.kind, raised.rule, raised.severity, raised.detail) == (
        EntryKind.RAISED, "memory", Severity.WARNING, "memory 94 %",
    )  # fmt: skip
    assert (cleared.kind, cleared.detail, cleared.engine) == (EntryKind.CLEARED, "after 2 min: memory 94 %", "podman")


def test_one_that_becomes_critical_is_told_again() -> None:
    bench = Bench(container())
    bench.problems = (problem(),)
    bench.look(container())
    bench.problems = (problem(severity=Severity.CRITICAL),)
    bench.look(container())
    assert bench.told == ["raised web raised", "raised web became critical"]


def test_problems_that_stood_before_are_no_entries() -> None:
    bench = Bench(container(), settle=False)
    bench.problems = (problem(), replace(problem(), subject="", lasting="", name="kvm01", kind="host"))
    bench.pass_time(6)
    assert bench.told == []


def test_what_a_record_told_as_raised_is_told_no_second_time() -> None:
    bench = Bench(container())
    old = problem(since_utc_seconds=UTC)
    bench.chronicle.recall([old, replace(old, rule="unhealthy", since_utc_seconds=None)])
    bench.problems = (old, replace(old, rule="unhealthy", since_utc_seconds=None))
    bench.look(container())
    assert bench.told == []
    bench.problems = (replace(old, severity=Severity.CRITICAL),)
    bench.look(container())
    assert bench.told == ["raised web became critical", "cleared web cleared"]
    bench.problems = ()
    bench.look(container())
    bench.problems = (problem(since_utc_seconds=bench.utc),)
    bench.look(container())
    assert bench.told[-2:] == ["cleared web cleared", "raised web raised"]


def test_two_thousand_problems_at_once_are_counted() -> None:
    bench = Bench(container())
    bench.problems = tuple(problem(rule=f"r{number}", lasting=str(number)) for number in range(2000))
    bench.look(container())
    bench.pass_time(12)
    entries = bench.chronicle.entries
    assert len(entries) == MOST_IN_ALL + 1
    assert entries[-1].detail == "1,600 more within 10 s, too many to list each"


# Engines


def statuses(state: EngineState, **more: Any) -> tuple[EngineStatus, ...]:
    return engine_status("podman", state, **more), engine_status("qemu:///system")


def test_an_engine_that_is_lost_and_back() -> None:
    bench = Bench(container())
    bench.sources = statuses(EngineState.LOST, message="The connection broke.")
    bench.pass_time(60)
    bench.sources = statuses(EngineState.READY)
    bench.pass_time()
    lost, back = bench.chronicle.entries
    assert (lost.what, lost.detail, lost.kind) == ("lost", "The connection broke.", EntryKind.DAEMON)
    assert (back.what, back.detail) == ("answers again", "after 1 min")


def test_another_version_is_told() -> None:
    bench = Bench()
    bench.sources = statuses(EngineState.READY, version="4.3.1")
    bench.look()
    bench.sources = statuses(EngineState.READY, version="5.0.0")
    bench.pass_time()
    assert [entry.detail for entry in bench.chronicle.entries] == ["version 5.0.0, was 4.3.1"]


def test_an_engine_that_never_answered_is_no_news() -> None:
    bench = Bench(settle=False, engines=())
    bench.sources = (engine_status("podman"), engine_status("other", EngineState.ABSENT))
    bench.pass_time(6)
    bench.sources = (engine_status("podman"), engine_status("other", EngineState.LOST))
    bench.pass_time(6)
    assert bench.told == []


def test_what_the_journal_tells_of_a_daemon_is_not_told_again() -> None:
    bench = Bench()
    entry = note(bench.utc, EntryKind.DAEMON, "stopped", subject="podman", name="podman.service", engine="podman")
    bench.chronicle.add(entry)
    bench.sources = statuses(EngineState.LOST)
    bench.pass_time(4)
    assert bench.told == ["daemon podman.service stopped"]


# The kernel


def test_an_engine_need_not_tell_what_the_kernel_told_better() -> None:
    bench = Bench(container())
    web = container()
    bench.chronicle.add(note(bench.utc, EntryKind.KERNEL, "killed for memory", subject=web.key, name="web"))
    bench.hear("OOM-killed", detail="out of memory")
    bench.pass_time(8)
    assert bench.told == ["kernel web killed for memory"]


def test_without_the_kernel_the_engine_tells_it() -> None:
    bench = Bench(container())
    bench.hear("OOM-killed", detail="out of memory")
    bench.pass_time(8)
    assert bench.told == ["event web OOM-killed"]


# Floods and bounds


def storm(bench: Bench, subjects: int, each: int) -> None:
    for number in range(each):
        for subject in range(subjects):
            bench.hear("died", f"c{subject}", ago=-number / 1e6)


def counted(entries: Sequence[TimelineEntry]) -> int:
    """Return how many things some entries stand for."""
    total = 0
    for entry in entries:
        words = entry.detail.split()
        total += int(words[0].replace(",", "")) if words[1:2] == ["more"] else 1
    return total


def test_of_one_that_repeats_itself_the_first_are_kept_and_the_rest_counted() -> None:
    bench = Bench()
    storm(bench, 1, 5000)
    bench.pass_time(12)
    entries = bench.chronicle.entries
    assert len(entries) == MOST_ALIKE + 1
    assert entries[-1].detail == "4,995 more like this within 10 s"
    assert entries[-1].name == "c0"


def test_five_thousand_events_a_second_lose_none_of_their_number() -> None:
    bench = Bench()
    for _ in range(20):
        storm(bench, 1000, 5)
        bench.look()
    bench.pass_time(12)
    entries = bench.chronicle.entries
    assert counted(entries) == 100_000
    assert len(entries) < 4 * 2 * MOST_IN_ALL


def test_memory_is_bounded_and_problems_outlive_events() -> None:
    bench = Bench(container())
    bench.problems = (problem(),)
    bench.look(container())
    for _ in range(60):
        storm(bench, 1000, 1)
        bench.now += 10.0
        bench.look(container())
    assert len(bench.chronicle.entries) <= MOST_ENTRIES
    assert "raised web raised" in bench.told
    assert bench.chronicle.count > MOST_ENTRIES


def test_who_takes_only_the_new_gets_each_once() -> None:
    bench = Bench(container())
    bench.hear("attached")
    bench.look(container())
    count = bench.chronicle.count
    assert [entry.what for entry in bench.chronicle.added_since(0)] == ["attached"]
    bench.hear("paused", ago=500.0)
    bench.look(container())
    assert [entry.what for entry in bench.chronicle.added_since(count)] == ["paused"]
    assert bench.chronicle.added_since(bench.chronicle.count) == []


def test_instances_that_stand_still_cost_nothing() -> None:
    still = [container(str(number)) for number in range(1000)]
    bench = Bench(*still)
    bench.pass_time(3)
    assert bench.chronicle.count == 0
