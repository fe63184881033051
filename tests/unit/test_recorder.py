"""What a recorder writes of a source, and when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.unit.build import container, engine_status
from tests.unit.record_views import KEPT, NOON
from tests.unit.scripted import CountingSampler, FixedHost, ScriptedEngine
from tests.views import Views
from tui.domain.host import EngineState, HostView
from tui.domain.timeline import EntryKind, TimelineEntry
from tui.engines.base import EngineSink
from tui.record.folder import Keeping
from tui.record.lock import RecorderLock
from tui.record.reader import FileReader
from tui.record.recorder import Recorder
from tui.record.rounding import RoundedHost, RoundedInstances
from tui.record.store import Store
from tui.sampling.chronicle import MOST_ENTRIES
from tui.sampling.host_name import HostName
from tui.sampling.live import LiveSource

STEP = 0.5


@asynccontextmanager
async def recording(folder: Path, engine: ScriptedEngine, views: Views) -> AsyncIterator[LiveSource]:
    """Run a recorder for the length of a block."""
    source = LiveSource(
        HostName("host", "kvm01"),
        [engine],
        RoundedInstances(CountingSampler()),
        RoundedHost(FixedHost()),
        interval_seconds=STEP,
    )
    keeping = Keeping(folder)
    lock = RecorderLock(keeping, NOON)
    recorder = Recorder(source, Store(keeping, STEP, KEPT), lock, say=print, watchers=[views.publish])
    task = asyncio.ensure_future(recorder.run())
    try:
        yield source
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await source.close()
        lock.close()


def read(folder: Path) -> tuple[list[HostView], list[TimelineEntry]]:
    reader = FileReader(folder)
    views = [view for utc in reader.moments(0, 1e11) if (view := reader.view_at(utc)) is not None]
    entries = list(reader.entries(0, 1e11))
    assert reader.damage == ()
    reader.close()
    return views, entries


async def test_one_sample_a_tick_is_written_as_it_was_seen(tmp_path: Path) -> None:
    views = Views()
    engine = ScriptedEngine(script=lambda sink: sink.put_inventory("podman", (container(),)))
    async with recording(tmp_path, engine, views):
        await views.until(lambda view: view.tick >= views.all[0].tick + 4)
    written, _ = read(tmp_path)
    firsts: dict[int, HostView] = {}
    for view in views.all:
        firsts.setdefault(view.tick, view)
    assert written
    assert all(view == firsts[view.tick] for view in written)
    assert len({view.tick for view in written}) == len(written) >= 4


async def test_a_host_that_has_not_answered_yet_is_no_record(tmp_path: Path) -> None:
    views = Views()

    def connecting(sink: EngineSink) -> None:
        sink.put_status(engine_status("podman", EngineState.CONNECTING))

    engine = ScriptedEngine(script=connecting)
    async with recording(tmp_path, engine, views):
        begun = (await views.until(lambda view: bool(view.sources))).tick
        await views.until(lambda view: view.tick >= begun + 2)
        assert engine.sink is not None
        engine.sink.put_inventory("podman", (container(),))
        engine.sink.put_status(engine_status("podman"))
        ready = (await views.until(lambda view: view.sources[0].state is EngineState.READY)).tick
        await views.until(lambda view: view.tick >= ready + 2)
    written, _ = read(tmp_path)
    assert written
    assert all(view.instances for view in written)


async def test_what_happened_is_written_once_with_begin_and_end(tmp_path: Path) -> None:
    views = Views()
    entry = TimelineEntry(utc_seconds=NOON, kind=EntryKind.KERNEL, what="killed for memory", name="web")
    async with recording(tmp_path, ScriptedEngine(), views) as source:
        source.add_to_timeline(entry)
        await views.until(lambda view: view.tick >= views.all[0].tick + 3)
    _, entries = read(tmp_path)
    assert entries.count(entry) == 1
    own = [one for one in entries if one.kind is EntryKind.RECORDER]
    assert [one.what for one in own] == ["began", "ended"]
    assert "a sample every 0.5 s" in own[0].detail


async def test_what_pushes_others_out_of_a_full_timeline_is_written(tmp_path: Path) -> None:
    views = Views()
    old = [TimelineEntry(utc_seconds=NOON + n, kind=EntryKind.ACTION, what="stop") for n in range(MOST_ENTRIES // 2)]
    new = TimelineEntry(utc_seconds=NOON - 1.0, kind=EntryKind.ACTION, what="start")
    async with recording(tmp_path, ScriptedEngine(), views) as source:
        for entry in old:
            source.add_to_timeline(entry)
        begun = (await views.until(lambda view: view.tick > 0)).tick
        await views.until(lambda view: view.tick >= begun + 2)
        source.add_to_timeline(new)
        await views.until(lambda view: view.tick >= begun + 4)
        assert len(source.timeline()) == len(old)
    _, entries = read(tmp_path)
    assert entries.count(new) == 1
    assert sum(entry.kind is EntryKind.ACTION for entry in entries) == len(old) + 1


async def test_what_is_told_again_after_a_new_start_is_written_once(tmp_path: Path) -> None:
    kill = TimelineEntry(
        utc_seconds=NOON, kind=EntryKind.KERNEL, what="killed for memory", name="web", detail="sh (process 7)"
    )
    for late in (0.0, 0.3):
        views = Views()
        async with recording(tmp_path, ScriptedEngine(), views) as source:
            source.add_to_timeline(replace(kill, utc_seconds=NOON + late))
            await views.until(lambda view: view.tick >= views.all[0].tick + 3)  # noqa: B023 - it is awaited here
    _, entries = read(tmp_path)
    assert [entry for entry in entries if entry.kind is EntryKind.KERNEL] == [kill]
    assert sum(entry.what == "began" for entry in entries) == 2
