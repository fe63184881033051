"""A replay over a record in memory."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from math import isnan

import pytest

from tests.ui.screens.still import StillHost
from tests.unit.fake_record import FakeRecord
from tui.domain.action import ActionRequest, Result, Verb
from tui.domain.errors import ActionRefused
from tui.domain.host import HostView, Severity
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.record.moments import Moments
from tui.record.reading import RecordError
from tui.record.replay import ReplaySource
from tui.record.told import instance_of
from tui.sampling.history import Metric
from tui.screens.ruler_lines import RulerSpan, state_of

DEADLINE_SECONDS = 10.0


async def recorded(count: int = 40, missing: range = range(0)) -> tuple[FakeRecord, StillHost]:
    """Return what the demo host showed, one view a second, some of them left out."""
    host = StillHost(ticks=1)
    views: list[HostView] = []
    running = asyncio.ensure_future(host.run(views.append))
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not views or not views[-1].instances:
            await asyncio.sleep(0)
            if views:
                host.step()
    views.clear()
    for _ in range(count):
        host.step()
    running.cancel()
    await host.close()
    kept = [view for number, view in enumerate(views) if number not in missing]
    return FakeRecord(kept), host


def entry(utc: float, kind: EntryKind = EntryKind.EVENT, what: str = "started", subject: str = "") -> TimelineEntry:
    severity = Severity.CRITICAL if kind is EntryKind.RAISED else None
    return TimelineEntry(utc_seconds=utc, kind=kind, what=what, subject=subject, engine="e", severity=severity)


async def opened(record: FakeRecord, number: int | None = None) -> ReplaySource:
    source = ReplaySource(record, "a folder")
    await source.open(None if number is None else record.views[number].taken_utc_seconds)
    return source


async def test_the_newest_moment_is_shown_first_and_is_what_was_recorded() -> None:
    record, _ = await recorded()
    source = await opened(record)
    assert source.view is record.views[-1]
    assert source.gap is None
    assert source.tick_seconds == 1.0


async def test_every_moment_is_the_view_that_was_recorded() -> None:
    record, _ = await recorded(12)
    source = await opened(record, 0)
    for view in record.views:
        source.go_to(view.taken_utc_seconds)
        await source.work(0.0)
        assert source.view == view


async def test_series_are_those_of_the_live_history() -> None:
    record, host = await recorded(40)
    source = await opened(record)
    for item in record.views[-1].instances:
        key = item.instance.stable_key
        for metric in Metric:
            live, replayed = list(host.series(key, metric, 30)), list(source.series(key, metric, 30))
            assert replayed == pytest.approx(live, nan_ok=True, rel=1e-6)


async def test_series_end_at_the_moment() -> None:
    record, _ = await recorded(40)
    source = await opened(record, 20)
    item = next(item for item in record.views[20].instances if item.usage.cpu.cores_used)
    values = source.series(item.instance.stable_key, Metric.CPU_CORES, 900)
    assert len(values) == 21
    assert values[-1] == pytest.approx(item.usage.cpu.cores_used)


async def test_a_gap_is_shown_without_figures_and_has_none_in_series() -> None:
    record, _ = await recorded(40, missing=range(10, 30))
    source = await opened(record, 9)
    source.step(1)
    await source.work(0.0)
    gap, view = source.gap, source.view
    assert gap is not None
    assert view is not None
    assert (gap.begin_utc_seconds, gap.end_utc_seconds) == (
        record.views[9].taken_utc_seconds,
        record.views[10].taken_utc_seconds,
    )
    assert (view.instances, view.problems, view.usage.cpu_percent, view.host_name) == ((), (), None, "kvm01")
    source.step(1)
    await source.work(0.0)
    assert source.view is record.views[10]
    item = next(item for item in record.views[10].instances if item.usage.cpu.cores_used)
    values = list(source.series(item.instance.stable_key, Metric.CPU_CORES, 900))
    assert len(values) == 31
    assert isnan(values[15])
    assert not isnan(values[5])
    source.step(-1)
    await source.work(0.0)
    assert source.gap == gap


async def test_steps_that_come_together_count_together_and_end_at_the_ends() -> None:
    record, _ = await recorded(20)
    source = await opened(record, 10)
    for _ in range(5):
        source.step(1)
    source.step(-2)
    await source.work(0.0)
    assert source.view is record.views[13]
    source.step(100)
    await source.work(0.0)
    assert source.view is record.views[-1]


async def test_jumps_go_from_mark_to_mark_and_to_the_sample_that_shows_it() -> None:
    record, _ = await recorded(40)
    start = record.views[0].taken_utc_seconds
    record.written = [
        entry(start + 5.5), entry(start + 20.0, EntryKind.RAISED), entry(start + 25.0, EntryKind.RECORDER),
    ]  # fmt: skip
    said: list[str] = []
    source = await opened(record, 0)
    source.on_problem = said.append
    source.jump(1)
    await source.work(0.0)
    assert source.view is record.views[6]
    source.jump(1)
    await source.work(0.0)
    assert source.view is record.views[20]
    assert said == []
    source.jump(1)
    await source.work(0.0)
    assert source.view is record.views[20]
    assert said == ["No problem and no event is recorded after this moment."]
    source.jump(-1)
    await source.work(0.0)
    assert source.view is record.views[6]


async def test_playing_goes_on_at_speed_shows_gaps_and_stands_at_the_end() -> None:
    record, _ = await recorded(40, missing=range(10, 30))
    source = await opened(record, 0)
    source.speed = 10
    source.play(on=True)
    await source.work(0.25)
    assert source.view is record.views[2]
    source.go_to(record.views[9].taken_utc_seconds)
    await source.work(0.0)
    await source.work(0.5)
    assert source.gap is not None
    await source.work(0.25)
    assert source.view is record.views[10]
    for _ in range(10):
        await source.work(0.25)
    assert source.view is record.views[-1]
    assert not source.playing


async def test_how_it_plays_is_told_and_at_the_end_no_speed_that_it_has_not() -> None:
    record, _ = await recorded(20)
    source = await opened(record, 0)
    span = RulerSpan()
    span.fit(*source.covered)
    assert state_of(source, span) == (" PAUSED  ruler 15 min", "dim")
    source.speed = 60
    assert state_of(source, span)[0] == " PAUSED 60x  ruler 15 min"
    source.play(on=True)
    assert state_of(source, span) == (" PLAYING 60x  ruler 15 min", "ok")
    source.go_to(record.views[-2].taken_utc_seconds)
    await source.work(0.0)
    assert state_of(source, span) == (" PLAYING at the end  ruler 15 min", "ok")
    source.speed = 1
    assert state_of(source, span)[0] == " PLAYING 1x  ruler 15 min"


async def test_run_publishes_what_is_wished() -> None:
    record, _ = await recorded(20)
    source = await opened(record)
    seen: list[HostView] = []
    came = asyncio.Event()

    def publish(view: HostView) -> None:
        seen.append(view)
        came.set()

    running = asyncio.ensure_future(source.run(publish))
    async with asyncio.timeout(DEADLINE_SECONDS):
        await came.wait()
        came.clear()
        source.step(-3)
        await came.wait()
    running.cancel()
    assert seen == [record.views[-1], record.views[-4]]
    await source.close()
    assert record.closed


async def test_what_is_on_a_ruler_is_read_once() -> None:
    record, _ = await recorded(20)
    start = record.views[0].taken_utc_seconds
    record.written = [entry(start + 3.0), entry(start + 4.0, EntryKind.RECORDER)]
    source = await opened(record)
    assert source.want_span(start, start + 60) is None
    assert await source.work(0.0)
    span = source.want_span(start, start + 60)
    assert span is not None
    assert [mark.utc_seconds for mark in span.marks] == [start + 3.0]
    assert len(span.stretches) == 1
    assert not await source.work(0.0)


async def test_damage_is_told_when_it_is_met() -> None:
    record, _ = await recorded(20)
    said: list[str] = []
    source = await opened(record)
    source.on_problem = said.append
    record.damage = ("2026-11-23.sqlite is damaged behind 03:12:05.",)
    source.step(-1)
    await source.work(0.0)
    assert said == list(record.damage)
    assert source.damage == record.damage


async def test_events_before_the_moment_are_told_of_their_instance() -> None:
    record, _ = await recorded(20)
    item = record.views[0].instances[0]
    start = record.views[0].taken_utc_seconds
    record.written = [entry(start + 2, subject=item.key), entry(start + 3), entry(start + 15, subject=item.key)]
    record.written = [replace(one, engine=item.instance.id.engine) for one in record.written]
    source = await opened(record, 10)
    events = source.events(item.instance.id)
    assert [(event.utc_seconds, event.subject) for event in events] == [(start + 2, item.instance.id)]
    assert [one.utc_seconds for one in source.timeline()] == [start + 2, start + 3]


async def test_everything_that_would_change_something_is_refused() -> None:
    record, _ = await recorded(5)
    source = await opened(record)
    target = record.views[0].instances[0].instance.id
    outcome = await source.perform(ActionRequest(Verb.STOP, target))
    assert outcome.result is Result.REFUSED
    assert outcome.message.startswith("This is a replay of ")
    refused: list[Callable[[], object]] = [
        lambda: source.keeper("e"), lambda: source.guest_help(target), lambda: source.container_help(target),
    ]  # fmt: skip
    for ask in refused:
        with pytest.raises(ActionRefused, match="a replay"):
            ask()
    for wait in (source.document(target), source.consoles(target), source.screenshot(target), source.interfaces()):
        with pytest.raises(ActionRefused, match="a replay"):
            await wait


def test_an_empty_record_is_said() -> None:
    with pytest.raises(RecordError) as error:
        Moments(FakeRecord([])).find(None)
    assert error.value.message == "Nothing is recorded here."


async def test_a_moment_outside_is_the_nearer_end() -> None:
    record, _ = await recorded(5)
    source = await opened(record)
    source.go_to(0.0)
    await source.work(0.0)
    assert source.view is record.views[0]


async def test_a_restarted_recorder_counts_ticks_anew_and_nothing_minds() -> None:
    record, _ = await recorded(20)
    record.views = [replace(view, tick=view.tick % 7) for view in record.views]
    source = await opened(record)
    assert source.view is record.views[-1]


@pytest.mark.parametrize(
    ("key", "engine", "local"),
    [
        ("host/qemu:///system/uuid", "qemu:///system", "uuid"),
        ("host/podman:user/id", "podman:user", "id"),
        ("", "podman", None),
        ("", "", None),
        ("qemu:///system", "qemu:///system", None),
    ],
)
def test_a_row_key_is_taken_apart(key: str, engine: str, local: str | None) -> None:
    found = instance_of(key, engine)
    assert (None if found is None else found.local) == local
    assert found is None or found.text == key
