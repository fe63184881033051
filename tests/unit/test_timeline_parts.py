"""What the timeline is put together from: two sources on one line, logins, actions here and elsewhere, pages back."""

import json
import sqlite3
import struct
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.unit.build import container, instance_id
from tests.unit.jobs_fakes import Hands, RememberingTrail, ScriptedHost
from tests.unit.views import UTC, view_of
from tui.audit import Actor, AuditEntry, AuditLog
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.host import Severity
from tui.domain.instance import Kind
from tui.domain.past import RecordStatus, Stretch
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.jobs import Jobs
from tui.jobs.elsewhere import AuditWatch
from tui.jobs.noted import NotedTrail
from tui.present.roles import plain
from tui.present.timeline import Subject, Wanted, chips, entry_lines, timeline_rows, title, what_role, what_words
from tui.sampling.logins import before_the_last, last_login, logins_in_files, logins_in_journal
from tui.sampling.oneline import one_line
from tui.screens.timeline_pages import FIRST_SECONDS, OLDEST_SECONDS, Pages
from widgets.filter_query import FilterQuery


def entry(utc: float = 0.0, what: str = "died", **more: Any) -> TimelineEntry:
    fields: dict[str, Any] = {"kind": EntryKind.EVENT, "subject": "host/podman/web", "name": "web", **more}
    return TimelineEntry(utc_seconds=utc, what=what, **fields)


# One line


def times(live: Sequence[TimelineEntry], recorded: Sequence[TimelineEntry]) -> list[float]:
    return [one.utc_seconds for one in one_line(live, recorded)]


def test_both_are_joined_the_newest_first() -> None:
    assert times([entry(3.0), entry(30.0)], [entry(1.0, "created"), entry(20.0, "started")]) == [30.0, 20.0, 3.0, 1.0]


def test_what_both_saw_counts_once() -> None:
    live = [entry(100.0, kind=EntryKind.STATE), entry(200.0, kind=EntryKind.STATE)]
    recorded = [entry(102.0, kind=EntryKind.STATE), entry(203.0, kind=EntryKind.STATE)]
    assert times(live, recorded) == [203.0, 102.0]


def test_what_happened_twice_counts_twice() -> None:
    both = [entry(100.0), entry(101.0), entry(102.0)]
    assert times(both, both) == [102.0, 101.0, 100.0]
    assert times(both, []) == [102.0, 101.0, 100.0]


def test_far_apart_it_is_not_the_same() -> None:
    assert times([entry(100.0)], [entry(120.0)]) == [120.0, 100.0]


def test_another_person_did_another_thing() -> None:
    action = {"kind": EntryKind.ACTION, "what": "stop"}
    assert len(times([entry(100.0, who="anna", **action)], [entry(101.0, who="root", **action)])) == 2


def test_a_recorder_that_reads_the_same_messages_again_tells_them_once() -> None:
    kernel = [entry(100.0, kind=EntryKind.KERNEL, detail="x"), entry(100.6, kind=EntryKind.KERNEL, detail="x")]
    assert times([], kernel) == [100.6]


# Logins

WIDE, LONG = "x86_64", "aarch64"


def login_record(user: str, moment: int, *, kind: int = 7, machine: str = WIDE) -> bytes:
    head = struct.pack("=h2xi32s4s32s256shh", kind, 1, b"pts/1", b"1", user.encode(), b"", 0, 0)
    if machine == WIDE:
        return struct.pack("=336sii40s", head, 0, moment, b"")
    return struct.pack("=336sqq48s", head, 0, moment, b"")


def wtmp(root: Path, *records: bytes, name: str = "wtmp") -> None:
    (root / "var/log").mkdir(parents=True, exist_ok=True)
    (root / "var/log" / name).write_bytes(b"".join(records))


async def silent(_login: str) -> str:
    return ""


@pytest.mark.parametrize("machine", [WIDE, LONG])
def test_logins_of_wtmp(tmp_path: Path, machine: str) -> None:
    wtmp(tmp_path, login_record("anna", 50, machine=machine), name="wtmp.1")
    wtmp(
        tmp_path,
        *(login_record("anna", moment, machine=machine) for moment in (100, 300)),
        login_record("bert", 200, machine=machine),
        login_record("anna", 250, kind=8, machine=machine),
    )
    assert logins_in_files("anna", tmp_path, machine) == [50.0, 100.0, 300.0]


