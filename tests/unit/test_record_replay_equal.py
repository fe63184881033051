"""What is read back is equal to what was recorded."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.build import engine_status
from tests.unit.record_views import (
    DB,
    NOON,
    STEP,
    VM,
    WEB,
    figures,
    made_anew,
    moment,
    record,
    store_of,
    working,
    write,
)
from tests.views import watching
from tui.domain.host import HostView, Problem, Severity
from tui.domain.identity import StableKey
from tui.domain.instance import State
from tui.domain.past import Bucket
from tui.domain.usage import NO_USAGE
from tui.engines.demo import DemoHost
from tui.record.reader import FileReader
from tui.record.rounding import RoundedHost, RoundedInstances
from tui.sampling.history import Metric, _row
from tui.sampling.host_name import HostName
from tui.sampling.live import LiveSource

BODIES = [
    WEB,
    DB,
    VM,
    made_anew(WEB, "web-2"),
    made_anew(WEB, "web-3"),
    replace(DB, state=State.STOPPED, reason="exit 1"),
]
USAGES = [NO_USAGE, *map(figures, range(5)), replace(figures(1), unknown={"io.read_bytes_per_second": "no io files"})]
SUBJECTS = st.lists(
    st.tuples(st.sampled_from(BODIES), st.sampled_from(USAGES)), max_size=4, unique_by=lambda pair: pair[0].id
)
PROBLEM = Problem(
    Severity.WARNING, WEB.key, "web", "container", "it \x1b[31m waits", rule="r", value=1.25, victims=("a", "b")
)


@st.composite
def histories(draw: st.DrawFn) -> Sequence[HostView]:
    """Give a host on which anything happens between two samples; the clock may be slow, fast or stand in between."""
    views: list[HostView] = []
    utc = NOON
    for number in range(draw(st.integers(1, 12))):
        utc += draw(st.sampled_from([STEP, STEP, STEP, STEP * 2, STEP * 40]))
        pairs = draw(SUBJECTS)
        view = moment(utc, pairs, tick=number, load=draw(st.integers(0, 3)))
        problems = draw(st.lists(st.sampled_from([PROBLEM, replace(PROBLEM, value=2.5)]), max_size=2))
        status = engine_status("podman", answered_monotonic_seconds=draw(st.floats(0, 1e6)))
        views.append(replace(view, problems=tuple(problems), sources=(status,)))
    return views


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), st.booleans())
def test_any_history_is_read_back_as_it_was(views: Sequence[HostView], is_closed: bool) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        store = store_of(folder)
        write(store, views)
        if is_closed:
            store.close(views[-1].taken_utc_seconds)
        reader = FileReader(folder)
        assert list(reader.moments(0, 1e10)) == [view.taken_utc_seconds for view in views]
        assert [reader.view_at(view.taken_utc_seconds) for view in views] == list(views)
        assert reader.damage == ()
        reader.close()
        store.close(views[-1].taken_utc_seconds)


def demo_views(count: int) -> Sequence[HostView]:
    """Return views of the demo host, sampled as a recorder samples."""
    demo = DemoHost()
    source = LiveSource(
        HostName(demo.host_id, demo.host_name, is_demo=True),
        demo.engines,
        RoundedInstances(demo.sampler),
        RoundedHost(demo.host_sampler),
        interval_seconds=0.1,
    )

    async def run() -> Sequence[HostView]:
        async with watching(source) as views:
            await views.until(lambda view: len({one.instance.id.engine for one in view.instances}) == 4)
            await views.next_until(lambda _: len({view.tick for view in views.all}) > count)
            return list({view.tick: view for view in views.all}.values())

    return asyncio.run(run())


def test_the_demo_host_is_read_back_as_it_was(tmp_path: Path) -> None:
    views = demo_views(40)
    record(tmp_path, views, seconds=0.1)
    reader = FileReader(tmp_path)
    for view in views:
        assert reader.view_at(view.taken_utc_seconds) == view
    reader.close()


def by_hand(views: Sequence[HostView], key: StableKey, metric: Metric, edges: Sequence[float]) -> Sequence[Bucket]:
    """Return buckets of single values, the long way."""
    buckets = []
    for begin, end in pairwise(edges):
        values = [
            _row(item.usage)[metric]
            for view in views
            if begin <= view.taken_utc_seconds < end
            for item in view.instances
            if item.instance.stable_key == key
        ]
        known = [value for value in values if not isnan(value)]
        mean = sum(known) / len(known) if known else 0.0
        buckets.append(Bucket(begin, len(known), min(known), mean, max(known)) if known else Bucket(begin))
    return buckets


@pytest.mark.parametrize("count", [1, 2, 7, 40, 900])
@pytest.mark.parametrize("metric", [Metric.CPU_CORES, Metric.READ_RATE, Metric.PRESSURE])
def test_buckets_are_least_mean_and_most_of_their_very_samples(tmp_path: Path, count: int, metric: Metric) -> None:
    views = [*working(300), *working(100, begin=NOON + 4000)]
    record(tmp_path, views)
    reader = FileReader(tmp_path)
    begin, end = NOON - 100, NOON + 4600
    found = reader.buckets(WEB.stable_key, metric, begin, end, count)
    edges = [begin + (end - begin) * number / count for number in range(count + 1)]
    wanted = by_hand(views, WEB.stable_key, metric, edges)
    assert [one.count for one in found] == [one.count for one in wanted]
    for one, other in zip(found, wanted, strict=True):
        if one.count:
            assert (one.least, one.most) == (other.least, other.most)
            assert one.mean == pytest.approx(other.mean)
    reader.close()


def test_buckets_of_the_host_are_cores_and_bytes(tmp_path: Path) -> None:
    views = working(50)
    record(tmp_path, views)
    reader = FileReader(tmp_path)
    cores = reader.buckets(None, Metric.CPU_CORES, NOON, NOON + 250, 1)[0]
    assert cores.count == 50
    assert cores.least == pytest.approx(16 * 0.10)
    assert cores.most == pytest.approx(16 * 0.59)
    (memory,) = reader.buckets(None, Metric.MEMORY_BYTES, NOON, NOON + 250, 1)
    assert memory.least == views[0].usage.memory_used_bytes
    assert reader.buckets(made_anew(WEB, "x").stable_key, Metric.CPU_CORES, 0, NOON, 3)[0].count == 0
    reader.close()


def test_recent_rows_hold_until_the_next_and_end_where_the_record_does(tmp_path: Path) -> None:
    views = [*working(130), *working(10, begin=NOON + 3000)]
    store = store_of(tmp_path)
    write(store, views)
    reader = FileReader(tmp_path)
    rows = reader.recent(NOON + 100, NOON + 10_000)
    resting = rows[DB.stable_key]
    assert [isnan(row[Metric.CPU_CORES]) for _, row in resting] == [False, True, False, True]
    assert [utc for utc, _ in resting][::2] == [NOON + 100, NOON + 3000]
    assert resting[0][1] == pytest.approx(list(_row(figures(3))), nan_ok=True)
    assert VM.stable_key not in rows or not rows[VM.stable_key]
    assert len(rows[WEB.stable_key]) > 100
    reader.close()
    store.close(NOON)


def test_one_made_anew_keeps_one_line_of_rows(tmp_path: Path) -> None:
    anew = made_anew(WEB, "web-2")
    views = [moment(NOON + STEP * n, [((WEB if n < 5 else anew), figures(n))], tick=n) for n in range(10)]
    record(tmp_path, views)
    reader = FileReader(tmp_path)
    rows = reader.recent(NOON, NOON + 45)[WEB.stable_key]
    assert [utc for utc, _ in rows] == [view.taken_utc_seconds for view in views]
    (bucket,) = reader.buckets(WEB.stable_key, Metric.CPU_CORES, NOON, NOON + 50, 1)
    assert bucket.count == 10
    reader.close()
