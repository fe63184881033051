"""A running screen reads the record: newest data, why there is none, and the minutes before the start."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan
from pathlib import Path

import pytest

from tests.unit.build import container
from tests.unit.record_views import DB, NOON, STEP, VM, WEB, figures, moment, record, store_of, working, write
from tests.unit.scripted import FixedHost, ScriptedEngine
from tests.views import watching
from tui.domain.host import Problem, Severity
from tui.domain.instance import Instance
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.domain.usage import CpuUsage, Usage
from tui.record.folder import Keeping
from tui.record.lock import RecorderLock
from tui.record.past import RecordPast
from tui.sampling.clocks import Clocks
from tui.sampling.history import CAPACITY, History, Metric
from tui.sampling.host_name import HostName
from tui.sampling.live import LiveSource

KEY = WEB.stable_key


async def test_it_answers_and_sees_what_is_written_meanwhile(tmp_path: Path) -> None:
    store = store_of(tmp_path)
    views = working(10)
    write(store, views[:5])
    past = RecordPast(tmp_path)
    assert (await past.look()).newest_utc_seconds == NOON + 20
    entry = TimelineEntry(utc_seconds=NOON, kind=EntryKind.EVENT, what="started")
    store.write(views[5], [entry], NOON)
    status = await past.look()
    assert (status.newest_utc_seconds, status.problem, status.writer_pid) == (NOON + 25, "", None)
    assert status is past.status
    assert list(await past.timeline(NOON - 1, NOON + 1)) == [entry]
    assert (await past.stretches(0, 1e10))[0].end_utc_seconds == NOON + 25
    assert [one.count for one in await past.buckets(KEY, Metric.CPU_CORES, NOON, NOON + 30, 2)] == [3, 3]
    assert set(await past.recent(NOON, NOON + 30)) == {KEY, DB.stable_key, VM.stable_key}
    await past.close()
    store.close(NOON)
    assert sorted(os.listdir(tmp_path)) == ["2025-06-16.sqlite"]


async def test_where_there_is_none_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "record"
    past = RecordPast(folder)
    status = await past.look()
    assert "There is no record at" in status.problem
    assert status.folder == str(folder)
    assert list(await past.stretches(0, 1e10)) == []
    assert [one.count for one in await past.buckets(None, Metric.CPU_CORES, 0, 10, 3)] == [0, 0, 0]
    assert dict(await past.recent(0, 1e10)) == {}
    assert list(await past.problems(0)) == []
    assert not folder.exists()
    record(folder, working(2))
    assert (await past.look()).problem == ""
    await past.close()


async def test_it_names_the_recorder_and_its_trouble(tmp_path: Path) -> None:
    record(tmp_path, working(2))
    lock = RecorderLock(Keeping(tmp_path), NOON)
    past = RecordPast(tmp_path)
    assert (await past.look()).writer_pid == os.getpid()
    lock.tell("The disk is full.", NOON)
    assert (await past.look()).problem == "The disk is full."
    lock.close()
    assert (await past.look()).writer_pid is None
    await past.close()


async def test_problems_of_the_newest_sample_are_those_of_a_record_that_is_fresh(tmp_path: Path) -> None:
    problem = Problem(Severity.WARNING, "k", "web", "container", "it waits", since_utc_seconds=NOON - 9, rule="r")
    record(tmp_path, [replace(moment(NOON), problems=(problem,))])
    past = RecordPast(tmp_path)
    assert list(await past.problems(NOON - 1)) == [problem]
    assert list(await past.problems(NOON + 1)) == []
    await past.close()


# what a history takes of it


def values(history: History, count: int = CAPACITY) -> list[float]:
    return [-1.0 if isnan(value) else value for value in history.series(KEY, Metric.CPU_CORES, count)]


def row(cores: float) -> list[float]:
    return [cores, *[0.0] * (len(Metric) - 1)]


def used(cores: float) -> Usage:
    return Usage(cpu=CpuUsage(cores_used=cores))


def test_what_was_before_comes_before_and_live_ticks_stay() -> None:
    history = History()
    keys = [KEY]
    for tick in (100, 101):
        history.append(tick, keys, [used(tick - 98)])
    history.preload({KEY: [(95, row(0.5)), (97, row(float("nan"))), (98, row(1.0)), (101, row(9.0))]})
    assert values(history) == [0.5, 0.5, -1.0, 1.0, 1.0, 2.0, 3.0]
    history.append(102, keys, [used(4.0)])
    assert values(history, 3) == [2.0, 3.0, 4.0]


def test_who_comes_later_gets_what_was_before_too() -> None:
    history = History()
    other = [DB.stable_key]
    history.append(100, other, [used(1.0)])
    history.preload({KEY: [(90, row(0.5))]})
    history.append(103, [*other, KEY], [used(1.0), used(2.0)])
    assert values(history, 4) == [0.5, -1.0, -1.0, 2.0]


def test_no_more_is_taken_than_a_history_holds() -> None:
    history = History()
    history.append(5000, [KEY], [used(1.0)])
    history.preload({KEY: [(tick, row(tick / 1000)) for tick in range(5000)]})
    assert len(values(history)) == CAPACITY
    assert values(history)[-2:] == [pytest.approx(4.999), 1.0]


def test_what_nobody_recorded_changes_nothing() -> None:
    history = History()
    history.append(1, [KEY], [used(1.0)])
    history.preload({DB.stable_key: [(0, row(1.0))]})
    assert values(history) == [1.0]


class OneUsage:
    """A sampler that gives every instance the same figures."""

    def sample(self, targets: Sequence[Instance], attended: frozenset[str], monotonic: float) -> Mapping[str, Usage]:
        return {target.key: used(7.0) for target in targets}

    def set_guest_memory(self, memory: object) -> None:
        """Take nothing."""

    def close(self) -> None:
        """Hold nothing."""


async def test_charts_of_a_screen_do_not_start_empty(tmp_path: Path) -> None:
    web = container("web")
    begun = time.monotonic() - 1000.0
    views = [moment(NOON + STEP * n, [(WEB, figures(n))], tick=n) for n in range(200)]
    record(tmp_path, views)
    past = RecordPast(tmp_path)
    source = LiveSource(
        HostName("host", "kvm01"),
        [ScriptedEngine(script=lambda sink: sink.put_inventory("podman", (web,)))],
        OneUsage(),
        FixedHost(),
        clocks=Clocks(lambda: NOON + time.monotonic() - begun, lambda: 50_000.0 + time.monotonic() - begun),
        past=past,
    )
    async with watching(source) as seen:
        await seen.until(lambda _: list(source.series(web.stable_key, Metric.CPU_CORES, 1)) == [7.0])
        await seen.until(lambda _: len(source.series(web.stable_key, Metric.CPU_CORES, CAPACITY)) > 900)
        found = list(source.series(web.stable_key, Metric.CPU_CORES, CAPACITY))
    wanted = {figures(n).cpu.cores_used for n in range(200)}
    recorded = [value for value in found if value != 7.0 and not isnan(value)]
    assert len(recorded) > 900
    assert {round(value, 3) for value in recorded} <= {round(value or 0, 3) for value in wanted}