def test_a_torn_file_tells_what_it_has(tmp_path: Path) -> None:
    wtmp(tmp_path, login_record("anna", 100), b"\x07\x00torn")
    assert logins_in_files("anna", tmp_path, WIDE) == [100.0]


def test_logins_of_wtmpdb(tmp_path: Path) -> None:
    (tmp_path / "var/lib/wtmpdb").mkdir(parents=True)
    with closing(sqlite3.connect(tmp_path / "var/lib/wtmpdb/wtmp.db")) as database:
        database.execute("CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT, Login INTEGER)")
        database.executemany(
            "INSERT INTO wtmp(Type, User, Login) VALUES(?, ?, ?)",
            [(3, "anna", 9_000_000), (3, "anna", 5_000_000), (1, "anna", 7_000_000), (3, "bert", 8_000_000)],
        )
        database.commit()
    assert sorted(logins_in_files("anna", tmp_path, WIDE)) == [5.0, 9.0]


def test_the_last_login_is_the_one_before_this_one() -> None:
    assert before_the_last([100.0, 300.0, 200.0]) == 200.0
    assert before_the_last([300.0, 300.4, 100.0]) == 100.0
    assert before_the_last([300.0]) is None
    assert before_the_last([]) is None


async def test_where_files_tell_nothing_the_journal_does(tmp_path: Path) -> None:
    async def journal(login: str) -> str:
        assert login == "anna"
        return '{"__REALTIME_TIMESTAMP":"7000000"}\nnonsense\n{"__REALTIME_TIMESTAMP":"99000000"}\n'

    assert await last_login("anna", root=tmp_path, journal=journal) == 7.0
    assert await last_login("anna", root=tmp_path, journal=silent) is None
    assert logins_in_journal('[1]\n{"__REALTIME_TIMESTAMP":"x"}') == []


# Actions


def audit_entry(**more: Any) -> AuditEntry:
    fields: dict[str, Any] = {"job": 1, "action": Verb.STOP, "target": instance_id("web"), "name": "web"}
    return AuditEntry(**{**fields, "kind": Kind.CONTAINER, "command": "podman stop web", **more})


class Noted:
    """A trail whose entries a test sees."""

    def __init__(self) -> None:
        self.hands = Hands()
        self.entries: list[TimelineEntry] = []
        self.trail = NotedTrail(
            RememberingTrail(), self.entries.append, utc=self.hands.utc, actor=Actor("anna", "root")
        )


def test_an_action_is_told_with_who_did_it_and_how() -> None:
    noted = Noted()
    asked = noted.hands.utc()
    noted.trail.intent(audit_entry())
    noted.hands.now += 5.0
    noted.trail.result(audit_entry(), Result.FAILED, "no such container")
    (told,) = noted.entries
    assert (told.utc_seconds, told.kind, told.what, told.who) == (asked, EntryKind.ACTION, "stop", "anna")
    assert (told.detail, told.command, told.subject) == (
        "failed: no such container", "podman stop web", str(instance_id("web")),
    )  # fmt: skip


def test_what_was_asked_for_and_then_happened_is_one_entry() -> None:
    noted = Noted()
    noted.trail.intent(audit_entry())
    noted.trail.result(audit_entry(), Result.REQUESTED, "")
    noted.trail.result(audit_entry(), Result.DONE, "")
    assert [told.detail for told in noted.entries] == ["asked for"]


def test_an_answer_that_is_found_later_is_told() -> None:
    noted = Noted()
    noted.trail.intent(audit_entry())
    noted.trail.result(audit_entry(), Result.UNKNOWN, "")
    noted.trail.result(audit_entry(), Result.DONE, "")
    assert [told.detail for told in noted.entries] == ["no answer", "done"]


async def test_jobs_put_their_actions_on_the_timeline() -> None:
    host = ScriptedHost(view_of(container()))
    jobs = Jobs(host, RememberingTrail())
    jobs.submit([ActionRequest(Verb.STOP, container().id)])
    await jobs.close()
    assert [(told.what, told.name, told.command) for told in host.noted] == [("stop", "web", "do stop web")]


def write(path: Path, *results: Result, job: int = 1) -> None:
    log = AuditLog(path, utc=lambda: UTC, actor=Actor("bert", "root"))
    log.intent(audit_entry(job=job))
    for result in results:
        log.result(audit_entry(job=job), result, "")


def test_actions_of_another_program_are_read_from_the_audit_file(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    watch = AuditWatch(path, pid=1)
    assert watch.news("host") == []
    write(path, Result.REQUESTED, Result.DONE)
    (told,) = watch.news("host")
    assert (told.utc_seconds, told.who, told.what, told.detail) == (UTC, "bert", "stop", "asked for")
    assert (told.subject, told.command) == (str(instance_id("web")), "podman stop web")
    assert watch.news("host") == []
    write(path, Result.FAILED, job=2)
    assert [one.detail for one in watch.news("host")] == ["failed"]


def test_own_actions_and_those_on_other_hosts_are_left_out(tmp_path: Path) -> None:
    import os

    path = tmp_path / "audit.jsonl"
    write(path, Result.DONE)
    assert AuditWatch(path, pid=os.getpid()).news("host") == []
    assert AuditWatch(path, pid=1).news("elsewhere") == []


def test_what_was_said_about_a_problem_is_told_by_who_keeps_it(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl", actor=Actor("bert", "root"))
    log.result(audit_entry(action="problem-acknowledge"), Result.DONE, "")
    assert AuditWatch(tmp_path / "audit.jsonl", pid=1).news("host") == []


def test_a_file_that_was_set_aside_is_followed_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    write(path, Result.DONE)
    watch = AuditWatch(path, pid=1)
    watch.news("host")
    path.rename(tmp_path / "audit.jsonl.1")
    write(path, Result.FAILED)
    assert [one.detail for one in watch.news("host")] == ["failed"]


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"phase":"result","host":"host"}', json.dumps({"a": "\x00"})])
def test_a_damaged_audit_file_is_passed_over(tmp_path: Path, line: str) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text(line + "\n")
    write(path, Result.DONE)
    assert [one.detail for one in AuditWatch(path, pid=1).news("host")] == ["done"]


def test_a_link_in_the_place_of_the_audit_file_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "other", Result.DONE)
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "other")
    assert AuditWatch(tmp_path / "audit.jsonl", pid=1).news("host") == []


# What is shown


def test_kinds_subject_time_and_filter_narrow_it() -> None:
    web, other = entry(10.0), entry(9.0, name="other", subject="b")
    raised = entry(8.0, "raised", kind=EntryKind.RAISED, severity=Severity.CRITICAL, detail="memory 94 %")
    everything = [web, other, raised]
    assert list(Wanted().of(everything)) == everything
    assert list(Wanted(groups=frozenset({"problems"})).of(everything)) == [raised]
    assert list(Wanted(only=Subject("other", frozenset({"b"}))).of(everything)) == [other]
    assert list(Wanted(since=9.0).of(everything)) == [web, other]
    assert list(Wanted(until=9.5).of(everything)) == [other, raised]
    assert list(Wanted(query=FilterQuery.parse("memory !other")).of(everything)) == [raised]
    assert list(Wanted(query=FilterQuery.parse("severity:critical")).of(everything)) == [raised]


def test_a_container_that_was_made_anew_is_the_same() -> None:
    anew = entry(1.0, subject="other id", lasting="host podman root web")
    assert Subject("web", frozenset({"id"}), "host podman root web").has(anew)
    assert not Subject("web", frozenset({"id"})).has(anew)


def test_days_are_told_where_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    now = 1_760_000_000.0  # 9 October 2025, 08:53:20
    rows = timeline_rows([entry(now), entry(now), entry(now - 86_400.0)], now, "the record begins here")
    assert [row.data.text for row in rows] == ["", "", "Wednesday 08 October 2025", "", "the record begins here"]
    assert len({row.key for row in rows}) == len(rows)
    orders = [row.data.order for row in rows]
    assert orders == sorted(orders)


def test_what_needs_a_person_has_a_sign_and_a_colour() -> None:
    raised = entry(0.0, "raised", kind=EntryKind.RAISED, severity=Severity.CRITICAL)
    action = entry(0.0, "stop", kind=EntryKind.ACTION, who="anna", detail="failed: no")
    assert (what_words(raised), what_role(raised)) == ("x raised", "crit")
    assert (what_words(action), what_role(action)) == ("anna: stop", "crit")
    assert what_role(entry(0.0, "cleared", kind=EntryKind.CLEARED, severity=Severity.CRITICAL)) == "ok"
    assert what_role(entry()) == "normal"


def test_all_about_one_fits_its_lines_and_is_safe_to_draw() -> None:
    long = entry(0.0, detail="evil\x1b[31m " + "word " * 100, command="podman stop web")
    lines = entry_lines(long, 60, 100.0, 3)
    assert len(lines) == 3
    assert "\x1b" not in plain(lines[1])


def test_title_and_chips_say_what_is_shown() -> None:
    wanted = Wanted(groups=frozenset({"kernel"}), only=Subject("web", frozenset({"a"})), query=FilterQuery.parse("oom"))
    assert plain(title(wanted, "kvm01")) == " Timeline  of web  filter oom"
    keys = {"kernel": "5"}
    assert ("kernel", "accent") in chips(wanted, keys, "0")
    assert ("events", "dim") in chips(wanted, keys, "0")


# Pages back


class Recorded:
    """A record that counts what it is asked."""

    def __init__(self, *entries: TimelineEntry, problem: str = "") -> None:
        self.entries = entries
        self.asked: list[tuple[float, float]] = []
        self.status = RecordStatus("/record", problem, UTC)

    async def look(self) -> RecordStatus:
        return self.status

    async def stretches(self, begin: float, end: float) -> Sequence[Stretch]:
        return [Stretch(self.entries[0].utc_seconds, end)] if self.entries else []

    async def timeline(self, begin: float, end: float) -> Sequence[TimelineEntry]:
        self.asked.append((begin, end))
        return [one for one in self.entries if begin <= one.utc_seconds <= end]


def pages_of(recorded: Recorded) -> Pages:
    return Pages(recorded)  # type: ignore[arg-type]


async def test_pieces_follow_each_other_without_gap_or_double() -> None:
    recorded = Recorded(*(entry(UTC - hour * 3600.0) for hour in range(20, -1, -1)))
    pages = pages_of(recorded)
    for _ in range(4):
        await pages.older(UTC)
    assert list(pages.entries) == list(recorded.entries)
    assert recorded.asked[0] == (UTC - FIRST_SECONDS, UTC)
    assert pages.begin == UTC - 4 * FIRST_SECONDS


async def test_empty_times_are_passed_in_growing_steps() -> None:
    old = entry(UTC - 40 * 86_400.0)
    pages = pages_of(recorded := Recorded(old))
    while not pages.entries:
        await pages.older(UTC)
    assert len(recorded.asked) < 12


async def test_beyond_what_any_record_keeps_nothing_is_asked() -> None:
    pages = pages_of(recorded := Recorded())
    while not pages.is_all:
        await pages.older(UTC)
    assert recorded.asked[-1][0] <= UTC - OLDEST_SECONDS
    assert len(recorded.asked) < 80


async def test_without_a_record_there_is_nothing_to_ask() -> None:
    assert Pages(None).is_all
    recorded = Recorded(problem="Only root may read it.")
    recorded.status = RecordStatus("", "Only root may read it.", None)
    pages = pages_of(recorded)
    await pages.older(UTC)
    assert (pages.is_all, pages.problem, recorded.asked) == (True, "Only root may read it.", [])


async def test_what_is_recorded_since_joins_what_was_read() -> None:
    recorded = Recorded(entry(UTC - 100.0), entry(UTC - 5.0))
    pages = pages_of(recorded)
    await pages.older(UTC)
    assert not pages.is_stale(UTC + 10.0)
    assert pages.is_stale(UTC + 60.0)
    recorded.entries = (*recorded.entries, entry(UTC + 50.0))
    await pages.newer(UTC + 60.0)
    assert list(pages.entries) == list(recorded.entries)


async def test_a_moment_before_all_that_was_read_is_read_anew() -> None:
    recorded = Recorded(entry(UTC - 86_400.0), entry(UTC))
    pages = pages_of(recorded)
    await pages.older(UTC)
    past = UTC - 86_000.0
    assert pages.is_stale(past)
    await pages.newer(past)
    assert list(pages.entries) == [recorded.entries[0]]
